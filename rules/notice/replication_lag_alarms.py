"""BK705."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.alerting.ways import told
from scanner.resources.dynamodb import Table
from scanner.resources.rds.clusters import Cluster
from scanner.resources.rds.instances import Instance
from scanner.resources.s3.buckets import Bucket


@rule(
    "BK705",
    severity=Severity.MEDIUM,
    reads=[Instance.lag_told, Cluster.lag_told, Bucket.lag_told, Table.lag_told],
    enforces=["5.2-replication-lag"],
)
def replication_lag_alarms(store: Instance | Cluster | Bucket | Table, demand: Objective) -> Verdict:
    """Replication lag alarms.

    A replica that is an hour behind loses an hour. Each replica's lag has an alarm that reaches somebody, and that rings
    within the tier's RPO, where it has one. The lag of read replicas and of Aurora clusters is measured where the replica
    is, that of a global table in the sending region, that of S3 in the region of the destination, and only where the
    rule's metrics are on. Readers of an Aurora cluster share its storage and lose nothing.

    Fix: make an alarm on the replica's lag, with a threshold of at most the RPO and a topic as its action.
    """
    news = store.lag_told
    if not news:
        return Verdict.exempt("it has no replica whose lag is measured here")
    wanted = "an alarm on each replica's lag that reaches somebody"
    most: timedelta | None = None
    doubt: CouldNotCheck | None = None
    try:
        most = demand.rpo
    except NotDemanded:
        pass
    except CouldNotCheck as stop:  # which tier it is in: an alarm may ring too late for one of them
        doubt = stop
    if most is not None:
        limit = most
        wanted = f"{wanted} within {speak(limit)}"
        news = tuple(replace(one, ways=one.ways.limited(limit)) for one in news)
    kept, observed = told(news, "no alarm watches it")
    if kept and doubt is not None:
        raise doubt
    return Verdict.when(kept, observed, wanted)
