"""Network interfaces in code. Those that services put into a network by themselves are in no code."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import Form, joined, made
from scanner.iac.forms.vpc.places import arn, given, groups, is_template, short, vpc_of
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.resources.vpc.interfaces import Interface

_GROUPS: Final = "aws_network_interface_sg_attachment"


def vpc_at(path: str) -> Any:
    """Make a function that gives the VPC of the subnet, or of the first subnet, at a path."""

    def of(block: Block, around: Surroundings) -> str:
        value = stopped(block.find(path).value)
        value = stopped(value[0]) if isinstance(value, list) and value else value
        if value is ABSENT:
            Unresolved(f"{block.address} does not set {path}: AWS takes a subnet of the default VPC").stop()
        return vpc_of(text(value), block, around)

    return of


def _groups(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the groups of an interface, with those that blocks of their own attach."""
    found, doubt = around.naming({_GROUPS: "network_interface_id"}, block)
    more = [one.find("security_group_id").value for one in found]
    own = groups("GroupSet" if is_template(block.type) else "security_groups", _SUBNET[block.type])(block, around)
    return (*own, *(one for one in more if one is not ABSENT), *(() if doubt is None else (doubt,)))


_SUBNET: Final = {"aws_network_interface": "subnet_id", "AWS::EC2::NetworkInterface": "SubnetId"}

FORMS = tuple(
    Form(
        Interface, type_, arn=arn("network-interface"), gives=given(type_, *others),
        facts={
            "short": made(short),
            "vpc": joined(vpc_at(subnet), subnet),
            "groups": joined(_groups, "security_groups", "GroupSet"),
        },
    )
    for (type_, subnet), others in zip(_SUBNET.items(), ((), ("Id",)), strict=True)
)  # fmt: skip
