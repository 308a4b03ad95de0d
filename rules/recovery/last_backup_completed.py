"""BK301."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.rhythm import longest_gap
from scanner.resources.protection import Made, Recoverable
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import LONGEST_STOP, Instance, stopped


@rule(
    "BK301",
    severity=Severity.CRITICAL,
    reads=[
        Recoverable.backed_up_with, Recoverable.made, Recoverable.restorable, Recoverable.created_at,
        Recoverable.native_loss, Recoverable.plans, Recoverable.piecewise, Instance.status, DatabaseCluster.status,
    ],
    enforces=["5.1-completion"],
    aliases=["BACKUP_LAST_RECOVERY_POINT_CREATED"],
)  # fmt: skip
def last_backup_completed(store: Recoverable, demand: Objective) -> Verdict:
    """The last expected backup completed.

    A plan is a wish; only a backup that exists and is complete can be restored. Copies do not count here, they may hold
    older data. Recovery to any moment, and versions kept in place, count where they reach up to now: then a plan need
    not run oftener than it is meant to. A database that is stopped is not backed up by AWS, and nothing is written to it.

    Fix: look at the last job's message, mend the cause and start a backup.
    """
    belongs_to = store.backed_up_with
    if belongs_to:
        return Verdict.exempt(f"its backups belong to {belongs_to}")
    every, late = demand.snapshot_every, demand.snapshot_lateness
    since = demand.at - every - late
    wanted = f"one every {speak(every)}, at most {speak(late)} late"
    made = store.made
    usable = [one for one in made.known if one.usable and not one.copy]
    continuous = any(one.continuous for one in usable)
    # Databases tell how far their continuous backups reach; that of other kinds is not told.
    span = store.restorable if continuous else None
    if continuous and (span is None or span.latest >= since):
        return Verdict.passed("a continuous recovery point reaches up to now", wanted)
    if usable and usable[-1].made_at >= since:
        return Verdict.passed(f"the last backup was made {usable[-1].made_at:%Y-%m-%d %H:%M} UTC", wanted)
    plans = store.plans
    gap = longest_gap([cover.rule for cover in plans.known], demand.at)
    # Plans that are meant to run more seldom than demanded, and did.
    seldom = gap if gap is not None and gap > every else None
    ran = ""
    if seldom and usable and usable[-1].made_at >= demand.at - seldom - late:
        ran = f"its plans, which run every {speak(seldom)}, made the last backup {_day(usable[-1])}"
    span = store.restorable if continuous or seldom or not plans.known else None
    if span is not None and span.latest >= since and (ran or not plans.known):
        plans.whole()
        upto = f"restorable to any moment up to {span.latest:%Y-%m-%d %H:%M} UTC"
        return Verdict.passed(f"{upto}; {ran}" if ran else upto, wanted)
    if store.created_at > since:
        return Verdict.exempt(
            f"created {speak(_minutes(demand.at - store.created_at))} ago, the first backup is not due yet"
        )
    if (ran or not plans.known) and store.native_loss == timedelta():
        plans.whole()
        if ran:
            return Verdict.passed(f"it keeps its versions in place; {ran}", wanted)
        return Verdict.exempt("it keeps its versions in place and no plan selects it, so no backup is due")
    made.whole()
    if because := store.piecewise:
        return Verdict.exempt(because)
    reached = max([*(one.made_at for one in usable), *([span.latest] if span else [])], default=None)
    if reached is not None and reached >= since - LONGEST_STOP and stopped(store):
        return Verdict.exempt(
            f"it is stopped, so nothing is written to it; its backups reach up to {reached:%Y-%m-%d %H:%M} UTC"
        )
    if span is not None and span.latest < since:
        return Verdict.failed(f"restorable up to {span.latest:%Y-%m-%d %H:%M} UTC only", wanted)
    if not usable:
        copies = ", only copies" if any(one.usable for one in made.known) else ""
        return Verdict.failed(f"no usable backup of it exists{copies}", wanted)
    last = usable[-1].made_at
    ago = speak(_minutes(demand.at - last))
    return Verdict.failed(f"the last usable backup was made {last:%Y-%m-%d %H:%M} UTC, {ago} ago", wanted)


def _day(made: Made) -> str:
    return f"{made.made_at:%Y-%m-%d %H:%M} UTC"


def _minutes(length: timedelta) -> timedelta:
    return length - length % timedelta(minutes=1)
