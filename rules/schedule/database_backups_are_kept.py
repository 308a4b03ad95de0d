"""BK201."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.protection import Cover, Made, lasting
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster, its_source

#: The longest that RDS keeps automated backups, of whatever engine (user guide, "Backup retention period").
LONGEST = timedelta(days=35)
_DAY = timedelta(days=1)


@rule(
    "BK201",
    severity=Severity.HIGH,
    reads=[
        Instance.cluster, Instance.retention, Instance.backed_up_with, Instance.plans, Instance.made,
        DatabaseCluster.retention, DatabaseCluster.backed_up_with, DatabaseCluster.plans, DatabaseCluster.made,
    ],
    enforces=["4.1-database-snapshots"],
    aliases=["BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"],
)  # fmt: skip
def database_backups_are_kept(database: Instance | DatabaseCluster, demand: Objective) -> Verdict:
    """Database backups are kept as long as the policy demands.

    A backup that expires before the damage is noticed is no backup.

    Fix: raise the backup retention period, at most 35 days; for longer let a daily AWS Backup plan select the database.
    """
    wanted = demand.retention
    if because := its_cluster(database):
        return Verdict.exempt(because)
    doubt: CouldNotCheck | None = None
    seen = "how long automated backups are kept is unknown"
    try:
        kept = database.retention
        seen = f"automated backups are kept {speak(kept)}" if kept else "automated backups are off"
        if kept >= wanted:
            return Verdict.passed(seen, speak(wanted))
    except CouldNotCheck as stop:
        doubt = stop
    plans = database.plans
    try:
        if long := lasting(plans.known, wanted, every := daily_at_most(demand), demand.at):
            return Verdict.passed(f"{seen}, {_spoken(long, every)}", speak(wanted))
    except CouldNotCheck as stop:
        doubt = doubt or stop
    made = database.made
    if _days_held(made.known, demand.at) >= _days(demand.at, wanted):
        return Verdict.passed(
            f"{seen}, but each day of {speak(wanted)} has a backup that is kept besides", speak(wanted)
        )
    if because := its_source(database):
        return Verdict.exempt(because)
    if doubt is not None:
        raise doubt
    plans.whole()
    if database.declaration is None:  # snapshots that somebody took are no part of what code sets up
        made.whole()
    limit = f"; RDS keeps them {speak(LONGEST)} at most" if wanted > LONGEST else ""
    failed = Verdict.failed(f"{seen}{limit}, and neither a daily plan nor daily snapshots keep longer", speak(wanted))
    return failed.by(Instance.retention)


def _spoken(covers: tuple[Cover, ...], every: timedelta) -> str:
    names = ", ".join(sorted({cover.plan_name for cover in covers}))
    lengths = [cover.rule.longest for cover in covers if cover.rule.longest is not None]
    kept = speak(min(lengths)) if lengths else "for ever"
    often = "daily backups" if every == _DAY else f"a backup every {speak(every)}"
    return f"plan {names} keeps {often} {kept}"


def daily_at_most(demand: Objective) -> timedelta:
    """Give how often what is kept so long is to be taken: once a day at most, however often backups are taken."""
    try:
        return max(demand.snapshot_every, _DAY)
    except NotDemanded:
        return _DAY


@lru_cache(maxsize=16)
def _days(at: datetime, wanted: timedelta) -> frozenset[str]:
    # Today's backup may still be to come, and that of the first day has reached its age.
    return frozenset(f"{at - timedelta(days=back):%Y-%m-%d}" for back in range(1, max(wanted.days, 2)))


def _days_held(made: tuple[Made, ...], at: datetime) -> set[str]:
    # RDS names its automated snapshots rds:...; those go when the retention period ends.
    return {
        f"{one.made_at:%Y-%m-%d}"
        for one in made
        if one.usable and one.made_at <= at and ":rds:" not in one.id.partition("snapshot")[2]
    }
