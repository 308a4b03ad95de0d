"""Snapshots of instances and clusters: of any age, of every type, and where copies came from."""

from datetime import datetime
from typing import Any

from scanner.emulation.answers import Call, MotoRefused, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import alter, whole
from scanner.emulation.services.rds import real
from scanner.emulation.wire import Document, Refusal


def add_db_snapshot(
    world: World,
    instance: str,
    at: datetime,
    *,
    region: str,
    account: str,
    kind: str = "automated",
    name: str | None = None,
    status: str = "available",
    progress: int = 100,
    tags: dict[str, str] | None = None,
    key: str | None = None,
    **members: Any,
) -> str:
    """Put a snapshot of an instance, taken at a given time, beside it; returns its ARN. Members alter its description."""
    from moto.rds.models import DBSnapshot

    rds = world.backend("rds", account, region)
    name = name or f"rds:{instance}-{at:%Y-%m-%d-%H-%M}"
    snapshot = DBSnapshot(rds, rds.databases[instance], name, kind, tags=_tags(tags), kms_key_id=key)
    _date(snapshot, at, status)
    if tags == {}:
        snapshot.tags = []
    snapshot.original_snapshot_create_time = _naive(at)
    rds.database_snapshots[name] = snapshot
    alter(world, account, region, "rds", snapshot.arn, PercentProgress=progress, **members)
    return snapshot.arn


def add_cluster_snapshot(
    world: World,
    cluster: str,
    at: datetime,
    *,
    region: str,
    account: str,
    kind: str = "automated",
    name: str | None = None,
    status: str = "available",
    progress: int = 100,
    tags: dict[str, str] | None = None,
    key: str | None = None,
    **members: Any,
) -> str:
    """Put a snapshot of a cluster, taken at a given time, beside it; returns its ARN. Members alter its description."""
    from moto.rds.models import DBClusterSnapshot

    rds = world.backend("rds", account, region)
    name = name or f"rds:{cluster}-{at:%Y-%m-%d-%H-%M}"
    snapshot = DBClusterSnapshot(rds, rds.clusters[cluster], name, kind, tags=_tags(tags), kms_key_id=key)
    _date(snapshot, at, status)
    rds.cluster_snapshots[name] = snapshot
    alter(world, account, region, "rds", snapshot.arn, PercentProgress=progress, SnapshotCreateTime=at, **members)
    return snapshot.arn


def drop_automated_snapshots(world: World, *, region: str, account: str) -> None:
    """Forget the automated snapshots moto makes at creation, dated by the wall clock."""
    rds = world.backend("rds", account, region)
    for held in (rds.database_snapshots, rds.cluster_snapshots):
        for name in [name for name, snapshot in held.items() if snapshot.snapshot_type == "automated"]:
            del held[name]


def _tags(tags: dict[str, str] | None) -> list[dict[str, str]] | None:
    return None if tags is None else [{"Key": key, "Value": value} for key, value in tags.items()]


def _date(snapshot: Any, at: datetime, status: str) -> None:
    snapshot.created, snapshot.status = _naive(at), status


def _naive(at: datetime) -> datetime:
    """Moto keeps UTC without saying so."""
    from datetime import UTC

    return at.astimezone(UTC).replace(tzinfo=None)


@answers("rds:CreateDBSnapshot")
def create_db_snapshot(call: Call) -> Document:
    """Where there is a server, its data is in the snapshot, as of the end of the backup."""
    from scanner.emulation.services.rds.changes import snapshot

    database = real.settled(call, call.params["DBInstanceIdentifier"])
    instance = real.instance_of(call, database)
    if instance is None:
        return call.moto()
    if instance.lifecycle.status != "available":
        raise Refusal(
            "InvalidDBInstanceState",
            f"Cannot create a snapshot because the database instance {instance.account.name} is not currently in the "
            "available state.",
        )
    taken = snapshot(call, database, instance, call.params["DBSnapshotIdentifier"])
    return {"DBSnapshot": {**real.document(call, "DBSnapshot", taken), "PercentProgress": 0}}


@answers("rds:DeleteDBSnapshot")
def delete_db_snapshot(call: Call) -> Document:
    """Automated snapshots go with their database only."""
    real.settle(call)
    taken = call.backend("rds").database_snapshots.get(call.params["DBSnapshotIdentifier"])
    engines = call.world.engines
    if engines is None or taken is None or taken.arn not in engines.snapshots:
        return call.moto()
    if taken.status == "creating" or taken.snapshot_type == "automated":
        raise Refusal(
            "InvalidDBSnapshotState",
            f"The snapshot {taken.db_snapshot_identifier} cannot be deleted: it is {taken.snapshot_type} and "
            f"{taken.status}.",
        )
    answer = call.moto()
    engines.delete_snapshot(taken.arn)
    return answer


@answers("rds:DescribeDBSnapshots")
def describe_db_snapshots(call: Call) -> Document:
    real.settle(call)
    return _filtered(call, "DBSnapshots", "DBSnapshotIdentifier", "database_snapshots")


@answers("rds:DescribeDBClusterSnapshots")
def describe_cluster_snapshots(call: Call) -> Document:
    return _filtered(call, "DBClusterSnapshots", "DBClusterSnapshotIdentifier", "cluster_snapshots")


