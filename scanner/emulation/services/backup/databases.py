"""Recovery points of databases that have a real server: a snapshot that AWS Backup takes, and a new server from it."""

import json
from typing import Any

from scanner.emulation.answers import Call
from scanner.emulation.services.rds import real
from scanner.emulation.wire import Document, Refusal

# What a restore job's metadata may say, which are texts all of them, and how RDS takes it.
_TOLD = ("DBInstanceClass", "DBParameterGroupName", "DBSubnetGroupName", "StorageType", "AvailabilityZone")
_FLAGS = ("MultiAZ", "PubliclyAccessible", "DeletionProtection", "EnableIAMDatabaseAuthentication")
DEAD = ("failed", "incompatible-restore")


def take(call: Call, point: Document) -> str | None:
    """Begin to take the snapshot of a point, and give its name; None where there is no server behind the database."""
    from scanner.emulation.services.rds.changes import snapshot

    database = real.settled(call, point["ResourceName"])
    instance = real.instance_of(call, database)
    if instance is None:
        return None
    name: str = point["RecoveryPointArn"].partition(":snapshot:")[2]
    taken = snapshot(call, database, instance, name)
    taken.snapshot_type = "awsbackup"
    return name


def state_of(call: Call, name: str) -> str:
    """What RDS says of a snapshot."""
    real.settle(call)
    held = call.backend("rds").database_snapshots.get(name)
    return "gone" if held is None else str(held.status)


def discard(call: Call, name: str) -> None:
    """Delete a snapshot that belongs to AWS Backup."""
    held = call.backend("rds").database_snapshots.pop(name, None)
    if held is not None and call.world.engines is not None:
        call.world.engines.delete_snapshot(held.arn)


def start(inner: Call) -> str:
    """A new database from a snapshot, as RDS makes it; its ARN."""
    from scanner.emulation.services.rds.restores import restore_from_snapshot

    return str(restore_from_snapshot(inner)["DBInstance"]["DBInstanceArn"])


def wishes(name: str, told: Document) -> dict[str, Any]:
    """The parameters of a restore, out of a job's metadata."""
    if not told.get("DBInstanceIdentifier"):
        raise Refusal("InvalidParameterValueException", "Metadata must name the DBInstanceIdentifier")
    wanted: dict[str, Any] = {"DBSnapshotIdentifier": name, "DBInstanceIdentifier": told["DBInstanceIdentifier"]}
    wanted |= {each: told[each] for each in _TOLD if told.get(each)}
    wanted |= {each: told[each].lower() == "true" for each in _FLAGS if told.get(each)}
    if groups := told.get("VpcSecurityGroupIds"):
        wanted["VpcSecurityGroupIds"] = json.loads(groups)
    return wanted


def status_of(call: Call, arn: str) -> str:
    """What RDS says of a database that is being restored."""
    database = real.settled(call, arn)
    return "gone" if database is None else str(database.status)
