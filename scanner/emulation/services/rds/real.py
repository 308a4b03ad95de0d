"""Databases that have a real server, where the emulator has engines: how they are made and what is said of them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scanner.emulation.answers import Call
from scanner.emulation.services.encryption import usable
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.services.rds.state import family
from scanner.emulation.wire import Document, Refusal, describe

if TYPE_CHECKING:
    from scanner.emulation.engines import Engines, Instance

ENGINE = "postgres"
_WITHOUT_ENDPOINT = ("creating", "failed", "incompatible-restore")
# Names that RDS keeps for itself.
RESERVED = {"rdsadmin", "rdsrepladmin", "rds_superuser", "rds_replication", "rds_iam", "rds_password"}


def settle(call: Call) -> None:
    """Have moto's objects say what the servers are going through."""
    if call.world.engines is not None:
        call.world.engines.settle()


def settled(call: Call, name: str) -> Any:
    """Moto's database of a name, if there is one, as it is now."""
    settle(call)
    return call.backend("rds").databases.get(name.rpartition(":")[2])


def wished(call: Call) -> bool:
    """Whether a database that is to be created gets a server: PostgreSQL, and no member of a cluster."""
    engines, told = call.world.engines, call.params
    if engines is None or told["Engine"] != ENGINE or told.get("DBClusterIdentifier"):
        return False
    return engines.only is None or told["DBInstanceIdentifier"] in engines.only


def engines_of(call: Call) -> "Engines":
    """The engines, in a call that is only about what they do."""
    if call.world.engines is None:
        raise RuntimeError("this emulator has no engines")
    return call.world.engines


def instance_of(call: Call, database: Any) -> "Instance | None":
    """The server behind one of moto's databases."""
    return call.world.engines.of(database) if call.world.engines is not None and database is not None else None


def document(call: Call, member: str, thing: Any) -> Document:
    """One of moto's objects as the answer to this call describes it."""
    described: Document = describe({member: thing}, call.intent)[member]
    return described


def made(call: Call, make: Callable[[], Any]) -> Any:
    """What moto makes; its objections are refusals."""
    from moto.core.exceptions import ServiceException

    try:
        return make()
    except ServiceException as objection:
        raise Refusal(str(objection.code), str(objection.message)) from objection


def check_quota(call: Call) -> None:
    """AWS lets an account have 40 instances in a region unless it asks for more."""
    if len(call.backend("rds").databases) >= engines_of(call).quota:
        raise Refusal(
            "InstanceQuotaExceeded",
            "The request can't be processed because it would exceed the maximum number of DB instances.",
        )


def check_key(call: Call, key: str | None) -> None:
    """Without its key nothing that is encrypted can be read, nor copied or restored."""
    if key is None or key == "default_kms_key_id":
        return
    foreign = key.startswith("arn:") and key.split(":")[3] != call.region
    if foreign or not usable(call, key):
        raise Refusal(
            "KMSKeyNotAccessibleFault",
            f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it.",
        )


def create(call: Call) -> Document:
    """A database and its server, which starts while the caller is already answered."""
    from scanner.emulation.engines.instances import Account

    engines, told = engines_of(call), call.params
    check_quota(call)
    if told.get("StorageEncrypted"):
        check_key(call, told.get("KmsKeyId"))
    master, password = told.get("MasterUsername"), told.get("MasterUserPassword")
    if not master:
        raise Refusal("InvalidParameterValue", "The parameter MasterUsername must be provided and must not be blank.")
    if master.lower() in RESERVED:
        raise Refusal(
            "InvalidParameterValue",
            f"MasterUsername {master} cannot be used as it is a reserved word used by the engine",
        )
    managed = bool(told.get("ManageMasterUserPassword"))
    if not managed and len(password or "") < 8:
        raise Refusal(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.",
        )
    changes = {} if told.get("EngineVersion") else {"EngineVersion": engines.programs.version}
    with room_for_snapshot(call, told["DBInstanceIdentifier"]):
        call.moto(**changes)
    database = call.backend("rds").databases[told["DBInstanceIdentifier"]]
    if managed:
        password = json.loads(database.master_user_secret.secret.secret_string)["password"]
    instance = engines.add(
        call.account, call.region, Account(database.db_instance_identifier, master, told.get("DBName"), password)
    )
    adopt(call, database, instance)
    instance.create(instance.lifecycle.enter("creating", engines.delays.creating))
    if database.backup_retention_period:
        keep_backups(call, database, instance)
    return document(call, "DBInstance", database)


