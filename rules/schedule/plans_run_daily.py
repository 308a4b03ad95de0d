"""BK206."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.plans import Plan
from scanner.resources.aws_backup.rhythm import longest_gap, often_enough, readable


@rule(
    "BK206",
    severity=Severity.HIGH,
    reads=[Plan.rules, Plan.selects],
    enforces=["4.1-database-snapshots", "4.1-compute-snapshots", "4.2-metadata-snapshots"],
    aliases=["BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", "backup-plan-min-frequency-and-min-retention-check"],
)
def plans_run_daily(plan: Plan, demand: Objective) -> Verdict:
    """Plans run at least daily.

    What is written between two runs is lost with the resource. All rules of a plan count together, over the whole
    coming year and in their own time zones: a run at an hour that the clock change skips is a run that does not happen.
    A plan that selects nothing is exempt; what it was meant to protect fails BK103.

    Fix: give the plan a rule that runs every day, best in UTC.
    """
    every = demand.snapshot_every
    if not plan.selects:
        return Verdict.exempt("it selects nothing")
    if not plan.rules:
        return Verdict.failed("it has no rules", f"a run every {speak(every)}")
    certain = readable(plan.rules)
    rules = certain if often_enough(certain, every, demand.at) else plan.rules
    gap = longest_gap(rules, demand.at)
    if gap is None:
        return Verdict.failed("it never runs again", f"a run every {speak(every)}").by(Plan.rules, label="1.schedule")
    enough = often_enough(rules, every, demand.at)
    clocks = ", when the clocks are put back" if enough and gap > every else ""
    verdict = Verdict.when(enough, f"up to {speak(gap)} between runs{clocks}", f"a run every {speak(every)}")
    return verdict.by(Plan.rules, label="1.schedule")
