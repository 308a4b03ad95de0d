"""BK109."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.ec2.instances import Instance
from scanner.resources.ec2.schedules import rhythms
from scanner.resources.ec2.volumes import Volume


@rule(
    "BK109",
    severity=Severity.HIGH,
    reads=[Instance.plans, Instance.schedules],
    enforces=["4.1-compute-snapshots"],
    aliases=["ec2-resources-protected-by-backup-plan"],
)
def instances_have_a_daily_image_or_plan(instance: Instance, demand: Objective) -> Verdict:
    """Instances have a daily image or plan.

    Without an image or a backup of all its volumes at one moment, an instance is rebuilt by hand. What counts is a
    backup plan or an enabled lifecycle policy that takes the instance and runs at least as often as demanded.

    Fix: tag the instance so that a daily backup plan or lifecycle policy takes it.
    """
    return taken_often_enough(instance, demand)


def taken_often_enough(store: Instance | Volume, demand: Objective) -> Verdict:
    """Judge whether something takes a store at least as often as demanded."""
    every = demand.snapshot_every
    wanted = f"a backup every {speak(every)}"
    found = rhythms(store.plans, store.schedules, every, demand.at)
    for one in found.known:
        if one.gap is not None and one.enough:
            clocks = ", when the clocks are put back" if one.gap > every else ""
            return Verdict.passed(f"{one.by} takes it every {speak(one.gap)}{clocks}", wanted)
    found.whole()
    if not found.known:
        return Verdict.failed("no backup plan and no lifecycle policy takes it", wanted)
    seldom = "; ".join(f"{one.by} takes it {f'every {speak(one.gap)}' if one.gap else 'never'}" for one in found.known)
    return Verdict.failed(seldom, wanted)
