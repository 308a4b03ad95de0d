"""BK804."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import same
from scanner.model.look import those
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.dynamodb import Table
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster, short

DEMAND = "a standby, a replica or members in several availability zones"


@rule(
    "BK804",
    severity=Severity.HIGH,
    reads=[
        Instance.cluster, Instance.replica_of, Instance.multi_az, Instance.replicas,
        DatabaseCluster.replica_of, DatabaseCluster.multi_az, DatabaseCluster.replicas, DatabaseCluster.global_readers,
        Table.replicas, Table.stale,
    ],
    enforces=["2-layers"],
)  # fmt: skip
def critical_systems_replicate_in_real_time(store: Instance | DatabaseCluster | Table, demand: Objective) -> Verdict:
    """Critical systems replicate in real time.

    A backup takes hours to come back; a replica takes over in minutes.

    Fix: turn on Multi-AZ, add a reader in another availability zone, a read replica, or a replica region.
    """
    demand.only_if("real_time_replication")
    if isinstance(store, Table):
        fresh = (region for region in store.replicas if region not in store.stale)
        found = those(fresh, lambda region: not same(region, store.region))
        regions = found.known or found.whole()
        return Verdict.when(
            bool(regions), f"it has replicas in {', '.join(regions)}" if regions else "it has no replica", "a replica"
        )
    if because := its_cluster(store):
        return Verdict.exempt(because)
    if store.multi_az:
        return Verdict.passed("it runs in several availability zones")
    replicas = store.replicas
    if replicas:
        return Verdict.passed(f"it has the replica {', '.join(map(short, replicas))}")
    if isinstance(store, DatabaseCluster) and (readers := store.global_readers):
        return Verdict.passed(f"it has the global readers {', '.join(map(short, readers))}")
    source = store.replica_of
    if source is not None:
        return Verdict.exempt(f"it is the replica of {short(source)}")
    return Verdict.failed("it runs in one availability zone and has no replica", DEMAND).by(Instance.multi_az)
