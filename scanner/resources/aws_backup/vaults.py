"""AWS Backup vaults and the recovery points in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, instant, is_, tag_list, text, tuple_of, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.origin import Listing, call, item, of, parent
from scanner.permissions.document import Document, document
from scanner.resources.alerting.backup_news import copied_on, copies_and_restores, failures, fed, vault_needs
from scanner.resources.alerting.regions import Region
from scanner.resources.alerting.ways import News
from scanner.resources.aws_backup.holds import HeldPoint
from scanner.resources.aws_backup.plans import CONTINUOUS_REACH
from scanner.resources.keys import Keyed
from scanner.resources.store import Backup


def key_of(raw: Mapping[str, Any]) -> str | None:
    """Read the key of a vault or a recovery point; that of an air-gapped vault may be AWS's own, which is none."""
    return None if raw.get("EncryptionKeyType") == "AWS_OWNED_KMS_KEY" else raw.get("EncryptionKeyArn")


class Vault(Keyed):
    """An AWS Backup vault."""

    kind = "aws.backup.vault"
    title = "backup vault"
    listed_by = Listing(
        call("backup:ListBackupVaults"), "BackupVaultList[]", id="{BackupVaultArn}", name="{BackupVaultName}"
    )

    key: Fact[str | None] = fact("The KMS key that encrypts it; none for a key that AWS owns.", live=item("@", key_of))
    vault_type: Fact[str] = fact(
        "What it is: BACKUP_VAULT, or LOGICALLY_AIR_GAPPED_BACKUP_VAULT, which is always locked for good.",
        live=item("VaultType", text, absent="BACKUP_VAULT"),
    )
    locked: Fact[bool] = fact("Its lock is on.", live=item("Locked", flag, absent=False))
    lock_least: Fact[timedelta | None] = fact(
        "The shortest retention its lock admits.", live=item("MinRetentionDays", days, absent=None)
    )
    lock_most: Fact[timedelta | None] = fact(
        "The longest retention its lock admits.", live=item("MaxRetentionDays", days, absent=None)
    )
    lock_final_at: Fact[datetime | None] = fact(
        "When its lock becomes unchangeable; none for governance mode.", live=item("LockDate", instant, absent=None)
    )
    points: Fact[int] = fact("How many recovery points it holds.", live=item("NumberOfRecoveryPoints", whole))
    policy: Fact[Document | None] = fact(
        "Its access policy; none where it has none.",
        live=call(
            "backup:GetBackupVaultAccessPolicy",
            nothing_on=["ResourceNotFoundException"],
            BackupVaultName=of("BackupVaultName"),
        ).at("Policy", document, absent=None),
    )
    notifies: Fact[str | None] = fact(
        "The topic that its events go to.",
        live=call(
            "backup:GetBackupVaultNotifications",
            nothing_on=["ResourceNotFoundException"],
            BackupVaultName=of("BackupVaultName"),
        ).at("SNSTopicArn", text, absent=None),
    )
    notifies_of: Fact[tuple[str, ...]] = fact(
        "The events that go to that topic.",
        live=call(
            "backup:GetBackupVaultNotifications",
            nothing_on=["ResourceNotFoundException"],
            BackupVaultName=of("BackupVaultName"),
        ).at("BackupVaultEvents", tuple_of(text), absent=()),
    )
    fed: Fact[bool] = derived(
        "Backups go into it: it holds some, or a plan writes to it.",
        needs=lambda kind: [kind.points, Region.fed],
        by=fed,
    )
    copied_on: Fact[bool] = derived("A plan copies what it writes to it.", needs=lambda _: [Region.fed], by=copied_on)
    failures_told: Fact[tuple[News, ...]] = derived(
        "Whom failed backups into it reach.", needs=vault_needs, by=failures
    )
    copies_told: Fact[tuple[News, ...]] = derived(
        "Whom failed restores of its backups reach, and failed copies out of it.",
        needs=lambda kind: [kind.copied_on, *vault_needs(kind)],
        by=copies_and_restores,
    )


