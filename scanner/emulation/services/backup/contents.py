"""What recovery points really hold: the items of a table, the objects of a bucket, the pages of a database.

Points that were seeded, and those of other services, are descriptions only: they hold nothing, and their restore jobs
name a resource that nobody makes.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from scanner.emulation.answers import Call
from scanner.emulation.ground import EVERYWHERE
from scanner.emulation.services.backup import databases
from scanner.emulation.services.backup.notices import tell_of_backup_job
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.services.dynamodb.history import Histories
from scanner.emulation.services.dynamodb.recovery import restore_from_backup
from scanner.emulation.services.s3 import date_bucket
from scanner.emulation.wire import Document, Intent, Refusal, get_service_model


@dataclass
class HeldObject:
    """One object as it was when its bucket was backed up."""

    key: str
    body: bytes
    kind: str | None
    metadata: dict[str, str]


@dataclass
class Contents:
    """What the recovery points of one region hold, by their ARN, and how long a restore job takes at least."""

    tables: dict[str, Any] = field(default_factory=dict)
    buckets: dict[str, list[HeldObject]] = field(default_factory=dict)
    #: the snapshots of databases that have a server
    snapshots: dict[str, str] = field(default_factory=dict)
    restoring: timedelta = timedelta(0)

    def holds(self, point: str) -> bool:
        """Whether there is anything in a point."""
        return point in self.tables or point in self.buckets or point in self.snapshots


def hold(call: Call, point: Document) -> None:
    """Put into a new recovery point what its resource holds now."""
    contents, arn, name = call.shelf(Contents), point["RecoveryPointArn"], point["ResourceName"]
    if point["ResourceType"] == "DynamoDB":
        table = call.backend("dynamodb").tables.get(name)
        if table is not None:
            from moto.dynamodb.models.table import Backup as TableBackup

            contents.tables[arn] = TableBackup(call.account, call.region, "awsbackup", table)
    elif point["ResourceType"] == "S3":
        bucket = call.world.backend("s3", call.account, EVERYWHERE).buckets.get(point["ResourceArn"].rpartition(":")[2])
        if bucket is not None:
            contents.buckets[arn] = [_held(one) for _, one in sorted(bucket.keys.items()) if hasattr(one, "value")]
    elif point["ResourceType"] == "RDS":
        snapshot = databases.take(call, point)
        if snapshot is not None:
            contents.snapshots[arn] = snapshot
            point.update(Status="CREATING", CompletionDate=None)


def discard(call: Call, arn: str) -> None:
    """Forget what a point held."""
    contents = call.shelf(Contents)
    contents.tables.pop(arn, None)
    contents.buckets.pop(arn, None)
    if snapshot := contents.snapshots.pop(arn, None):
        databases.discard(call, snapshot)


def copy_contents(call: Call, source: str, target: str, region: str, account: str) -> None:
    """A copied point holds what the one holds that it was copied from."""
    here, there = call.shelf(Contents), call.world.shelf(Contents, account, region)
    if source in here.tables:
        there.tables[target] = here.tables[source]
    if source in here.buckets:
        there.buckets[target] = here.buckets[source]


def _held(one: Any) -> HeldObject:
    # moto keeps the type of an object with its metadata.
    told = {key.lower(): value for key, value in one.metadata.items()}
    return HeldObject(one.name, one.value, told.pop("content-type", None), told)


def settle_snapshots(call: Call) -> None:
    """Have the jobs that wait for a snapshot of RDS say how far it is."""
    backup, snapshots = call.shelf(Backup), call.shelf(Contents).snapshots
    for job in backup.backup_jobs.values():
        arn = job["RecoveryPointArn"]
        if job["State"] != "RUNNING" or arn not in snapshots:
            continue
        status = databases.state_of(call, snapshots[arn])
        if status == "creating":
            continue
        good = status == "available"
        job.update(
            State="COMPLETED" if good else "FAILED", CompletionDate=call.now, PercentDone="100.0" if good else "0.0"
        )
        if point := backup.points[job["BackupVaultName"]].get(arn):
            point.update(Status="COMPLETED" if good else "PARTIAL", CompletionDate=call.now)
        tell_of_backup_job(call.world, call.account, call.region, job)


def forget_expired(call: Call) -> None:
    """AWS Backup deletes a point when its retention is over; seeded points stay where they were put."""
    settle_snapshots(call)
    backup, contents = call.shelf(Backup), call.shelf(Contents)
    for points in backup.points.values():
        for arn, point in list(points.items()):
            ends: datetime | None = (point["CalculatedLifecycle"] or {}).get("DeleteAt")
            if ends is not None and ends <= call.now and contents.holds(arn):
                del points[arn]
                discard(call, arn)


def bring_back(call: Call, point: Document) -> str:
    """Make a new resource of what a point holds, and give its ARN; refuse as the service of the resource would."""
    arn, told = point["RecoveryPointArn"], call.params.get("Metadata", {})
    if arn in call.shelf(Contents).tables:
        return _table(call, arn, told)
    if snapshot := call.shelf(Contents).snapshots.get(arn):
        inner = within(call, "rds", "RestoreDBInstanceFromDBSnapshot", **databases.wishes(snapshot, told))
        return databases.start(inner)
    return _bucket(call, call.shelf(Contents).buckets[arn], told)


def came(call: Call, created: str) -> str:
    """Tell how far a new resource is: RUNNING, COMPLETED or FAILED."""
    if ":rds:" in created:
        status = databases.status_of(call, created)
        return "FAILED" if status in (*databases.DEAD, "gone") else "COMPLETED" if status == "available" else "RUNNING"
    if ":dynamodb:" in created and not call.shelf(Histories).ready(created.rpartition("/")[2], call.now):
        return "RUNNING"
    return "COMPLETED"


def _table(call: Call, arn: str, told: Document) -> str:
    name = told.get("targetTableName")
    if not name:
        raise Refusal("InvalidParameterValueException", "Metadata must name the targetTableName")
    encryption: Document = {}
    if told.get("encryptionType") == "KMS":
        key = {"KMSMasterKeyId": told["kmsMasterKeyArn"]} if told.get("kmsMasterKeyArn") else {}
        encryption = {"SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS", **key}}
    backups = call.backend("dynamodb").backups
    backups[arn] = call.shelf(Contents).tables[arn]
    try:
        inner = within(call, "dynamodb", "RestoreTableFromBackup", BackupArn=arn, TargetTableName=name, **encryption)
        return str(restore_from_backup(inner)["TableDescription"]["TableArn"])
    finally:
        del backups[arn]


def _bucket(call: Call, objects: list[HeldObject], told: Document) -> str:
    name, s3 = told.get("DestinationBucketName"), call.world.backend("s3", call.account, EVERYWHERE)
    if not name:
        raise Refusal("InvalidParameterValueException", "Metadata must name the DestinationBucketName")
    new = told.get("NewBucket", "false").lower() == "true"
    if new == (name in s3.buckets):
        raise Refusal(
            "InvalidParameterValueException", f"Bucket {name} {'already exists' if new else 'does not exist'}"
        )
    if new:
        s3.create_bucket(name, call.region)
        date_bucket(call.world, call.account, name, call.now)
        # AWS Backup turns versioning on for a bucket that it makes, for without it a restore is refused.
        s3.put_bucket_versioning(name, "Enabled")
    for one in objects:
        made = s3.put_object(name, one.key, one.body)
        made.set_metadata({**one.metadata, **({"Content-Type": one.kind} if one.kind else {})})
    return f"arn:aws:s3:::{name}"


def within(call: Call, service: str, operation: str, **params: Any) -> Call:
    """A call that one service makes to another on the caller's behalf; moto is not asked."""
    model: Any = get_service_model(service)
    made = Intent(
        service, operation, call.region, call.intent.signer, model.operation_model(operation), model.protocol, params
    )

    def ask(_: Any) -> Document:
        raise Refusal("InternalFailure", f"{service}:{operation} is not answered within another call", 500)

    return replace(call, intent=made, ask=ask)
