"""Snapshots of instances and clusters: of any age, of every type, and where copies came from."""

from datetime import datetime
from typing import Any

from scanner.emulation.answers import Call, MotoRefused, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import alter, whole
from scanner.emulation.wire import Document


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


@answers("rds:DescribeDBSnapshots")
def describe_db_snapshots(call: Call) -> Document:
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
        snapshot.setdefault("PercentProgress", 100)
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
    answer, source = call.moto(), call.params["SourceDBSnapshotIdentifier"]
    copy = answer["DBSnapshot"]
    origin: Document = {
        "SourceDBSnapshotIdentifier": source
        if source.startswith("arn:")
        else f"arn:aws:rds:{call.region}:{call.account}:snapshot:{source}"
    }
    if origin["SourceDBSnapshotIdentifier"].split(":")[3] != call.region:
        origin["SourceRegion"] = origin["SourceDBSnapshotIdentifier"].split(":")[3]
    alter(call.world, call.account, call.region, "rds", copy["DBSnapshotArn"], **origin)
    return {"DBSnapshot": {**copy, **origin}}


@answers("rds:CopyDBClusterSnapshot")
def copy_cluster_snapshot(call: Call) -> Document:
    answer, source = call.moto(), call.params["SourceDBClusterSnapshotIdentifier"]
    copy = answer["DBClusterSnapshot"]
    origin = (
        source if source.startswith("arn:") else f"arn:aws:rds:{call.region}:{call.account}:cluster-snapshot:{source}"
    )
    alter(call.world, call.account, call.region, "rds", copy["DBClusterSnapshotArn"], SourceDBClusterSnapshotArn=origin)
    return {"DBClusterSnapshot": {**copy, "SourceDBClusterSnapshotArn": origin}}
