"""BK208."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.look import gathered
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.dlm import Policy, SnapshotSchedule, lifetime, longest_gap


@rule(
    "BK208",
    severity=Severity.HIGH,
    reads=[Policy.state, Policy.type, Policy.schedules],
    enforces=["4.1-compute-snapshots"],
)
def snapshot_schedules_run_daily_and_keep_enough(policy: Policy, demand: Objective) -> Verdict:
    """Snapshot schedules run daily and keep enough.

    A policy keeps the promise by one schedule that both runs often enough and keeps long enough; a daily one that keeps a
    week beside a weekly one that keeps a year leaves no day of last month to go back to. What is kept by count lives
    until that many later ones exist: count × interval. A policy that is disabled takes nothing, which BK109 and BK110
    say of what it was meant for.

    Fix: give the policy a daily schedule that keeps as long as demanded; default policies keep 14 days at most, so
    replace them by a custom policy.
    """
    every, wanted = demand.snapshot_every, demand.retention
    if policy.type == "EVENT_BASED_POLICY":
        return Verdict.exempt("it copies snapshots that others share, and takes none itself")
    state = policy.state
    if state == "DISABLED":
        return Verdict.exempt("it is disabled")
    demanded = f"one every {speak(every)}, kept {speak(wanted)}"
    if state != "ENABLED":
        return Verdict.failed(f"its state is {state}", demanded)
    said = gathered(policy.schedules, lambda schedule: (_said(schedule, demand),))
    for words, enough in said.known:
        if enough:
            return Verdict.passed(words, demanded)
    return Verdict.failed("; ".join(words for words, _ in said.whole()) or "it has no schedule", demanded)


def _said(schedule: SnapshotSchedule, demand: Objective) -> tuple[str, bool]:
    """Say how often a schedule runs and how long it keeps, and whether that is enough."""
    gap, kept = longest_gap(schedule, demand.at), lifetime(schedule, demand.at)
    words = f"{f'every {speak(gap)}' if gap else 'never'}, kept {'for ever' if kept is None else speak(kept)}"
    enough = gap is not None and gap <= demand.snapshot_every and (kept is None or kept >= demand.retention)
    return f"schedule {schedule.name}: {words}", enough
