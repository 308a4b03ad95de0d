"""AWS Backup's vaults, settings, reports and restore tests in code, in every source; what is open stays alone."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.policy import Scope
from scanner.model.reading import Known, Unknown
from scanner.resources.aws_backup.reports import ReportPlan
from scanner.resources.aws_backup.settings import Settings
from scanner.resources.aws_backup.testing import RestoreTestingPlan, RestoreTestingSelection
from scanner.resources.aws_backup.vaults import Vault
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    REGION,
    cloudformation,
    estate_of,
    leave_open,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    readings,
    terraform,
    values,
)
from tests.iac.forms.test_backup_plans import (
    BY_ARN,
    BY_TAG,
    DAILY,
    OPTED_IN,
    TABLE,
    TF_PLAN,
    TF_SELECTION,
    rule,
    selecting,
)

FAR = f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:far"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"backup:*","Resource":"*"}]}'
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"

# -- vaults --------------------------------------------------------------------------------------------------------

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
TF_VAULT = (
    terraform("aws_backup_vault", name="orders", kms_key_arn=KEY),
    terraform("aws_backup_vault_lock_configuration", backup_vault_name="orders", min_retention_days=30, max_retention_days=400),
    terraform("aws_backup_vault_policy", backup_vault_name="orders", policy=POLICY),
    terraform("aws_backup_vault_notifications", backup_vault_name="orders", sns_topic_arn=TOPIC, backup_vault_events=["COPY_JOB_FAILED"]),
)  # fmt: skip
CFN_VAULT = cloudformation(
    "AWS::Backup::BackupVault",
    BackupVaultName="orders", EncryptionKeyArn=KEY, AccessPolicy={
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "backup:*", "Resource": "*"}],
    },
    LockConfiguration={"MinRetentionDays": 30, "MaxRetentionDays": "400"},
    Notifications={"SNSTopicArn": TOPIC, "BackupVaultEvents": ["COPY_JOB_FAILED"]},
)  # fmt: skip
LIVE_VAULT = live(
    Vault,
    {
        "VaultType": "BACKUP_VAULT",
        "EncryptionKeyArn": KEY,
        "Locked": True,
        "MinRetentionDays": 30,
        "MaxRetentionDays": 400,
    },
    GetBackupVaultAccessPolicy={"Policy": POLICY},
    GetBackupVaultNotifications={"SNSTopicArn": TOPIC, "BackupVaultEvents": ["COPY_JOB_FAILED"]},
)


def test_vaults_read_the_same() -> None:
    assert values(Vault, *TF_VAULT) == values(Vault, CFN_VAULT) == LIVE_VAULT
    ((vault,),) = (estate_of(*TF_VAULT).resources[Vault.kind],)
    assert vault.id == f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:orders"


def test_a_bare_vault() -> None:
    bare = {"key": "alias/aws/backup", "vault_type": "BACKUP_VAULT", "locked": False, "lock_least": None, "lock_most": None,
            "lock_final_at": None, "policy": None, "notifies": None, "notifies_of": ()}  # fmt: skip
    assert values(Vault, terraform("aws_backup_vault", name="v")) == bare
    assert values(Vault, cloudformation("AWS::Backup::BackupVault", BackupVaultName="v")) == bare


def test_air_gapped_vaults_read_the_same() -> None:
    told = live(Vault, {"VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT", "EncryptionKeyType": "AWS_OWNED_KMS_KEY", "EncryptionKeyArn": KEY,
                        "Locked": True, "MinRetentionDays": 31, "MaxRetentionDays": 99})  # fmt: skip
    wanted = {**told, "policy": None, "notifies": None, "notifies_of": ()}
    del wanted["lock_final_at"]
    for block in (
        terraform("aws_backup_logically_air_gapped_vault", name="v", min_retention_days=31, max_retention_days=99),
        cloudformation(
            "AWS::Backup::LogicallyAirGappedBackupVault", BackupVaultName="v", MinRetentionDays=31, MaxRetentionDays=99
        ),
    ):
        assert values(Vault, block) == wanted


def test_the_day_of_a_compliance_lock_is_settled_when_it_is_applied() -> None:
    final = terraform(
        "aws_backup_vault_lock_configuration", backup_vault_name="orders", min_retention_days=30, changeable_for_days=3
    )
    reading = readings(Vault, TF_VAULT[0], final)["lock_final_at"]
    assert isinstance(reading, Unknown)
    assert "3 days" in reading.detail
    assert isinstance(
        readings(Vault, TF_VAULT[0], leave_open(final, ["changeable_for_days"]))["lock_final_at"], Unknown
    )


@pytest.mark.parametrize("blocks", [TF_VAULT, (CFN_VAULT,)])
def test_what_a_vault_leaves_open_is_lost_alone(blocks: tuple[Block, ...]) -> None:
    loses_only_it(Vault, *blocks, but=("name", "BackupVaultName"))


def test_a_satellite_of_another_vault_changes_nothing() -> None:
    other = terraform("aws_backup_vault_lock_configuration", backup_vault_name="others", min_retention_days=30)
    assert readings(Vault, TF_VAULT[0], other)["locked"].__class__ is Known
    assert values(Vault, TF_VAULT[0], other)["locked"] is False


@pytest.mark.parametrize(
    ("rule_id", "blocks", "outcome"),
    [
        ("BK403", [terraform("aws_backup_vault", name="v")], "failed"),
        ("BK403", [terraform("aws_backup_vault", name="v", kms_key_arn=OPEN)], "unknown"),
        ("BK513", [terraform("aws_backup_vault", name="v")], "passed"),
        ("BK513", [cloudformation("AWS::Backup::BackupVault", "aws_backup_vault.one", BackupVaultName="v", AccessPolicy={
            "Statement": {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "backup:*", "Resource": "*"}})], "failed"),
        ("BK513", [cloudformation("AWS::Backup::BackupVault", "aws_backup_vault.one", owner="?account", BackupVaultName="v", AccessPolicy={
            "Statement": {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "backup:*", "Resource": "*"}})], "unknown"),
        ("BK612", [terraform("aws_backup_vault", name="v")], "failed"),
        ("BK612", [terraform("aws_backup_vault", name="orders"), TF_VAULT[2]], "passed"),
    ],
)  # fmt: skip
def test_what_rules_say_of_vaults(rule_id: str, blocks: list[Block], outcome: str) -> None:
    assert outcomes(*blocks, rule=rule_id)["aws_backup_vault.one"].outcome.value == outcome


WRITTEN = terraform("aws_backup_plan", name="p", rule=[rule()])
UNDER_LOCK = terraform("aws_backup_vault", name="orders")


@pytest.mark.parametrize(
    ("lock", "outcome"),
    [
        ({"min_retention_days": 30}, "passed"),
        ({"min_retention_days": 30, "changeable_for_days": 3}, "passed"),
        ({"min_retention_days": 30, "changeable_for_days": OPEN}, "passed"),
        ({"min_retention_days": 7}, "failed"),
        ({"min_retention_days": OPEN}, "unknown"),
        ({"max_retention_days": 60}, "failed"),
        ({"min_retention_days": 30, "max_retention_days": OPEN}, "unknown"),
        ({"backup_vault_name": OPEN, "min_retention_days": 30}, "unknown"),
        ({"backup_vault_name": "others", "min_retention_days": 30}, "failed"),
    ],
)
def test_bk805(lock: dict[str, Any], outcome: str) -> None:
    told = terraform("aws_backup_vault_lock_configuration", **{"backup_vault_name": "orders", **lock})
    found = outcomes(UNDER_LOCK, WRITTEN, told, rule="BK805")[UNDER_LOCK.address]
    assert found.outcome.value == outcome
    assert ("after it is applied" in found.verdict.because) is (lock.get("changeable_for_days") is not None)
    # What lies in a vault that nothing writes to no code tells.
    assert outcomes(UNDER_LOCK, told, rule="BK805")[UNDER_LOCK.address].outcome.value == "unknown"


def test_an_air_gapped_vault_is_locked() -> None:
    vault = terraform(
        "aws_backup_logically_air_gapped_vault", name="orders", min_retention_days=31, max_retention_days=99
    )
    found = outcomes(vault, WRITTEN, rule="BK805")[vault.address]
    assert found.outcome.value == "passed"
    assert "air-gapped" in found.verdict.because


# -- settings, reports, restore tests ------------------------------------------------------------------------------


def test_settings_read_the_same() -> None:
    told = live(Settings, {}, DescribeRegionSettings={"ResourceTypeOptInPreference": {"DynamoDB": True, "EBS": False}})
    assert values(Settings, OPTED_IN) == told
    loses_only_it(Settings, OPTED_IN)


def test_bk112() -> None:
    off = terraform("aws_backup_region_settings", resource_type_opt_in_preference={"DynamoDB": False})
    assert outcomes(TABLE, off, rule="BK112")[off.address].outcome.value == "failed"
    # Other kinds of store are not in any code yet, so that it never passes here.
    assert outcomes(TABLE, OPTED_IN, rule="BK112")[off.address].outcome.value in ("passed", "unknown")
    silent = terraform("aws_backup_region_settings", resource_type_opt_in_preference={"EBS": False})
    assert outcomes(TABLE, silent, rule="BK112")[off.address].outcome.value == "unknown"


TF_REPORT = terraform(
    "aws_backup_report_plan", name="jobs",
    report_setting=[{"report_template": "BACKUP_JOB_REPORT", "regions": ["*"], "accounts": ["ROOT"], "organization_units": ["ou-1"]}],
    report_delivery_channel=[{"s3_bucket_name": "reports", "formats": ["CSV"]}],
)  # fmt: skip
_REPORT: dict[str, Any] = {
    "ReportSetting": {"ReportTemplate": "BACKUP_JOB_REPORT", "Regions": ["*"], "Accounts": ["ROOT"], "OrganizationUnits": ["ou-1"]},
    "ReportDeliveryChannel": {"S3BucketName": "reports"},
}  # fmt: skip
CFN_REPORT = cloudformation("AWS::Backup::ReportPlan", ReportPlanName="jobs", **_REPORT)


def test_report_plans_read_the_same() -> None:
    told = live(ReportPlan, {**_REPORT, "DeploymentStatus": "COMPLETED", "CreationTime": 1})
    wanted = {name: told[name] for name in ("template", "regions", "accounts", "units", "delivers_to")}
    assert values(ReportPlan, TF_REPORT) == values(ReportPlan, CFN_REPORT) == wanted
    for block in (TF_REPORT, CFN_REPORT):
        loses_only_it(ReportPlan, block, but=("name", "formats", "ReportPlanName", 0))


TF_TEST = terraform(
    "aws_backup_restore_testing_plan", name="weekly", schedule_expression="cron(0 1 ? * SUN *)", schedule_expression_timezone="Europe/Berlin",
    recovery_point_selection=[{"algorithm": "LATEST_WITHIN_WINDOW", "include_vaults": ["*"], "exclude_vaults": [FAR], "recovery_point_types": ["SNAPSHOT"]}],
)  # fmt: skip
_TEST = {"ScheduleExpression": "cron(0 1 ? * SUN *)", "ScheduleExpressionTimezone": "Europe/Berlin"}
_POINTS = {"IncludeVaults": ["*"], "ExcludeVaults": [FAR]}
CFN_TEST = cloudformation(
    "AWS::Backup::RestoreTestingPlan", RestoreTestingPlanName="weekly", **_TEST, RecoveryPointSelection=_POINTS
)
TF_TESTED = terraform(
    "aws_backup_restore_testing_selection", name="rds", restore_testing_plan_name="weekly", protected_resource_type="RDS", iam_role_arn=ROLE,
    protected_resource_arns=["*"],
    protected_resource_conditions=[{
        "string_equals": [{"key": "aws:ResourceTag/backup", "value": True}], "string_not_equals": [{"key": "aws:ResourceTag/env", "value": "x"}],
    }],
)  # fmt: skip
_TESTED: dict[str, Any] = {
    "ProtectedResourceType": "RDS", "ProtectedResourceArns": ["*"], "ProtectedResourceConditions": {
        "StringEquals": [{"Key": "aws:ResourceTag/backup", "Value": "true"}],
        "StringNotEquals": [{"Key": "aws:ResourceTag/env", "Value": "x"}],
    },
}  # fmt: skip
CFN_TESTED = cloudformation(
    "AWS::Backup::RestoreTestingSelection", "Two", RestoreTestingSelectionName="rds", RestoreTestingPlanName="weekly", IamRoleArn=ROLE, **_TESTED
)  # fmt: skip


def test_restore_tests_read_the_same() -> None:
    told = live(
        RestoreTestingPlan, _TEST, GetRestoreTestingPlan={"RestoreTestingPlan": {"RecoveryPointSelection": _POINTS}}
    )
    assert values(RestoreTestingPlan, TF_TEST) == values(RestoreTestingPlan, CFN_TEST) == told
    told = live(RestoreTestingSelection, _TESTED, GetRestoreTestingSelection={"RestoreTestingSelection": _TESTED})
    assert values(RestoreTestingSelection, TF_TESTED) == values(RestoreTestingSelection, CFN_TESTED) == told
    for plan, part in ((TF_TEST, TF_TESTED), (CFN_TEST, CFN_TESTED)):
        estate = estate_of(plan, part)
        ((own,), (tested,)) = estate.resources[RestoreTestingPlan.kind], estate.resources[RestoreTestingSelection.kind]
        assert tested.id == f"{own.id}/selection/rds"
        loses_only_it(
            RestoreTestingPlan, plan, but=("name", "algorithm", "recovery_point_types", "RestoreTestingPlanName", 0)
        )
        loses_only_it(
            RestoreTestingSelection, part, but=("name", "iam_role_arn", "RestoreTestingSelectionName", "IamRoleArn")
        )


# -- the law -------------------------------------------------------------------------------------------------------

RULES = ["BK103", "BK106", "BK112", "BK202", "BK206", "BK207", "BK209", "BK403", "BK513", "BK612", "BK802", "BK805"]


@pytest.mark.parametrize(
    "selection",
    [selecting(**BY_TAG), selecting(**BY_ARN), selecting(resources=["*"], not_resources=["arn:aws:rds:*:*:db:*"], condition=TF_SELECTION.values["condition"])],
)  # fmt: skip
def test_losing_sight_never_flips(selection: Block) -> None:
    scope = Scope(allowed_regions=frozenset({REGION, "eu-central-1"}))
    assert never_flips([TABLE, TF_PLAN, selection, OPTED_IN, *TF_VAULT], RULES, scope=scope) > 50
    assert never_flips([TABLE, DAILY, selection, OPTED_IN], RULES, whole=False) >= 20
