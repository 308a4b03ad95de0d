"""Who hears of failures, from code: the whole path of a rule, a topic, its policy and its subscriptions, link by link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from scanner.iac.block import Block
from tests.iac.forms.telling import ACCOUNT, OPEN, REGION, cloudformation, leave_open, never_flips, outcomes, terraform

ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:page"
FAILED: Mapping[str, Any] = {
    "source": ["aws.backup"],
    "detail-type": ["Backup Job State Change"],
    "detail": {"state": ["FAILED", "EXPIRED"]},
}


def lets(*services: str, arn: str = ARN) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sns:Publish", "Resource": arn}
        ],
    }


PLAN = terraform(
    "aws_backup_plan", name="daily",
    rule=[{"rule_name": "d", "target_vault_name": "orders", "schedule": "cron(0 2 * * ? *)", "lifecycle": [{"delete_after": 35}]}],
)  # fmt: skip
VAULT = terraform("aws_backup_vault", name="orders")
TOPIC = terraform("aws_sns_topic", name="ops")
POLICY = terraform(
    "aws_sns_topic_policy",
    arn=ARN,
    policy=json.dumps(lets("events.amazonaws.com", "cloudwatch.amazonaws.com", "backup.amazonaws.com")),
)
HEARD = terraform("aws_sns_topic_subscription", topic_arn=ARN, protocol="lambda", endpoint=LAMBDA)
RULE = terraform("aws_cloudwatch_event_rule", name="failed", event_pattern=json.dumps(FAILED))
TARGET = terraform("aws_cloudwatch_event_target", rule="failed", arn=ARN)
PATH = [PLAN, VAULT, TOPIC, POLICY, HEARD, RULE, TARGET]


def bk701(*blocks: Block, whole: bool = True) -> str:
    found = outcomes(*blocks, rule="BK701", whole=whole)
    return next(one.outcome.value for one in found.values() if one.subject.kind == "aws.backup.vault")


def changed(block: Block, **written: Any) -> list[Block]:
    """Give the path with one of its blocks changed; None takes an attribute away."""
    told = terraform(block.type, **{**block.values, **written})
    return [told if one is block else one for one in PATH]


def test_a_whole_path_notifies() -> None:
    assert bk701(*PATH) == "passed"
    stack = [
        cloudformation(
            "AWS::Backup::BackupPlan",
            "Plan",
            BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [{"RuleName": "r", "TargetBackupVault": "orders"}]},
        ),
        cloudformation("AWS::Backup::BackupVault", "Vault", BackupVaultName="orders"),
        cloudformation(
            "AWS::SNS::Topic", "Topic", TopicName="ops", Subscription=[{"Protocol": "lambda", "Endpoint": LAMBDA}]
        ),
        cloudformation("AWS::SNS::TopicPolicy", "Policy", Topics=[ARN], PolicyDocument=lets("events.amazonaws.com")),
        cloudformation("AWS::Events::Rule", "Rule", EventPattern=dict(FAILED), Targets=[{"Id": "1", "Arn": ARN}]),
    ]
    assert bk701(*stack) == "passed"
    assert never_flips(stack, ["BK701", "BK703"]) > 30


@pytest.mark.parametrize("gone", [TOPIC, POLICY, HEARD, RULE, TARGET])
def test_without_a_link_nobody_hears(gone: Block) -> None:
    # Of a topic that is not in the code nobody can say that it does not exist.
    assert bk701(*(one for one in PATH if one is not gone)) == ("unknown" if gone is TOPIC else "failed")


@pytest.mark.parametrize("gone", [TOPIC, POLICY, HEARD, RULE, TARGET])
def test_code_that_may_not_be_all_lacks_nothing_for_certain(gone: Block) -> None:
    assert bk701(*PATH, whole=False) == "passed"
    found = bk701(*(one for one in PATH if one is not gone), whole=False)
    # What stands in the code itself is certain: a topic without a policy has the default one.
    assert found in ("unknown", "failed")
    assert found == "unknown" or gone in (POLICY, TARGET)


@pytest.mark.parametrize(
    ("block", "written", "outcome"),
    [
        (RULE, {"state": "DISABLED"}, "failed"),
        (RULE, {"event_pattern": json.dumps({**FAILED, "source": ["aws.ec2"]})}, "failed"),
        (RULE, {"event_pattern": json.dumps({**FAILED, "account": [ACCOUNT]})}, "passed"),
        (RULE, {"event_pattern": json.dumps({**FAILED, "account": ["999988887777"]})}, "failed"),
        (RULE, {"event_pattern": OPEN}, "unknown"),
        (RULE, {"state": OPEN}, "unknown"),
        (HEARD, {"protocol": "email"}, "unknown"),  # somebody must confirm it
        (HEARD, {"protocol": "firehose", "endpoint": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/x"}, "failed"),
        (HEARD, {"filter_policy": json.dumps({"x": ["y"]})}, "failed"),
        (HEARD, {"filter_policy": OPEN}, "unknown"),
        (HEARD, {"topic_arn": OPEN}, "unknown"),
        (POLICY, {"policy": json.dumps(lets("s3.amazonaws.com"))}, "failed"),
        (POLICY, {"policy": json.dumps(lets("events.amazonaws.com", arn="*"))}, "passed"),
        (POLICY, {"policy": OPEN}, "unknown"),
        (POLICY, {"arn": OPEN}, "unknown"),
        (TOPIC, {"kms_master_key_id": "alias/aws/sns"}, "failed"),
        (TOPIC, {"kms_master_key_id": OPEN}, "unknown"),
        (TARGET, {"arn": OPEN}, "unknown"),
        (TARGET, {"rule": OPEN}, "unknown"),
        (TARGET, {"arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x"}, "failed"),
        (TARGET, {"arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/far"}, "unknown"),  # which is not in the code
    ],
)  # fmt: skip
def test_links(block: Block, written: dict[str, Any], outcome: str) -> None:
    assert bk701(*changed(block, **written)) == outcome


def test_a_policy_that_is_open_in_places() -> None:
    document = lets("events.amazonaws.com")
    conditioned = {
        **document,
        "Statement": [{**document["Statement"][0], "Condition": {"StringEquals": {"aws:SourceAccount": OPEN}}}],
    }
    either = {**document, "Statement": [*conditioned["Statement"], *document["Statement"]]}
    denied = {
        **document,
        "Statement": [
            *document["Statement"],
            {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": OPEN},
        ],
    }
    for policy, outcome in ((conditioned, "unknown"), (either, "passed"), (denied, "unknown")):
        assert bk701(*changed(POLICY, policy=policy)) == outcome


def test_losing_sight_of_a_link_never_flips() -> None:
    assert never_flips(PATH, ["BK701", "BK703"]) >= 20
    for gone in (POLICY, HEARD, TARGET):
        assert never_flips([one for one in PATH if one is not gone], ["BK701", "BK703"]) > 10


# -- places that are left open -------------------------------------------------------------------------------------


def everywhere(blocks: list[Block], owner: str, at: str = REGION) -> list[Block]:
    """Give the same blocks in another place; what refers by ARN to the account refers to that place."""
    told = json.dumps([one.values for one in blocks]).replace(f":{REGION}:{ACCOUNT}:", f":{at}:{owner}:")
    return [
        terraform(one.type, one.address.rpartition(".")[2], at=at, owner=owner, **values)
        for one, values in zip(blocks, json.loads(told), strict=True)
    ]


@pytest.mark.parametrize(("owner", "at"), [("?account", REGION), (ACCOUNT, "?region"), ("?account", "?region")])
def test_references_lead_through_places_that_are_left_open(owner: str, at: str) -> None:
    path = everywhere(PATH, owner, at)
    assert bk701(*path) == "passed"
    assert never_flips(path, ["BK701", "BK703"]) >= 20


@pytest.mark.parametrize(
    ("block", "path", "written"),
    [
        (POLICY, ("policy",), json.dumps(lets("events.amazonaws.com", arn="arn:aws:sns:eu-west-1:999988887777:ops"))),
        (HEARD, ("topic_arn",), "arn:aws:sns:eu-west-1:999988887777:ops"),
        (TARGET, ("arn",), "arn:aws:sns:eu-west-1:999988887777:ops"),
        (RULE, ("event_pattern",), json.dumps({**FAILED, "account": ["999988887777"]})),
        (RULE, ("event_pattern",), json.dumps({**FAILED, "detail": {"backupVaultArn": ["arn:aws:backup:eu-west-1:999988887777:backup-vault:orders"], "state": ["FAILED", "EXPIRED"]}})),
    ],
)  # fmt: skip
def test_an_account_that_is_written_may_be_the_one_that_is_left_open(
    block: Block, path: tuple[str], written: str
) -> None:
    told = everywhere(PATH, "?account")
    number = PATH.index(block)
    told[number] = terraform(block.type, owner="?account", **{**told[number].values, path[0]: written})
    assert bk701(*told) == "unknown"


def test_a_name_that_is_left_open_may_be_the_one_that_is_written() -> None:
    assert bk701(*(leave_open(one, ["name"]) if one is TOPIC else one for one in PATH)) == "unknown"
    assert bk701(*(leave_open(one, ["name"]) if one is VAULT else one for one in PATH)) in ("passed", "unknown")
    named = {**FAILED, "detail": {"backupVaultName": ["orders"], "state": ["FAILED", "EXPIRED"]}}
    path = changed(RULE, event_pattern=json.dumps(named))
    assert bk701(*path) == "passed"
    assert bk701(*(leave_open(one, ["name"]) if one is VAULT else one for one in path)) == "unknown"


# -- alarms --------------------------------------------------------------------------------------------------------

ALARM = terraform(
    "aws_cloudwatch_metric_alarm", alarm_name="low", namespace="AWS/RDS", metric_name="FreeStorageSpace", dimensions={"DBInstanceIdentifier": "orders"},
    comparison_operator="LessThanThreshold", threshold=10_000_000_000, evaluation_periods=1, alarm_actions=[ARN],
)  # fmt: skip
OVER = terraform("aws_cloudwatch_composite_alarm", alarm_name="all", alarm_rule="ALARM(low)", alarm_actions=[ARN])


def bk707(alarm: Block, *blocks: Block) -> str:
    return outcomes(alarm, *blocks, rule="BK707")[alarm.address].outcome.value


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ({}, "passed"),
        ({"actions_enabled": False}, "failed"),
        ({"actions_enabled": OPEN}, "unknown"),
        ({"alarm_actions": []}, "failed"),
        ({"alarm_actions": OPEN}, "unknown"),
        ({"alarm_actions": [OPEN, ARN]}, "passed"),
        ({"alarm_actions": [OPEN]}, "unknown"),
        ({"namespace": "AWS/EC2"}, "exempt"),
        ({"namespace": OPEN}, "unknown"),
    ],
)
def test_alarms(written: dict[str, Any], outcome: str) -> None:
    alarm = terraform(ALARM.type, **{**ALARM.values, **written})
    assert bk707(alarm, TOPIC, POLICY, HEARD) == outcome


def test_a_topic_lets_alarms_of_its_account_in_by_default() -> None:
    assert bk707(ALARM, TOPIC, HEARD) == "passed"
    alarm, topic, heard = everywhere([ALARM, TOPIC, HEARD], "?account")
    assert bk707(alarm, topic, heard) == "passed"


def test_composite_alarms() -> None:
    silent = terraform(ALARM.type, **{**ALARM.values, "alarm_actions": []})
    assert bk707(silent, OVER, TOPIC, HEARD) == "passed"
    assert bk707(OVER, ALARM, TOPIC, HEARD) == "passed"
    assert bk707(OVER, TOPIC, HEARD) == "unknown"  # what it is over is not in the code
    suppressed = terraform(OVER.type, **OVER.values, actions_suppressor=[{"alarm": "x"}])
    assert bk707(silent, suppressed, TOPIC, HEARD) == "unknown"
    assert never_flips([silent, OVER, TOPIC, HEARD], ["BK707"]) > 10
    assert never_flips([ALARM, TOPIC, POLICY, HEARD], ["BK707"]) > 10


# -- events of databases -------------------------------------------------------------------------------------------

DATABASE = terraform("aws_db_instance", identifier="orders", engine="postgres")
TOLD = terraform(
    "aws_db_event_subscription", name="s", sns_topic=ARN, event_categories=["backup", "failure", "low storage"]
)


def bk702(*blocks: Block) -> str:
    return outcomes(DATABASE, *blocks, rule="BK702")[DATABASE.address].outcome.value


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ({}, "passed"),
        ({"source_type": "db-instance", "source_ids": ["orders"]}, "passed"),
        ({"source_type": "db-instance", "source_ids": ["others"]}, "failed"),
        ({"source_type": "db-instance", "source_ids": [OPEN]}, "unknown"),
        ({"source_type": "db-cluster"}, "failed"),
        ({"source_type": OPEN}, "unknown"),
        ({"event_categories": ["backup"]}, "failed"),
        ({"event_categories": OPEN}, "unknown"),
        ({"enabled": False}, "failed"),
        ({"sns_topic": OPEN}, "unknown"),
    ],
)
def test_database_events(written: dict[str, Any], outcome: str) -> None:
    told = terraform(TOLD.type, **{**TOLD.values, **written})
    assert bk702(told, TOPIC, HEARD) == outcome


def test_losing_sight_of_databases_and_alarms_never_flips() -> None:
    assert never_flips([DATABASE, TOLD, TOPIC, HEARD, ALARM], ["BK702", "BK704", "BK707"]) > 15
    assert never_flips([DATABASE, ALARM, TOPIC, HEARD], ["BK702", "BK704"]) > 10
    assert outcomes(DATABASE, ALARM, TOPIC, HEARD, rule="BK704")[DATABASE.address].outcome.value == "passed"
    assert outcomes(DATABASE, TOPIC, HEARD, rule="BK704")[DATABASE.address].outcome.value == "failed"
