"""Restores: what AWS refuses is refused, what it forgets is forgotten, and a second server comes up with the data."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.rds import real
from scanner.emulation.services.rds.instances import completed
from scanner.emulation.services.rds.state import Databases
from scanner.emulation.services.subnets import DEFAULT, default_groups
from scanner.emulation.wire import Document, Refusal

if TYPE_CHECKING:
    from scanner.emulation.engines import History
    from scanner.emulation.engines.restoring import Wanted

# What a restored database has from the one that was backed up, by moto's names.
_INHERITED = (
    "allocated_storage", "auto_minor_version_upgrade", "backup_retention_period", "ca_certificate_identifier",
    "character_set_name", "db_instance_class", "db_name", "engine", "engine_version", "iops", "license_model",
    "master_username", "preferred_backup_window", "preferred_maintenance_window", "storage_encrypted", "storage_type",
)  # fmt: skip
# And what a call may say instead. What is in neither is what it is for a database that nobody said anything about:
# no tags, no deletion protection, the default groups, one zone, not public.
_TOLD = {
    "AllocatedStorage": "allocated_storage",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "AvailabilityZone": "availability_zone",
    "BackupRetentionPeriod": "backup_retention_period",
    "CACertificateIdentifier": "ca_certificate_identifier",
    "CopyTagsToSnapshot": "copy_tags_to_snapshot",
    "DBInstanceClass": "db_instance_class",
    "DBParameterGroupName": "db_parameter_group_name",
    "DBSubnetGroupName": "db_subnet_group_name",
    "DeletionProtection": "deletion_protection",
    "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication",
    "Iops": "iops",
    "LicenseModel": "license_model",
    "MultiAZ": "multi_az",
    "OptionGroupName": "option_group_name",
    "PreferredBackupWindow": "preferred_backup_window",
    "PubliclyAccessible": "publicly_accessible",
    "StorageType": "storage_type",
    "Tags": "tags",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
}


@answers("rds:RestoreDBInstanceToPointInTime")
def restore_to_point_in_time(call: Call) -> Document:
    """A new database with what the source held at a time; the source need not be there any more."""
    from scanner.emulation.engines.restoring import Wanted

    if call.world.engines is None:
        return call.moto()
    real.settle(call)
    told = call.params
    at, newest = told.get("RestoreTime"), bool(told.get("UseLatestRestorableTime"))
    if (at is None) != newest:
        raise Refusal(
            "InvalidParameterCombination",
            "Either RestoreTime or UseLatestRestorableTime must be specified, and not both.",
        )
    database, history, kept = _source(call)
    if database is not None and history is None and real.instance_of(call, database) is None:
        return call.moto()
    _check_target(call, told["TargetDBInstanceIdentifier"])
    days = database.backup_retention_period
    if not days:
        raise Refusal(
            "PointInTimeRestoreNotEnabled",
            f"Point in time restore is not enabled for DB instance {database.db_instance_identifier}, because its backup "
            "retention period is set to 0 days.",
        )
    latest, earliest = (history.latest(), history.earliest(datetime.now(UTC), days)) if history else (None, None)
    if earliest is not None and kept.get("Status") == "replicating":
        earliest = max(earliest, kept["RestoreWindow"]["EarliestTime"])
    if history is None or latest is None or earliest is None:
        raise Refusal(
            "InvalidDBInstanceState",
            f"DB instance {database.db_instance_identifier} has no automated backup yet that it could be restored from.",
        )
    moment = _within(latest if at is None else at.astimezone(UTC), earliest, latest, days)
    _check_surroundings(call)
    # Replicated backups are encrypted with a key of the region where they are.
    key = {"kms_key_id": kept["KmsKeyId"]} if kept.get("KmsKeyId") else {}
    if database.storage_encrypted:
        real.check_key(call, key.get("kms_key_id", database.kms_key_id))
    base = history.base_for(moment)
    if base is None:
        raise Refusal("InvalidRestoreFault", "No automated backup that ended before the restore time is left.")
    return _restored(call, told["TargetDBInstanceIdentifier"], database, Wanted(base, history, moment), key)


def _source(call: Call) -> "tuple[Any, History | None, Document]":
    """What is to be restored, and the automated backup that was named: of a living database, of one gone, or replicated."""
    told, engines = call.params, real.engines_of(call)
    if name := told.get("SourceDBInstanceIdentifier"):
        database = call.backend("rds").databases.get(name.rpartition(":")[2])
        if database is None:
            raise Refusal("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
        instance = engines.of(database)
        return database, instance.history if instance else None, {}
    arn, kept = told.get("SourceDBInstanceAutomatedBackupsArn"), {}
    if arn:
        kept = call.shelf(Databases).instance_backups.get(arn, {})
    resource = kept.get("DbiResourceId") or (_resource_of(call, arn) if arn else told.get("SourceDbiResourceId"))
    held = engines.holding(resource or "")
    if held is None or held[0] is None:
        raise Refusal(
            "DBInstanceAutomatedBackupNotFound", f"DBInstanceAutomatedBackup {arn or resource} not found.", 404
        )
    return *held, kept


def _resource_of(call: Call, arn: str) -> str | None:
    from scanner.emulation.services.rds.state import automated_backup_arn

    for database in call.backend("rds").databases.values():
        if automated_backup_arn(call, "auto-backup", database.arn) == arn:
            return str(database.dbi_resource_id)
    return None


def _within(at: datetime, earliest: datetime, latest: datetime, days: int) -> datetime:
    """The messages are AWS's."""
    if at > latest:
        raise Refusal(
            "InvalidParameterValue",
            f"The specified instance cannot be restored to a time later than {latest:%Y-%m-%dT%H:%M:%SZ}.",
        )
    if at < earliest:
        raise Refusal(
            "InvalidParameterValue",
            f"The specified instance cannot be restored to a time earlier than {earliest:%Y-%m-%dT%H:%M:%SZ} "
            f"because its backup retention period is set to {days} days.",
        )
    return at


