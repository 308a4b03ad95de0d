"""Limits of storage: the metrics by which each kind of store shows that it fills up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.model.arn import tentative
from scanner.model.look import Look
from scanner.resources.alerting.database_events import told_of
from scanner.resources.alerting.watching import Metric, watch
from scanner.resources.alerting.ways import News

Said = Iterable[tuple[str, tuple[Metric, ...]]]


def of_instance(instance: Any, look: Look) -> tuple[News, ...]:
    """Give the ways by which a database that fills up is told: an alarm, or RDS's own event at 90 % (RDS-EVENT-0089).

    Storage that grows by itself has a limit too, and below it AWS adds some only every six hours (RDS user guide,
    "Managing capacity automatically with Amazon RDS storage autoscaling").
    """
    free = Metric("AWS/RDS", "FreeStorageSpace", {"DBInstanceIdentifier": tentative(instance.name, instance)}, low=True)
    own = (tentative(instance.id, instance), tentative(instance.name, instance))
    event = told_of(*own, instance.region, instance.account, "low storage", look)
    return (News("free storage", watch([free], instance.region, look) + event),)


def of_warehouse(cluster: Any, look: Look) -> Said:  # noqa: ARG001  # the shape of what is measured
    """Name the metric of a Redshift cluster."""
    yield "used storage", (
        Metric("AWS/Redshift", "PercentageDiskSpaceUsed", {"ClusterIdentifier": tentative(cluster.name, cluster)}, most=100),
    )  # fmt: skip


def of_domain(domain: Any, look: Look) -> Said:  # noqa: ARG001
    """Name the metric of an OpenSearch domain; it is the least free node's with the statistic Minimum."""
    yield "free storage", (
        Metric("AWS/ES", "FreeStorageSpace", {"DomainName": tentative(domain.name, domain), "ClientId": domain.account}, low=True),
    )  # fmt: skip


def of_file_system(system: Any, look: Look) -> Iterator[tuple[str, tuple[Metric, ...]]]:  # noqa: ARG001
    """Name the metrics of an FSx file system; the types have different ones (FSx user guides, "CloudWatch metrics")."""
    own = {"FileSystemId": tentative(system.name, system)}
    whole = {**own, "StorageTier": "SSD", "DataType": "All"}
    yield (
        "free storage",
        (
            Metric("AWS/FSx", "FreeStorageCapacity", own, low=True),
            Metric("AWS/FSx", "FreeDataStorageCapacity", own, low=True),
            Metric("AWS/FSx", "StorageCapacityUtilization", own, most=100),
            Metric("AWS/FSx", "StorageCapacityUtilization", whole, most=100),
            Metric("AWS/FSx", "UsedStorageCapacity", own),
        ),
    )


def of_group(group: Any, look: Look) -> Iterator[tuple[str, tuple[Metric, ...]]]:  # noqa: ARG001
    """Name the metrics of each member of a replication group: which of them hold the same data is not told."""
    for member in group.members:
        yield f"memory of {member}", _memory(member)


def of_cache(cache: Any, look: Look) -> Said:  # noqa: ARG001
    """Name the metrics of a cache of its own."""
    yield "memory", _memory(tentative(cache.name, cache))


def _memory(cluster: str) -> tuple[Metric, ...]:
    places = ({"CacheClusterId": cluster}, {"CacheClusterId": cluster, "CacheNodeId": "0001"})
    return tuple(
        metric
        for place in places
        for metric in (
            Metric("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", place, most=100),
            Metric("AWS/ElastiCache", "DatabaseCapacityUsagePercentage", place, most=100),
            Metric("AWS/ElastiCache", "FreeableMemory", place, low=True),
            Metric("AWS/ElastiCache", "BytesUsedForCache", place),
        )
    )
