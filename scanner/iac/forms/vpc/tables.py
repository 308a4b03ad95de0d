"""Route tables in code, with the routes and the associations that blocks of their own add to them.

Every VPC has a route table from the start, which no block declares: the block of the VPC stands for it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import ARN, Form, at, joined, made
from scanner.iac.forms.vpc.places import VPCS, arn, default_table, given, is_template, named_by, open_ended, short
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import text
from scanner.model.reading import Reason
from scanner.model.unresolved import Unresolved
from scanner.resources.vpc.routes import Route, RouteTable

#: Where a route may lead, by the beginning of the id that each attribute must hold. "" leaves that open: `gateway_id`
#: takes internet gateways and others.
_TARGETS: Final[Mapping[str, str]] = {
    "gateway_id": "", "nat_gateway_id": "nat-", "transit_gateway_id": "tgw-", "vpc_peering_connection_id": "pcx-",
    "egress_only_gateway_id": "eigw-", "network_interface_id": "eni-", "instance_id": "i-", "local_gateway_id": "lgw-",
    "carrier_gateway_id": "cagw-", "core_network_arn": "arn:", "odb_network_arn": "arn:", "vpc_endpoint_id": "vpce-",
}  # fmt: skip
_TEMPLATE_TARGETS: Final[Mapping[str, str]] = {
    "GatewayId": "", "NatGatewayId": "nat-", "TransitGatewayId": "tgw-", "VpcPeeringConnectionId": "pcx-",
    "EgressOnlyInternetGatewayId": "eigw-", "NetworkInterfaceId": "eni-", "InstanceId": "i-", "LocalGatewayId": "lgw-",
    "CarrierGatewayId": "cagw-", "CoreNetworkArn": "arn:", "OdbNetworkArn": "arn:", "VpcEndpointId": "vpce-",
}  # fmt: skip
_TO: Final = (
    "cidr_block", "ipv6_cidr_block", "destination_cidr_block", "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
)  # fmt: skip
_TEMPLATE_TO: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_MAIN: Final = "aws_main_route_table_association"
#: What adds to a table, and the attribute by which it names the table.
_ROUTES: Final = {"aws_route": "route_table_id", "AWS::EC2::Route": "RouteTableId"}
_LEARNT: Final = {
    "aws_vpn_gateway_route_propagation": "route_table_id", "AWS::EC2::VPNGatewayRoutePropagation": "RouteTableIds",
}  # fmt: skip
_ASSOCIATIONS: Final = {
    "aws_route_table_association": "route_table_id", "AWS::EC2::SubnetRouteTableAssociation": "RouteTableId",
    "AWS::EC2::GatewayRouteTableAssociation": "RouteTableId",
}  # fmt: skip
_SUBNET: Final = {
    "aws_route_table_association": "subnet_id", "AWS::EC2::SubnetRouteTableAssociation": "SubnetId",
}  # fmt: skip
_GATEWAY: Final = {
    "aws_route_table_association": "gateway_id", "AWS::EC2::GatewayRouteTableAssociation": "GatewayId",
}  # fmt: skip


def route(raw: Any, *, template: bool) -> Any:
    """Read one route, written as a block of its own or within its table."""
    if isinstance(raw, Unresolved):
        return raw
    targets = _TEMPLATE_TARGETS if template else _TARGETS
    return Route(_only(raw, _TEMPLATE_TO if template else _TO), _target(raw, targets))


def _only(raw: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Give the one of these attributes that is set: what is settled, for the open ones must then be null."""
    values = [value for name in names if (value := raw.get(name)) is not None]
    settled = [value for value in values if not isinstance(value, Unresolved) and value != ""]
    found = settled or [value for value in values if isinstance(value, Unresolved)]
    if not found:
        raise ValueError("a route without destination")
    return found[0]


def _target(raw: Mapping[str, Any], targets: Mapping[str, str]) -> Any:
    """Give where a route leads; of what must be a NAT gateway, it is enough to know that, whichever it is."""
    values = {name: value for name in targets if (value := raw.get(name)) is not None}
    open_ = [name for name, value in values.items() if isinstance(value, Unresolved)]
    settled = [value for name, value in values.items() if name not in open_ and value != ""]
    if settled or not open_:
        return str(settled[0]) if settled else ""
    prefix = targets[open_[0]]
    return f"{prefix}?{values[open_[0]].why}" if prefix and len(open_) == 1 else values[open_[0]]


