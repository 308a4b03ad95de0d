"""What is done to a database after it is made: modified, rebooted, stopped, started, deleted."""

from typing import TYPE_CHECKING, Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.rds import real
from scanner.emulation.services.rds.state import Databases
from scanner.emulation.wire import Document, Refusal

if TYPE_CHECKING:
    from scanner.emulation.engines import Instance


def _available(call: Call, instance: "Instance") -> None:
    if (status := instance.lifecycle.status) != "available":
        raise Refusal(
            "InvalidDBInstanceState",
            f"Instance {instance.account.name} is not in available state, it is in {status} state.",
        )


def _described(call: Call, database: Any) -> Document:
    from scanner.emulation.services.rds.instances import completed

    real.settle(call)
    return {"DBInstance": completed(call, real.document(call, "DBInstance", database))}


@answers("rds:ModifyDBInstance")
def modify_db_instance(call: Call) -> Document:
    """A password changes at once, a parameter group at the next reboot, backups begin and end."""
    told = call.params
    database = real.settled(call, told["DBInstanceIdentifier"])
    instance = real.instance_of(call, database)
    if instance is None:
        return call.moto()
    _available(call, instance)
    engines, before = real.engines_of(call), database.backup_retention_period
    call.moto()
    instance.account.name = database.db_instance_identifier
    if password := told.get("MasterUserPassword"):
        stage = instance.lifecycle.enter("resetting-master-credentials", engines.delays.modifying)
        instance.change_password(stage, password)
    if told.get("DBParameterGroupName"):
        instance.parameters, instance.pending_reboot = real.parameters(call, database), True
    if not before and database.backup_retention_period:
        real.keep_backups(call, database, instance)
    elif before and not database.backup_retention_period:
        drop_automated(call, database)
        instance.end_backups()
    return _described(call, database)


@answers("rds:ModifyDBParameterGroup")
def modify_parameter_group(call: Call) -> Document:
    """Databases take over at once what is to be applied immediately and needs no restart."""
    answer = call.moto()
    name, engines = call.params["DBParameterGroupName"].lower(), call.world.engines
    if engines is None:
        return answer
    at_once = any(each.get("ApplyMethod") != "pending-reboot" for each in call.params.get("Parameters", []))
    for database in call.backend("rds").databases.values():
        instance = real.instance_of(call, database)
        if instance is None or database.db_parameter_group_name != name or instance.pending_reboot:
            continue
        before, instance.parameters = instance.parameters, real.parameters(call, database)
        changed = {each for each, value in instance.parameters.items() if before.get(each) != value}
        static = {each for each in changed if engines.programs.parameters.get(each) == "postmaster"}
        if static or not at_once:
            instance.pending_reboot = True
        if at_once:
            instance.reconfigure()
    return answer


@answers("rds:RebootDBInstance")
def reboot_db_instance(call: Call) -> Document:
    """The server restarts, with what its parameter group says now."""
    database = real.settled(call, call.params["DBInstanceIdentifier"])
    instance = real.instance_of(call, database)
    if instance is None:
        return call.moto()
    if instance.lifecycle.status not in ("available", "incompatible-parameters"):
        _available(call, instance)
    instance.parameters = real.parameters(call, database)
    instance.restart(instance.lifecycle.enter("rebooting", real.engines_of(call).delays.rebooting))
    return _described(call, database)


@answers("rds:StopDBInstance")
def stop_db_instance(call: Call) -> Document:
    """Stopped after a last snapshot, if one is wished."""
    database = real.settled(call, call.params["DBInstanceIdentifier"])
    instance = real.instance_of(call, database)
    if instance is None:
        return call.moto()
    _available(call, instance)
    if name := call.params.get("DBSnapshotIdentifier"):
        snapshot(call, database, instance, name)
    stage = instance.lifecycle.enter("stopping", real.engines_of(call).delays.stopping, "stopped")
    instance.shut_down(stage)
    return _described(call, database)


@answers("rds:StartDBInstance")
def start_db_instance(call: Call) -> Document:
    """A stopped server starts again, on the same port."""
    database = real.settled(call, call.params["DBInstanceIdentifier"])
    instance = real.instance_of(call, database)
    if instance is None:
        return call.moto()
    if instance.lifecycle.status != "stopped":
        raise Refusal(
            "InvalidDBInstanceState", f"Instance {instance.account.name} is not stopped, it cannot be started."
        )
    real.check_key(call, database.kms_key_id if database.storage_encrypted else None)
    instance.restart(instance.lifecycle.enter("starting", real.engines_of(call).delays.starting))
    return _described(call, database)


