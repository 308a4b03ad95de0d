"""Defaults: what EC2 does with new volumes of a region where they say nothing themselves, as far as code tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text
from scanner.model.reading import Reason
from scanner.model.unresolved import Unresolved

#: The key that a region's volumes are encrypted with from the start (GetEbsDefaultKmsKeyId, API reference).
AWS_KEY: Final = "alias/aws/ebs"
_ENCRYPTS: Final = "aws_ebs_encryption_by_default"
_KEY: Final = "aws_ebs_default_kms_key"
_IMAGES: Final = "aws_ec2_image_block_public_access"
#: What each type settles that CloudFormation has no type for.
_NO_TEMPLATE: Final = {
    _ENCRYPTS: "whether new volumes are encrypted by default", _KEY: "which key new volumes are encrypted with",
    _IMAGES: "whether images may be shared with everyone",
}  # fmt: skip


def setting(type_: str, block: Block, around: Surroundings) -> Block | None:
    """Give the block of a type that settles something for the region of another; None where there certainly is none."""
    found = around.beside((type_,), block)
    if not found:
        if around.open is not None:
            around.open.stop()
        if around.templates and type_ in _NO_TEMPLATE:
            why = f"CloudFormation has no type that says {_NO_TEMPLATE[type_]}; only a running account tells"
            Unresolved(why, reason=Reason.RUNTIME).stop()
        return None
    if found[0].doubt is not None:
        found[0].doubt.stop()
    return found[0]


def encrypts(block: Block, around: Surroundings) -> bool:
    """Say whether new volumes of a block's region are encrypted whether or not they ask for it."""
    found = setting(_ENCRYPTS, block, around)
    if found is None:
        return False
    value = stopped(found.find("enabled").value)
    return True if value is ABSENT else flag(value)  # r/ebs_encryption_by_default: defaults to true


def default_key(block: Block, around: Surroundings) -> str:
    """Give the key of new volumes of a block's region that name none."""
    found = setting(_KEY, block, around)
    return AWS_KEY if found is None else text(stopped(found.find("key_arn").value))


def sealed(encrypted: str, *origins: str) -> Callable[[Block, Surroundings], bool]:
    """Make a function that says whether a volume is encrypted: by itself, by default, or as what it is made from is.

    `origins` are attributes that name what it is made from; `""` among them says that it is an image in any case.
    """

    def of(block: Block, around: Surroundings) -> bool:
        own = block.find(encrypted).value
        if not isinstance(own, Unresolved) and own is not ABSENT and flag(own):
            return True
        if around.beside((_ENCRYPTS,), block) and encrypts(block, around):
            return True
        if isinstance(own, Unresolved):
            own.stop()
        if own is not ABSENT:
            return False  # and if somebody made the region encrypt by default all the same, the code does not know it
        _alone(block, encrypted, origins)
        if around.templates and around.open is None:
            why = "the region's default decides, which no template tells"
            Unresolved(f"{block.address} does not set {encrypted}: {why}", spot=block.spot).stop()
        return encrypts(block, around)

    return of


def _alone(block: Block, attribute: str, origins: tuple[str, ...]) -> None:
    """Raise where a volume is made from something else, which then decides."""
    for path in origins:
        value = stopped(block.find(path).value) if path else "its image"
        if value is not ABSENT and value != "":
            Unresolved(f"{block.address} does not set {attribute}: {value} decides, or the region's default").stop()


def key_of(
    key: str, encrypted: Callable[[Block, Surroundings], bool], *origins: str
) -> Callable[[Block, Surroundings], str | None]:
    """Make a function that gives the key of a volume; none where it is not encrypted."""

    def of(block: Block, around: Surroundings) -> str | None:
        named: Any = stopped(block.find(key).value)
        if named is not ABSENT and named != "":
            return text(named)
        if not encrypted(block, around):
            return None
        _alone(block, key, origins)  # a copy of what is encrypted keeps its key
        return default_key(block, around)

    return of
