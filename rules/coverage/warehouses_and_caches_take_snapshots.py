"""BK108."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import memorydb, redshift
from scanner.resources.elasticache.caches import Cache

Store = redshift.Cluster | memorydb.Cluster | Cache


@rule(
    "BK108",
    severity=Severity.HIGH,
    reads=[
        redshift.Cluster.retention, redshift.Cluster.plans, memorydb.Cluster.retention,
        Cache.retention, Cache.snapshots,
    ],
    enforces=["4.1-database-snapshots"],
    aliases=["redshift-backup-enabled", "elasticache-redis-cluster-automatic-backup-check"],
)  # fmt: skip
def warehouses_and_caches_take_snapshots(store: Store, demand: Objective) -> Verdict:
    """Warehouses and caches with durable data take automated snapshots.

    A warehouse takes days to load again, and a cache that is used as a database cannot be loaded at all. Which cache
    is no more than a cache only its owner knows: its tier then demands no snapshots.

    Fix: keep automated snapshots for at least a day, or have a backup plan select the warehouse.
    """
    if isinstance(store, Cache) and not store.snapshots:
        return Verdict.exempt("its engine takes no snapshots: it can hold nothing that must survive")
    if not isinstance(store, redshift.Cluster):
        return _own(store, demand)
    try:
        kept = store.retention
    except CouldNotCheck:
        if store.plans.known:
            return Verdict.passed("a backup plan selects it")
        raise
    if not kept:
        plans = store.plans
        if plans.known:
            return Verdict.passed("it takes no automated snapshots, but a backup plan selects it")
        plans.whole()
    return _own(store, demand)


def _own(store: Store, demand: Objective) -> Verdict:
    if store.retention:
        return Verdict.passed(f"automated snapshots are kept {speak(store.retention)}")
    return Verdict.failed("it takes no automated snapshots", f"one every {speak(demand.snapshot_every)}")
