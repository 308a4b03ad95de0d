"""BK209."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.plans import CONTINUOUS_REACH, Plan, PlanRule
from scanner.resources.dynamodb import Table

#: The longest window that AWS offers, for DynamoDB and for continuous backups of AWS Backup alike.
_MOST = CONTINUOUS_REACH
#: The edge of the window moves on in steps, so it is never exactly where the setting puts it.
_STEP = timedelta(hours=1)


@rule(
    "BK209",
    severity=Severity.MEDIUM,
    reads=[Table.pitr, Table.pitr_reach, Table.earliest, Table.created_at, Table.plans, Plan.rules],
    enforces=["4.2-metadata-snapshots"],
)
def point_in_time_windows_reach_back_far_enough(store: Table | Plan, demand: Objective) -> Verdict:
    """Point-in-time windows reach back far enough.

    Damage that is noticed after the window has moved past it cannot be undone. No window is longer than 35 days: a
    longer retention needs snapshots that are kept longer, besides.

    Fix: lengthen the recovery period, or add a plan rule that keeps snapshots as long as the policy demands.
    """
    return _plan(store, demand) if isinstance(store, Plan) else _table(store, demand)


def _table(table: Table, demand: Objective) -> Verdict:
    if not table.pitr:
        return Verdict.exempt("point-in-time recovery is off, so there is no window (see BK106)")
    wanted, reach = demand.retention, table.pitr_reach
    least = min(wanted, _MOST)
    if reach < least:
        return Verdict.failed(f"it reaches back {speak(reach)}", speak(wanted))
    since, earliest = demand.at - least, table.earliest
    if (earliest is None or earliest > since + _STEP) and table.created_at <= since:
        begun = f"{earliest:%Y-%m-%d %H:%M} UTC" if earliest is not None else "nowhere yet"
        return Verdict.failed(f"it is set to {speak(reach)}, but reaches back only to {begun}", speak(wanted))
    if wanted > _MOST:
        plans = table.plans
        if not _keeps((cover.rule for cover in plans.known), wanted):
            plans.whole()
            return _too_long(wanted)
    return Verdict.passed(_said(reach, wanted), speak(wanted))


def _plan(plan: Plan, demand: Objective) -> Verdict:
    windows = [min(one.kept or _MOST, _MOST) for one in plan.rules if one.continuous]
    if not windows:
        return Verdict.exempt("it makes no continuous backups")
    wanted, reach = demand.retention, min(windows)
    if reach < min(wanted, _MOST):
        return Verdict.failed(f"its continuous backups reach back {speak(reach)}", speak(wanted))
    if wanted > _MOST and not _keeps(plan.rules, wanted):
        return _too_long(wanted)
    return Verdict.passed(_said(reach, wanted), speak(wanted))


def _keeps(rules: Iterable[PlanRule], wanted: timedelta) -> bool:
    """Say whether a rule keeps snapshots so long: its own, or copies, which are snapshots even of continuous backups."""
    return any(
        kept is None or kept >= wanted
        for one in rules
        for kept in (*(() if one.continuous else (one.kept,)), *(copy.kept for copy in one.copies))
    )


def _said(reach: timedelta, wanted: timedelta) -> str:
    rest = ", the most there is, and snapshots are kept longer" if wanted > _MOST else ""
    return f"it reaches back {speak(reach)}{rest}"


def _too_long(wanted: timedelta) -> Verdict:
    observed = f"no point-in-time window is longer than {speak(_MOST)}, and no plan rule keeps snapshots longer"
    return Verdict.failed(observed, speak(wanted))
