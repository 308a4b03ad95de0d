"""Database clusters: DocumentDB beside Aurora and Neptune, and the members moto leaves out."""

from copy import copy
from datetime import timedelta

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import described
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.services.rds.instances import DOCDB_PORT, DOCDB_VERSION, MADE_AS
from scanner.emulation.services.rds.state import family, lagging, resource_id
from scanner.emulation.services.subnets import DEFAULT, default_groups
from scanner.emulation.wire import Document


@answers("rds:CreateDBCluster")
def create_db_cluster(call: Call) -> Document:
    engine = call.params["Engine"]
    answer = call.moto(**({"Engine": MADE_AS[engine], "EngineVersion": None} if engine in MADE_AS else {}))
    rds, name = call.backend("rds"), answer["DBCluster"]["DBClusterIdentifier"]
    cluster = rds.clusters[name]
    cluster.engine, cluster.db_cluster_resource_id = engine, resource_id("cluster-", cluster.db_cluster_arn)
    if engine == "docdb":
        cluster.engine_version = call.params.get("EngineVersion") or DOCDB_VERSION
        cluster.port = DOCDB_PORT
    if call.params.get("DBClusterParameterGroupName") is None:
        cluster.parameter_group = f"default.{family(engine, cluster.engine_version)}"
    if cluster.storage_encrypted and not call.params.get("KmsKeyId"):
        cluster.kms_key_id = aws_managed_key(call.world, call.account, call.region, "rds")
    for snapshot in rds.cluster_snapshots.values():
        if snapshot.db_cluster_identifier == name:
            snapshot.cluster = copy(cluster)
            snapshot.kms_key_id = cluster.kms_key_id
    return {"DBCluster": _completed(call, {**answer["DBCluster"], "Engine": engine})}


@answers("rds:DescribeDBClusters")
def describe_db_clusters(call: Call) -> Document:
    answer = described(call)
    return {**answer, "DBClusters": [_completed(call, cluster) for cluster in answer["DBClusters"]]}


def _completed(call: Call, cluster: Document) -> Document:
    cluster.setdefault("Status", "available")
    if not cluster.get("DBSubnetGroup"):
        cluster["DBSubnetGroup"] = DEFAULT
    if not cluster.get("VpcSecurityGroups"):
        groups = default_groups(call)
        cluster["VpcSecurityGroups"] = [{"VpcSecurityGroupId": each, "Status": "active"} for each in groups]
    held = call.backend("rds").databases
    names = [member["DBInstanceIdentifier"] for member in cluster.get("DBClusterMembers", [])]
    # moto says no whatever the members; a cluster spans zones when they do.
    cluster["MultiAZ"] = len({held[name].availability_zone for name in names if name in held}) > 1
    if not cluster.get("StorageEncrypted"):
        cluster.pop("KmsKeyId", None)
    if (said := cluster.get("LatestRestorableTime")) is not None:
        cluster["LatestRestorableTime"] = lagging(said, call.now)
    if (earliest := cluster.get("EarliestRestorableTime")) is not None:
        cluster["EarliestRestorableTime"] = max(
            earliest, call.now - timedelta(days=cluster.get("BackupRetentionPeriod", 1))
        )
    return cluster
