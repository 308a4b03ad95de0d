"""EventBridge in code: rules with their targets, buses and API destinations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.hcl.values import JsonText
from scanner.iac.naming import export
from scanner.model.reading import Unknown
from scanner.model.unresolved import Unresolved
from scanner.resources.alerting.rules import ApiDestination, EventBus, EventRule
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    leave_open,
    live,
    loses_only_it,
    readings,
    terraform,
    values,
)

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"
PATTERN: dict[str, Any] = {
    "source": ["aws.backup"],
    "detail-type": ["Backup Job State Change"],
    "detail": {"state": ["FAILED"]},
}
TEXT = json.dumps(PATTERN)
TF_RULE = (
    terraform("aws_cloudwatch_event_rule", name="failed", event_pattern=TEXT, state="ENABLED", event_bus_name="default"),
    terraform("aws_cloudwatch_event_target", rule="failed", arn=TOPIC),
    terraform("aws_cloudwatch_event_target", "two", rule="failed", arn=TOPIC, input="{}", role_arn="arn:aws:iam::1:role/x"),
)  # fmt: skip
TARGETS = [{"Id": "1", "Arn": TOPIC}, {"Id": "2", "Arn": TOPIC, "Input": "{}", "RoleArn": "arn:aws:iam::1:role/x"}]
CFN_RULE = cloudformation(
    "AWS::Events::Rule", Name="failed", EventPattern=PATTERN, State="ENABLED", EventBusName="default", Targets=TARGETS
)
LIVE_RULE = live(
    EventRule, {"Name": "failed", "EventPattern": TEXT, "State": "ENABLED", "EventBusName": "default"},
    ListTargetsByRule={"Targets": TARGETS},
)  # fmt: skip


def test_rules_read_the_same() -> None:
    assert values(EventRule, *TF_RULE) == values(EventRule, CFN_RULE) == LIVE_RULE
    (rule,) = estate_of(*TF_RULE).resources[EventRule.kind]
    assert rule.id == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/failed"


def test_defaults() -> None:
    for block in (
        terraform("aws_cloudwatch_event_rule", name="r", schedule_expression="rate(1 day)"),
        cloudformation("AWS::Events::Rule", Name="r", ScheduleExpression="rate(1 day)"),
    ):
        assert values(EventRule, block) == {
            "bus": "default",
            "enabled": True,
            "pattern": None,
            "heeds": False,
            "targets": (),
        }


@pytest.mark.parametrize(
    ("written", "enabled"),
    [
        ({}, True), ({"is_enabled": False}, False), ({"is_enabled": True}, True), ({"state": "DISABLED"}, False),
        ({"state": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "is_enabled": False}, True),
    ],
)  # fmt: skip
def test_what_turns_a_rule_off(written: dict[str, Any], enabled: bool) -> None:
    assert values(EventRule, terraform("aws_cloudwatch_event_rule", name="r", **written))["enabled"] is enabled


@pytest.mark.parametrize("bus", ["own", f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/own"])
def test_rules_of_one_name_on_two_buses_have_their_own_targets(bus: str) -> None:
    rules = (
        terraform("aws_cloudwatch_event_rule", "a", name="r", event_pattern=TEXT),
        terraform("aws_cloudwatch_event_rule", "b", name="r", event_pattern=TEXT, event_bus_name=bus),
        terraform("aws_cloudwatch_event_target", rule="r", arn=TOPIC, event_bus_name="own"),
    )
    first, second = estate_of(*rules).resources[EventRule.kind]
    assert second.id == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/own/r"
    assert [len(one.readings["targets"].value) for one in (first, second)] == [0, 1]  # type: ignore[union-attr]
    first, second = estate_of(*rules[:2], leave_open(rules[2], ["event_bus_name"])).resources[EventRule.kind]
    assert isinstance(first.readings["targets"], Unknown)
    assert isinstance(second.readings["targets"], Unknown)


@pytest.mark.parametrize("blocks", [TF_RULE, (CFN_RULE,)])
def test_what_a_rule_leaves_open_is_lost_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(EventRule, *blocks, but=("name", "Name", "Id"))


def test_one_open_value_of_a_pattern_stays_alone() -> None:
    told = {**PATTERN, "account": [OPEN]}
    for value in (told, JsonText("jsonencode(…) is not settled", document=told)):
        block = cloudformation("AWS::Events::Rule", Name="r", EventPattern=value)
        found = values(EventRule, block)
        assert "var.open has no value" in found["pattern"]
        assert found["heeds"] is True  # it may match
    other = {"source": ["aws.s3"], "detail": {"bucket": {"name": [OPEN]}}}
    assert values(EventRule, cloudformation("AWS::Events::Rule", Name="r", EventPattern=other))["heeds"] is False
    assert isinstance(
        readings(EventRule, cloudformation("AWS::Events::Rule", Name="r", EventPattern=OPEN))["pattern"], Unknown
    )


def test_an_open_target_hides_no_other() -> None:
    first, second = values(EventRule, cloudformation("AWS::Events::Rule", Name="r", Targets=[OPEN, TARGETS[0]]))[
        "targets"
    ]
    assert isinstance(first, Unresolved)
    assert second.arn == TOPIC
    (one,) = values(
        EventRule,
        cloudformation(
            "AWS::Events::Rule", Name="r", Targets=[{"Id": "1", "Arn": TOPIC, "Input": OPEN, "InputPath": "$.x"}]
        ),
    )["targets"]
    assert one.reworded is True


def test_buses_and_destinations_are_there() -> None:
    blocks = (
        terraform("aws_cloudwatch_event_bus", name="own"),
        terraform("aws_cloudwatch_event_api_destination", name="pager"),
    )
    stacked = (
        cloudformation("AWS::Events::EventBus", Name="own"),
        cloudformation("AWS::Events::ApiDestination", Name="pager"),
    )
    for bus, destination in (blocks, stacked):
        estate = estate_of(bus, destination)
        assert estate.resources[EventBus.kind][0].id == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/own"
        (found,) = estate.resources[ApiDestination.kind]
        assert found.id.startswith(f"arn:aws:events:{REGION}:{ACCOUNT}:api-destination/pager/")
        assert isinstance(found.readings["active"], Unknown)
    assert export(blocks[0], "arn") == export(stacked[0], "Arn")
