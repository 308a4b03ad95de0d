"""Lags of replication: the metrics by which each kind of store shows how far a replica is behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from scanner.model.arn import place_of, tentative
from scanner.model.errors import CouldNotCheck
from scanner.model.look import Look
from scanner.model.reading import Reason, Unknown
from scanner.resources.alerting.watching import Metric, watch
from scanner.resources.alerting.ways import News, Way, Ways

_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
Said = Iterable[tuple[str, tuple[Metric, ...]]]


def of_instance(instance: Any, look: Look) -> Said:  # noqa: ARG001  # the shape of what is measured
    """Name the metric of a read replica; members of a cluster share its storage and lag behind nothing."""
    if instance.cluster is None and instance.replica_of is not None:
        dimensions = {"DBInstanceIdentifier": tentative(instance.name, instance)}
        yield "the replica", (Metric("AWS/RDS", "ReplicaLag", dimensions, unit=_SECOND),)


def of_cluster(cluster: Any, look: Look) -> Said:  # noqa: ARG001
    """Name the metrics of an Aurora cluster that replicates another: by its log, or in a global database."""
    if cluster.replica_of is not None:
        own = {"DBClusterIdentifier": tentative(cluster.name, cluster)}
        source = place_of(cluster.replica_of)[0]
        far = {**own, "SourceRegion": source} if source else own
        yield (
            "the replica",
            (
                Metric("AWS/RDS", "AuroraBinlogReplicaLag", own, unit=_SECOND),
                Metric("AWS/RDS", "AuroraGlobalDBReplicationLag", own, unit=_MILLISECOND),
                Metric("AWS/RDS", "AuroraGlobalDBReplicationLag", far, unit=_MILLISECOND),
                Metric("AWS/RDS", "AuroraGlobalDBRPOLag", own, unit=_MILLISECOND),
                Metric("AWS/RDS", "AuroraGlobalDBRPOLag", far, unit=_MILLISECOND),
            ),
        )


def of_table(table: Any, look: Look) -> Said:  # noqa: ARG001
    """Name the metric of each replica of a global table: it is the sending region's."""
    for region in table.replicas:
        if region != table.region:
            dimensions = {"TableName": tentative(table.name, table), "ReceivingRegion": region}
            yield (
                f"the replica in {region}",
                (Metric("AWS/DynamoDB", "ReplicationLatency", dimensions, unit=_MILLISECOND),),
            )


def of_bucket(bucket: Any, look: Look) -> tuple[News, ...]:
    """Give the ways by which the lag of each replication rule is told.

    A rule has metrics only where they are turned on, and they are "published in the Region of the destination bucket"
    (S3 user guide, "Using S3 Replication metrics").
    """
    return tuple(_of_rule(bucket, rule, look) for rule in bucket.replication if rule.enabled)


def _of_rule(bucket: Any, rule: Any, look: Look) -> News:
    name = rule.bucket.rpartition(":")[2]
    what = f"the replica in {name}"
    if not (rule.metrics or rule.within_15_minutes):
        return News(what, Ways((Way(f"replication rule {rule.name}", broken="has its metrics turned off"),)))
    try:
        there = look.one(type(bucket), rule.bucket)
    except CouldNotCheck as stop:
        return News(what, Ways(missing=stop.unknown))
    if there is None:
        beyond = f"bucket {name} is not of this account: its region, where the metrics are, is not known"
        return News(what, Ways(missing=Unknown(Reason.BEYOND, beyond)))
    dimensions = {
        "SourceBucket": tentative(bucket.name, bucket),
        "DestinationBucket": tentative(name, there),
        "RuleId": rule.name,
    }
    return News(what, watch(_of_rule_metrics(dimensions, there.region), bucket.region, look))


def _of_rule_metrics(dimensions: dict[str, str], region: str) -> Iterator[Metric]:
    yield Metric("AWS/S3", "ReplicationLatency", dimensions, unit=_SECOND, region=region)
    yield Metric("AWS/S3", "OperationsPendingReplication", dimensions, region=region)
    yield Metric("AWS/S3", "BytesPendingReplication", dimensions, region=region)
