"""BK104."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rds.instances import Instance, its_cluster, its_source


@rule(
    "BK104",
    severity=Severity.CRITICAL,
    reads=[Instance.cluster, Instance.retention, Instance.backed_up_with],
    enforces=["4.1-database-snapshots"],
    aliases=["db-instance-backup-enabled"],
)
def database_instances_take_automated_backups(instance: Instance, demand: Objective) -> Verdict:
    """Database instances take automated backups.

    Without automated backups there is neither a daily snapshot nor a log to restore from: every write since the last
    manual snapshot is lost.

    Fix: set a backup retention period of at least a day, the policy's retention if RDS allows it.
    """
    if because := its_cluster(instance):
        return Verdict.exempt(because)
    if kept := instance.retention:
        return Verdict.passed(f"automated backups are on and kept {speak(kept)}")
    if because := its_source(instance):
        return Verdict.exempt(because)
    return Verdict.failed("automated backups are off", "them on").by(Instance.retention)
