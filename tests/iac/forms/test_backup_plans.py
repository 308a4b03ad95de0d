"""AWS Backup's plans and selections in code: one truth reads the same in every source, and what is open stays alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.policy import Scope
from scanner.model.reading import Unknown
from scanner.model.unresolved import Unresolved
from scanner.resources.aws_backup.plans import Plan, Selection
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    live,
    loses_only_it,
    outcomes,
    readings,
    terraform,
    values,
)

FAR = f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:far"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"backup:*","Resource":"*"}]}'
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"

TF_PLAN = terraform(
    "aws_backup_plan",
    name="daily",
    rule=[
        {
            "rule_name": "daily", "target_vault_name": "orders", "schedule": "cron(0 2 * * ? *)",
            "schedule_expression_timezone": "Europe/Berlin", "start_window": 90, "completion_window": 300,
            "enable_continuous_backup": False, "recovery_point_tags": {"System": "orders", "Kept": "long"},
            "lifecycle": [{
                "delete_after": 120, "cold_storage_after": 30, "opt_in_to_archive_for_supported_resources": True,
            }],
            "copy_action": [
                {"destination_vault_arn": FAR, "lifecycle": [{"delete_after": 40}]},
                {"destination_vault_arn": FAR, "lifecycle": []},
            ],
        },
        {
            "rule_name": "point", "target_vault_name": "orders", "enable_continuous_backup": True,
            "lifecycle": [{"delete_after": 35}],
        },
    ],
)  # fmt: skip
CFN_PLAN = cloudformation(
    "AWS::Backup::BackupPlan",
    BackupPlan={
        "BackupPlanName": "daily",
        "BackupPlanRule": [
            {
                "RuleName": "daily", "TargetBackupVault": "orders", "ScheduleExpression": "cron(0 2 * * ? *)",
                "ScheduleExpressionTimezone": "Europe/Berlin", "StartWindowMinutes": 90.0, "CompletionWindowMinutes": "300",
                "EnableContinuousBackup": "false", "RecoveryPointTags": {"System": "orders", "Kept": "long"},
                "Lifecycle": {
                    "DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30, "OptInToArchiveForSupportedResources": True,
                },
                "CopyActions": [
                    {"DestinationBackupVaultArn": FAR, "Lifecycle": {"DeleteAfterDays": 40}},
                    {"DestinationBackupVaultArn": FAR},
                ],
            },
            {
                "RuleName": "point", "TargetBackupVault": "orders", "EnableContinuousBackup": True,
                "StartWindowMinutes": 60, "CompletionWindowMinutes": 180, "Lifecycle": {"DeleteAfterDays": 35},
            },
        ],
    },
)  # fmt: skip
LIVE_PLAN = live(
    Plan,
    {},
    GetBackupPlan={"BackupPlan": {"Rules": [
        {
            "RuleName": "daily", "TargetBackupVaultName": "orders", "ScheduleExpression": "cron(0 2 * * ? *)",
            "ScheduleExpressionTimezone": "Europe/Berlin", "StartWindowMinutes": 90, "CompletionWindowMinutes": 300,
            "EnableContinuousBackup": False, "RecoveryPointTags": {"System": "orders", "Kept": "long"},
            "Lifecycle": {
                "DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30, "OptInToArchiveForSupportedResources": True,
            },
            "CopyActions": [
                {"DestinationBackupVaultArn": FAR, "Lifecycle": {"DeleteAfterDays": 40}},
                {"DestinationBackupVaultArn": FAR},
            ],
        },
        {
            "RuleName": "point", "TargetBackupVaultName": "orders", "EnableContinuousBackup": True,
            "StartWindowMinutes": 60, "CompletionWindowMinutes": 180, "Lifecycle": {"DeleteAfterDays": 35},
        },
    ]}},
)  # fmt: skip


def test_plans_read_the_same() -> None:
    assert values(Plan, TF_PLAN) == values(Plan, CFN_PLAN) == LIVE_PLAN


def test_defaults_of_each_source() -> None:
    rule = {"rule_name": "r", "target_vault_name": "v"}
    (of_terraform,) = values(Plan, terraform("aws_backup_plan", name="p", rule=[rule]))["rules"]
    assert (of_terraform.start_within, of_terraform.complete_within) == (timedelta(minutes=60), timedelta(minutes=180))
    named = {"BackupPlanName": "p", "BackupPlanRule": [{"RuleName": "r", "TargetBackupVault": "v"}]}
    (of_stack,) = values(Plan, cloudformation("AWS::Backup::BackupPlan", BackupPlan=named))["rules"]
    assert (of_stack.start_within, of_stack.complete_within) == (timedelta(hours=8), None)
    for one in (of_terraform, of_stack):
        assert (one.schedule, one.timezone, one.kept, one.cold_after) == ("", "UTC", None, None)
        assert (one.continuous, one.copies, one.tags, one.opted_in_to_archive) == (False, (), (), False)


def test_zero_days_are_none() -> None:
    rule = {"rule_name": "r", "target_vault_name": "v", "lifecycle": [{"delete_after": 0, "cold_storage_after": 0}]}
    (found,) = values(Plan, terraform("aws_backup_plan", name="p", rule=[rule]))["rules"]
    assert (found.kept, found.cold_after) == (None, None)


@pytest.mark.parametrize("block", [TF_PLAN, CFN_PLAN])
def test_what_a_plan_leaves_open_is_lost_alone(block: Block) -> None:
    loses_only_it(Plan, block, but=("name", "rule_name", "BackupPlanName", "RuleName"))


def test_one_open_field_hides_no_other() -> None:
    rule: dict[str, Any] = {
        "rule_name": OPEN,
        "target_vault_name": "v",
        "schedule": OPEN,
        "lifecycle": [{"delete_after": 7}],
    }
    (found,) = values(Plan, terraform("aws_backup_plan", name="p", rule=[rule][:1]))["rules"]
    assert (found.name, found.kept) == ("#1", timedelta(days=7))
    assert isinstance(found.schedule, Unresolved)
    rule["lifecycle"] = OPEN
    rule["copy_action"] = [
        {"destination_vault_arn": FAR},
        {"destination_vault_arn": OPEN, "lifecycle": [{"delete_after": 9}]},
    ]
    (found,) = values(Plan, terraform("aws_backup_plan", name="p", rule=[rule]))["rules"]
    assert isinstance(found.kept, Unresolved)
    assert isinstance(found.copies[0].kept, Unresolved)  # it inherits what is open
    assert isinstance(found.copies[1].vault, Unresolved)
    assert found.copies[1].kept == timedelta(days=9)


def test_an_open_rule_hides_no_other() -> None:
    (first, second) = values(
        Plan, terraform("aws_backup_plan", name="p", rule=[OPEN, {"rule_name": "r", "target_vault_name": "v"}])
    )["rules"]
    assert isinstance(first, Unresolved)
    assert second.name == "r"
    assert isinstance(readings(Plan, terraform("aws_backup_plan", name="p", rule=OPEN))["rules"], Unknown)


# -- selections ----------------------------------------------------------------------------------------------------

TF_SELECTION = terraform(
    "aws_backup_selection",
    name="tagged", plan_id="aws_backup_plan.one", iam_role_arn=ROLE,
    resources=["arn:aws:rds:*:*:db:*"], not_resources=["arn:aws:rds:*:*:db:scratch"],
    selection_tag=[{"type": "STRINGEQUALS", "key": "Backup", "value": "yes"}],
    condition=[{
        "string_equals": [{"key": "aws:ResourceTag/Tier", "value": "1"}],
        "string_like": [{"key": "aws:ResourceTag/System", "value": "or*"}],
        "string_not_equals": [{"key": "aws:ResourceTag/Env", "value": "test"}],
        "string_not_like": [{"key": "aws:ResourceTag/Team", "value": "x*"}],
    }],
)  # fmt: skip
_CONDITIONS = {
    "StringEquals": [{"ConditionKey": "aws:ResourceTag/Tier", "ConditionValue": "1"}],
    "StringLike": [{"ConditionKey": "aws:ResourceTag/System", "ConditionValue": "or*"}],
    "StringNotEquals": [{"ConditionKey": "aws:ResourceTag/Env", "ConditionValue": "test"}],
    "StringNotLike": [{"ConditionKey": "aws:ResourceTag/Team", "ConditionValue": "x*"}],
}
_SELECTION = {
    "SelectionName": "tagged", "IamRoleArn": ROLE, "Resources": ["arn:aws:rds:*:*:db:*"],
    "NotResources": ["arn:aws:rds:*:*:db:scratch"],
    "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "Backup", "ConditionValue": "yes"}],
    "Conditions": _CONDITIONS,
}  # fmt: skip
CFN_SELECTION = cloudformation("AWS::Backup::BackupSelection", BackupPlanId="One", BackupSelection=_SELECTION)
LIVE_SELECTION = live(Selection, {}, GetBackupSelection={"BackupSelection": _SELECTION})


def test_selections_read_the_same() -> None:
    assert values(Selection, TF_SELECTION) == values(Selection, CFN_SELECTION) == LIVE_SELECTION


@pytest.mark.parametrize("block", [TF_SELECTION, CFN_SELECTION])
def test_what_a_selection_leaves_open_is_lost_alone(block: Block) -> None:
    loses_only_it(Selection, block, but=("name", "SelectionName"))


@pytest.mark.parametrize(
    ("plan", "selection"),
    [
        (TF_PLAN, TF_SELECTION),
        (CFN_PLAN, CFN_SELECTION),
    ],
)
def test_a_selection_belongs_to_its_plan(plan: Block, selection: Block) -> None:
    estate = estate_of(plan, selection)
    ((own,), (part,)) = estate.resources[Plan.kind], estate.resources[Selection.kind]
    assert part.id.startswith(f"{own.id}/selection/")
    assert own.id == f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-plan:{plan.address}"


DAILY = terraform(
    "aws_backup_plan", name="daily",
    rule=[{"rule_name": "d", "target_vault_name": "orders", "schedule": "cron(0 2 * * ? *)", "lifecycle": [{"delete_after": 35}]}],
)  # fmt: skip
TABLE = terraform("aws_dynamodb_table", name="orders", tags={"Backup": "yes"})
OPTED_IN = terraform("aws_backup_region_settings", resource_type_opt_in_preference={"DynamoDB": True, "EBS": False})


def selecting(**written: Any) -> Block:
    return terraform("aws_backup_selection", name="s", plan_id="aws_backup_plan.one", iam_role_arn=ROLE, **written)


BY_TAG: dict[str, Any] = {"selection_tag": [{"type": "STRINGEQUALS", "key": "Backup", "value": "yes"}]}
BY_ARN: dict[str, Any] = {"resources": ["arn:aws:dynamodb:*:*:table/orders"]}


@pytest.mark.parametrize(
    ("blocks", "outcome"),
    [
        ([DAILY, selecting(**BY_TAG), OPTED_IN], "passed"),
        ([DAILY, selecting(**BY_ARN)], "passed"),
        ([DAILY, selecting(resources=["*"], not_resources=["arn:aws:dynamodb:*:*:table/orders"]), OPTED_IN], "failed"),
        ([DAILY, selecting(resources=["arn:aws:rds:*:*:db:*"])], "failed"),
        ([DAILY], "failed"),
        # The opt-in of the region decides over tags, and no code here says it.
        ([DAILY, selecting(**BY_TAG)], "unknown"),
        ([DAILY, selecting(**BY_TAG), terraform("aws_backup_region_settings", resource_type_opt_in_preference={})], "unknown"),
        (
            [DAILY, selecting(**BY_TAG), terraform("aws_backup_region_settings", resource_type_opt_in_preference={"DynamoDB": False})],
            "failed",
        ),
        # Which plan it is part of.
        ([DAILY, terraform("aws_backup_selection", name="s", plan_id=OPEN, **BY_ARN)], "unknown"),
        ([DAILY, terraform("aws_backup_selection", name="s", plan_id="4b7c3a", **BY_ARN)], "unknown"),
        # What it names.
        ([DAILY, selecting(resources=[OPEN])], "unknown"),
        ([DAILY, selecting(resources=OPEN)], "unknown"),
        ([DAILY, selecting(resources=[OPEN, "arn:aws:dynamodb:*:*:table/orders"])], "passed"),
        ([DAILY, selecting(resources=["*"], not_resources=[OPEN]), OPTED_IN], "unknown"),
        ([DAILY, selecting(selection_tag=[{"type": "STRINGEQUALS", "key": "Backup", "value": OPEN}]), OPTED_IN], "unknown"),
        ([DAILY, selecting(selection_tag=[{"type": "STRINGEQUALS", "key": OPEN, "value": "yes"}]), OPTED_IN], "unknown"),
        ([DAILY, selecting(selection_tag=OPEN), OPTED_IN], "unknown"),
        ([DAILY, selecting(**BY_ARN, condition=[{"string_equals": [{"key": "aws:ResourceTag/Backup", "value": OPEN}]}])], "unknown"),
        ([DAILY, selecting(**BY_ARN, condition=[{"string_equals": [{"key": "aws:ResourceTag/Backup", "value": "no"}]}, OPEN])], "failed"),
    ],
)  # fmt: skip
def test_coverage_by_selections(blocks: list[Block], outcome: str) -> None:
    assert outcomes(TABLE, *blocks, rule="BK103")[TABLE.address].outcome.value == outcome


def test_code_that_may_not_be_all_covers_and_never_leaves_out() -> None:
    assert (
        outcomes(TABLE, DAILY, selecting(**BY_ARN), rule="BK103", whole=False)[TABLE.address].outcome.value == "passed"
    )
    assert outcomes(TABLE, DAILY, rule="BK103", whole=False)[TABLE.address].outcome.value == "unknown"


@pytest.mark.parametrize(
    ("pattern", "outcome"),
    [
        ("arn:aws:dynamodb:*:*:table/orders", "passed"),
        (f"arn:aws:dynamodb:{REGION}:999988887777:table/orders", "unknown"),  # the account may be this one
        (f"arn:aws:dynamodb:{REGION}:?account:table/orders", "passed"),  # a reference
        (f"arn:aws:dynamodb:{REGION}:999988887777:table/others", "failed"),
        ("arn:aws:rds:*:*:db:*", "failed"),
        ("arn:aws:dynamodb:us-east-1:*:table/*", "failed"),
    ],
)
def test_an_account_that_is_left_open(pattern: str, outcome: str) -> None:
    table = terraform("aws_dynamodb_table", name="orders", owner="?account")
    plan, selection = (
        terraform("aws_backup_plan", owner="?account", **DAILY.values),
        terraform(
            "aws_backup_selection", owner="?account", name="s", plan_id="aws_backup_plan.one", resources=[pattern]
        ),
    )
    assert outcomes(table, plan, selection, rule="BK103")[table.address].outcome.value == outcome


@pytest.mark.parametrize(
    ("pattern", "outcome"),
    [
        ("arn:aws:dynamodb:*:*:table/orders", "unknown"),  # its name may be that
        ("arn:aws:dynamodb:*:*:table/or*", "unknown"),
        ("arn:aws:dynamodb:*:*:table/*", "passed"),
        ("arn:aws:rds:*:*:db:*", "failed"),
        ("arn:aws:rds:*:*:db:orders", "failed"),
        (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/aws_dynamodb_table.one", "passed"),  # a reference to it
        (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/aws_dynamodb_table.two", "failed"),  # a reference to another
    ],
)
def test_a_name_that_is_left_open(pattern: str, outcome: str) -> None:
    table, other = terraform("aws_dynamodb_table", name=OPEN), terraform("aws_dynamodb_table", "two", name=OPEN)
    found = outcomes(table, other, DAILY, selecting(resources=[pattern]), rule="BK103")
    assert found[table.address].outcome.value == outcome


# -- what rules say of plans ---------------------------------------------------------------------------------------


def plan_of(*rules: Any) -> Block:
    return terraform("aws_backup_plan", name="p", rule=list(rules))


def rule(**written: Any) -> dict[str, Any]:
    return {
        "rule_name": "r",
        "target_vault_name": "orders",
        "schedule": "cron(0 2 * * ? *)",
        "lifecycle": [{"delete_after": 35}],
        **written,
    }


@pytest.mark.parametrize(
    ("plan", "outcome"),
    [
        (plan_of(rule()), "passed"),
        (plan_of(rule(lifecycle=[{"delete_after": 7}])), "failed"),
        (plan_of(rule(lifecycle=[])), "passed"),
        (plan_of(rule(), rule(lifecycle=[{"delete_after": OPEN}])), "unknown"),
        (plan_of(rule(lifecycle=[{"delete_after": 7}]), rule(lifecycle=[{"delete_after": OPEN}])), "failed"),
        (plan_of(rule(lifecycle=[{"delete_after": OPEN}]), rule(lifecycle=[{"delete_after": 7}])), "failed"),
        (plan_of(OPEN, rule(lifecycle=[{"delete_after": 7}])), "failed"),
        (plan_of(OPEN, rule()), "unknown"),
        (plan_of(rule(copy_action=[{"destination_vault_arn": OPEN, "lifecycle": [{"delete_after": 7}]}])), "failed"),
        (plan_of(rule(copy_action=OPEN)), "unknown"),
        (plan_of(rule(rule_name=OPEN, schedule=OPEN, start_window=OPEN)), "passed"),
    ],
)  # fmt: skip
def test_bk202(plan: Block, outcome: str) -> None:
    assert outcomes(plan, rule="BK202")[plan.address].outcome.value == outcome


@pytest.mark.parametrize(
    ("rule_id", "plan", "outcome"),
    [
        ("BK206", plan_of(rule()), "passed"),
        ("BK206", plan_of(rule(schedule="cron(0 2 ? * SUN *)")), "failed"),
        ("BK206", plan_of(rule(schedule=OPEN)), "unknown"),
        ("BK206", plan_of(rule(schedule=OPEN), rule()), "passed"),  # more runs make it no worse
        ("BK206", plan_of(OPEN, rule(schedule="cron(0 2 ? * SUN *)")), "unknown"),
        ("BK207", plan_of(rule()), "passed"),
        ("BK207", plan_of(rule(schedule="cron(0 14 * * ? *)")), "failed"),
        ("BK207", plan_of(rule(schedule=OPEN), rule(schedule="cron(0 14 * * ? *)")), "failed"),
        ("BK207", plan_of(rule(schedule=OPEN), rule()), "unknown"),
        ("BK207", plan_of(rule(start_window=OPEN)), "passed"),
        ("BK209", plan_of(rule(enable_continuous_backup=True)), "passed"),
        ("BK209", plan_of(rule(enable_continuous_backup=True, lifecycle=[{"delete_after": 2}])), "failed"),
    ],
)
def test_schedules_of_plans(rule_id: str, plan: Block, outcome: str) -> None:
    found = outcomes(plan, selecting(resources=["*"]), rule=rule_id)
    assert found[plan.address].outcome.value == outcome


def test_a_plan_whose_selection_hangs_on_what_is_open_selects_perhaps() -> None:
    plan = plan_of(rule(schedule="cron(0 2 ? * SUN *)"))
    perhaps = terraform("aws_backup_selection", name="s", plan_id=OPEN, resources=["*"])
    assert outcomes(plan, rule="BK206")[plan.address].outcome.value == "exempt"
    assert outcomes(plan, perhaps, rule="BK206")[plan.address].outcome.value == "unknown"


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        (FAR, "passed"),
        (FAR.replace("eu-central-1", "us-east-1"), "failed"),
        (FAR.replace("eu-central-1", "?far"), "unknown"),
        (OPEN, "unknown"),
    ],
)
def test_bk802(target: Any, outcome: str) -> None:
    plan = plan_of(rule(copy_action=[{"destination_vault_arn": target}]))
    scope = Scope(allowed_regions=frozenset({REGION, "eu-central-1"}))
    assert outcomes(plan, rule="BK802", scope=scope)[plan.address].outcome.value == outcome
    worse = plan_of(
        rule(
            copy_action=[
                {"destination_vault_arn": target},
                {"destination_vault_arn": FAR.replace("eu-central-1", "us-east-1")},
            ]
        )
    )
    assert outcomes(worse, rule="BK802", scope=scope)[plan.address].outcome.value == "failed"
