"""BK203."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.plans import CONTINUOUS_REACH
from scanner.resources.aws_backup.vaults import RecoveryPoint


@rule(
    "BK203",
    severity=Severity.HIGH,
    reads=[RecoveryPoint.kept, RecoveryPoint.expires_at, RecoveryPoint.made_at, RecoveryPoint.continuous],
    enforces=["5.1-retention"],
    aliases=["BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", "backup-recovery-point-minimum-retention-check"],
)
def recovery_points_do_not_expire_early(point: RecoveryPoint, demand: Objective) -> Verdict:
    """No recovery point expires early.

    A recovery point keeps the lifecycle it was made with: one that was made by hand, or before the plan was mended,
    goes early all the same. It is held against the tier of the resource it was made of, even when that is gone. A
    continuous one reaches back 35 days at most, and one that does is exempt where more is demanded.

    Fix: lengthen the recovery point's lifecycle.
    """
    wanted = demand.retention
    kept = point.kept
    if kept is None:
        expires = point.expires_at
        if expires is None:
            return Verdict.passed("kept for ever", f"at least {speak(wanted)}")
        kept = expires - point.made_at
    if CONTINUOUS_REACH <= kept < wanted and point.continuous:
        return Verdict.exempt(
            f"it is continuous and reaches back {speak(kept)}, the most there is (BK209 judges its plan)"
        )
    return Verdict.when(kept >= wanted, f"kept {speak(kept)}", f"at least {speak(wanted)}")
