"""BK702."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.alerting.ways import told
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance


@rule(
    "BK702",
    severity=Severity.MEDIUM,
    reads=[Instance.events_told, DatabaseCluster.events_told],
    enforces=["5.2-failure-alert"],
)
def database_events_are_subscribed(database: Instance | DatabaseCluster, _: Objective) -> Verdict:
    """Database backup, failure and low-storage events are subscribed.

    RDS tells of trouble only those who subscribed. A subscription without source identifiers covers every database of
    its kind, one without categories every event; each way is followed to a confirmed subscriber, and so are rules of
    EventBridge for the same events. An instance that stands alone needs all three categories; a member of a cluster
    failure and low storage, for its backups are the cluster's; a cluster has failures only.

    Fix: subscribe a topic with confirmed subscribers to the categories that are named, for all databases.
    """
    kept, observed = told(database.events_told, "nobody subscribed to it")
    return Verdict.when(kept, observed, "that its backup, failure and low-storage events reach somebody")