def _routes(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the routes of a table: those within it, which are then all, or those that blocks of their own add."""
    within = block.find("route").value if not is_template(block.type) else ABSENT
    found, doubt = around.naming(_ROUTES, block)
    known = [route(one.values, template=is_template(one.type)) for one in found]
    known += _learnt(block, around)
    if within is ABSENT or within == []:
        return open_ended(tuple(known), doubt, around)
    inside = [route(one, template=False) for one in within] if isinstance(within, list) else [within]
    return (*inside, *known) if doubt is None else (*inside, *known, doubt)


def _learnt(block: Block, around: Surroundings) -> list[Any]:
    """Give the routes that a virtual private gateway adds at run time: wherever they lead, they lead to it."""
    found, doubt = around.naming(_LEARNT, block)
    names = [one.find("VpnGatewayId" if is_template(one.type) else "vpn_gateway_id").value for one in found]
    if not is_template(block.type):
        within = block.find("propagating_vgws").value
        names += within if isinstance(within, list) else [] if within is ABSENT else [within]
    learnt = [Route(_unseen(one), "vgw-?" if isinstance(one, Unresolved) else str(one)) for one in names]
    return learnt if doubt is None else [*learnt, Route(doubt, "vgw-?")]  # type: ignore[arg-type]  # it is open


def _unseen(gateway: Any) -> Any:
    if isinstance(gateway, Unresolved):
        return gateway
    return Unresolved(f"what routes {gateway} propagates shows at run time", reason=Reason.RUNTIME)


def _subnets(block: Block, around: Surroundings) -> tuple[Any, ...]:
    found, doubt = around.naming(_ASSOCIATIONS, block)
    return named_by(found, _SUBNET, doubt, around)


def _edges(block: Block, around: Surroundings) -> tuple[Any, ...]:
    found, doubt = around.naming(_ASSOCIATIONS, block)
    return named_by(found, _GATEWAY, doubt, around)


def _made_main(block: Block, around: Surroundings) -> bool:
    """Say whether a table is made the main one of its VPC, in place of the one that the VPC came with."""
    found, doubt = around.naming({_MAIN: "route_table_id"}, block)
    if found:
        return True
    _closed(doubt, around)
    return False


def _still_main(block: Block, around: Surroundings) -> bool:
    """Say whether the table that a VPC came with is still its main one."""
    vpc = block if block.type in VPCS else _vpc(block, around)
    if is_template(vpc.type):
        _closed(None, around)
        return True
    found, doubt = around.naming({_MAIN: "vpc_id"}, vpc)
    if found:
        return any(one.find("route_table_id").value == default_table(vpc) for one in found)
    _closed(doubt, around)
    return True


def _closed(doubt: Unresolved | None, around: Surroundings) -> None:
    more = doubt if doubt is not None else around.open
    if more is not None:
        more.stop()


def _vpc(block: Block, around: Surroundings) -> Block:
    """Give the VPC whose first route table a block takes over."""
    name = text(stopped(block.find("default_route_table_id").value))
    found = around.named(("aws_vpc", "aws_default_vpc"), name, block)
    if found is None:
        return Unresolved(f"the VPC of route table {name} is not in the code that was given").stop()
    return found


def _adopted(block: Block) -> str:
    """Give the id of a route table that a VPC came with, as the block that takes it over names it."""
    value = block.known_name or block.find("default_route_table_id").value
    return value if isinstance(value, str) else block.address


def _place(block: Block, table: str) -> str:
    return f"arn:{block.partition}:ec2:{block.region}:{block.account}:route-table/{table}"


_COMMON: Final = {
    "routes": joined(_routes, "route", "vpc_id", "VpcId"),
    "subnets": joined(_subnets, "vpc_id", "VpcId"),
    "edges": joined(_edges, "vpc_id", "VpcId"),
}

FORMS = (
    *(
        Form(
            RouteTable, type_, arn=arn("route-table"), gives=given(type_, *others),
            facts={
                **_COMMON,
                "short": made(short),
                "vpc": at(vpc, text),
                "main": joined(_made_main, vpc),
            },
        )
        for type_, vpc, others in (
            ("aws_route_table", "vpc_id", ()), ("AWS::EC2::RouteTable", "VpcId", ("RouteTableId",)),
        )
    ),
    Form(
        RouteTable, "aws_default_route_table", arn=lambda block: _place(block, _adopted(block)),
        gives={"id": _adopted, "arn": ARN},
        facts={
            **_COMMON,
            "short": made(_adopted, "default_route_table_id"),
            "vpc": joined(lambda block, around: short(_vpc(block, around)), "default_route_table_id"),
            "main": joined(_still_main, "default_route_table_id"),
        },
    ),
)  # fmt: skip

#: The route table that a VPC comes with, which leads nowhere but within: `networks` gives it to the blocks of VPCs.
FIRST: Final = {
    type_: Form(
        RouteTable, type_, arn=lambda block: _place(block, default_table(block)),
        facts={
            **_COMMON,
            "short": made(default_table),
            "vpc": made(short),
            "main": joined(_still_main, "cidr_block", "CidrBlock"),
        },
    )
    for type_ in ("aws_vpc", "AWS::EC2::VPC")
}  # fmt: skip
