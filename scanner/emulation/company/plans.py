"""Backup plans: what each runs when, keeps how long, copies where and selects."""

from typing import Any

from scanner.emulation.company.site import BUNKER, FORBIDDEN, HOME, RECOVERY, Site, vault_arn
from scanner.emulation.ground import ACCOUNT

NIGHTLY = "cron(0 2 * * ? *)"
RETIRED_ROLE = f"arn:aws:iam::{ACCOUNT}:role/retired-backup-role"


def rule(
    name: str,
    vault: str,
    schedule: str,
    days: int | None,
    *,
    zone: str | None = None,
    copies: dict[str, int] | None = None,
    continuous: bool = False,
    cold: int | None = None,
    window: int = 60,
) -> dict[str, Any]:
    """A rule of a plan in AWS's words."""
    lifecycle = ({"DeleteAfterDays": days} if days else {}) | ({"MoveToColdStorageAfterDays": cold} if cold else {})
    told: dict[str, Any] = {
        "RuleName": name,
        "TargetBackupVaultName": vault,
        "ScheduleExpression": schedule,
        "StartWindowMinutes": window,
        "CompletionWindowMinutes": 360,
        "EnableContinuousBackup": continuous,
        "RecoveryPointTags": {"Plan": name},
    }
    return (
        told
        | ({"Lifecycle": lifecycle} if lifecycle else {})
        | ({"ScheduleExpressionTimezone": zone} if zone else {})
        | (
            {
                "CopyActions": [
                    {"DestinationBackupVaultArn": arn, "Lifecycle": {"DeleteAfterDays": kept}}
                    for arn, kept in copies.items()
                ]
            }
            if copies
            else {}
        )
    )


def settle(site: Site) -> None:
    """Make the plans, then what they select."""
    recovery, bunker = vault_arn("recovery-vault", RECOVERY), vault_arn("bunker-vault", HOME, BUNKER)
    plans = {
        "orders-daily": [
            rule("nightly", "orders-vault", NIGHTLY, 35, copies={recovery: 35, bunker: 35}),
            rule("continuous", "orders-vault", NIGHTLY, 35, continuous=True),
        ],
        "metadata-daily": [rule("metadata-nightly", "metadata-vault", NIGHTLY, 35, copies={recovery: 35})],
        "reporting-rate": [rule("twice-a-day", "reporting-vault", "rate(12 hours)", 30)],
        "analytics-berlin": [rule("berlin", "reporting-vault", NIGHTLY, 35, zone="Europe/Berlin")],
        "development-weekly": [rule("sundays", "development-vault", "cron(0 2 ? * SUN *)", 14)],
        "short-lived": [
            rule(
                "a-week",
                "development-vault",
                "cron(0 14 * * ? *)",
                7,
                window=480,
                copies={vault_arn("somewhere-else", FORBIDDEN): 7},
            )
        ],
        "archive-cold": [rule("to-cold", "archive-vault", NIGHTLY, 365, cold=30)],
        "selects-nothing": [rule("idle", "orders-vault", NIGHTLY, 35)],
        "sealed": [
            rule("sealed-nightly", "orders-vault", NIGHTLY, 35, copies={vault_arn("sealed-vault", RECOVERY): 35})
        ],
    }
    for name, rules in plans.items():
        make(site, name, rules)
    tagged = {"ConditionType": "STRINGEQUALS", "ConditionKey": "Backup"}
    select(site, "orders-daily", "by-tag", ListOfTags=[{**tagged, "ConditionValue": "daily"}])
    select(
        site,
        "metadata-daily",
        "production-metadata",
        Resources=["*"],
        Conditions={
            "StringEquals": [
                {"ConditionKey": "aws:ResourceTag/System", "ConditionValue": "customer-metadata"},
                {"ConditionKey": "aws:ResourceTag/Environment", "ConditionValue": "production"},
            ]
        },
    )
    select(
        site,
        "reporting-rate",
        "warehouses",
        Resources=[f"arn:aws:redshift:*:{ACCOUNT}:cluster:*"],
        NotResources=[f"arn:aws:redshift:*:{ACCOUNT}:cluster:warehouse-sandbox"],
    )
    select(
        site,
        "analytics-berlin",
        "clusters",
        Resources=[f"arn:aws:rds:*:{ACCOUNT}:cluster:clicks", f"arn:aws:rds:*:{ACCOUNT}:cluster:graph"],
    )
    select(site, "development-weekly", "weekly", ListOfTags=[{**tagged, "ConditionValue": "weekly"}])
    select(site, "short-lived", "scratch", role=RETIRED_ROLE, ListOfTags=[{**tagged, "ConditionValue": "short"}])
    select(site, "archive-cold", "archives", Resources=["arn:aws:s3:::fivex-archive-2019"])
    select(site, "sealed", "sealed", Resources=[f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/auth-tokens"])


def make(site: Site, name: str, rules: list[dict[str, Any]], region: str = HOME) -> None:
    """A plan; what it makes is said to be of its first rule."""
    backup = site.client("backup", region)
    made = backup.create_backup_plan(
        BackupPlan={"BackupPlanName": name, "Rules": rules}, BackupPlanTags={"Owner": "platform"}
    )
    first = backup.get_backup_plan(BackupPlanId=made["BackupPlanId"])["BackupPlan"]["Rules"][0]
    site.plans[name] = {
        "BackupPlanId": made["BackupPlanId"],
        "BackupPlanArn": made["BackupPlanArn"],
        "BackupPlanName": name,
        "BackupPlanVersion": made["VersionId"],
        "BackupRuleId": first["RuleId"],
        "BackupRuleName": first["RuleName"],
        "BackupRuleCron": first["ScheduleExpression"],
        "BackupRuleTimezone": first["ScheduleExpressionTimezone"],
    }


def select(site: Site, plan: str, name: str, role: str | None = None, region: str = HOME, **told: Any) -> None:
    """Let a plan select resources."""
    site.client("backup", region).create_backup_selection(
        BackupPlanId=site.plans[plan]["BackupPlanId"],
        BackupSelection={"SelectionName": name, "IamRoleArn": role or site.role(), **told},
    )
