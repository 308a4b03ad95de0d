"""BK204."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import NotDemanded
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import kinds
from scanner.resources.store import Backup

#: What kinds of backup know of their own end; each keeps those of these facts that it has.
_KNOWN = (
    "made_at", "continuous", "kept_by", "automated", "type", "expires_at", "kept", "locked_until", "held", "tags",
    "hold_marks",
)  # fmt: skip
_KINDS = [kind for kind in kinds().values() if issubclass(kind, Backup)]


@rule(
    "BK204",
    severity=Severity.MEDIUM,
    reads=[kind.facts[name] for kind in _KINDS for name in _KNOWN if name in kind.facts],
    enforces=["5.1-retention", "2-gdpr"],
)
def nothing_outlives_its_retention(backup: Any, demand: Objective) -> Verdict:
    """Nothing outlives its retention without a hold.

    Data that should be gone is a liability: it can be leaked, and law may demand its deletion. A backup with an end of
    its own (a lifecycle, a lifecycle policy's schedule) has outlived it when that end and the overstay have passed; one
    without, when the policy's retention and the overstay have. What a hold tag, a snapshot lock or a legal hold keeps is
    kept on purpose. Backups of deleted resources count like any other.

    Fix: delete the backup, give it an end, or mark it with a hold tag that says why it stays.
    """
    if backup.continuous:
        return Verdict.exempt("it is continuous: it reaches back as far as its lifecycle, and no further")
    if _of_service(backup):
        return Verdict.exempt("the service that made it deletes it by itself")
    ends = _end(backup)
    if ends is not None:
        what, due = f"was to be deleted at {_day(ends)}", ends + demand.overstay
        if demand.at <= due:
            return Verdict.passed(f"to be deleted at {_day(ends)}")
    else:
        age = speak(demand.at.replace(microsecond=0) - backup.made_at.replace(microsecond=0))
        what, due = f"{age} old and nothing ends it", backup.made_at + demand.retention + demand.overstay
        if demand.at <= due:
            return Verdict.passed(f"{age} old", f"deletion after {speak(demand.retention)}")
    keeper = _has(backup, "kept_by") and backup.kept_by
    if keeper:
        return Verdict.exempt(f"it is {keeper}")
    hold = _hold(backup, demand)
    if hold:
        return Verdict.passed(f"{what}, but {hold}")
    return Verdict.failed(what, f"deletion by {_day(due)} or a hold")


def _has(backup: Any, name: str) -> bool:
    return name in type(backup).facts


def _of_service(backup: Any) -> bool:
    """Say whether a service keeps and deletes it: automated snapshots, and those that are recovery points too."""
    if _has(backup, "automated") and backup.automated:
        return True
    return _has(backup, "type") and backup.type in ("automated", "awsbackup")


def _end(backup: Any) -> datetime | None:
    ends: datetime | None = backup.expires_at if _has(backup, "expires_at") else None
    if ends is None and _has(backup, "kept") and backup.kept is not None:
        ends = backup.made_at + backup.kept
    return ends


def _hold(backup: Any, demand: Objective) -> str:
    """Say what holds a backup; raise where something may."""
    try:
        marks = demand.hold_tags
    except NotDemanded:
        marks = ()
    for name in ("tags", "hold_marks"):
        if _has(backup, name):
            carried = getattr(backup, name)
            if found := next((mark for mark in marks if mark in carried), None):
                return f"tag {found} holds it"
    if _has(backup, "held") and backup.held:
        return "a legal hold keeps it"
    until = backup.locked_until if _has(backup, "locked_until") else None
    return f"a lock keeps it until {_day(until)}" if until is not None and until > demand.at else ""


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
