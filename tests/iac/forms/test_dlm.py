"""Lifecycle policies in code: custom, default and event policies, in Terraform, in CloudFormation and as AWS answers."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.policy import Scope
from scanner.model.reading import Unknown
from scanner.model.unresolved import Unresolved
from scanner.resources.dlm import Policy
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    cloudformation,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)

ROLE = f"arn:aws:iam::{ACCOUNT}:role/dlm"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1"


def policy(details: Any, **more: Any) -> Block:
    return terraform(
        "aws_dlm_lifecycle_policy", description="d", execution_role_arn=ROLE, policy_details=[details], **more
    )


TF_SCHEDULES = [
    {
        "name": "daily", "copy_tags": True, "tags_to_add": {"Made": "dlm"}, "variable_tags": {"At": "$(timestamp)"},
        "create_rule": [{"interval": 12, "interval_unit": "HOURS", "times": ["02:00"]}], "retain_rule": [{"count": 60}],
        "cross_region_copy_rule": [
            {"target": "eu-central-1", "encrypted": True, "cmk_arn": KEY, "retain_rule": [{"interval": 2, "interval_unit": "WEEKS"}]}
        ],
    },
    {
        "name": "monthly", "create_rule": [{"cron_expression": "cron(0 2 1 * ? *)"}],
        "retain_rule": [{"interval": 1, "interval_unit": "YEARS", "count": 0}],
        "archive_rule": [{"archive_retain_rule": [{"retention_archive_tier": [{"interval": 90, "interval_unit": "DAYS"}]}]}],
    },
]  # fmt: skip
SCHEDULES = [
    {
        "Name": "daily", "CopyTags": True, "TagsToAdd": [{"Key": "Made", "Value": "dlm"}], "VariableTags": [{"Key": "At", "Value": "$(timestamp)"}],
        "CreateRule": {"Interval": 12, "IntervalUnit": "HOURS", "Times": ["02:00"]}, "RetainRule": {"Count": 60},
        "CrossRegionCopyRules": [
            {"Target": "eu-central-1", "Encrypted": True, "CmkArn": KEY, "RetainRule": {"Interval": 2, "IntervalUnit": "WEEKS"}}
        ],
    },
    {
        "Name": "monthly", "CreateRule": {"CronExpression": "cron(0 2 1 * ? *)"}, "RetainRule": {"Interval": 1, "IntervalUnit": "YEARS"},
        "ArchiveRule": {"RetainRule": {"RetentionArchiveTier": {"Interval": 90, "IntervalUnit": "DAYS"}}},
    },
]  # fmt: skip
DETAILS = {
    "PolicyType": "EBS_SNAPSHOT_MANAGEMENT", "ResourceTypes": ["INSTANCE"], "ResourceLocations": ["CLOUD"],
    "TargetTags": [{"Key": "Backup", "Value": "yes"}], "Parameters": {"ExcludeBootVolume": True}, "Schedules": SCHEDULES,
}  # fmt: skip
CUSTOM = (
    policy({
        "policy_type": "EBS_SNAPSHOT_MANAGEMENT", "resource_types": ["INSTANCE"], "resource_locations": ["CLOUD"],
        "target_tags": {"Backup": "yes"}, "parameters": [{"exclude_boot_volume": True}], "schedule": TF_SCHEDULES,
    }, state="ENABLED"),
    cloudformation("AWS::DLM::LifecyclePolicy", Description="d", ExecutionRoleArn=ROLE, State="ENABLED", PolicyDetails=DETAILS),
)  # fmt: skip
_DEFAULT = {
    "PolicyLanguage": "SIMPLIFIED", "ResourceType": "VOLUME", "CreateInterval": 1, "RetainInterval": 14, "CopyTags": True,
    "Exclusions": {"ExcludeBootVolumes": True, "ExcludeVolumeTypes": ["gp2"], "ExcludeTags": [{"Key": "Env", "Value": "test"}]},
}  # fmt: skip
DEFAULT = (
    policy({
        "create_interval": 1, "retain_interval": 14, "copy_tags": True,
        "exclusions": [{"exclude_boot_volumes": True, "exclude_volume_types": ["gp2"], "exclude_tags": {"Env": "test"}}],
    }, default_policy="VOLUME", state="ENABLED"),
    cloudformation(
        "AWS::DLM::LifecyclePolicy", Description="d", ExecutionRoleArn=ROLE, State="ENABLED", DefaultPolicy="VOLUME",
        CreateInterval=1, RetainInterval=14, CopyTags=True, Exclusions=_DEFAULT["Exclusions"],
    ),
)  # fmt: skip
EVENT = (
    policy({
        "policy_type": "EVENT_BASED_POLICY",
        "action": [{"name": "copy", "cross_region_copy": [
            {"target": "us-east-1", "encryption_configuration": [{"encrypted": True, "cmk_arn": KEY}], "retain_rule": [{"interval": 15, "interval_unit": "MONTHS"}]}
        ]}],
    }, state="ENABLED"),
    cloudformation("AWS::DLM::LifecyclePolicy", Description="d", ExecutionRoleArn=ROLE, State="ENABLED", PolicyDetails={
        "PolicyType": "EVENT_BASED_POLICY",
        "Actions": [{"Name": "copy", "CrossRegionCopy": [
            {"Target": "us-east-1", "EncryptionConfiguration": {"Encrypted": True, "CmkArn": KEY}, "RetainRule": {"Interval": 15, "IntervalUnit": "MONTHS"}}
        ]}],
    }),
)  # fmt: skip


def told(details: dict[str, Any], **item: Any) -> dict[str, Any]:
    item = {
        "PolicyId": "policy-1",
        "Description": "d",
        "State": "ENABLED",
        "PolicyType": "EBS_SNAPSHOT_MANAGEMENT",
        **item,
    }
    found = live(Policy, item, GetLifecyclePolicy={"Policy": {"ExecutionRoleArn": ROLE, "PolicyDetails": details}})
    return {
        name: value for name, value in found.items() if name != "policy_id" and not (name == "locations" and not value)
    }


@pytest.mark.parametrize(
    ("blocks", "wanted"),
    [
        (CUSTOM, told(DETAILS)),
        (DEFAULT, told(_DEFAULT, DefaultPolicy=True)),
        (EVENT, told(
            {"PolicyType": "EVENT_BASED_POLICY", "Actions": [{"Name": "copy", "CrossRegionCopy": [
                {"Target": "us-east-1", "EncryptionConfiguration": {"Encrypted": True, "CmkArn": KEY}, "RetainRule": {"Interval": 15, "IntervalUnit": "MONTHS"}}
            ]}]},
            PolicyType="EVENT_BASED_POLICY",
        )),
    ],
)  # fmt: skip
def test_policies_read_the_same(blocks: tuple[Block, Block], wanted: dict[str, Any]) -> None:
    for block in blocks:
        assert values(Policy, block) == wanted


def test_a_default_policy_of_instances_makes_images() -> None:
    block = policy({}, default_policy="INSTANCE")
    found = values(Policy, block)
    assert (found["type"], found["target_types"], found["default"]) == ("IMAGE_MANAGEMENT", ("INSTANCE",), True)
    (schedule,) = found["schedules"]
    assert (schedule.every.days, schedule.kept.days, schedule.copies) == (1, 7, ())


def test_default_policies_copy_to_regions() -> None:
    block = cloudformation("AWS::DLM::LifecyclePolicy", DefaultPolicy="VOLUME", State="ENABLED", RetainInterval=OPEN,
                           CrossRegionCopyTargets=[{"TargetRegion": "eu-central-1"}, OPEN])  # fmt: skip
    first, second = values(Policy, block)["copies"]
    assert first.target == "eu-central-1"
    assert isinstance(first.kept, Unresolved)
    assert isinstance(second, Unresolved)


def test_state_by_default() -> None:
    assert values(Policy, policy({}))["state"] == "ENABLED"
    assert isinstance(readings(Policy, cloudformation("AWS::DLM::LifecyclePolicy"))["state"], Unknown)


@pytest.mark.parametrize("block", [*CUSTOM, *DEFAULT, *EVENT])
def test_what_a_policy_leaves_open_is_lost_alone(block: Block) -> None:
    # The names and values of tags to add, and the names of actions, are no facts.
    loses_only_it(Policy, block, but=("name", "Name", "Made", "At", "Value", "description"))


def test_an_open_schedule_hides_no_other() -> None:
    first, second = values(Policy, policy({"schedule": [OPEN, TF_SCHEDULES[1]]}))["schedules"]
    assert isinstance(first, Unresolved)
    assert second.name == "monthly"


def daily(**written: Any) -> dict[str, Any]:
    return {
        "name": "d",
        "create_rule": [{"interval": 24, "interval_unit": "HOURS", "times": ["02:00"]}],
        "retain_rule": [{"count": 31}],
        **written,
    }


@pytest.mark.parametrize(
    ("schedules", "more", "outcome"),
    [
        ([daily()], {}, "passed"),
        ([daily(retain_rule=[{"count": 7}])], {}, "failed"),
        ([daily(retain_rule=[{"count": OPEN}])], {}, "unknown"),
        ([daily(retain_rule=[{"count": OPEN}]), daily()], {}, "passed"),
        ([daily(create_rule=[{"interval": OPEN, "interval_unit": "HOURS"}])], {}, "unknown"),
        ([daily(create_rule=[{"cron_expression": OPEN}])], {}, "unknown"),
        ([OPEN, daily()], {}, "passed"),
        ([OPEN, daily(retain_rule=[{"count": 7}])], {}, "unknown"),
        ([daily(name=OPEN)], {}, "passed"),
        ([daily()], {"state": "DISABLED"}, "exempt"),
        ([daily()], {"state": OPEN}, "unknown"),
    ],
)
def test_bk208(schedules: list[Any], more: dict[str, Any], outcome: str) -> None:
    block = policy({"resource_types": ["VOLUME"], "target_tags": {"a": "b"}, "schedule": schedules}, **more)
    assert outcomes(block, rule="BK208")[block.address].outcome.value == outcome


@pytest.mark.parametrize(
    ("targets", "outcome"),
    [
        (["eu-central-1"], "passed"), (["us-east-1"], "failed"), ([OPEN], "unknown"), ([OPEN, "us-east-1"], "failed"),
        (["?region"], "unknown"), (["arn:aws:outposts:eu-central-1:1:outpost/op-1"], "passed"),
    ],
)  # fmt: skip
def test_bk802(targets: list[Any], outcome: str) -> None:
    copies = [
        {"target": one, "encrypted": True, "retain_rule": [{"interval": 1, "interval_unit": "MONTHS"}]}
        for one in targets
    ]
    block = policy({"resource_types": ["VOLUME"], "schedule": [daily(cross_region_copy_rule=copies)]})
    found = outcomes(block, rule="BK802", scope=Scope(allowed_regions=frozenset({"eu-west-1", "eu-central-1"})))
    assert found[block.address].outcome.value == outcome


@pytest.mark.parametrize("block", [*CUSTOM, *DEFAULT, *EVENT])
def test_losing_sight_never_flips(block: Block) -> None:
    scope = Scope(allowed_regions=frozenset({"eu-west-1", "eu-central-1"}))
    assert never_flips([block], ["BK208", "BK701", "BK703", "BK802"], scope=scope) > 10


def test_losing_sight_of_a_volume_or_what_takes_it_never_flips() -> None:
    volume = terraform(
        "aws_ebs_volume", availability_zone="eu-west-1a", size=10, type="gp3", encrypted=True, tags={"a": "b"}
    )
    taken = policy({"resource_types": ["VOLUME"], "target_tags": {"a": "b"}, "schedule": [daily()]})
    instance = terraform("aws_instance", ami="ami-1", instance_type="t3.micro", tags={"a": "b"})
    assert outcomes(volume, taken, rule="BK110")[volume.address].outcome.value in ("passed", "unknown")
    for blocks in ([volume, taken], [volume, DEFAULT[0]], [volume], [instance, CUSTOM[0]], [instance, DEFAULT[0]]):
        assert never_flips(blocks, ["BK109", "BK110", "BK103"]) > 0
