"""Snapshots as AWS lists them, and the region's defaults for encryption and sharing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import alter, whole
from scanner.emulation.wire import Document, Refusal


@dataclass
class Defaults:
    """What a region does with new volumes and public sharing, and the snapshots it keeps locked."""

    key: str = "alias/aws/ebs"
    public_access: str = "unblocked"
    public_images: str = "unblocked"
    locks: dict[str, Document] = field(default_factory=dict)


def add_volume_snapshot(
    world: World,
    volume: str,
    at: datetime,
    *,
    region: str,
    account: str,
    tags: dict[str, str] | None = None,
    state: str = "completed",
    progress: str = "100%",
    took: timedelta = timedelta(minutes=6),
    encrypted: bool | None = None,
    key: str | None = None,
    description: str = "Created by the data lifecycle manager",
    **members: Any,
) -> str:
    """Put a snapshot of a volume, begun at a given time, beside it; returns its identifier."""
    ec2 = world.backend("ec2", account, region)
    snapshot = ec2.create_snapshot(volume, description, account)
    snapshot.start_time, snapshot.status = at.astimezone(UTC).replace(tzinfo=None), state
    snapshot.kms_key_id = key or snapshot.volume.kms_key_id
    snapshot.encrypted = snapshot.volume.encrypted if encrypted is None else encrypted
    if tags:
        snapshot.add_tags(tags)
    done = {"CompletionTime": at + took} if state == "completed" else {}
    alter(world, account, region, "ec2", snapshot.id, StartTime=at, Progress=progress, **done, **members)
    return str(snapshot.id)


@answers("ec2:DescribeSnapshots")
def describe_snapshots(call: Call) -> Document:
    """Each names the key of its data; asked for what others may restore, only what is shared with them."""
    answer, held = whole(call), call.backend("ec2").snapshots
    shared_with = set(call.params.get("RestorableByUserIds", []))
    shown = []
    for snapshot in answer["Snapshots"]:
        known = held[snapshot["SnapshotId"]]
        if shared_with and not shared_with & _restorable_by(known, call.account):
            continue
        if snapshot.get("Encrypted"):
            snapshot.setdefault("KmsKeyId", known.kms_key_id or getattr(known.volume, "kms_key_id", None))
        if snapshot.get("State") == "completed":
            snapshot.setdefault("CompletionTime", snapshot["StartTime"])
        shown.append({name: value for name, value in snapshot.items() if value is not None})
    page, more = call.page(shown)
    return {**answer, "Snapshots": page, **more}


def _restorable_by(snapshot: Any, account: str) -> set[str]:
    everyone = {"all"} if "all" in snapshot.create_volume_permission_groups else set()
    own = {"self"} if snapshot.owner_id == account else set()
    return everyone | own | set(snapshot.create_volume_permission_userids)


@answers("ec2:LockSnapshot")
def lock_snapshot(call: Call) -> Document:
    """A snapshot locked for days, or until a time."""
    name, days = call.params["SnapshotId"], call.params.get("LockDuration")
    if name not in call.backend("ec2").snapshots:
        raise Refusal("InvalidSnapshot.NotFound", f"The snapshot '{name}' does not exist.")
    mode = call.params["LockMode"]
    lock: Document = {
        "SnapshotId": name,
        "LockState": mode,
        "LockCreatedOn": call.now,
        "LockExpiresOn": call.now + timedelta(days=days) if days else call.params["ExpirationDate"],
    }
    if days:
        lock |= {"LockDuration": days, "LockDurationStartTime": call.now}
    call.shelf(Defaults).locks[name] = {**lock, "OwnerId": call.account}
    return lock


@answers("ec2:DescribeLockedSnapshots")
def describe_locked_snapshots(call: Call) -> Document:
    asked = call.params.get("SnapshotIds")
    page, more = call.page(lock for name, lock in call.shelf(Defaults).locks.items() if not asked or name in asked)
    return {"Snapshots": page, **more}


@answers("ec2:GetEbsDefaultKmsKeyId")
def get_default_key(call: Call) -> Document:
    return {"KmsKeyId": call.shelf(Defaults).key}


@answers("ec2:ModifyEbsDefaultKmsKeyId")
def modify_default_key(call: Call) -> Document:
    call.shelf(Defaults).key = call.params["KmsKeyId"]
    return get_default_key(call)


@answers("ec2:ResetEbsDefaultKmsKeyId")
def reset_default_key(call: Call) -> Document:
    call.shelf(Defaults).key = Defaults.key
    return get_default_key(call)


@answers("ec2:GetSnapshotBlockPublicAccessState")
def get_public_access(call: Call) -> Document:
    return {"State": call.shelf(Defaults).public_access, "ManagedBy": "account"}


@answers("ec2:EnableSnapshotBlockPublicAccess")
def block_public_access(call: Call) -> Document:
    if call.params["State"] not in ("block-all-sharing", "block-new-sharing"):
        raise Refusal("InvalidParameterValue", f"Invalid value for State: {call.params['State']}")
    call.shelf(Defaults).public_access = call.params["State"]
    return {"State": call.params["State"]}


@answers("ec2:DisableSnapshotBlockPublicAccess")
def unblock_public_access(call: Call) -> Document:
    call.shelf(Defaults).public_access = "unblocked"
    return {"State": "unblocked"}


@answers("ec2:GetImageBlockPublicAccessState")
def get_public_images(call: Call) -> Document:
    return {"ImageBlockPublicAccessState": call.shelf(Defaults).public_images, "ManagedBy": "account"}


@answers("ec2:EnableImageBlockPublicAccess")
def block_public_images(call: Call) -> Document:
    call.shelf(Defaults).public_images = call.params["ImageBlockPublicAccessState"]
    return {"ImageBlockPublicAccessState": call.params["ImageBlockPublicAccessState"]}


@answers("ec2:DisableImageBlockPublicAccess")
def unblock_public_images(call: Call) -> Document:
    call.shelf(Defaults).public_images = "unblocked"
    return {"ImageBlockPublicAccessState": "unblocked"}
