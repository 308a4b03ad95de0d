"""Which snapshot is of which volume, which image of which instance: EC2 does not say it of copies.

"Snapshots created by a copy snapshot operation have an arbitrary volume ID" (Snapshot, API reference). What tells the
volume all the same: AWS Backup, which keeps the source of its recovery points; the original, which the description
that EC2 proposes for a copy names, where it still exists; or a volume that the description or a tag names. An image
is alike. Where nothing tells it, the answer is "": such a copy counts as a backup of no volume.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scanner.model.errors import CouldNotCheck
from scanner.model.look import Look
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.aws_backup.vaults import RecoveryPoint
from scanner.resources.store import Backup

if TYPE_CHECKING:
    from scanner.resources.ec2.images import Image
    from scanner.resources.ec2.snapshots import Snapshot

#: what AWS writes for the volume of a copy: vol-ffffffff, vol-ffff
_ARBITRARY = re.compile(r"vol-f+")
# "[Copied snap-1 from eu-west-1] text" is what the console proposes; CopyImage writes the longer one.
_COPIED = re.compile(r"\[Copied (snap-[0-9a-f]+) from (\?[^\]]+|[a-z0-9-]+)\]")
_COPIED_IMAGE = re.compile(
    r"Copied for DestinationAmi ami-[0-9a-f]+ from SourceAmi ami-[0-9a-f]+ for SourceSnapshot (snap-[0-9a-f]+)"
)
_CREATED_IMAGE = re.compile(r"Created by CreateImage\((i-[0-9a-f]+)\)")
_VOLUME = re.compile(r"\bvol-(?!f+\b)[0-9a-f]{8,17}\b")


def is_copy(snapshot: Snapshot) -> bool:
    """Say whether a snapshot is a copy: by the arbitrary id, or by the words that EC2 begins its description with."""
    if _ARBITRARY.fullmatch(snapshot.volume_id):
        return True
    said = snapshot.description
    return _COPIED.match(said) is not None or _COPIED_IMAGE.match(said) is not None


def short(resource: Resource) -> str:
    """Give the short id at the end of an EC2 ARN: `snap-1`."""
    return resource.id.rpartition("/")[2]


def originals_of(snapshot: Snapshot, look: Look) -> Snapshot | None:
    """Give the snapshot that one was copied from; None where nothing tells it or it is gone."""
    kind, said = type(snapshot), snapshot.description
    partition = snapshot.id.split(":")[1]
    if found := _COPIED.search(said):
        return look.one(kind, f"arn:{partition}:ec2:{found[2]}::snapshot/{found[1]}")
    if found := _COPIED_IMAGE.search(said):
        # The description leaves the region out; ids are unique all the same.
        for region in look.estate.regions:
            if original := look.one(kind, f"arn:{partition}:ec2:{region}::snapshot/{found[1]}"):
                return original
    return None


def named_original(snapshot: Snapshot) -> str:
    """Give the snapshot that a copy names as its original, or say that it names none."""
    found = _COPIED.search(snapshot.description) or _COPIED_IMAGE.search(snapshot.description)
    return found[1] if found else "a snapshot it does not name"


def first_of(snapshot: Snapshot, look: Look) -> Snapshot:
    """Follow copies back to the earliest snapshot that still exists."""
    seen = {snapshot.id}
    while is_copy(snapshot):
        original = originals_of(snapshot, look)
        if original is None or original.id in seen:
            break
        seen.add(original.id)
        snapshot = original
    return snapshot


def volume_of(snapshot: Snapshot, look: Look) -> str:
    """Give the ARN of the volume a snapshot is of; "" where nothing tells it."""
    if not is_copy(snapshot):
        return _volume(snapshot, snapshot.volume_id)
    return _first_answer(snapshot, look, (_by_point(":volume/"), _by_original, _by_words))


def _volume(snapshot: Snapshot, volume_id: str) -> str:
    _, partition, _, region, *_ = snapshot.id.split(":")
    return f"arn:{partition}:ec2:{region}:{snapshot.account}:volume/{volume_id}"


def _by_original(snapshot: Snapshot, look: Look) -> str:
    first = first_of(snapshot, look)
    if first is snapshot:
        return ""
    if not is_copy(first):
        return _volume(first, first.volume_id)
    return _by_point(":volume/")(first, look) or _by_words(first, look)


def _by_words(snapshot: Snapshot, _: Look) -> str:
    named = set(_VOLUME.findall(" ".join((snapshot.description, *snapshot.tags.values()))))
    if len(named) != 1:
        return ""
    region = found[2] if (found := _COPIED.search(snapshot.description)) else snapshot.region
    partition = snapshot.id.split(":")[1]
    return f"arn:{partition}:ec2:{region}:{snapshot.account}:volume/{named.pop()}"


def instance_of(image: Image, look: Look) -> str:
    """Give the ARN of the instance an image is of; "" where nothing tells it."""
    if image.source_instance:
        return _instance(image, image.source_instance)
    return _first_answer(image, look, (_by_point(":instance/"), _by_original_image, _by_snapshots))


def _instance(image: Image, instance_id: str) -> str:
    _, partition, _, region, *_ = image.id.split(":")
    return f"arn:{partition}:ec2:{region}:{image.account}:instance/{instance_id}"


def original_of(image: Image, look: Look) -> Image | None:
    """Give the image that one was copied from; None where nothing tells it or it is gone."""
    if image.source_instance or not image.source_image:
        return None
    partition = image.id.split(":")[1]
    return look.one(
        type(image), f"arn:{partition}:ec2:{image.source_region or image.region}::image/{image.source_image}"
    )


def _by_original_image(image: Image, look: Look) -> str:
    original = original_of(image, look)
    if original is None:
        return ""
    return _instance(original, original.source_instance) if original.source_instance else _by_snapshots(original, look)


def _by_snapshots(image: Image, look: Look) -> str:
    """Read it from the description that CreateImage gives the snapshots of an image."""
    from scanner.resources.ec2.snapshots import Snapshot  # noqa: PLC0415  # the two refer to each other

    head = image.id.rpartition("image/")[0]
    for name in image.snapshots:
        snapshot = look.one(Snapshot, f"{head}snapshot/{name}")
        found = _CREATED_IMAGE.match(first_of(snapshot, look).description) if snapshot else None
        if found:
            return _instance(image, found[1])
    return ""


def _by_point(marks: str) -> Callable[[Any, Look], str]:
    def ask(backup: Backup, look: Look) -> str:
        point = look.one(RecoveryPoint, backup.id)
        return point.source if point is not None and marks in point.source else ""

    return ask


def _first_answer(backup: Any, look: Look, ways: tuple[Callable[[Any, Look], str], ...]) -> str:
    """Take the first way that tells; raise where none did and one could not be tried."""
    doubt: CouldNotCheck | None = None
    for way in ways:
        try:
            if found := way(backup, look):
                return found
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if doubt is not None:
        raise doubt
    return ""


def told(arn: str, backup: Backup) -> str:
    """Give a source that is told; raise where nothing tells it."""
    if not arn:
        raise CouldNotCheck(Unknown(Reason.UNRESOLVED, f"nothing tells what {backup.name} was made of"))
    return arn
