"""EBS volumes in code: blocks of their own, and those that blocks of instances bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, tags
from scanner.iac.form import ARN, NAME, Form, at, joined, made
from scanner.iac.forms.ec2.defaults import key_of, sealed
from scanner.iac.forms.vpc.places import arn, is_template, open_ended, says, short
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text, whole
from scanner.model.unresolved import Unresolved
from scanner.resources.ec2.volumes import Attachment, Volume

INSTANCES: Final = ("aws_instance", "AWS::EC2::Instance")
#: What attaches a volume to an instance: how each type of block names the volume, the instance and the device.
ATTACHMENTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "aws_volume_attachment": ("volume_id", "instance_id", "device_name"),
    "AWS::EC2::VolumeAttachment": ("VolumeId", "InstanceId", "Device"),
}
#: What stands in for the device of a root volume: the image names it.
ROOT_DEVICE: Final = "/dev/?root"
BEYOND: Final = {
    "created_at": "it is created when the code is applied",
    "state": "what state it is in shows at run time",
}
_IMAGE: Final = "the image decides"


def own_id(block: Block) -> str:
    """Give the id of a volume that an instance brings, or what stands in for it."""
    value = block.find("volume_id").value
    return value if isinstance(value, str) and value else block.address


def _arn(block: Block) -> str:
    return f"arn:{block.partition}:ec2:{block.region}:{block.account}:volume/{own_id(block)}"


def _attachments(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give what a volume is attached to; the block that attaches it may be elsewhere."""
    found, doubt = around.naming({type_: words[0] for type_, words in ATTACHMENTS.items()}, block)
    known: list[Any] = []
    for one in found:
        _, instance, device = ATTACHMENTS[one.type]
        known.append(_attachment(one.find(instance).value, one.find(device).value))
    if is_template(block.type):
        known.extend(_within_instances(block, around))
    return tuple(known) if known and doubt is None else open_ended(tuple(known), doubt, around)


def _within_instances(block: Block, around: Surroundings) -> list[Any]:
    """Give the instances that list a volume themselves."""
    known: list[Any] = []
    for instance in around.beside(("AWS::EC2::Instance",), block):
        for one, _ in instance.find_all("Volumes"):
            named = one if isinstance(one, Unresolved) else one.get("VolumeId")
            if isinstance(named, Unresolved):
                known.append(named)
            elif named == short(block):
                known.append(_attachment(short(instance), one.get("Device")))
    return known


def _attachment(instance: Any, device: Any) -> Any:
    if isinstance(instance, Unresolved):
        return instance
    return Attachment(text(instance), "" if device is ABSENT or device is None else device)


def _brought(block: Block) -> tuple[Attachment, ...]:
    """Give the instance that brings a volume, and the device that the block names; of a root volume the image does."""
    device = next((one for path in ("device_name", "DeviceName") if (one := block.find(path).value) is not ABSENT), "")
    instance = short(block) if "^" not in block.values else _instance_of(block)
    return (Attachment(instance, ROOT_DEVICE if _is_root(block) else device),)


def _is_root(block: Block) -> bool:
    return "^" not in block.values or ".root_block_device[" in block.address


def _instance_of(block: Block) -> str:
    """Give the id of the instance that a nested block is within."""
    outer = block.find("^.id").value
    if isinstance(outer, str) and outer:
        return outer
    for mark in (".root_block_device[", ".ebs_block_device[", ".BlockDeviceMappings["):
        head, found, _ = block.address.rpartition(mark)
        if found:
            return head
    return block.address


def _tags(block: Block) -> Mapping[str, Any]:
    """Read the tags of a volume that an instance brings: its own or `volume_tags`, and the default tags."""
    where = "^." if "^" in block.values else ""
    own = block.find("tags").value if where else ABSENT
    if own is ABSENT:
        own = block.find(f"{where}volume_tags").value
    every, instance = block.find(f"{where}tags_all").value, block.find(f"{where}tags").value
    if says(block, f"{where}launch_template") and own is ABSENT:
        Unresolved(f"{block.address} sets no tags of its own: its launch template may").stop()
    defaults: Mapping[str, Any] = {}
    if every is not ABSENT and instance is not ABSENT:
        defaults = {key: value for key, value in tags(stopped(every)).items() if key not in tags(stopped(instance))}
    elif every is not ABSENT:
        defaults = tags(stopped(every))
    return {**defaults, **(tags(stopped(own)) if own is not ABSENT else {})}


