"""CloudWatch in code: alarms on a metric, on formulas, and over other alarms; log groups and metric filters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.reading import Unknown
from scanner.model.unresolved import Unresolved
from scanner.resources.alerting.alarms import Alarm, CompositeAlarm
from scanner.resources.alerting.metric_filters import MetricFilter
from scanner.resources.logs import LogGroup
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"
_COMMON: dict[str, Any] = {
    "threshold": 10,
    "comparison_operator": "LessThanThreshold",
    "evaluation_periods": 3,
    "alarm_actions": [TOPIC],
}
_API: dict[str, Any] = {
    "Threshold": 10,
    "ComparisonOperator": "LessThanThreshold",
    "EvaluationPeriods": 3,
    "AlarmActions": [TOPIC],
}
PLAIN = (
    terraform(
        "aws_cloudwatch_metric_alarm", alarm_name="low", namespace="AWS/RDS", metric_name="FreeStorageSpace",
        dimensions={"DBInstanceIdentifier": "orders"}, datapoints_to_alarm=2, treat_missing_data="breaching", actions_enabled=True, **_COMMON,
    ),
    cloudformation(
        "AWS::CloudWatch::Alarm", AlarmName="low", Namespace="AWS/RDS", MetricName="FreeStorageSpace",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": "orders"}], DatapointsToAlarm=2, TreatMissingData="breaching", ActionsEnabled=True, **_API,
    ),
    {
        "AlarmName": "low", "Namespace": "AWS/RDS", "MetricName": "FreeStorageSpace", "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "orders"}],
        "DatapointsToAlarm": 2, "TreatMissingData": "breaching", "ActionsEnabled": True, **_API,
    },
)  # fmt: skip
_METRICS: list[dict[str, Any]] = [
    {"Id": "e", "Expression": "m * 2", "ReturnData": True},
    {"Id": "m", "MetricStat": {"Metric": {"Namespace": "AWS/EBS", "MetricName": "X", "Dimensions": [{"Name": "VolumeId", "Value": "v"}]}, "Period": 60, "Stat": "Sum"}},
    {"Id": "q", "Expression": 'SELECT MAX(ReplicaLag) FROM SCHEMA("AWS/RDS", DBInstanceIdentifier)'},
]  # fmt: skip
FORMULA = (
    terraform(
        "aws_cloudwatch_metric_alarm", alarm_name="sum", metric_query=[
            {"id": "e", "expression": "m * 2", "return_data": True},
            {"id": "m", "metric": [{"namespace": "AWS/EBS", "metric_name": "X", "dimensions": {"VolumeId": "v"}, "period": 60, "stat": "Sum"}]},
            {"id": "q", "expression": 'SELECT MAX(ReplicaLag) FROM SCHEMA("AWS/RDS", DBInstanceIdentifier)'},
        ], **_COMMON,
    ),
    cloudformation("AWS::CloudWatch::Alarm", AlarmName="sum", Metrics=_METRICS, **_API),
    {"AlarmName": "sum", "Metrics": _METRICS, **_API},
)  # fmt: skip
SINGLE = (
    terraform("aws_cloudwatch_metric_alarm", alarm_name="one", metric_query=[
        {"id": "m", "metric": [{"namespace": "AWS/EBS", "metric_name": "X", "dimensions": {"VolumeId": "v"}, "period": 60, "stat": "Sum"}], "return_data": True},
    ], **_COMMON),
    cloudformation("AWS::CloudWatch::Alarm", AlarmName="one", Metrics=_METRICS[1:2], **_API),
    {"AlarmName": "one", "Metrics": _METRICS[1:2], **_API},
)  # fmt: skip
BAND = (
    terraform("aws_cloudwatch_metric_alarm", alarm_name="band", metric_query=[{"id": "e", "expression": "ANOMALY_DETECTION_BAND(m)"}],
              threshold_metric_id="e", comparison_operator="LessThanLowerThreshold", evaluation_periods=1),
    cloudformation("AWS::CloudWatch::Alarm", AlarmName="band", Metrics=[{"Id": "e", "Expression": "ANOMALY_DETECTION_BAND(m)"}],
                   ThresholdMetricId="e", ComparisonOperator="LessThanLowerThreshold", EvaluationPeriods=1),
    {"AlarmName": "band", "Metrics": [{"Id": "e", "Expression": "ANOMALY_DETECTION_BAND(m)"}], "ThresholdMetricId": "e",
     "ComparisonOperator": "LessThanLowerThreshold", "EvaluationPeriods": 1},
)  # fmt: skip
RUNTIME = ("state", "since")


def told(item: dict[str, Any]) -> dict[str, Any]:
    found = live(Alarm, {"StateValue": "OK", **item})
    return {name: value for name, value in found.items() if name not in RUNTIME}


@pytest.mark.parametrize(("of_terraform", "of_stack", "of_aws"), [PLAIN, FORMULA, SINGLE, BAND])
def test_alarms_read_the_same(of_terraform: Block, of_stack: Block, of_aws: dict[str, Any]) -> None:
    assert values(Alarm, of_terraform) == values(Alarm, of_stack) == told(of_aws)


@pytest.mark.parametrize("block", [*PLAIN[:2], *FORMULA[:2], *SINGLE[:2], *BAND[:2]])
def test_what_an_alarm_leaves_open_is_lost_alone(block: Block) -> None:
    # What a formula works out of its metrics, how they are sampled, and the ids of queries are no facts.
    known = (
        "alarm_name",
        "AlarmName",
        "id",
        "Id",
        "return_data",
        "ReturnData",
        "period",
        "Period",
        "stat",
        "Stat",
        "evaluation_periods",
        "EvaluationPeriods",
    )
    loses_only_it(Alarm, block, but=known)


def test_defaults() -> None:
    for block in (
        terraform(
            "aws_cloudwatch_metric_alarm",
            alarm_name="a",
            namespace="AWS/EC2",
            metric_name="X",
            evaluation_periods=3,
            datapoints_to_alarm=0,
        ),
        cloudformation("AWS::CloudWatch::Alarm", Namespace="AWS/EC2", MetricName="X", EvaluationPeriods=3),
    ):
        found = values(Alarm, block)
        assert (found["enabled"], found["actions"], found["missing_data"], found["periods"]) == (True, (), "missing", 3)
        assert found["about_data"] is False
        assert found["made_by_scaling"] is False
        assert isinstance(readings(Alarm, block)["state"], Unknown)


def test_open_metrics() -> None:
    queries = [
        {"id": "m", "metric": [{"namespace": OPEN, "metric_name": "X"}]},
        {"id": "n", "metric": [{"namespace": "AWS/RDS", "metric_name": "X"}]},
    ]
    found = values(Alarm, terraform("aws_cloudwatch_metric_alarm", alarm_name="a", metric_query=queries, **_COMMON))
    assert found["about_data"] is True  # one of them is
    assert found["watches"] == ""  # a formula, whatever is in it
    assert isinstance(found["parts"][0], Unresolved)
    assert found["parts"][1] == "AWS/RDS X"
    one = terraform("aws_cloudwatch_metric_alarm", alarm_name="a", metric_query=queries[:1], **_COMMON)
    assert isinstance(readings(Alarm, one)["watches"], Unknown)
    assert isinstance(readings(Alarm, one)["about_data"], Unknown)


RULE = 'ALARM("low") OR ALARM(other)'
OVER = (
    terraform(
        "aws_cloudwatch_composite_alarm", alarm_name="all", alarm_rule=RULE, alarm_actions=TOPIC, actions_enabled=False
    ),
    cloudformation(
        "AWS::CloudWatch::CompositeAlarm", AlarmName="all", AlarmRule=RULE, AlarmActions=[TOPIC], ActionsEnabled=False
    ),
)


def test_composite_alarms_read_the_same() -> None:
    wanted = live(
        CompositeAlarm,
        {"AlarmName": "all", "AlarmRule": RULE, "AlarmActions": [TOPIC], "ActionsEnabled": False, "StateValue": "OK"},
    )
    wanted = {name: value for name, value in wanted.items() if name not in RUNTIME}
    for block in OVER:
        assert values(CompositeAlarm, block) == wanted
        loses_only_it(CompositeAlarm, block, but=("alarm_name", "AlarmName"))


def test_a_suppressor_works_at_run_time() -> None:
    for block in (
        terraform(
            "aws_cloudwatch_composite_alarm",
            alarm_name="a",
            alarm_rule=RULE,
            actions_suppressor=[{"alarm": "x", "wait_period": 1}],
        ),
        cloudformation("AWS::CloudWatch::CompositeAlarm", AlarmName="a", AlarmRule=RULE, ActionsSuppressor="x"),
    ):
        assert isinstance(readings(CompositeAlarm, block)["muted_by"], Unknown)


def test_ids_and_references() -> None:
    for block, name in ((PLAIN[0], "arn"), (PLAIN[1], "Arn"), (OVER[0], "arn"), (OVER[1], "Arn")):
        assert str(export(block, name)).startswith(f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:")
    (alarm,) = estate_of(cloudformation("AWS::CloudWatch::Alarm", "Low")).resources[Alarm.kind]
    assert alarm.id.endswith(":alarm:Low")


# -- log groups and metric filters ---------------------------------------------------------------------------------

GROUP = (
    terraform("aws_cloudwatch_log_group", name="/aws/rds/x", retention_in_days=30, log_group_class="INFREQUENT_ACCESS", kms_key_id="k", tags={"a": "b"}),
    cloudformation("AWS::Logs::LogGroup", LogGroupName="/aws/rds/x", RetentionInDays="30", LogGroupClass="INFREQUENT_ACCESS", KmsKeyId="k", Tags=[{"Key": "a", "Value": "b"}]),
)  # fmt: skip


def test_log_groups_read_the_same() -> None:
    wanted = live(
        LogGroup,
        {
            "logGroupName": "/aws/rds/x",
            "retentionInDays": 30,
            "logGroupClass": "INFREQUENT_ACCESS",
            "kmsKeyId": "k",
            "creationTime": 1,
        },
    )
    wanted = {
        **{name: value for name, value in wanted.items() if name not in ("created_at", "size")},
        "tags": {"a": "b"},
    }
    for block in GROUP:
        assert values(LogGroup, block) == wanted
        loses_only_it(LogGroup, block, but=("name", "LogGroupName"))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({}, None),
        ({"retention_in_days": 0}, None),
        ({"retention_in_days": 7}, 7),
        ({"retention_in_days": 90, "log_group_class": "DELIVERY"}, 1),
    ],
)
def test_how_long_log_groups_keep(written: dict[str, Any], kept: int | None) -> None:
    found = values(LogGroup, terraform("aws_cloudwatch_log_group", name="g", **written))["kept"]
    assert found == (None if kept is None else timedelta(days=kept))


@pytest.mark.parametrize(
    ("name", "days", "outcome"),
    [
        ("/aws/rds/x", 30, "passed"), ("/aws/rds/x", 7, "failed"), ("/aws/rds/x", None, "passed"), ("/aws/rds/x", OPEN, "unknown"),
        ("app", 7, "exempt"),
    ],
)  # fmt: skip
def test_bk213(name: str, days: Any, outcome: str) -> None:
    block = terraform("aws_cloudwatch_log_group", name=name, retention_in_days=days)
    assert outcomes(block, rule="BK213")[block.address].outcome.value == outcome
    assert never_flips([block], ["BK213"]) == 2


FILTER = (
    terraform("aws_cloudwatch_log_metric_filter", name="f", log_group_name="trail", pattern="{ $.x = DisableKey }",
              metric_transformation=[{"namespace": "Own", "name": "Disabled", "value": "1"}]),
    cloudformation("AWS::Logs::MetricFilter", FilterName="f", LogGroupName="trail", FilterPattern="{ $.x = DisableKey }",
                   MetricTransformations=[{"MetricNamespace": "Own", "MetricName": "Disabled", "MetricValue": "1"}]),
)  # fmt: skip


def test_metric_filters_read_the_same() -> None:
    wanted = live(
        MetricFilter,
        {
            "filterName": "f",
            "filterPattern": "{ $.x = DisableKey }",
            "metricTransformations": [{"metricNamespace": "Own", "metricName": "Disabled"}],
        },
    )
    for block in FILTER:
        assert values(MetricFilter, block) == wanted
        (found,) = estate_of(block).resources[MetricFilter.kind]
        assert found.id == f"arn:aws:logs:{REGION}:{ACCOUNT}:metric-filter:trail/f"
        loses_only_it(
            MetricFilter, block, but=("name", "value", "FilterName", "MetricValue", "log_group_name", "LogGroupName")
        )


def test_the_arn_of_a_log_group_in_a_stack_names_its_streams() -> None:
    assert export(GROUP[1], "Arn") == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/rds/x:*"
    assert export(GROUP[0], "arn") == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/rds/x"