def _check_target(call: Call, name: str) -> None:
    if name in call.backend("rds").databases:
        raise Refusal("DBInstanceAlreadyExists", "DB instance already exists")
    real.check_quota(call)


def _check_surroundings(call: Call) -> None:
    """What the new database is to be put into must be there."""
    told, rds = call.params, call.backend("rds")
    subnets = told.get("DBSubnetGroupName")
    if subnets and subnets != DEFAULT and subnets not in rds.subnet_groups:
        raise Refusal("DBSubnetGroupNotFoundFault", f"DB subnet group '{subnets}' does not exist.", 404)
    group = told.get("DBParameterGroupName")
    if group and not group.startswith("default.") and group not in rds.db_parameter_groups:
        raise Refusal("DBParameterGroupNotFound", f"DBParameterGroup not found: {group}", 404)
    known = {each for groups in call.backend("ec2").groups.values() for each in groups}
    for each in told.get("VpcSecurityGroupIds") or []:
        if each not in known:
            raise Refusal("InvalidParameterValue", f"Invalid security group , groupId= {each}, groupName=.")


def _default_groups(call: Call, subnets: str | None) -> list[str]:
    """The default security group of the network that the database is put into."""
    if subnets is None:
        return default_groups(call)
    groups = call.backend("ec2").groups.get(call.backend("rds").subnet_groups[subnets].vpc_id, {})
    return [group.id for group in groups.values() if group.name == DEFAULT]


@answers("rds:RestoreDBInstanceFromDBSnapshot")
def restore_from_snapshot(call: Call) -> Document:
    """A new database with what a snapshot holds."""
    from scanner.emulation.engines.restoring import Wanted

    if call.world.engines is None:
        return call.moto()
    real.settle(call)
    told, rds = call.params, call.backend("rds")
    wanted = told.get("DBSnapshotIdentifier") or ""
    name = wanted.partition(":snapshot:")[2] if wanted.startswith("arn:") else wanted
    snapshot = rds.database_snapshots.get(name)
    if snapshot is None:
        raise Refusal("DBSnapshotNotFound", f"DBSnapshot {wanted} not found.", 404)
    held = real.engines_of(call).snapshots.get(snapshot.arn)
    if held is None:
        return call.moto()
    _check_target(call, told["DBInstanceIdentifier"])
    if snapshot.status != "available" or held.base is None:
        raise Refusal(
            "InvalidDBSnapshotState",
            f"The snapshot {name} is not in available state, it is in {snapshot.status} state.",
        )
    _check_surroundings(call)
    real.check_key(call, snapshot.kms_key_id if snapshot.encrypted else None)
    inherited = {
        "kms_key_id": snapshot.kms_key_id,
        "storage_encrypted": snapshot.encrypted,
        "master_username": snapshot.master_username,
        "tags": list(snapshot.tags),
    }
    return _restored(call, told["DBInstanceIdentifier"], snapshot.database, Wanted(held.base), inherited)


def _restored(call: Call, target: str, source: Any, wanted: "Wanted", inherited: Document) -> Document:
    from scanner.emulation.engines import Fault
    from scanner.emulation.engines.instances import Account

    engines, rds, told = real.engines_of(call), call.backend("rds"), call.params
    faults = engines.faults.among(target, source.db_instance_identifier)
    props = {name: getattr(source, name) for name in _INHERITED}
    props |= {"kms_key_id": source.kms_key_id} if source.storage_encrypted else {}
    if source.option_group_supplied:
        props["option_group_name"] = source.option_group_name
    props |= inherited
    props |= {member: told[name] for name, member in _TOLD.items() if told.get(name) is not None}
    if told.get("DBSubnetGroupName") == DEFAULT:
        del props["db_subnet_group_name"]
    if not props.get("vpc_security_group_ids"):
        props["vpc_security_group_ids"] = _default_groups(call, props.get("db_subnet_group_name"))
    if Fault.DEFAULT_PARAMETERS in faults:
        props.pop("db_parameter_group_name", None)
    if props["allocated_storage"] < source.allocated_storage:
        raise Refusal(
            "InvalidParameterValue",
            "The allocated storage size can't be less than the source snapshot or backup size.",
        )
    with real.room_for_snapshot(call, target):
        database = real.made(call, lambda: rds.create_db_instance({"db_instance_identifier": target, **props}))
    instance = engines.add(
        call.account,
        call.region,
        Account(database.db_instance_identifier, database.master_username, database.db_name),
    )
    real.adopt(call, database, instance)
    instance.recover(instance.lifecycle.enter("creating", engines.delays.creating), wanted, faults)
    if database.backup_retention_period and Fault.HANG not in faults:
        real.keep_backups(call, database, instance)
    return {"DBInstance": completed(call, real.document(call, "DBInstance", database))}