def snapshot(call: Call, database: Any, instance: "Instance", name: str, *, busy: bool = True) -> Any:
    """A manual snapshot, which moto checks and the engine takes."""
    tags = call.params.get("Tags") if call.intent.operation == "CreateDBSnapshot" else None
    rds = call.backend("rds")
    taken = real.made(call, lambda: rds.create_db_snapshot(database.db_instance_identifier, name, tags=tags))
    taken.status = "creating"
    real.engines_of(call).snapshot(instance, taken.arn, busy=busy)
    return taken


def delete(call: Call, database: Any) -> Document:
    """Deleting takes its time; the automated backups go too, unless they are to be retained."""
    told, engines = call.params, real.engines_of(call)
    instance = engines.of(database)
    if instance is None:
        raise Refusal("DBInstanceNotFound", f"DBInstance {told['DBInstanceIdentifier']} not found.", 404)
    final, skipped = told.get("FinalDBSnapshotIdentifier"), bool(told.get("SkipFinalSnapshot"))
    if database.deletion_protection:
        raise Refusal(
            "InvalidParameterCombination",
            "Cannot delete protected DB Instance, please disable deletion protection and try again.",
        )
    if instance.lifecycle.status == "deleting":
        raise Refusal("InvalidDBInstanceState", f"Instance {instance.account.name} is already being deleted.")
    if not final and not skipped:
        raise Refusal(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
    if final and skipped:
        raise Refusal(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting a DB instance with SkipFinalSnapshot specified.",
        )
    retain = told.get("DeleteAutomatedBackups") is False and instance.history is not None
    if final:
        _available(call, instance)
        snapshot(call, database, instance, final, busy=False)
    if retain:
        _retain(call, database, instance)
    else:
        drop_automated(call, database)
    if instance.lifecycle.status in ("creating", "failed", "incompatible-restore"):
        # What is being made, or was never made, is not waited for.
        instance.lifecycle.lose("deleting")
    instance.delete(instance.lifecycle.enter("deleting", engines.delays.deleting, "deleted"), retain=retain)
    described = real.document(call, "DBInstance", database)
    return {**described, "DBInstanceStatus": "deleting"}


def _retain(call: Call, database: Any, instance: "Instance") -> None:
    """The automated backups stay behind under the identity of the database that is gone."""
    from scanner.emulation.engines.registry import Retained
    from scanner.emulation.services.rds.automated import active_instance_backup

    kept = active_instance_backup(call, database)
    call.shelf(Databases).instance_backups[kept["DBInstanceAutomatedBackupsArn"]] = {**kept, "Status": "retained"}
    if instance.history is not None:
        real.engines_of(call).retained[instance.identity.resource] = Retained(instance.history, database)


def drop_automated(call: Call, database: Any) -> None:
    """Automated snapshots go with the automated backups."""
    rds = call.backend("rds")
    for name, taken in list(rds.database_snapshots.items()):
        if taken.snapshot_type == "automated" and taken.dbi_resource_id == database.dbi_resource_id:
            real.engines_of(call).delete_snapshot(taken.arn)
            del rds.database_snapshots[name]


@answers("rds:DeleteDBInstanceAutomatedBackup")
def delete_automated_backup(call: Call) -> Document:
    """Only of a database that is gone; those of a living one go with it."""
    told, shelf = call.params, call.shelf(Databases).instance_backups
    for arn, kept in list(shelf.items()):
        if told.get("DBInstanceAutomatedBackupsArn") == arn or told.get("DbiResourceId") == kept["DbiResourceId"]:
            del shelf[arn]
            held = call.world.engines.retained.pop(kept["DbiResourceId"], None) if call.world.engines else None
            if held is not None:
                held.history.forget()
            return {"DBInstanceAutomatedBackup": {**kept, "Status": "deleting"}}
    wanted = told.get("DBInstanceAutomatedBackupsArn") or told.get("DbiResourceId")
    if any(each.dbi_resource_id == wanted for each in call.backend("rds").databases.values()):
        raise Refusal(
            "InvalidDBInstanceAutomatedBackupState",
            f"The automated backup {wanted} is associated with an active DB instance.",
        )
    raise Refusal("DBInstanceAutomatedBackupNotFound", f"DBInstanceAutomatedBackup {wanted} not found.", 404)