def _propagated(block: Block) -> Mapping[str, Any]:
    """Read the tags that a template's instance passes on to its volumes: none unless it says so."""
    where = "^." if "^" in block.values else ""
    on = stopped(block.find(f"{where}PropagateTagsToVolumeOnCreation").value)
    if says(block, f"{where}LaunchTemplate"):
        Unresolved(f"{block.address} sets no tags of its own: its launch template may").stop()
    if on is ABSENT or str(on).lower() != "true":
        return {}
    own = stopped(block.find(f"{where}Tags").value)
    return {} if own is ABSENT else tags(own)


def _no_root(block: Block) -> bool:
    """Say that an instance tells nothing of its root volume: it has one all the same, as its image says."""
    return not says(block, "BlockDeviceMappings" if is_template(block.type) else "root_block_device")


def _root(block: Block) -> str:
    return f"arn:{block.partition}:ec2:{block.region}:{block.account}:volume/{root_id(block)}"


def root_id(block: Block) -> str:
    """Give what stands in for the id of the root volume of an instance that tells nothing of it."""
    return f"root-of-{short(block)}"


def _is_disk(block: Block) -> bool:
    """Say whether a mapping of a template is a volume: not instance storage, and not what leaves out a device."""
    return block.doubt is not None or block.find("Ebs").value is not ABSENT


def _sealed_root(block: Block, around: Surroundings) -> bool:
    return sealed("root_block_device.encrypted", "")(block, around)


def _own(encrypted: str, key: str, *origins: str) -> dict[str, Any]:
    by = sealed(encrypted, *origins)
    return {"encrypted": joined(by, encrypted), "key": joined(key_of(key, by, *origins), key)}


_TYPE: Final = "the type of volume that its image names"
_SIZE: Final = "what it is made from has a size"

FORMS = (
    Form(
        Volume, "aws_ebs_volume", arn=arn("volume"), gives={"id": NAME, "arn": ARN},
        facts={
            "tags": TERRAFORM_TAGS,
            **_own("encrypted", "kms_key_id", "snapshot_id"),
            "type": at("type", text, absent="gp2", docs="r/ebs_volume: default gp2"),
            "size": at("size", whole, computed=_SIZE),
            "attachments": joined(_attachments, "availability_zone"),
        },
        beyond=BEYOND,
    ),
    Form(
        Volume, "AWS::EC2::Volume", arn=arn("volume"), gives={"Ref": NAME, "VolumeId": NAME},
        facts={
            "tags": CLOUDFORMATION_TAGS,
            **_own("Encrypted", "KmsKeyId", "SnapshotId", "SourceVolumeId"),
            "type": at("VolumeType", text, absent="gp2", docs="AWS::EC2::Volume: default gp2"),
            "size": at("Size", whole, computed=_SIZE),
            "attachments": joined(_attachments, "AvailabilityZone"),
        },
        beyond=BEYOND,
    ),
    *(
        Form(
            Volume, "aws_instance", arn=_arn, each=path,
            facts={
                "tags": made(_tags, "tags", "^.volume_tags"),
                **_own("encrypted", "kms_key_id", *((*origins, "snapshot_id"))),
                "type": type_,
                "size": at("volume_size", whole, computed=_SIZE),
                "attachments": made(_brought, "device_name"),
            },
            beyond=BEYOND,
        )
        for path, origins, type_ in (
            ("root_block_device", ("",), at("volume_type", text, computed=_TYPE)),
            (
                "ebs_block_device", (),
                at("volume_type", text, absent="gp2", docs="r/instance, ebs_block_device: defaults to gp2"),
            ),
        )
    ),
    Form(
        Volume, "AWS::EC2::Instance", arn=_arn, each="BlockDeviceMappings", when=_is_disk,
        facts={
            "tags": made(_propagated, "^.PropagateTagsToVolumeOnCreation"),
            **_own("Ebs.Encrypted", "Ebs.KmsKeyId", "", "Ebs.SnapshotId"),
            "type": at("Ebs.VolumeType", text, computed=_TYPE),
            "size": at("Ebs.VolumeSize", whole, computed=_SIZE),
            "attachments": made(_brought, "DeviceName"),
        },
        beyond=BEYOND,
    ),
    *(
        Form(
            Volume, kind, arn=_root, when=_no_root,
            facts={
                "tags": made(_propagated if is_template(kind) else _tags, "volume_tags", "Tags"),
                "encrypted": joined(_sealed_root, "ami", "ImageId"),
                "key": joined(key_of("root_block_device.kms_key_id", _sealed_root, ""), "ami", "ImageId"),
                "attachments": made(_brought, "ami", "ImageId"),
            },
            beyond={**BEYOND, "type": _IMAGE, "size": _IMAGE},
        )
        for kind in INSTANCES
    ),
)  # fmt: skip
