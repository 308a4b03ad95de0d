"""BK302."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.rhythm import longest_gap
from scanner.resources.protection import Recoverable
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import LONGEST_STOP, Instance, stopped

_DAY = timedelta(days=1)
_NAMED = 5


@rule(
    "BK302",
    severity=Severity.HIGH,
    reads=[
        Recoverable.backed_up_with, Recoverable.made, Recoverable.restorable, Recoverable.created_at,
        Recoverable.native_loss, Recoverable.plans, Recoverable.piecewise, Instance.status, DatabaseCluster.status,
    ],
    enforces=["5.1-completion"],
)  # fmt: skip
def no_day_lacks_a_backup(store: Recoverable, demand: Objective) -> Verdict:
    """No day of the retention window lacks a backup.

    Thirty backups prove little if they are all of today: damage is undone by going back to the day before it. Every UTC
    day counts from the day after the store was made, or from where retention ends, to the last one whose backup is due.
    A copy counts for the day it was made; a day inside the span of continuous backups lacks nothing.

    Fix: see why the jobs of these days failed; where backups expire early, lengthen their retention.
    """
    belongs_to = store.backed_up_with
    if belongs_to:
        return Verdict.exempt(f"its backups belong to {belongs_to}")
    at, every, retention = demand.at.astimezone(UTC), demand.snapshot_every, demand.retention
    first, last = (at - retention).date() + _DAY, (at - demand.snapshot_lateness).date() - _DAY
    made = store.made
    covered = {one.made_at.astimezone(UTC).date() for one in made.known if one.usable}
    spans = [
        (max(one.made_at, at - one.reach), at)
        for one in made.known
        if one.usable and one.continuous and one.reach is not None
    ]
    lacking = _lacking(first, last, covered, spans, every)
    span = store.restorable if lacking else None
    if span is not None:
        lacking = _lacking(first, last, covered, [*spans, (span.earliest, span.latest)], every)
    wanted = f"one every {speak(max(every, _DAY))} for {speak(retention)}"
    if not lacking:
        return Verdict.passed(f"every day from {first} to {last} has a backup", wanted)
    begun = store.created_at.astimezone(UTC).date() + _DAY
    if begun > last:
        return Verdict.exempt(f"created {store.created_at:%Y-%m-%d %H:%M} UTC, no day is due yet")
    lacking = [day for day in lacking if day >= begun]
    if not lacking:
        return Verdict.passed(f"every day from {begun} to {last} has a backup", wanted)
    if store.native_loss == timedelta():
        plans = store.plans.whole()
        if not plans:
            return Verdict.exempt("it keeps its versions in place and no plan selects it, so no backup is due")
        gap = longest_gap([cover.rule for cover in plans], demand.at)
        if gap is not None and gap > every and not _lacking(max(first, begun), last, covered, spans, gap):
            return Verdict.passed(f"it keeps its versions in place, and its plans ran every {speak(gap)}", wanted)
    made.whole()
    if because := store.piecewise:
        return Verdict.exempt(because)
    newest = max(covered, default=first - _DAY)
    if first <= newest < lacking[0] and newest >= last - LONGEST_STOP and stopped(store):
        return Verdict.exempt(f"it is stopped, so nothing is written to it; the last backup is of {newest}")
    days = (last - max(first, begun)).days + 1
    return Verdict.failed(f"no usable backup on {_named(lacking)} ({len(lacking)} of {days} days)", wanted)


def _lacking(
    first: date, last: date, covered: Iterable[date], spans: Sequence[tuple[datetime, datetime]], every: timedelta
) -> list[date]:
    """Give the days without a backup; where less than one a day is demanded, only those of stretches too long."""
    has = set(covered)
    # Between two backups 36 hours apart one whole day may lie.
    due = max(1, -(-every // _DAY))
    if not has and not spans:  # nothing is ever made of what code declares
        days = [first + timedelta(day) for day in range((last - first).days + 1)]
        return days if len(days) >= due else []
    lacking: list[date] = []
    stretch: list[date] = []
    day = first
    while day <= last:
        opens = datetime.combine(day, time(), UTC)
        # A span covers a day if it holds any moment of it.
        if day in has or any(start < opens + _DAY and end >= opens for start, end in spans):
            stretch = []
        else:
            stretch.append(day)
            if len(stretch) == due:
                lacking.extend(stretch)
            elif len(stretch) > due:
                lacking.append(day)
        day += _DAY
    return lacking


def _named(days: Sequence[date]) -> str:
    named = ", ".join(map(str, days[:_NAMED]))
    return named if len(days) <= _NAMED else f"{named} and {len(days) - _NAMED} more"
