"""BK201."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.look import legible
from scanner.model.policy import Objective
from scanner.model.schedule import Schedule
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.plans import PlanRule
from scanner.resources.protection import Cover, Made
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster, its_source

#: The longest that RDS keeps automated backups, of whatever engine (user guide, "Backup retention period").
LONGEST = timedelta(days=35)
#: When a plan rule without a schedule runs (AWS Backup API reference, BackupRule).
DEFAULT_SCHEDULE = "cron(0 5 ? * * *)"


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
    for cover in plans.known:
        try:
            if _daily(cover.rule, demand.at) and _long(cover.rule, wanted):
                return Verdict.passed(f"{seen}, {_spoken(cover)}", speak(wanted))
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
    made.whole()
    limit = f"; RDS keeps them {speak(LONGEST)} at most" if wanted > LONGEST else ""
    return Verdict.failed(f"{seen}{limit}, and neither a daily plan nor daily snapshots keep longer", speak(wanted))


def _long(rule: PlanRule, wanted: timedelta) -> bool:
    return any(kept is None or kept >= wanted for kept in (rule.kept, *(copy.kept for copy in rule.copies)))


def _spoken(cover: Cover) -> str:
    every = [cover.rule.kept, *(copy.kept for copy in cover.rule.copies)]
    lengths = [one for one in every if one is not None]
    kept = "for ever" if len(lengths) < len(every) else speak(max(lengths))
    return f"plan {cover.plan_name} keeps daily backups {kept}"


def _daily(plan_rule: PlanRule, at: datetime) -> bool:
    return _runs_daily(plan_rule.schedule or DEFAULT_SCHEDULE, plan_rule.timezone, at)


@lru_cache(maxsize=1024)
def _runs_daily(expression: str, timezone: str, at: datetime) -> bool:
    with legible():
        return Schedule.parse(expression, timezone).runs_daily(at)


def _days(at: datetime, wanted: timedelta) -> set[str]:
    # Today's backup may still be to come, and that of the first day has reached its age.
    return {f"{at - timedelta(days=back):%Y-%m-%d}" for back in range(1, max(wanted.days, 2))}


def _days_held(made: tuple[Made, ...], at: datetime) -> set[str]:
    # RDS names its automated snapshots rds:...; those go when the retention period ends.
    return {
        f"{one.made_at:%Y-%m-%d}"
        for one in made
        if one.usable and one.made_at <= at and ":rds:" not in one.id.partition("snapshot")[2]
    }