def lifecycle_days(raw: Mapping[str, Any]) -> timedelta | None:
    """Read how long a lifecycle keeps; None for ever (AWS writes -1, or leaves the days out)."""
    kept = raw.get("DeleteAfterDays")
    return timedelta(days=kept) if kept is not None and kept >= 0 else None


def is_continuous(raw: Any) -> bool:
    """Tell a continuous recovery point by its ARN, the one mark of it in AWS's lists."""
    # arn:aws:backup:...:recovery-point:continuous:db-... (AWS Backup developer guide, "Restoring an Aurora cluster").
    return ":recovery-point:continuous" in text(raw)


class RecoveryPoint(Backup):
    """A recovery point in an AWS Backup vault."""

    kind = "aws.backup.recovery-point"
    title = "recovery point"
    child_of = Vault
    came_from = "copied_from"  # the ARN of a bucket names no account
    listed_by = Listing(
        call("backup:ListRecoveryPointsByBackupVault", BackupVaultName=parent("BackupVaultName")),
        "RecoveryPoints[]",
        id="{RecoveryPointArn}",
        name="{ResourceName}",
    )

    source: Fact[str] = fact("The ARN of the resource it was made of.", live=item("ResourceArn", text))
    made_at: Fact[datetime] = fact("When the data in it was taken.", live=item("CreationDate", instant))
    completed_at: Fact[datetime | None] = fact(
        "When it was complete.", live=item("CompletionDate", instant, absent=None)
    )
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("Status", is_("COMPLETED", "AVAILABLE")))
    continuous: Fact[bool] = fact(
        "It restores to any moment since it was made, not to one only.",
        live=item("RecoveryPointArn", is_continuous),
    )
    reach: Fact[timedelta | None] = derived(
        "How far back from now a continuous one restores; none for any other.",
        needs=lambda kind: [kind.continuous, kind.kept],
        by=lambda point, _: min(point.kept or CONTINUOUS_REACH, CONTINUOUS_REACH) if point.continuous else None,
    )
    status: Fact[str] = fact("What AWS says of it.", live=item("Status", text))
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("IsEncrypted", flag))
    key: Fact[str | None] = fact(
        "The KMS key it is encrypted with; none for a key that AWS owns.", live=item("@", key_of)
    )
    vault: Fact[str] = fact("The vault it lies in.", live=item("BackupVaultArn", text))
    kept: Fact[timedelta | None] = fact(
        "How long its lifecycle keeps it; none for ever.", live=item("Lifecycle", lifecycle_days, absent=None)
    )
    expires_at: Fact[datetime | None] = fact(
        "When it will be deleted.", live=item("CalculatedLifecycle.DeleteAt", instant, absent=None)
    )
    size: Fact[int | None] = fact("Its size in bytes.", live=item("BackupSizeInBytes", whole, absent=None))
    resource_type: Fact[str] = fact("The kind of its source, in AWS Backup's words.", live=item("ResourceType", text))
    copied_from: Fact[str | None] = fact(
        "The vault it was copied from; none for an original.", live=item("SourceBackupVaultArn", text, absent=None)
    )
    cold_at: Fact[datetime | None] = fact(
        "When it moves to cold storage; none for never.",
        live=item("CalculatedLifecycle.MoveToColdStorageAt", instant, absent=None),
    )
    plan: Fact[str | None] = fact("The plan that made it.", live=item("CreatedBy.BackupPlanArn", text, absent=None))
    held: Fact[bool] = derived(
        "A legal hold keeps it from being deleted.",
        needs=lambda _: [HeldPoint.point],
        by=lambda point, look: any(True for _ in look.where(HeldPoint, HeldPoint.point, point.id)),
    )
    hold_marks: Fact[Mapping[str, str]] = fact(
        # AWS Backup lists no tags; asking for each would cost a call per recovery point.
        "The tags it carries, asked for only where no lifecycle ends it: they may say why it is kept.",
        live=call("backup:ListTags", ResourceArn=of("RecoveryPointArn")).at(
            "Tags", tag_list, absent={}, given=("kept", None)
        ),
    )
