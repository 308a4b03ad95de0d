"""BK303."""

from __future__ import annotations

from datetime import datetime, timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.dynamodb import Table
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster, its_source, stopped

Store = Instance | DatabaseCluster | Table


@rule(
    "BK303",
    severity=Severity.CRITICAL,
    reads=[
        Instance.cluster, Instance.latest, Instance.made, Instance.status, Instance.created_at, Instance.backed_up_with,
        DatabaseCluster.latest, DatabaseCluster.made, DatabaseCluster.status, DatabaseCluster.created_at,
        DatabaseCluster.backed_up_with,
        Table.latest, Table.made, Table.created_at, Table.backed_up_with,
    ],
    enforces=["5.1-log-capture", "7.2-rpo"],
)  # fmt: skip
def latest_restorable_times_are_within_the_rpo(store: Store, demand: Objective) -> Verdict:
    """The latest restorable time is within the tier's RPO.

    What was written after the latest restorable time is lost if the store is lost now. Copies of backups do not count:
    what they hold may be older than they are.

    Fix: turn on automated backups or point-in-time recovery; where they are on and the time stands still, ask AWS.
    """
    rpo = demand.rpo
    if because := its_cluster(store):
        return Verdict.exempt(because)
    latest, doubt = _latest(store)
    made = store.made
    usable = [one.made_at for one in made.known if one.usable and not one.copy]
    newest = max([*([latest] if latest else []), *usable], default=None)
    if newest is not None and demand.at - newest <= rpo:
        return Verdict.passed(f"it can be restored to {_ago(demand.at, newest)}", f"at most {speak(rpo)}")
    if because := _excused(store, demand.at, rpo):
        return Verdict.exempt(because)
    if doubt is not None:
        raise doubt
    made.whole()
    if newest is None:
        left = "are only copies of backups" if any(one.usable for one in made.known) else "is nothing"
        return Verdict.failed(f"there {left} to restore it from", f"a restorable time at most {speak(rpo)} ago")
    return Verdict.failed(
        f"the latest time it can be restored to is {_ago(demand.at, newest)}", f"at most {speak(rpo)}"
    )


def _latest(store: Store) -> tuple[datetime | None, CouldNotCheck | None]:
    try:
        return store.latest, None
    except CouldNotCheck as stop:
        return None, stop


def _excused(store: Store, at: datetime, rpo: timedelta) -> str:
    if because := its_source(store):
        return because
    if stopped(store):
        return "it is stopped, nothing is written to it"
    age = at - store.created_at
    return f"created {speak(_rounded(age))} ago, first backup not due yet" if age < rpo else ""


def _ago(at: datetime, then: datetime) -> str:
    # AWS may answer after the judgement's instant: then nothing would be lost.
    return f"{speak(_rounded(max(at - then, timedelta())))} ago"


def _rounded(length: timedelta) -> timedelta:
    return timedelta(seconds=int(length.total_seconds()))
