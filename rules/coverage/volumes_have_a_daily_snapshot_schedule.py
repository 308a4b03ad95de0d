"""BK110."""

from __future__ import annotations

from rules.coverage.instances_have_a_daily_image_or_plan import taken_often_enough
from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.ec2.volumes import Volume


@rule(
    "BK110",
    severity=Severity.HIGH,
    reads=[Volume.plans, Volume.schedules],
    enforces=["4.1-compute-snapshots"],
    aliases=["ebs-in-backup-plan", "ebs-resources-protected-by-backup-plan"],
)
def volumes_have_a_daily_snapshot_schedule(volume: Volume, demand: Objective) -> Verdict:
    """Volumes have a daily snapshot schedule.

    One snapshot taken once proves nothing about tomorrow. What counts is a backup plan or an enabled lifecycle policy
    that takes the volume, or an instance it is attached to, and runs at least as often as demanded.

    Fix: tag the volume or its instance so that a daily backup plan or lifecycle policy takes it.
    """
    return taken_often_enough(volume, demand)
