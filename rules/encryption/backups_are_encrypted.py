"""BK402."""

from __future__ import annotations

from typing import Any

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import kinds
from scanner.resources.ec2.images import Image
from scanner.resources.store import Backup


@rule(
    "BK402",
    severity=Severity.CRITICAL,
    # Every kind of backup that says whether it is encrypted.
    reads=[
        *(
            kind.facts["encrypted"]
            for kind in kinds().values()
            if issubclass(kind, Backup) and "encrypted" in kind.facts
        ),
        Image.snapshots,
    ],
    enforces=["4.2-kms"],
    aliases=["BACKUP_RECOVERY_POINT_ENCRYPTED", "backup-recovery-point-encrypted", "rds-snapshot-encrypted"],
)
def backups_are_encrypted(backup: Any, demand: Objective) -> Verdict:
    """Backups are encrypted.

    A backup holds all that its source holds, and is copied and shared more easily. One taken before its source was
    encrypted stays as it was.

    Fix: copy the backup with a KMS key and delete the unencrypted one; encrypt the source so that no more are made.
    """
    if isinstance(backup, Image) and not backup.snapshots:
        return Verdict.exempt("it has no EBS snapshots")
    return Verdict.when(backup.encrypted, "encrypted" if backup.encrypted else "not encrypted", "encryption")
