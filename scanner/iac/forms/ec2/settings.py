"""The settings of EC2 for a region in code: several blocks, each of which tells one of them, make one resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import Block
from scanner.iac.form import Form, joined
from scanner.iac.forms.ec2.defaults import default_key, encrypts, setting
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.resources.ec2.settings import Settings

_SNAPSHOTS: Final = ("aws_ebs_snapshot_block_public_access", "AWS::EC2::SnapshotBlockPublicAccess")
_IMAGES: Final = "aws_ec2_image_block_public_access"
_TYPES: Final = ("aws_ebs_encryption_by_default", "aws_ebs_default_kms_key", *_SNAPSHOTS, _IMAGES)
#: The state of an account and region that never chose (GetSnapshotBlockPublicAccessState, API reference).
_NEVER: Final = "unblocked"


def _snapshots(block: Block, around: Surroundings) -> str:
    for type_ in _SNAPSHOTS:
        if around.beside((type_,), block):
            found = setting(type_, block, around)
            assert found is not None
            around.point(found, "State" if "::" in type_ else "state")
            return text(stopped(found.find("State" if "::" in type_ else "state").value))
    setting(_SNAPSHOTS[0], block, around)
    return _NEVER


def _images(block: Block, around: Surroundings) -> str:
    found = setting(_IMAGES, block, around) if around.templates or around.beside((_IMAGES,), block) else None
    if found is None:
        # "If you created your account after ... it is enabled by default" (EC2 user guide): the code cannot know.
        return Unresolved(
            "whether the sharing of images is blocked where nothing says it depends on the account"
        ).stop()
    around.point(found, "state")
    return text(stopped(found.find("state").value))


def _default_key(block: Block, around: Surroundings) -> str:
    return default_key(block, around)


_FACTS: Final[dict[str, Callable[[Block, Surroundings], Any]]] = {
    "encrypts": encrypts, "key": _default_key, "blocks_public": _snapshots, "blocks_public_images": _images,
}  # fmt: skip
_SHOWN: Final = {
    "encrypts": "enabled", "key": "key_arn", "blocks_public": "state", "blocks_public_images": "state",
}  # fmt: skip

FORMS = tuple(
    Form(
        Settings, type_, arn="arn:{partition}:ec2:{region}:{account}:settings", once=True,
        facts={name: joined(by, _SHOWN[name], "State") for name, by in _FACTS.items()},
    )
    for type_ in _TYPES
)  # fmt: skip
