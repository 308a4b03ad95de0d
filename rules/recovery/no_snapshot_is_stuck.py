"""BK305."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources import kinds
from scanner.resources.store import Backup

#: The first snapshot of a large volume takes hours, however often one is demanded.
_DAY = timedelta(days=1)
#: The kinds of backup whose list tells a status.
KINDS = tuple(kind for kind in kinds().values() if issubclass(kind, Backup) and "status" in kind.facts)

# A STOPPED recovery point is continuous and grows no more, but restores (AWS Backup guide, "Recovery point statuses");
# an image is disabled on purpose.
WHOLE = frozenset({"available", "completed", "stopped", "restoring", "exporting", "disabled"})
UNDER_WAY = frozenset({
    "creating", "copying", "pending", "recovering", "modifying", "transferring", "transient",
})  # fmt: skip
BROKEN = frozenset({"failed", "error", "partial", "expired", "incompatible-restore", "invalid", "cancelled"})


def _begun(kind: type[Backup]) -> str:
    """Name the fact that says since when it has been made: of a copy, `made_at` is when its original was taken."""
    return next((name for name in ("begun_at", "started_at", "registered_at") if name in kind.facts), "made_at")


@rule(
    "BK305",
    severity=Severity.HIGH,
    reads=[kind.facts[name] for kind in KINDS for name in ("status", _begun(kind))],
    enforces=["5.1-completion"],
)
def no_snapshot_is_stuck(backup: Any, demand: Objective) -> Verdict:
    """No snapshot is stuck or in error.

    A snapshot that never completes looks like a backup in every list and restores nothing.

    Fix: read the error in the console, delete the broken snapshot and take a new one.
    """
    status: str = backup.status
    word = status.lower()
    if word in ("deleting", "deleted"):
        # Nothing tells since when; AWS Backup says EXPIRED of what it could not delete.
        return Verdict.exempt(f"its status is {status}: its time is over")
    if word in WHOLE:
        return Verdict.passed(f"its status is {status}")
    if word in BROKEN:
        return Verdict.failed(f"its status is {status}", "it complete")
    if word not in UNDER_WAY:
        raise CouldNotCheck(Unknown(Reason.MALFORMED, f"AWS says {status!r}, which this rule does not know"))
    age, most = demand.at - getattr(backup, _begun(type(backup))), max(demand.snapshot_every, _DAY)
    return Verdict.when(age <= most, f"it has been {word} for {speak(age)}", f"completion within {speak(most)}")
