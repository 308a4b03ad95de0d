"""Amazon CloudWatch Logs in code: log groups and metric filters, in Terraform and CloudFormation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, at, made
from scanner.iac.lowering import lowered, many, stopped
from scanner.iac.naming import arn_of, name_of
from scanner.model.convert import text, whole
from scanner.model.unresolved import unresolved_in
from scanner.resources.alerting.metric_filters import MetricFilter, metric_of
from scanner.resources.logs import LogGroup, kept_for

_ARN: Final = "arn:{partition}:logs:{region}:{account}:log-group:{name}"
_RUNTIME: Final = {
    "created_at": "a log group is made when the code is applied",
    "size": "how much it holds shows at run time",
}


def _kept(days: str, class_: str) -> Callable[[Block], timedelta | None]:
    def read(block: Block) -> timedelta | None:
        kind = stopped(block.find(class_).value)
        if kind == "DELIVERY":
            return kept_for({"logGroupClass": kind})
        value = stopped(block.find(days).value)
        return kept_for({"retentionInDays": 0 if value is ABSENT else whole(value)})

    return read


def _filter_arn(group: str) -> Callable[[Block], str]:
    def arn(block: Block) -> str:
        own = name_of(next(form for form in FORMS if form.type == block.type), block)
        said = block.find(group).value
        # It is there, whatever the name of its log group is.
        place = f"arn:{block.partition}:logs:{block.region}:{block.account}:metric-filter:"
        return f"{place}{said if isinstance(said, str) else '?'}/{own}"

    return arn


def _metrics(namespace: str, name: str) -> Callable[[Any], tuple[Any, ...]]:
    lower = lowered({namespace: "metricNamespace", name: "metricName"})

    def metric(raw: Any) -> Any:
        told = lower(raw)
        open_ = unresolved_in(told)
        return metric_of(told) if open_ is None else open_

    return lambda raw: each(metric)(many(raw))


def _with_streams(block: Block) -> Any:
    # `Fn::GetAtt: [Group, Arn]` ends in :* (AWS::Logs::LogGroup, Return values).
    found = arn_of(next(form for form in FORMS if form.type == block.type), block)
    return f"{found}:*" if isinstance(found, str) else found


FORMS: Final[tuple[Form, ...]] = (
    Form(
        LogGroup,
        "aws_cloudwatch_log_group",
        arn=_ARN,
        name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "kept": made(_kept("retention_in_days", "log_group_class"), "retention_in_days", "log_group_class"),
            "log_class": at("log_group_class", text, absent="STANDARD",
                            docs="CreateLogGroup: without it the default of STANDARD is used"),
            "key": at("kms_key_id", text, absent=None, docs="r/cloudwatch_log_group: optional"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        LogGroup,
        "AWS::Logs::LogGroup",
        arn=_ARN,
        name="LogGroupName",
        gives={"Ref": NAME, "Arn": _with_streams},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            "kept": made(_kept("RetentionInDays", "LogGroupClass"), "RetentionInDays", "LogGroupClass"),
            "log_class": at("LogGroupClass", text, absent="STANDARD", docs="AWS::Logs::LogGroup: default STANDARD"),
            "key": at("KmsKeyId", text, absent=None, docs="AWS::Logs::LogGroup: not required"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        MetricFilter,
        "aws_cloudwatch_log_metric_filter",
        arn=_filter_arn("log_group_name"),
        name="name",
        gives={"id": NAME, "name": NAME},
        facts={
            "pattern": at("pattern", text, absent="", docs="r/cloudwatch_log_metric_filter: required"),
            "metrics": at("metric_transformation", _metrics("namespace", "name"), absent=()),
        },
    ),
    Form(
        MetricFilter,
        "AWS::Logs::MetricFilter",
        arn=_filter_arn("LogGroupName"),
        name="FilterName",
        gives={"Ref": NAME},
        facts={
            "pattern": at("FilterPattern", text, absent="", docs="AWS::Logs::MetricFilter: required"),
            "metrics": at("MetricTransformations", _metrics("MetricNamespace", "MetricName"), absent=()),
        },
    ),
)  # fmt: skip
