"""Amazon GuardDuty in code: `aws_guardduty_detector` and `AWS::GuardDuty::Detector`."""

from __future__ import annotations

from typing import Final

from scanner.iac.form import ARN, NAME, Form, at
from scanner.model.convert import flag
from scanner.resources.guardduty import Detector

_ARN: Final = "arn:{partition}:guardduty:{region}:{account}:detector/{name}"

FORMS: Final = (
    Form(
        Detector,
        "aws_guardduty_detector",
        arn=_ARN,
        gives={"arn": ARN, "id": NAME, "account_id": lambda block: block.account},
        facts={"enabled": at("enable", flag, absent=True, write=bool, docs="r/guardduty_detector: defaults to true")},
    ),
    Form(
        Detector,
        "AWS::GuardDuty::Detector",
        arn=_ARN,
        gives={"Ref": NAME, "Id": NAME},
        facts={"enabled": at("Enable", flag, write=bool)},
    ),
)
