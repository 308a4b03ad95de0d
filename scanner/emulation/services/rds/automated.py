"""Automated backups: of living databases, retained of deleted ones, and replicated to another region."""

from datetime import UTC, timedelta
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.descriptions import altered
from scanner.emulation.services.rds import real
from scanner.emulation.services.rds.state import LAG, Databases, automated_backup_arn
from scanner.emulation.wire import Document, Refusal


@answers("rds:DescribeDBInstanceAutomatedBackups")
def describe_instance_backups(call: Call) -> Document:
    real.settle(call)
    rds = call.backend("rds")
    living = [
        active_instance_backup(call, database)
        for database in rds.databases.values()
        if database.db_cluster_identifier is None and database.backup_retention_period
    ]
    kept = [*living, *(real.retained(call, each) for each in call.shelf(Databases).instance_backups.values())]
    told = call.params
    wanted = {
        "DBInstanceIdentifier": told.get("DBInstanceIdentifier"),
        "DbiResourceId": told.get("DbiResourceId"),
        "DBInstanceAutomatedBackupsArn": told.get("DBInstanceAutomatedBackupsArn"),
    }
    filters = {"db-instance-id": "DBInstanceIdentifier", "dbi-resource-id": "DbiResourceId", "status": "Status"}
    for narrowing in told.get("Filters", []):
        member = filters.get(narrowing["Name"])
        kept = [backup for backup in kept if member is None or backup[member] in narrowing["Values"]]
    kept = [backup for backup in kept if all(value in (None, backup[name]) for name, value in wanted.items())]
    page, more = call.page(kept, size="MaxRecords", token="Marker", most=100)
    return {"DBInstanceAutomatedBackups": page, **more}


def active_instance_backup(call: Call, database: Any) -> Document:
    """The automated backup of a living instance; its window reaches back to its oldest automated snapshot."""
    snapshots = [
        snapshot.created
        for snapshot in call.backend("rds").database_snapshots.values()
        if snapshot.db_instance_identifier == database.db_instance_identifier and snapshot.snapshot_type == "automated"
    ]
    said = altered(call, {"LatestRestorableTime": call.now - LAG}, database.arn)
    earliest = min(snapshots, default=database.created).replace(tzinfo=UTC)
    kept: Document = {
        "DBInstanceArn": database.arn,
        "DbiResourceId": database.dbi_resource_id,
        "Region": call.region,
        "DBInstanceIdentifier": database.db_instance_identifier,
        "Status": "active",
        "TagList": database.tags,
        "Port": database.port,
        "AvailabilityZone": database.availability_zone,
        "InstanceCreateTime": said.get("InstanceCreateTime", database.created),
        "MasterUsername": database.master_username,
        "Engine": database.engine,
        "EngineVersion": database.engine_version,
        "Encrypted": database.storage_encrypted,
        "KmsKeyId": database.kms_key_id,
        "StorageType": database.storage_type,
        "AllocatedStorage": database.allocated_storage,
        "BackupRetentionPeriod": database.backup_retention_period,
        "PreferredBackupWindow": database.preferred_backup_window,
        "BackupTarget": "region",
        "DBInstanceAutomatedBackupsArn": automated_backup_arn(call, "auto-backup", database.arn),
        "RestoreWindow": {
            "EarliestTime": max(
                earliest, said["LatestRestorableTime"] - timedelta(days=database.backup_retention_period)
            ),
            "LatestTime": said["LatestRestorableTime"],
        },
        "DBInstanceAutomatedBackupsReplications": [
            {"DBInstanceAutomatedBackupsArn": arn}
            for region, databases in call.world.shelves(Databases, call.account).items()
            if region != call.region
            for arn, copy in databases.instance_backups.items()
            if copy["DBInstanceArn"] == database.arn
        ],
    }
    instance = real.instance_of(call, database)
    if instance is not None:
        window = real.restore_window(instance, database)
        kept["Status"] = "active" if window else "creating"
        kept["RestoreWindow"] = {"EarliestTime": window[0], "LatestTime": window[1]} if window else {}
        kept["Port"] = instance.server.port if instance.server else database.port
    return {name: value for name, value in kept.items() if value is not None}


