"""BK704."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.alerting.ways import told
from scanner.resources.elasticache.caches import CacheCluster, ReplicationGroup
from scanner.resources.fsx import FileSystem
from scanner.resources.opensearch import Domain
from scanner.resources.rds.instances import Instance
from scanner.resources.redshift import Cluster

#: Engines whose clusters keep one storage that grows by itself.
_GROWING = ("aurora", "docdb", "neptune")


@rule(
    "BK704",
    severity=Severity.MEDIUM,
    reads=[
        Instance.cluster, Instance.engine, Instance.storage_told, Cluster.storage_told, Domain.storage_told,
        FileSystem.storage_told, ReplicationGroup.storage_told, CacheCluster.engine, CacheCluster.storage_told,
    ],
    enforces=["5.2-storage-alert"],
)  # fmt: skip
def storage_limits_warn_early(
    store: Instance | Cluster | Domain | FileSystem | ReplicationGroup | CacheCluster, _: Objective
) -> Verdict:
    """Storage limits warn early.

    A database without storage stops, and with it its backups. The store's own alarm must ring before nothing is left,
    and reach somebody. RDS's event at 90 percent is a warning as good. Storage that grows by itself has a limit all the
    same. What has no limit that anyone sets, such as EFS, S3, DynamoDB, Aurora and vaults of AWS Backup, is not judged.

    Fix: make an alarm on the store's free storage with a topic as its action, and confirm a subscription.
    """
    if isinstance(store, Instance) and store.cluster is not None and store.engine.startswith(_GROWING):
        return Verdict.exempt("its storage is its cluster's, and grows by itself")
    if isinstance(store, CacheCluster) and store.engine == "memcached":
        return Verdict.exempt("memcached gives up the oldest where memory ends")
    kept, observed = told(store.storage_told, "no alarm watches it")
    return Verdict.when(kept, observed, "a warning that reaches somebody")
