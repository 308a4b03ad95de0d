"""BK105."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rds.clusters import DatabaseCluster


@rule(
    "BK105",
    severity=Severity.CRITICAL,
    reads=[DatabaseCluster.retention],
    enforces=["4.1-database-snapshots"],
)
def database_clusters_take_automated_backups(cluster: DatabaseCluster, demand: Objective) -> Verdict:
    """Database clusters take automated backups.

    Without automated backups there is neither a daily snapshot nor a log to restore from: every write since the last
    manual snapshot is lost.

    Fix: set a backup retention period of at least a day, the policy's retention if RDS allows it.
    """
    kept = cluster.retention
    if kept:
        return Verdict.passed(f"automated backups are on and kept {speak(kept)}")
    return Verdict.failed("automated backups are off", "them on")
