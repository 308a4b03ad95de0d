"""Amazon CloudWatch in code: alarms on metrics and alarms over alarms, in Terraform and CloudFormation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import each
from scanner.iac.form import ARN, NAME, Form, Origin, at, made
from scanner.iac.lowering import Lower, listed, lowered, many, stopped
from scanner.model.convert import flag, number, text, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.look import any_of
from scanner.model.reading import Reason, Unknown
from scanner.model.unresolved import unresolved_in
from scanner.resources.alerting.alarm_rules import children
from scanner.resources.alerting.alarms import OF_DATA, Alarm, CompositeAlarm, namespaces_of, parts_of, watched

_ARN: Final = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
_RUNTIME: Final = {
    "state": "the state of an alarm shows at run time",
    "since": "since when an alarm is in its state shows at run time",
}


def _dimensions(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"Name": name, "Value": value} for name, value in raw.items()]


_METRIC: Final[Mapping[str, Any]] = {
    "metric_name": "MetricName", "namespace": "Namespace", "dimensions": ("Dimensions", _dimensions),
}  # fmt: skip
_ALARM: Final = lowered({
    **_METRIC,
    "threshold_metric_id": "ThresholdMetricId",
    "metric_query": ("Metrics", listed(lowered({
        "expression": "Expression", "metric": ("MetricStat", lambda raw: {"Metric": lowered(_METRIC)(raw)}),
    }))),
})  # fmt: skip
_CFN_ALARM: Final = lowered({
    one: one for one in ("MetricName", "Namespace", "Dimensions", "Metrics", "ThresholdMetricId")
})  # fmt: skip


def _metric(lower: Lower, read: Callable[[Mapping[str, Any]], Any]) -> Callable[[Block], Any]:
    """Make a function that reads the metrics of an alarm as the live converter does; what is open makes it open."""

    def of(block: Block) -> Any:
        return read(lower(block.find("").value))

    return of


def _watches(raw: Mapping[str, Any]) -> Any:
    named = stopped(raw.get("MetricName"))
    queries: Any = stopped(raw.get("Metrics")) or ()
    # Of a formula it matters only that it is one.
    if not named and (len(queries) != 1 or stopped(raw.get("ThresholdMetricId"))):
        return watched({})
    open_ = unresolved_in(raw)
    return watched(raw) if open_ is None else open_


def _parts(raw: Mapping[str, Any]) -> tuple[Any, ...]:
    queries: Any = stopped(raw.get("Metrics")) or ()
    return tuple(one for query in queries for one in _part(query))


def _part(query: Any) -> tuple[Any, ...]:
    open_ = unresolved_in(query)
    return parts_of({"Metrics": [query]}) if open_ is None else (open_,)


def _about_data(raw: Mapping[str, Any]) -> bool:
    """Say whether any metric is of data; one that is open leaves that open only where no other is."""
    if stopped(raw.get("MetricName")):
        return stopped(raw.get("Namespace")) in OF_DATA
    queries: Any = stopped(raw.get("Metrics")) or ()
    return any_of(queries, lambda one: any(space in OF_DATA for space in _spaces(one)))


def _spaces(query: Any) -> tuple[str, ...]:
    metric = query.get("MetricStat")
    if metric is not None:
        return (text(stopped(stopped(metric)["Metric"]).get("Namespace") or ""),)
    return namespaces_of({"Metrics": [{"Expression": stopped(query.get("Expression"))}]})


def _periods(least: str, all_of_them: str) -> Callable[[Block], int]:
    def read(block: Block) -> int:
        value = stopped(block.find(least).value)
        if value is ABSENT or not whole(value):  # Terraform writes 0 for what is not set
            value = stopped(block.find(all_of_them).value)
        if value is ABSENT:
            raise CouldNotCheck(Unknown(Reason.MISSING, f"{block.address} sets no {all_of_them}"))
        return whole(value)

    return read


def _of_scaling(path: str) -> Callable[[Block], bool]:
    # A name that CloudFormation makes begins with the name of the stack.
    return lambda block: (
        (name := stopped(block.find(path).value)) is not ABSENT and text(name).startswith("TargetTracking-")
    )


def _muted(path: str) -> Callable[[Block], str]:
    def read(block: Block) -> str:
        if stopped(block.find(path).value) is ABSENT:
            return ""
        said = f"{block.address} has a suppressor, and whether it suppresses now only a running account tells"
        raise CouldNotCheck(Unknown(Reason.RUNTIME, said))

    return read


def _actions(enabled: str, actions: str) -> dict[str, Origin]:
    return {
        "enabled": at(enabled, flag, absent=True, write=bool, docs="r/cloudwatch_metric_alarm, r/cloudwatch_composite_alarm: defaults to true; AWS::CloudWatch::Alarm: the default is TRUE; PutCompositeAlarm: the default is TRUE"),
        "actions": at(actions, lambda raw: each(text)(many(raw)), absent=(), docs="alarm actions are optional in both"),
    }  # fmt: skip


FORMS = (
    Form(
        Alarm,
        "aws_cloudwatch_metric_alarm",
        arn=_ARN,
        name="alarm_name",
        gives={"arn": ARN, "id": NAME, "alarm_name": NAME},
        facts={
            **_actions("actions_enabled", "alarm_actions"),
            "watches": made(_metric(_ALARM, _watches), "metric_name", "metric_query"),
            "parts": made(_metric(_ALARM, _parts), "metric_query", "metric_name"),
            "about_data": made(_metric(_ALARM, _about_data), "namespace", "metric_query"),
            "threshold": at("threshold", number, absent=None, docs="r/cloudwatch_metric_alarm: required but for a band"),
            "comparison": at("comparison_operator", text),
            "periods": made(_periods("datapoints_to_alarm", "evaluation_periods"), "datapoints_to_alarm", "evaluation_periods"),
            "missing_data": at("treat_missing_data", text, absent="missing", write=str, docs="r/cloudwatch_metric_alarm: defaults to missing"),
            "made_by_scaling": made(_of_scaling("alarm_name"), "alarm_name"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        Alarm,
        "AWS::CloudWatch::Alarm",
        arn=_ARN,
        name="AlarmName",
        gives={"Ref": NAME, "Arn": ARN},
        facts={
            **_actions("ActionsEnabled", "AlarmActions"),
            "watches": made(_metric(_CFN_ALARM, _watches), "MetricName", "Metrics"),
            "parts": made(_metric(_CFN_ALARM, _parts), "Metrics", "MetricName"),
            "about_data": made(_metric(_CFN_ALARM, _about_data), "Namespace", "Metrics"),
            "threshold": at("Threshold", number, absent=None, docs="AWS::CloudWatch::Alarm: not for a band"),
            "comparison": at("ComparisonOperator", text),
            "periods": made(_periods("DatapointsToAlarm", "EvaluationPeriods"), "DatapointsToAlarm", "EvaluationPeriods"),
            "missing_data": at("TreatMissingData", text, absent="missing", write=str, docs="AWS::CloudWatch::Alarm: missing is used if it is omitted"),
            "made_by_scaling": made(_of_scaling("AlarmName"), "AlarmName"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        CompositeAlarm,
        "aws_cloudwatch_composite_alarm",
        arn=_ARN,
        name="alarm_name",
        gives={"arn": ARN, "id": NAME, "alarm_name": NAME},
        facts={
            **_actions("actions_enabled", "alarm_actions"),
            "rule": at("alarm_rule", text),
            "children": at("alarm_rule", children),
            "muted_by": made(_muted("actions_suppressor"), "actions_suppressor"),
        },
        beyond=_RUNTIME,
    ),
    Form(
        CompositeAlarm,
        "AWS::CloudWatch::CompositeAlarm",
        arn=_ARN,
        name="AlarmName",
        gives={"Ref": NAME, "Arn": ARN},
        facts={
            **_actions("ActionsEnabled", "AlarmActions"),
            "rule": at("AlarmRule", text),
            "children": at("AlarmRule", children),
            "muted_by": made(_muted("ActionsSuppressor"), "ActionsSuppressor"),
        },
        beyond=_RUNTIME,
    ),
)  # fmt: skip
