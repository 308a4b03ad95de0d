"""EBS snapshots and machine images in code: only Terraform declares them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, Form, always, at, joined, made
from scanner.iac.forms.ec2.defaults import default_key, encrypts, sealed
from scanner.iac.forms.vpc.places import arn, open_ended, says
from scanner.iac.lowering import many, stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, instant, text, whole
from scanner.model.unresolved import Unresolved
from scanner.resources.ec2.images import Image
from scanner.resources.ec2.snapshots import Snapshot

#: "Snapshots created by a copy snapshot operation have an arbitrary volume ID" (Snapshot, API reference).
_ARBITRARY: Final = "vol-ffffffff"
_SHARES: Final = "aws_snapshot_create_volume_permission"
_LAUNCHES: Final = "aws_ami_launch_permission"
_SNAPSHOT_BEYOND: Final = {
    "started_at": "it is taken when the code is applied",
    "completed_at": "it is taken when the code is applied",
    "status": "whether it is complete shows at run time",
    "message": "whether it is complete shows at run time",
    "usable": "whether it is complete shows at run time",
    "size": "how large it is shows at run time",
    "locked_until": "snapshots that exist are locked, and by no block of code",
}
_IMAGE_BEYOND: Final = {
    "registered_at": "it is registered when the code is applied",
    "status": "whether it is complete shows at run time",
    "usable": "whether it is complete shows at run time",
}
#: The attributes of a launch permission, one of which is set: an account, `all`, an organisation or a unit of it.
_WHO: Final = ("account_id", "group", "organization_arn", "organizational_unit_arn")


def _volume(block: Block, around: Surroundings) -> Block:
    """Give the volume that a snapshot is taken of; raise where it is not in the code."""
    name = text(stopped(block.find("volume_id").value))
    found = around.named(("aws_ebs_volume",), name, block)
    if found is None:
        return Unresolved(f"the volume {name} of {block.address} is not in the code that was given").stop()
    return found


def _original(block: Block, around: Surroundings) -> Block:
    name = text(stopped(block.find("source_snapshot_id").value))
    types = ("aws_ebs_snapshot", "aws_ebs_snapshot_copy")
    found = around.named(types, name, block)
    if found is None:
        return Unresolved(f"the snapshot {name} of {block.address} is not in the code that was given").stop()
    return found


_SEALED: Final = sealed("encrypted", "snapshot_id")


def _encrypted(block: Block, around: Surroundings) -> bool:
    """Say whether a snapshot is encrypted, as its volume is."""
    return _SEALED(_volume(block, around), around)


def _key(block: Block, around: Surroundings) -> str | None:
    volume = _volume(block, around)
    named = stopped(volume.find("kms_key_id").value)
    if named is not ABSENT:
        return text(named)
    return default_key(volume, around) if _SEALED(volume, around) else None


def _copy_encrypted(block: Block, around: Surroundings) -> bool:
    """Say whether a copy is encrypted: it asks for it, or its region does, or the original is (CopySnapshot)."""
    own = stopped(block.find("encrypted").value)
    if own is not ABSENT and flag(own):
        return True
    if around.beside(("aws_ebs_encryption_by_default",), block) and encrypts(block, around):
        return True
    original = _original(block, around)
    found = _copy_encrypted if original.type == "aws_ebs_snapshot_copy" else _encrypted
    return found(original, around) or encrypts(block, around)


def _copy_key(block: Block, around: Surroundings) -> str | None:
    named = stopped(block.find("kms_key_id").value)
    if named is not ABSENT:
        return text(named)
    return default_key(block, around) if _copy_encrypted(block, around) else None


def _sharers(type_: str, by: str, paths: tuple[str, ...]) -> Callable[[Block, Surroundings], tuple[Any, ...]]:
    """Make a function that gives whom blocks of their own let use a snapshot or an image."""

    def of(block: Block, around: Surroundings) -> tuple[Any, ...]:
        found, doubt = around.naming({type_: by}, block)
        values = [one.find(path).value for one in found for path in paths]
        known = sorted({one for one in values if isinstance(one, str) and one})
        return open_ended((*known, *(one for one in values if isinstance(one, Unresolved))), doubt, around)

    return of


_LAUNCHERS: Final = _sharers(_LAUNCHES, "image_id", _WHO)


def _public(block: Block, around: Surroundings) -> bool:
    """Say whether everyone may launch an image."""
    doubt: Unresolved | None = None
    for one in _LAUNCHERS(block, around):
        if isinstance(one, Unresolved):
            doubt = doubt if doubt is not None else one
        elif one == "all":
            return True
    if doubt is not None:
        doubt.stop()
    return False


def _snapshots(block: Block) -> tuple[Any, ...]:
    """Give the snapshots that an image consists of; AWS makes those of a copy, and of what is made of an instance."""
    if not says(block, "ebs_block_device") and (block.type != "aws_ami" or block.known_name):
        Unresolved(f"AWS makes the snapshots of {block.address} when the code is applied").stop()
    value = block.find("ebs_block_device").value
    found = () if value is ABSENT else many(value)
    ids = (one if isinstance(one, Unresolved) else one.get("snapshot_id") for one in found)
    return tuple(one for one in ids if one is not None and (isinstance(one, Unresolved) or one))


def _image(kind: str, source: dict[str, Any]) -> Form:
    return Form(
        Image, kind, arn=arn("image", account=False), gives={"id": NAME, "arn": ARN},
        facts={
            "tags": TERRAFORM_TAGS,
            "source_instance": always("", "EC2 names the instance of images that CreateImage made"),
            "source_image": always("", "EC2 names the original of copies"),
            "source_region": always("", "EC2 names the original of copies"),
            **source,
            "snapshots": made(_snapshots, "ebs_block_device"),
            "deprecated_at": at(
                "deprecation_time", instant, absent=None, docs="r/ami: deprecation_time is optional"
            ),
            "public": joined(_public, "name"),
            "shared_with": joined(_LAUNCHERS, "name"),
        },
        beyond=_IMAGE_BEYOND,
    )  # fmt: skip


_SHARED: Final[dict[str, Any]] = {
    "public": always(False, "r/snapshot_create_volume_permission: it shares with accounts alone"),
    "shared_with": joined(_sharers(_SHARES, "snapshot_id", ("account_id",)), "volume_id", "source_snapshot_id"),
    "description": at("description", text, absent="", docs="r/ebs_snapshot: description is optional"),
    "tags": TERRAFORM_TAGS,
    "tier": at("storage_tier", text, absent="standard", docs="r/ebs_snapshot: the default is standard"),
}

FORMS = (
    Form(
        Snapshot, "aws_ebs_snapshot", arn=arn("snapshot", account=False), gives={"id": NAME, "arn": ARN},
        facts={
            **_SHARED,
            "volume_id": at("volume_id", text),
            "encrypted": joined(_encrypted, "volume_id"),
            "key": joined(_key, "volume_id"),
            "volume_size": joined(
                lambda block, around: whole(stopped(_volume(block, around).find("size").value)), "volume_id"
            ),
        },
        beyond=_SNAPSHOT_BEYOND,
    ),
    Form(
        Snapshot, "aws_ebs_snapshot_copy", arn=arn("snapshot", account=False), gives={"id": NAME, "arn": ARN},
        facts={
            **_SHARED,
            "volume_id": always(_ARBITRARY, "Snapshot, API reference: a copy has an arbitrary one"),
            "encrypted": joined(_copy_encrypted, "encrypted"),
            "key": joined(_copy_key, "kms_key_id", "encrypted"),
        },
        beyond={**_SNAPSHOT_BEYOND, "volume_size": "the original has the size"},
    ),
    _image("aws_ami", {}),
    _image(
        "aws_ami_copy",
        {"source_image": at("source_ami_id", text), "source_region": at("source_ami_region", text)},
    ),
    _image("aws_ami_from_instance", {"source_instance": at("source_instance_id", text)}),
)  # fmt: skip
