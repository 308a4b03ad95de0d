"""Database instances: the members that moto leaves out."""

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import described
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.services.rds import changes, real
from scanner.emulation.services.rds.state import Databases, family, lagging, resource_id
from scanner.emulation.services.subnets import database_subnets, default_groups
from scanner.emulation.wire import Document

# An engine moto does not know and the one it is made as.
MADE_AS = {"docdb": "neptune"}
DOCDB_VERSION, DOCDB_PORT = "5.0.0", 27017


@answers("rds:CreateDBInstance")
def create_db_instance(call: Call) -> Document:
    """Every database gets an identity of its own; moto gives all the same one, and snapshots what has no backups."""
    engine, rds = call.params["Engine"], call.backend("rds")
    if real.wished(call):
        return {"DBInstance": completed(call, real.create(call))}
    if engine in MADE_AS:
        # moto wants the member's engine to be the cluster's, so the cluster pretends for a moment.
        cluster = rds.clusters[call.params["DBClusterIdentifier"]]
        cluster.engine = MADE_AS[engine]
        answer = call.moto(Engine=MADE_AS[engine])
        cluster.engine = engine
    else:
        answer = call.moto()
    name = answer["DBInstance"]["DBInstanceIdentifier"]
    database = rds.databases[name]
    database.engine = engine
    if engine == "docdb":
        database.port = DOCDB_PORT
    database.dbi_resource_id = resource_id("db-", database.arn)
    if getattr(database, "kms_key_id", None) == "default_kms_key_id" and database.db_cluster_identifier is None:
        database.kms_key_id = aws_managed_key(call.world, call.account, call.region, "rds")
    keeps = database.db_cluster_identifier is None and database.backup_retention_period > 0
    for snapshot_id, snapshot in list(rds.database_snapshots.items()):
        if snapshot.db_instance_identifier == name and snapshot.snapshot_type == "automated":
            snapshot.dbi_resource_id = snapshot.database.dbi_resource_id = database.dbi_resource_id
            snapshot.kms_key_id = database.kms_key_id
            if not keeps:
                del rds.database_snapshots[snapshot_id]
    return {"DBInstance": completed(call, {**answer["DBInstance"], "DbiResourceId": database.dbi_resource_id})}


@answers("rds:CreateDBInstanceReadReplica")
def create_read_replica(call: Call) -> Document:
    answer = call.moto()
    database = call.backend("rds").databases[answer["DBInstance"]["DBInstanceIdentifier"]]
    database.dbi_resource_id = resource_id("db-", database.arn)
    # moto's replica inherits these; AWS's takes no backups of its own and stands alone unless told.
    database.backup_retention_period = call.params.get("BackupRetentionPeriod", 0)
    database.multi_az = call.params.get("MultiAZ", False)
    database.deletion_protection = call.params.get("DeletionProtection", False)
    return {"DBInstance": {**answer["DBInstance"], "BackupRetentionPeriod": database.backup_retention_period}}


@answers("rds:DescribeDBInstances")
def describe_db_instances(call: Call) -> Document:
    real.settle(call)
    answer = described(call)
    return {**answer, "DBInstances": [completed(call, instance) for instance in answer["DBInstances"]]}


def completed(call: Call, instance: Document) -> Document:
    """What AWS always says of an instance; where backups are off there is no restorable time."""
    instance.setdefault("BackupTarget", "region")
    instance.setdefault("PubliclyAccessible", False)
    cluster = call.backend("rds").clusters.get(instance.get("DBClusterIdentifier") or "")
    if not instance.get("DBSubnetGroup") and (
        group := database_subnets(call, getattr(cluster, "db_subnet_group_name", None))
    ):
        instance["DBSubnetGroup"] = group
    if not instance.get("VpcSecurityGroups"):
        groups = getattr(cluster, "vpc_security_group_ids", None) or default_groups(call)
        instance["VpcSecurityGroups"] = [{"VpcSecurityGroupId": each, "Status": "active"} for each in groups]
    if instance["Engine"] == "docdb":
        instance["EngineVersion"] = DOCDB_VERSION
    if not instance.get("StorageEncrypted"):
        instance.pop("KmsKeyId", None)
    for group in instance.get("DBParameterGroups", []):
        if group["DBParameterGroupName"].startswith("default."):
            group["DBParameterGroupName"] = f"default.{family(instance['Engine'], instance['EngineVersion'])}"
    if not instance.get("BackupRetentionPeriod") or instance.get("DBClusterIdentifier"):
        instance.pop("LatestRestorableTime", None)
    elif (said := instance.get("LatestRestorableTime")) is not None:
        instance["LatestRestorableTime"] = lagging(said, call.now)
    real.complete(call, instance)
    if replicated := _replicated(call, instance["DBInstanceArn"]):
        instance["DBInstanceAutomatedBackupsReplications"] = replicated
    return instance


def _replicated(call: Call, instance_arn: str) -> list[Document]:
    return [
        {"DBInstanceAutomatedBackupsArn": arn}
        for region, databases in call.world.shelves(Databases, call.account).items()
        if region != call.region
        for arn, kept in databases.instance_backups.items()
        if kept["DBInstanceArn"] == instance_arn
    ]


@answers("rds:DeleteDBInstance")
def delete_db_instance(call: Call) -> Document:
    """Automated backups stay behind, retained, when the caller says so."""
    from scanner.emulation.services.rds.automated import active_instance_backup

    name = call.params["DBInstanceIdentifier"]
    database = real.settled(call, name)
    if real.instance_of(call, database) is not None:
        return {"DBInstance": completed(call, changes.delete(call, database))}
    kept = (
        active_instance_backup(call, database)
        if database and call.params.get("DeleteAutomatedBackups") is False
        else None
    )
    answer = call.moto()
    if kept:
        call.shelf(Databases).instance_backups[kept["DBInstanceAutomatedBackupsArn"]] = {**kept, "Status": "retained"}
    return answer
