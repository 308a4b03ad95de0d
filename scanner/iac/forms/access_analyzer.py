"""IAM Access Analyzer in code: `aws_accessanalyzer_analyzer` and `AWS::AccessAnalyzer::Analyzer`."""

from __future__ import annotations

from typing import Final

from scanner.iac.form import ARN, NAME, Form, always, at
from scanner.model.convert import text
from scanner.resources.access_analyzer import ACTIVE, Analyzer

_ARN: Final = "arn:{partition}:access-analyzer:{region}:{account}:analyzer/{name}"
_RUNS: Final = always(ACTIVE, "AnalyzerSummary, API reference: an analyzer that was created monitors what it may")

FORMS: Final = (
    Form(
        Analyzer,
        "aws_accessanalyzer_analyzer",
        arn=_ARN,
        name="analyzer_name",
        gives={"arn": ARN, "id": NAME, "analyzer_name": NAME},
        facts={
            "type": at("type", text, absent="ACCOUNT", docs="r/accessanalyzer_analyzer: defaults to ACCOUNT"),
            "status": _RUNS,
        },
    ),
    Form(
        Analyzer,
        "AWS::AccessAnalyzer::Analyzer",
        arn=_ARN,
        name="AnalyzerName",
        gives={"Ref": ARN, "Arn": ARN},
        facts={"type": at("Type", text), "status": _RUNS},
    ),
)
