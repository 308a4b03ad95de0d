"""EC2 instances in code, with the network interface that each has from the start."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS
from scanner.iac.form import ARN, NAME, At, Form, at, joined, made
from scanner.iac.forms.ec2 import volumes as disks
from scanner.iac.forms.vpc.interfaces import vpc_at
from scanner.iac.forms.vpc.places import arn, groups, is_template, says, short
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.resources.ec2.instances import Instance
from scanner.resources.vpc.interfaces import Interface

_LAUNCHED: Final = "its launch template may name it"
_SUBNET: Final = "AWS takes a subnet of the default VPC, or its launch template names one"
#: The attributes by which an instance names interfaces instead of a subnet.
_INTERFACES: Final = (
    "primary_network_interface.network_interface_id", "network_interface.network_interface_id",
    "NetworkInterfaces.NetworkInterfaceId",
)  # fmt: skip


def _volumes(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the volumes of an instance: those it brings and those that are attached; its image may bring more."""
    known: list[Any] = []
    found: list[Any] = []
    for path in ("root_block_device", "ebs_block_device", "BlockDeviceMappings"):
        for number, (values, steps) in enumerate(block.find_all(path)):
            part = block.part(values, steps, f"{block.address}.{path}[{number}]")
            if part.doubt is not None:
                found.append(part.doubt)
            elif path != "BlockDeviceMappings" or part.find("Ebs").value is not ABSENT:
                known.append(disks.own_id(part))
    if not says(block, "BlockDeviceMappings" if is_template(block.type) else "root_block_device"):
        known.insert(0, disks.root_id(block))
    attached, doubt = around.naming({type_: words[1] for type_, words in disks.ATTACHMENTS.items()}, block)
    found.extend(one.find(disks.ATTACHMENTS[one.type][0]).value for one in attached)
    found.extend(one if isinstance(one, Unresolved) else one.get("VolumeId") for one, _ in block.find_all("Volumes"))
    known.extend(one for one in found if isinstance(one, str))
    open_ = [one for one in found if isinstance(one, Unresolved)]
    if doubt is not None:
        open_.append(doubt)
    if not block.known_name:
        # An instance that exists tells all of its volumes.
        open_.append(Unresolved(f"the image of {block.address} may bring more volumes than the code tells of"))
    return (*known, *open_)


def _subnet(own: str) -> Any:
    """Make a function that gives the subnet of an instance, be it that of an interface that it names."""

    def of(block: Block, around: Surroundings) -> str:
        for path in (own, "NetworkInterfaces.SubnetId"):
            value = stopped(block.find(path).value)
            if value is not ABSENT and value != "":
                return text(value)
        for path in _INTERFACES:
            named = stopped(block.find(path).value)
            if named is ABSENT:
                continue
            found = around.named(("aws_network_interface", "AWS::EC2::NetworkInterface"), text(named), block)
            if found is not None:
                return text(stopped(found.find("SubnetId" if is_template(found.type) else "subnet_id").value))
            Unresolved(f"the interface {named} of {block.address} is not in the code that was given").stop()
        return Unresolved(f"{block.address} does not set {own}: {_SUBNET}").stop()

    return of


def _root_device(block: Block) -> str:
    """Give the device of the root volume: only the image, or what exists already, names it."""
    value = block.find("root_block_device.device_name").value
    if isinstance(value, str) and value and block.known_name:
        return value
    if is_template(block.type) and says(block, "BlockDeviceMappings"):
        Unresolved(f"the image of {block.address} names its root device").stop()
    return disks.ROOT_DEVICE


def _interface(block: Block) -> str:
    value = block.find("primary_network_interface_id").value
    return value if isinstance(value, str) and value else f"eni-{short(block)}"


def _has_own_interface(block: Block) -> bool:
    """Say whether AWS makes its first interface: it names none that exists."""
    return not any(says(block, path.partition(".")[0]) for path in _INTERFACES)


def _place(block: Block) -> str:
    return f"arn:{block.partition}:ec2:{block.region}:{block.account}:network-interface/{_interface(block)}"


def _machine(kind: str, image: str, subnet: str, tags: At | tuple[At, ...], gives: dict[str, Any]) -> Form:
    return Form(
        Instance, kind, arn=arn("instance"), gives=gives,
        facts={
            "tags": tags,
            "image": at(image, text, computed=_LAUNCHED),
            "root_device": made(_root_device, "root_block_device", image),
            "subnet": joined(_subnet(subnet), subnet),
            "volumes": joined(_volumes, "root_block_device", "ebs_block_device", "BlockDeviceMappings", image),
        },
        beyond={**disks.BEYOND, "state": "whether it runs shows at run time"},
    )  # fmt: skip


FORMS = (
    _machine(
        "aws_instance", "ami", "subnet_id", TERRAFORM_TAGS,
        {"id": NAME, "arn": ARN, "primary_network_interface_id": _interface},
    ),
    _machine(
        "AWS::EC2::Instance", "ImageId", "SubnetId", CLOUDFORMATION_TAGS, {"Ref": NAME, "InstanceId": NAME},
    ),
    *(
        Form(
            Interface, kind, arn=_place, when=_has_own_interface,
            facts={
                "short": made(_interface),
                "vpc": joined(vpc_at(subnet), subnet),
                "groups": joined(groups(group, subnet), group, subnet),
            },
        )
        for kind, group, subnet in (
            ("aws_instance", "vpc_security_group_ids", "subnet_id"),
            ("AWS::EC2::Instance", "SecurityGroupIds", "SubnetId"),
        )
    ),
    *disks.FORMS,
)  # fmt: skip