@answers("rds:StartDBInstanceAutomatedBackupsReplication")
def start_replication(call: Call) -> Document:
    """Called in the destination region, with the ARN of an instance in another."""
    source_arn = call.params["SourceDBInstanceArn"]
    source_region = source_arn.split(":")[3]
    rds = call.world.backend("rds", call.account, source_region)
    database = next((each for each in rds.databases.values() if each.arn == source_arn), None)
    if database is None or source_region == call.region:
        raise Refusal("DBInstanceNotFound", f"DBInstance {source_arn} not found.", 404)
    kept: Document = {
        "DBInstanceArn": source_arn,
        "DbiResourceId": database.dbi_resource_id,
        "Region": source_region,
        "DBInstanceIdentifier": database.db_instance_identifier,
        "Status": "replicating",
        "TagList": [],
        "Engine": database.engine,
        "EngineVersion": database.engine_version,
        "AllocatedStorage": database.allocated_storage,
        "BackupTarget": "region",
        "InstanceCreateTime": database.created,
        "Encrypted": bool(call.params.get("KmsKeyId")),
        "BackupRetentionPeriod": call.params.get("BackupRetentionPeriod", 7),
        "RestoreWindow": {"EarliestTime": call.now, "LatestTime": call.now},
        "DBInstanceAutomatedBackupsArn": automated_backup_arn(call, "auto-backup", source_arn),
    }
    if key := call.params.get("KmsKeyId"):
        kept["KmsKeyId"] = key
    call.shelf(Databases).instance_backups[kept["DBInstanceAutomatedBackupsArn"]] = kept
    return {"DBInstanceAutomatedBackup": kept}


@answers("rds:StopDBInstanceAutomatedBackupsReplication")
def stop_replication(call: Call) -> Document:
    kept = call.shelf(Databases).instance_backups
    for arn, backup in list(kept.items()):
        if backup["DBInstanceArn"] == call.params["SourceDBInstanceArn"] and backup["Status"] == "replicating":
            return {"DBInstanceAutomatedBackup": kept.pop(arn)}
    raise Refusal("DBInstanceNotFound", f"DBInstance {call.params['SourceDBInstanceArn']} not found.", 404)


@answers("rds:DescribeDBClusterAutomatedBackups")
def describe_cluster_backups(call: Call) -> Document:
    living = [_active_cluster_backup(call, cluster) for cluster in call.backend("rds").clusters.values()]
    kept = [*living, *call.shelf(Databases).cluster_backups.values()]
    wanted = {
        "DBClusterIdentifier": call.params.get("DBClusterIdentifier"),
        "DbClusterResourceId": call.params.get("DbClusterResourceId"),
    }
    kept = [backup for backup in kept if all(value in (None, backup[name]) for name, value in wanted.items())]
    page, more = call.page(kept, size="MaxRecords", token="Marker", most=100)
    return {"DBClusterAutomatedBackups": page, **more}


def _active_cluster_backup(call: Call, cluster: Any) -> Document:
    said = altered(
        call,
        {"LatestRestorableTime": call.now - LAG, "EarliestRestorableTime": cluster.earliest_restorable_time},
        cluster.db_cluster_arn,
    )
    kept: Document = {
        "Engine": cluster.engine,
        "EngineVersion": cluster.engine_version,
        "DBClusterIdentifier": cluster.db_cluster_identifier,
        "DBClusterArn": cluster.db_cluster_arn,
        "DbClusterResourceId": cluster.db_cluster_resource_id,
        "Region": call.region,
        "Status": "active",
        "ClusterCreateTime": cluster.created,
        "StorageEncrypted": bool(cluster.storage_encrypted),
        "KmsKeyId": cluster.kms_key_id if cluster.storage_encrypted else None,
        "MasterUsername": cluster.master_username,
        "BackupRetentionPeriod": cluster.backup_retention_period,
        "PreferredBackupWindow": cluster.preferred_backup_window,
        "Port": cluster.port,
        "EngineMode": cluster.engine_mode,
        "AvailabilityZones": cluster.availability_zones,
        "TagList": [],
        "DBClusterAutomatedBackupsArn": automated_backup_arn(call, "cluster-auto-backup", cluster.db_cluster_arn),
        "RestoreWindow": {"EarliestTime": said["EarliestRestorableTime"], "LatestTime": said["LatestRestorableTime"]},
    }
    return {name: value for name, value in kept.items() if value is not None}
