"""BK112."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.look import those
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.settings import Settings


@rule(
    "BK112",
    severity=Severity.MEDIUM,
    reads=[Settings.opted_in, Settings.in_use],
    enforces=["4.1-compute-snapshots"],
)
def backup_is_opted_in(settings: Settings, demand: Objective) -> Verdict:  # the same for every tier
    """AWS Backup is opted in for every kind in use.

    AWS Backup passes over a kind that the region is not opted in for, whatever tags its resources carry, and reports
    nothing.

    Fix: turn the kind on under Settings, Service opt-in, in that region.
    """
    used = settings.in_use
    off = those(used.known, lambda kind: not settings.takes(kind))
    if off.known:
        return Verdict.failed(f"off for {', '.join(off.known)}", "it on for every kind in use")
    if not used.whole():
        return Verdict.exempt("the region holds no data store that AWS Backup can protect")
    off.whole()
    return Verdict.passed(f"on for {', '.join(used.known)}")
