"""EBS snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scanner.model.convert import flag, instant, is_, tag_list, text, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look
from scanner.model.origin import Listing, SideList, call, item, of
from scanner.resources.aws_backup.vaults import RecoveryPoint
from scanner.resources.ec2 import settings as regional
from scanner.resources.ec2.expiry import EXPIRY_FACTS, expires
from scanner.resources.ec2.lineage import first_of, is_copy, named_original, short, told, volume_of
from scanner.resources.store import Backup


def keeper(snapshot: Snapshot, look: Look) -> str | None:
    """Say what else decides how long a snapshot is kept: the image it is part of, or AWS Backup."""
    for settings in look.every(regional.Settings, region=snapshot.region):
        image = settings.imaged.get(short(snapshot))
        if image:
            return f"part of image {image}"
    return "a recovery point of AWS Backup" if look.one(RecoveryPoint, snapshot.id) is not None else None


def sharers(raw: Any) -> tuple[str, ...]:
    """Read who may use a snapshot or an image: accounts, `all`, ARNs of organisations and their units."""
    names = ("UserId", "Group", "OrganizationArn", "OrganizationalUnitArn")
    return tuple(sorted({str(one[name]) for one in raw for name in names if one.get(name)}))


class Snapshot(Backup):
    """An EBS snapshot that the account owns."""

    kind = "aws.ec2.snapshot"
    title = "EBS snapshot"
    tagged_by = "tags"
    made_of = ("aws.ec2.volume",)
    # The ARN of a snapshot has no account (service authorization reference, "Amazon EC2").
    listed_by = Listing(
        call("ec2:DescribeSnapshots", OwnerIds=["self"]), "Snapshots[]",
        id="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}", name="{SnapshotId}",
    )  # fmt: skip

    volume_id: Fact[str] = fact("The volume it names; an arbitrary one in a copy.", live=item("VolumeId", text))
    description: Fact[str] = fact("Its description.", live=item("Description", text, absent=""))
    # EC2 leaves out what is empty: tags, and the key of what is not encrypted.
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    started_at: Fact[datetime] = fact("When it, or the copying, was begun.", live=item("StartTime", instant))
    completed_at: Fact[datetime | None] = fact(
        "When it was complete; none while it is not.", live=item("CompletionTime", instant, absent=None)
    )
    status: Fact[str] = fact("Its state: pending, completed, error, ...", live=item("State", text))
    message: Fact[str] = fact("What AWS says of its failure.", live=item("StateMessage", text, absent=""))
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("State", is_("completed")))
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("Encrypted", flag))
    key: Fact[str | None] = fact("The KMS key it is encrypted with.", live=item("KmsKeyId", text, absent=None))
    tier: Fact[str] = fact(
        # The field is newer than the archive tier's absence: what is not archived is standard.
        "Its storage tier: standard or archive.", live=item("StorageTier", text, absent="standard")
    )  # fmt: skip
    size: Fact[int | None] = fact("Its full size in bytes.", live=item("FullSnapshotSizeInBytes", whole, absent=None))
    volume_size: Fact[int] = fact("The size of the volume in GiB.", live=item("VolumeSize", whole))
    public: Fact[bool] = fact(
        "Everyone may make a volume of it.",
        live=SideList(
            call("ec2:DescribeSnapshots", OwnerIds=["self"], RestorableByUserIds=["all"]), "Snapshots[]",
            key="SnapshotId", match="SnapshotId",
        ).at("SnapshotId", bool, absent=False),
    )  # fmt: skip
    shared_with: Fact[tuple[str, ...]] = fact(
        # No list tells with which accounts snapshots are shared, so each must be asked (DescribeSnapshotAttribute).
        "The accounts that may make a volume of it; `all` is everyone.",
        live=call("ec2:DescribeSnapshotAttribute", SnapshotId=of("SnapshotId"), Attribute="createVolumePermission").at(
            "CreateVolumePermissions", sharers, absent=()
        ),
    )
    locked_until: Fact[datetime | None] = fact(
        "Until when a snapshot lock forbids its deletion; none where it is not locked.",
        live=SideList(
            call("ec2:DescribeLockedSnapshots"), "Snapshots[?LockState!='expired']",
            key="SnapshotId", match="SnapshotId",
        ).at("LockExpiresOn", instant, absent=None),
    )  # fmt: skip
    of_volume: Fact[str] = derived(
        "The ARN of the volume it was made of; empty for a copy of which nothing tells it.",
        needs=lambda kind: [kind.volume_id, kind.description, kind.tags, RecoveryPoint.source],
        by=volume_of,
    )
    source: Fact[str] = derived(
        "The ARN of the volume it was made of.",
        needs=lambda kind: [kind.of_volume],
        by=lambda snapshot, _: told(snapshot.of_volume, snapshot),
    )
    copied_from: Fact[str | None] = derived(
        "The snapshot it was copied from, where the copy still names it; none for an original.",
        needs=lambda kind: [kind.volume_id, kind.description],
        by=lambda snapshot, _: named_original(snapshot) if is_copy(snapshot) else None,
    )
    made_at: Fact[datetime] = derived(
        "When the data in it was taken; of a copy whose original is gone, when it was copied.",
        needs=lambda kind: [kind.volume_id, kind.description, kind.started_at],
        by=lambda snapshot, look: first_of(snapshot, look).started_at,
    )
    expires_at: Fact[datetime | None] = derived(
        "When its lifecycle policy deletes it; none where none does.",
        needs=lambda kind: [kind.tags, kind.made_at, *EXPIRY_FACTS],
        by=expires,
    )
    kept_by: Fact[str | None] = derived(
        "What else decides how long it is kept; none for nothing else.",
        needs=lambda _: [regional.Settings.imaged, RecoveryPoint.source],
        by=keeper,
    )
