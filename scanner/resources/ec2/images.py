"""Amazon machine images that the account owns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from scanner.model.convert import flag, instant, is_, tag_list, text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, all_of
from scanner.model.origin import Listing, call, item, of
from scanner.model.reading import Reason, Unknown
from scanner.resources.aws_backup.vaults import RecoveryPoint
from scanner.resources.ec2 import instances
from scanner.resources.ec2 import snapshots as ebs
from scanner.resources.ec2.expiry import EXPIRY_FACTS, expires
from scanner.resources.ec2.lineage import instance_of, original_of, short, told
from scanner.resources.store import Backup


def snapshots_of(image: Image, look: Look) -> Iterator[ebs.Snapshot]:
    """Yield the snapshots of an image; raise where one belongs to another account."""
    head = image.id.rpartition("image/")[0]
    for name in image.snapshots:
        found = look.one(ebs.Snapshot, f"{head}snapshot/{name}")
        if found is None:
            raise CouldNotCheck(Unknown(Reason.BEYOND, f"{name} is not among the account's own snapshots"))
        yield found


def sealed(image: Image, look: Look) -> bool:
    """Say whether all its snapshots are encrypted."""
    return all_of(snapshots_of(image, look), lambda snapshot: snapshot.encrypted)


def only_key(image: Image, look: Look) -> str | None:
    """Give the one key of all its snapshots."""
    keys = {snapshot.key for snapshot in snapshots_of(image, look)}
    if len(keys) > 1:
        raise CouldNotCheck(
            Unknown(Reason.UNRESOLVED, f"its snapshots have {len(keys)} different keys; each is judged itself")
        )
    return keys.pop() if keys else None


def in_use(image: Image, look: Look) -> bool:
    """Say whether an instance that exists was launched from it."""
    return any(
        True for _ in look.where(instances.Instance, instances.Instance.image, short(image), region=image.region)
    )


def keeper(image: Image, look: Look) -> str | None:
    """Say what else decides how long an image is kept: that it is in use, or AWS Backup."""
    if image.launched:
        return "what an instance was launched from"
    return "a recovery point of AWS Backup" if look.one(RecoveryPoint, image.id) is not None else None


def taken_at(image: Image, look: Look) -> datetime:
    """Give the time of the image that this one was copied from, if it still exists, or its own."""
    return (original_of(image, look) or image).registered_at


class Image(Backup):
    """A machine image that the account owns."""

    kind = "aws.ec2.image"
    title = "machine image"
    tagged_by = "tags"
    made_of = ("aws.ec2.instance",)
    listed_by = Listing(
        # Disabled images hold data too, but are left out of the answer unless asked for (DescribeImages).
        call("ec2:DescribeImages", Owners=["self"], IncludeDisabled=True), "Images[]",
        id="arn:{partition}:ec2:{region}::image/{ImageId}", name="{ImageId}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    # EC2 names the ancestors only of images that CreateImage or CopyImage made (Image, API reference).
    source_instance: Fact[str] = fact(
        "The instance that EC2 names for it.", live=item("SourceInstanceId", text, absent="")
    )
    source_image: Fact[str] = fact("The image that EC2 names for it.", live=item("SourceImageId", text, absent=""))
    source_region: Fact[str] = fact("The region of that image.", live=item("SourceImageRegion", text, absent=""))
    snapshots: Fact[tuple[str, ...]] = fact(
        "The snapshots it consists of.", live=item("BlockDeviceMappings[].Ebs.SnapshotId", tuple_of(text), absent=())
    )
    registered_at: Fact[datetime] = fact("When it was registered.", live=item("CreationDate", instant))
    deprecated_at: Fact[datetime | None] = fact(
        "When it counts as deprecated; deprecation deletes nothing.",
        live=item("DeprecationTime", instant, absent=None),
    )
    status: Fact[str] = fact("Its state: available, pending, failed, disabled, ...", live=item("State", text))
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("State", is_("available")))
    public: Fact[bool] = fact("Everyone may launch it.", live=item("Public", flag))
    shared_with: Fact[tuple[str, ...]] = fact(
        "Who may launch it beside its owner: accounts, `all`, ARNs of organisations and their units.",
        live=call("ec2:DescribeImageAttribute", ImageId=of("ImageId"), Attribute="launchPermission").at(
            "LaunchPermissions", ebs.sharers, absent=()
        ),
    )
    encrypted: Fact[bool] = derived(
        "All its snapshots are encrypted.",
        needs=lambda kind: [kind.snapshots, ebs.Snapshot.encrypted],
        by=sealed,
    )
    key: Fact[str | None] = derived(
        "The one KMS key that all its snapshots are encrypted with; none for no KMS key.",
        needs=lambda kind: [kind.snapshots, ebs.Snapshot.key],
        by=only_key,
    )
    copied_from: Fact[str | None] = derived(
        "The image it was copied from; none for an original.",
        needs=lambda kind: [kind.source_instance, kind.source_image],
        by=lambda image, _: (image.source_image or None) if not image.source_instance else None,
    )
    of_instance: Fact[str] = derived(
        "The ARN of the instance it was made of; empty where nothing tells it.",
        needs=lambda kind: [
            kind.source_instance, kind.source_image, kind.source_region, kind.snapshots, RecoveryPoint.source,
            ebs.Snapshot.volume_id, ebs.Snapshot.description,
        ],
        by=instance_of,
    )  # fmt: skip
    source: Fact[str] = derived(
        "The ARN of the instance it was made of.",
        needs=lambda kind: [kind.of_instance],
        by=lambda image, _: told(image.of_instance, image),
    )
    made_at: Fact[datetime] = derived(
        "When the data in it was taken; of a copy whose original is gone, when it was copied.",
        needs=lambda kind: [kind.source_instance, kind.source_image, kind.source_region, kind.registered_at],
        by=taken_at,
    )
    launched: Fact[bool] = derived(
        "An instance that exists was launched from it.",
        needs=lambda _: [instances.Instance.image],
        by=in_use,
    )
    expires_at: Fact[datetime | None] = derived(
        "When its lifecycle policy deletes it; none where none does.",
        needs=lambda kind: [kind.tags, kind.made_at, *EXPIRY_FACTS],
        by=expires,
    )
    kept_by: Fact[str | None] = derived(
        "What else decides how long it is kept; none for nothing else.",
        needs=lambda kind: [kind.launched, RecoveryPoint.source],
        by=keeper,
    )
