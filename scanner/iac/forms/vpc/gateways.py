"""Gateways: what routes lead to. They are no kind of their own; the first letters of their ids tell what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import Block
from scanner.iac.form import Form
from scanner.iac.forms.vpc.places import is_template, short
from scanner.model.resource import Resource

#: The types of block by the beginning of the ids, with the names by which CloudFormation gives these.
_TYPES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "igw": {"aws_internet_gateway": (), "AWS::EC2::InternetGateway": ("InternetGatewayId",)},
    "nat": {"aws_nat_gateway": (), "AWS::EC2::NatGateway": ("NatGatewayId",)},
    "eigw": {"aws_egress_only_internet_gateway": (), "AWS::EC2::EgressOnlyInternetGateway": ("Id",)},
    "vgw": {"aws_vpn_gateway": (), "AWS::EC2::VPNGateway": ("VPNGatewayId",)},
    "tgw": {"aws_ec2_transit_gateway": (), "AWS::EC2::TransitGateway": ("Id",)},
    "cagw": {"aws_ec2_carrier_gateway": (), "AWS::EC2::CarrierGateway": ("CarrierGatewayId",)},
    "pcx": {"aws_vpc_peering_connection": (), "AWS::EC2::VPCPeeringConnection": ("Id",)},
}


def _named(prefix: str) -> Callable[[Block], str]:
    def name(block: Block) -> str:
        return block.known_name or f"{prefix}-{short(block)}"

    return name


def _gives(prefix: str, type_: str, others: tuple[str, ...]) -> dict[str, Any]:
    return dict.fromkeys(("Ref", *others) if is_template(type_) else ("id",), _named(prefix))


FORMS = tuple(
    Form(Resource, type_, arn=f"arn:{{partition}}:ec2:{{region}}:{{account}}:gateway/{prefix}-{{name}}",
         gives=_gives(prefix, type_, others))
    for prefix, types in _TYPES.items()
    for type_, others in types.items()
)  # fmt: skip
