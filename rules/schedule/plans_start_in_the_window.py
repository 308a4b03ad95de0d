"""BK207."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.look import gathered, those
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.plans import Plan, PlanRule
from scanner.resources.aws_backup.rhythm import longest_gap, schedule_of, window_gap


@rule("BK207", severity=Severity.MEDIUM, reads=[Plan.rules, Plan.selects], enforces=["5.1-window"])
def plans_start_in_the_window(plan: Plan, demand: Objective) -> Verdict:
    """Plans start in the policy's window.

    Outside the quiet hours a snapshot slows the system down and catches it in the middle of its work. The window is in
    UTC: a rule in a local time zone drifts out of it when the clocks change. A rule that runs more than once a day
    needs one of its runs in the window every day. Where a rule names no schedule AWS runs it at 05:00 UTC.

    Fix: schedule the rule inside the window, in UTC.
    """
    opens, lasts = demand.window_opens, demand.window_lasts
    if not plan.selects:
        return Verdict.exempt("it selects nothing")
    if not plan.rules:
        return Verdict.exempt("it has no rules")
    wanted = f"starts from {opens:%H:%M} UTC, within {speak(lasts)}"
    outside = those(enumerate(plan.rules, 1), lambda one: not _kept(one[1], demand))
    if outside.known:
        said = (f"rule {rule.name} runs at {schedule_of(rule)}" for _, rule in outside.known)
        return Verdict.failed("; ".join(said), wanted).by(Plan.rules, label=f"{outside.known[0][0]}.schedule")
    outside.whole()
    schedules = ", ".join(str(schedule_of(rule)) for rule in plan.rules)
    late = gathered(plan.rules, lambda rule: (rule.start_within + timedelta(),))
    later = f" (AWS starts a job up to {speak(max(late.known))} later)" if late.missing is None else ""
    return Verdict.passed(f"runs at {schedules}{later}", wanted)


def _kept(rule: PlanRule, demand: Objective) -> bool:
    schedule = schedule_of(rule)
    gap = longest_gap([rule], demand.at)
    if gap is None:
        return True
    if schedule.has_fixed_hour and gap < timedelta(days=1):
        daily = window_gap(rule, demand.window_opens, demand.window_lasts, demand.at)
        # Two runs inside the windows of two days lie no further apart than that.
        return daily is not None and daily <= timedelta(days=1) + demand.window_lasts
    return schedule.starts_within(demand.window_opens, demand.window_lasts, demand.at)
