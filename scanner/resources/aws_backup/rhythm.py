"""How often plan rules run, and how much data that can lose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from scanner.model.duration import speak
from scanner.model.look import legible, those
from scanner.model.schedule import Schedule
from scanner.resources.aws_backup.plans import PlanRule

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: What AWS Backup runs where a rule names no schedule (BackupRule, API reference).
_DEFAULT = "cron(0 5 ? * * *)"
_YEAR = timedelta(days=366)
#: The most that AWS Backup's continuous backups can lose; other kinds have none (developer guide, "Continuous
#: backups and point-in-time recovery").
CONTINUOUS_LOSS = {
    "RDS": timedelta(minutes=5),
    "Aurora": timedelta(minutes=5),
    "S3": timedelta(minutes=15),
}


def schedule_of(rule: PlanRule) -> Schedule:
    """Read a rule's schedule; one that cannot be read makes the judgement unknown."""
    with legible(f"plan rule {rule.name}"):
        return Schedule.parse(rule.schedule or _DEFAULT, rule.timezone)


def longest_gap(rules: Sequence[PlanRule], at: datetime) -> timedelta | None:
    """Measure the longest stretch of the coming year in which none of the rules runs; None where none ever does."""
    return max((after - before for before, after in pairwise(_runs(_key(rules), at))), default=None)


@lru_cache(maxsize=4096)
def _often(rules: tuple[tuple[str, str, str], ...], every: timedelta, at: datetime) -> bool:
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # most schedules are in UTC

    zones = [ZoneInfo(zone) for zone in {zone for _, zone, _ in rules} - {"UTC"}]
    runs = _runs(rules, at)
    return bool(runs) and all(
        after - before <= every or after - before - _put_back(before, after, zones) <= every
        for before, after in pairwise(runs)
    )


def often_enough(rules: Sequence[PlanRule], every: timedelta, at: datetime) -> bool:
    """Say whether they run at least so often; the hour by which clocks are put back does not count as late."""
    return _often(_key(rules), every, at)


def readable(rules: Sequence[PlanRule]) -> tuple[PlanRule, ...]:
    """Give the rules whose schedules can be read; where those run often enough, more runs make it no worse."""
    found: tuple[PlanRule, ...] = those(rules, lambda rule: bool(str(schedule_of(rule)))).known
    return found


def _put_back(before: datetime, after: datetime, zones: Sequence[ZoneInfo]) -> timedelta:
    shifts = (
        (before.astimezone(zone).utcoffset() or timedelta()) - (after.astimezone(zone).utcoffset() or timedelta())
        for zone in zones
    )
    return max([timedelta(), *shifts])


def _key(rules: Sequence[PlanRule]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted({(rule.schedule, rule.timezone, rule.name) for rule in rules}))


@lru_cache(maxsize=4096)
def _runs(rules: tuple[tuple[str, str, str], ...], at: datetime) -> tuple[datetime, ...]:
    """Give every run of the coming year between its two ends; nothing where there is none."""
    runs = {
        run
        for schedule, timezone, name in rules
        for run in schedule_of(PlanRule(name, "", schedule, timezone)).occurrences(at, at + _YEAR)
    }
    return (at, *sorted(runs), at + _YEAR) if runs else ()


def loss(rules: Sequence[PlanRule], at: datetime) -> tuple[timedelta, str] | None:
    """Work out the most data that snapshots by these rules can lose, and say how; None where none ever runs."""
    gap = longest_gap(rules, at)
    if gap is None:
        return None
    start = max(rule.start_within for rule in rules)
    complete = max((rule.complete_within or timedelta() for rule in rules), default=timedelta())
    sum_of = f"{speak(gap)} between runs + {speak(start)} to start"
    if complete:
        sum_of += f" + {speak(complete)} to complete"
    return gap + start + complete, sum_of


@lru_cache(maxsize=1024)
def window_gap(rule: PlanRule, opens: time, lasts: timedelta, at: datetime) -> timedelta | None:
    """Measure the longest stretch of the coming year without a run inside a daily UTC window; None for no such run."""
    opened = timedelta(hours=opens.hour, minutes=opens.minute)
    inside = [
        run
        for run in schedule_of(rule).occurrences(at, at + _YEAR)
        if not (late := (timedelta(hours=run.hour, minutes=run.minute) - opened) % timedelta(days=1)) or late < lasts
    ]
    return max(after - before for before, after in pairwise([at, *inside, at + _YEAR])) if inside else None
