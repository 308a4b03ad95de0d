"""BK305."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.vaults import RecoveryPoint
from scanner.resources.rds.snapshots import ClusterSnapshot, Snapshot

#: The kinds of backup whose list tells a status; one that is added here needs `status` and `made_at`.
KINDS = (Snapshot, ClusterSnapshot, RecoveryPoint)

# A STOPPED recovery point is continuous and grows no more, but restores (AWS Backup guide, "Recovery point statuses").
WHOLE = frozenset({"available", "completed", "stopped"})
UNDER_WAY = frozenset({"creating", "copying", "pending", "deleting", "recovering", "modifying"})
BROKEN = frozenset({"failed", "error", "partial", "expired", "incompatible-restore", "recoverable", "deleted"})


@rule(
    "BK305",
    severity=Severity.HIGH,
    reads=[fact for kind in KINDS for fact in (kind.status, kind.made_at)],
    enforces=["5.1-completion"],
)
def no_snapshot_is_stuck(backup: Snapshot | ClusterSnapshot | RecoveryPoint, demand: Objective) -> Verdict:
    """No snapshot is stuck or in error.

    A snapshot that never completes looks like a backup in every list and restores nothing.

    Fix: read the error in the console, delete the broken snapshot and take a new one.
    """
    status = backup.status
    word = status.lower()
    if word in WHOLE:
        return Verdict.passed(f"its status is {status}")
    if word in BROKEN:
        return Verdict.failed(f"its status is {status}", "it complete")
    if word not in UNDER_WAY:
        raise CouldNotCheck(Unknown(Reason.MALFORMED, f"AWS says {status!r}, which this rule does not know"))
    age, most = demand.at - backup.made_at, demand.snapshot_every
    return Verdict.when(age <= most, f"it has been {word} for {speak(age)}", f"completion within {speak(most)}")