@contextmanager
def room_for_snapshot(call: Call, name: str) -> Iterator[None]:
    """Moto takes a snapshot of every new database, and refuses it when one of the same minute is retained."""
    rds = call.backend("rds")
    taken = f"rds:{name.lower()}-{call.now:%Y-%m-%d-%H-%M}"
    retained = rds.database_snapshots.pop(taken, None)
    try:
        yield
    finally:
        if retained is not None:
            rds.database_snapshots[taken] = retained


def adopt(call: Call, database: Any, instance: "Instance") -> None:
    """One of moto's databases becomes the description of a server."""
    database.dbi_resource_id, database.status = instance.identity.resource, "creating"
    if database.kms_key_id == "default_kms_key_id":
        database.kms_key_id = aws_managed_key(call.world, call.account, call.region, "rds")
    instance.parameters = parameters(call, database)
    rds = call.backend("rds")
    for name, snapshot in list(rds.database_snapshots.items()):
        # moto takes a snapshot before there is anything to be taken.
        if (
            snapshot.db_instance_identifier == database.db_instance_identifier
            and snapshot.snapshot_type == "automated"
            and snapshot.arn not in engines_of(call).snapshots
        ):
            del rds.database_snapshots[name]


def parameters(call: Call, database: Any) -> dict[str, str]:
    """What a database's parameter group sets, and what the family's default is where it matters."""
    from scanner.emulation.services.rds.parameters import defaults

    said = defaults(family(database.engine, database.engine_version))
    told = {name: value for name, value in said.items() if name.startswith("rds.") and value}
    group = call.backend("rds").db_parameter_groups.get(database.db_parameter_group_name or "")
    changed = group.parameters.values() if group is not None else ()
    return told | {each["ParameterName"]: str(each["ParameterValue"]) for each in changed if each.get("ParameterValue")}


def keep_backups(call: Call, database: Any, instance: "Instance") -> None:
    """Automated backups begin, with the first base backup and its snapshot."""
    from moto.rds.models import DBSnapshot

    engines, rds = engines_of(call), call.backend("rds")
    instance.keep_backups(instance.lifecycle.enter("backing-up", engines.delays.backing_up))
    name = f"rds:{database.db_instance_identifier}-{call.now:%Y-%m-%d-%H-%M}"
    if name in rds.database_snapshots:
        # Of another database of this name, deleted within this minute.
        name += f"-{instance.identity.resource[3:9].lower()}"
    snapshot = DBSnapshot(rds, database, name, "automated")
    snapshot.status = "creating"
    rds.database_snapshots[name] = snapshot
    engines.show_base(instance, snapshot.arn)


def complete(call: Call, instance: Document) -> None:
    """What a description says that has a server behind it: its state, its endpoint, and how far it can be restored."""
    database = call.backend("rds").databases.get(instance["DBInstanceIdentifier"])
    real = instance_of(call, database)
    if real is None:
        return
    status = instance["DBInstanceStatus"] = real.lifecycle.status
    if status in _WITHOUT_ENDPOINT or real.server is None or not real.server.port:
        # An endpoint is told as soon as one can connect to it.
        instance.pop("Endpoint", None)
    else:
        instance["Endpoint"] = {"Address": "127.0.0.1", "Port": real.server.port, "HostedZoneId": "Z29XKXDKYMONMX"}
    for group in instance.get("DBParameterGroups", []):
        group["ParameterApplyStatus"] = "pending-reboot" if real.pending_reboot else "in-sync"
    window = restore_window(real, database)
    if window is None:
        instance.pop("LatestRestorableTime", None)
    else:
        instance["LatestRestorableTime"] = window[1]


def retained(call: Call, backup: Document) -> Document:
    """The automated backup of a database that is gone, or in another region: how far it reaches."""
    held = call.world.engines.holding(backup["DbiResourceId"]) if call.world.engines is not None else None
    latest = held[1].latest() if held is not None and held[1] is not None else None
    return backup if latest is None else {**backup, "RestoreWindow": {**backup["RestoreWindow"], "LatestTime": latest}}


def restore_window(instance: "Instance", database: Any) -> tuple[datetime, datetime] | None:
    """From when to when an instance can be restored."""
    history = instance.history
    if history is None or not history.bases or not database.backup_retention_period:
        return None
    latest = history.latest()
    earliest = history.earliest(datetime.now(UTC), database.backup_retention_period)
    return (earliest, latest) if earliest is not None and latest is not None else None
