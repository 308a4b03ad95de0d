"""Backup vaults at home, in the recovery region, in a bunker account and where none should be."""

import json
from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import BUNKER, FORBIDDEN, HOME, RECOVERY, Site, vault_arn
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.services.backup.state import Backup

# What only the operator may do to a vault and what it holds.
DELETING = [
    "backup:DeleteRecoveryPoint",
    "backup:DeleteBackupVault",
    "backup:UpdateRecoveryPointLifecycle",
    "backup:PutBackupVaultAccessPolicy",
    "backup:DeleteBackupVaultAccessPolicy",
]
EVENTS = ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"]


def settle(site: Site) -> None:
    """Make the vaults, then the region's settings."""
    backup, there = site.client("backup"), site.client("backup", RECOVERY)
    topic = f"arn:aws:sns:{HOME}:{ACCOUNT}:backup-alerts"
    for name, key in (
        ("orders-vault", "backup"),
        ("metadata-vault", "backup"),
        ("reporting-vault", "backup"),
        ("archive-vault", "archive"),
    ):
        backup.create_backup_vault(
            BackupVaultName=name, EncryptionKeyArn=site.keys[key], BackupVaultTags={"System": "backup"}
        )
    backup.create_backup_vault(BackupVaultName="development-vault")
    # AWS would refuse an RSA key; the vault is here because a rule must see one.
    backup.create_backup_vault(BackupVaultName="legacy-import", EncryptionKeyArn=site.keys["signing"])
    there.create_backup_vault(BackupVaultName="recovery-vault", EncryptionKeyArn=site.keys["backup@recovery"])
    there.create_backup_vault(BackupVaultName="sealed-vault", EncryptionKeyArn=site.keys["backup@recovery"])
    there.create_backup_vault(BackupVaultName="recovery-open", EncryptionKeyArn=site.keys["retired@recovery"])
    site.client("backup", FORBIDDEN).create_backup_vault(BackupVaultName="somewhere-else")
    bunker(site)

    for client, name in (
        (backup, "orders-vault"),
        (backup, "metadata-vault"),
        (there, "recovery-vault"),
        (backup, "archive-vault"),
    ):
        guard(site, client, name, topic)
    backup.put_backup_vault_lock_configuration(BackupVaultName="reporting-vault", MinRetentionDays=7)

    backup.update_region_settings(ResourceTypeOptInPreference={"FSx": False, "Neptune": False})
    backup.create_legal_hold(
        Title="Case 2026-17",
        Description="Kept for the court.",
        RecoveryPointSelection={
            "VaultNames": ["archive-vault"],
            "ResourceIdentifiers": ["arn:aws:s3:::fivex-archive-2019"],
        },
    )
    backup.create_report_plan(
        ReportPlanName="daily_jobs",
        ReportSetting={"ReportTemplate": "BACKUP_JOB_REPORT"},
        ReportDeliveryChannel={"S3BucketName": "fivex-config-exports", "Formats": ["CSV"]},
    )
    backup.create_restore_testing_plan(
        RestoreTestingPlan={
            "RestoreTestingPlanName": "weekly",
            "ScheduleExpression": "cron(0 6 ? * MON *)",
            "RecoveryPointSelection": {
                "Algorithm": "LATEST_WITHIN_WINDOW",
                "IncludeVaults": [vault_arn("orders-vault")],
                "RecoveryPointTypes": ["SNAPSHOT"],
            },
        }
    )
    backup.create_restore_testing_selection(
        RestoreTestingPlanName="weekly",
        RestoreTestingSelection={
            "RestoreTestingSelectionName": "databases",
            "ProtectedResourceType": "RDS",
            "ProtectedResourceArns": ["*"],
            "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/backup-operator",
        },
    )


def guard(site: Site, client: Any, name: str, topic: str) -> None:
    """Lock a vault, let only the operator delete from it, and have it tell what fails."""
    client.put_backup_vault_lock_configuration(
        BackupVaultName=name, MinRetentionDays=30, MaxRetentionDays=730, ChangeableForDays=3
    )
    client.put_backup_vault_access_policy(BackupVaultName=name, Policy=json.dumps(deny_deletion(site)))
    client.put_backup_vault_notifications(BackupVaultName=name, SNSTopicArn=topic, BackupVaultEvents=EVENTS)


def deny_deletion(site: Site) -> dict[str, Any]:
    """The policy of a vault from which only the operator deletes."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyTheOperatorDeletes",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Resource": "*",
                "Action": DELETING,
                "Condition": {"ArnNotEquals": {"aws:PrincipalArn": site.role("backup-operator")}},
            }
        ],
    }


def bunker(site: Site, region: str = HOME) -> None:
    """The vault of the other account, which the scan never visits."""
    with site.emulator.on_stage() as world:
        world.shelf(Backup, BUNKER, region).vaults["bunker-vault"] = {
            "BackupVaultName": "bunker-vault",
            "BackupVaultArn": vault_arn("bunker-vault", region, BUNKER),
            "VaultType": "BACKUP_VAULT",
            "VaultState": "AVAILABLE",
            "CreationDate": site.at - timedelta(days=300),
            "Locked": True,
            "MinRetentionDays": 30,
            "EncryptionKeyArn": f"arn:aws:kms:{region}:{BUNKER}:key/6f1c7c1e-7a51-4d3e-9f60-2f2a3c4d5e6f",
        }