def _filtered(call: Call, member: str, identifier: str, held: str) -> Document:
    """Own snapshots of every type unless one is asked for; of others those shared, or public, only when asked for."""
    kind = call.params.get("SnapshotType")
    own = [] if kind in ("shared", "public") else _own(call, member, kind)
    foreign = _of_others(
        call,
        member,
        held,
        shared=kind == "shared" or bool(call.params.get("IncludeShared")),
        public=kind == "public" or bool(call.params.get("IncludePublic")),
    )
    for snapshot in own:
        snapshot.setdefault("PercentProgress", 0 if snapshot.get("Status") == "creating" else 100)
        if not (snapshot.get("Encrypted") or snapshot.get("StorageEncrypted")):
            snapshot.pop("KmsKeyId", None)
    page, more = call.page([*own, *foreign], size="MaxRecords", token="Marker", most=100)
    return {member: page, **more}


def _own(call: Call, member: str, kind: str | None) -> list[Document]:
    """Asked for no type, moto leaves out what AWS Backup took."""
    found, refused = {}, []
    for asked in (kind,) if kind else (None, "awsbackup"):
        try:
            answer = whole(call, SnapshotType=asked, IncludeShared=None, IncludePublic=None)
        except MotoRefused as refusal:
            refused.append(refusal)
            continue
        for snapshot in answer[member]:
            found[snapshot[member.removesuffix("s") + "Arn"]] = snapshot
    if refused and not found:
        raise refused[0]
    return list(found.values())


def _of_others(call: Call, member: str, held: str, *, shared: bool, public: bool) -> list[Document]:
    wanted = {call.account} if shared else set()
    wanted |= {"all"} if public else set()
    if not wanted:
        return []
    from moto.rds.models import rds_backends

    found = []
    for account, regions in rds_backends.items():
        for snapshot in getattr(regions[call.region], held).values() if account != call.account else ():
            if wanted & set(snapshot.attributes.get("restore", [])):
                described_as = {
                    "DBSnapshots": ("DBSnapshotArn", "DBSnapshotIdentifier", "DBInstanceIdentifier"),
                    "DBClusterSnapshots": (
                        "DBClusterSnapshotArn",
                        "DBClusterSnapshotIdentifier",
                        "DBClusterIdentifier",
                    ),
                }
                arn, name, source = described_as[member]
                # A foreign snapshot is named by its ARN.
                found.append(
                    {
                        arn: snapshot.arn,
                        name: snapshot.arn,
                        "SnapshotType": "public" if "all" in snapshot.attributes["restore"] else "shared",
                        "Status": snapshot.status,
                        source: snapshot.arn.rsplit(":", 1)[-1],
                    }
                )
    return found


@answers("rds:CopyDBSnapshot")
def copy_db_snapshot(call: Call) -> Document:
    """A copy says where it came from, and keeps the date of the first original."""
    source = call.params["SourceDBSnapshotIdentifier"]
    held = _with_data(call, source)
    answer = call.moto()
    copy = answer["DBSnapshot"]
    if held is not None and call.world.engines is not None:
        call.world.engines.copy_snapshot(held, copy["DBSnapshotArn"])
        real.settle(call)
        copy["Status"] = "creating"
    origin: Document = {
        "SourceDBSnapshotIdentifier": source
        if source.startswith("arn:")
        else f"arn:aws:rds:{call.region}:{call.account}:snapshot:{source}"
    }
    if origin["SourceDBSnapshotIdentifier"].split(":")[3] != call.region:
        origin["SourceRegion"] = origin["SourceDBSnapshotIdentifier"].split(":")[3]
    alter(call.world, call.account, call.region, "rds", copy["DBSnapshotArn"], **origin)
    return {"DBSnapshot": {**copy, **origin}}


def _with_data(call: Call, source: str) -> str | None:
    """The ARN of a snapshot that holds real data; one that is not there yet cannot be copied, nor without its key."""
    real.settle(call)
    if call.world.engines is None:
        return None
    arn = source if source.startswith("arn:") else f"arn:aws:rds:{call.region}:{call.account}:snapshot:{source}"
    held = call.world.engines.snapshots.get(arn)
    if held is None:
        return None
    if held.base is None or held.lifecycle.status != "available":
        raise Refusal("InvalidDBSnapshotState", f"The source snapshot {source} is not in available state.")
    real.check_key(call, call.params.get("KmsKeyId"))
    _, _, _, region, account, _, name = arn.split(":", 6)
    taken = call.world.backend("rds", account, region).database_snapshots[name]
    if taken.encrypted and region == call.region:
        real.check_key(call, taken.kms_key_id)
    elif taken.encrypted and not call.params.get("KmsKeyId"):
        raise Refusal(
            "InvalidParameterValue",
            "The KmsKeyId of a key in this region must be specified to copy an encrypted snapshot from another one.",
        )
    return arn


@answers("rds:CopyDBClusterSnapshot")
def copy_cluster_snapshot(call: Call) -> Document:
    answer, source = call.moto(), call.params["SourceDBClusterSnapshotIdentifier"]
    copy = answer["DBClusterSnapshot"]
    origin = (
        source if source.startswith("arn:") else f"arn:aws:rds:{call.region}:{call.account}:cluster-snapshot:{source}"
    )
    alter(call.world, call.account, call.region, "rds", copy["DBClusterSnapshotArn"], SourceDBClusterSnapshotArn=origin)
    return {"DBClusterSnapshot": {**copy, "SourceDBClusterSnapshotArn": origin}}
