"""Networks in code: which subnet is private, what leaves it, and what is noted of it, told in Terraform and templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.model.unresolved import Unresolved
from scanner.resources.vpc.routes import Route, RouteTable
from tests.iac.forms.telling import (
    OPEN,
    cloudformation,
    never_flips,
    outcomes,
    terraform,
    values,
)

NETWORK = ("BK511", "BK512", "BK514", "BK515")


def named(block: Block, attribute: str = "") -> str:
    found = export(block, attribute or ("Ref" if "::" in block.type else "id"))
    assert isinstance(found, str)
    return found


def home(*more: Block, route: Block | None = None, tied: bool = True) -> tuple[Block, ...]:
    """Tell of a VPC with a subnet in which a file system is mounted and a machine stands."""
    vpc = terraform("aws_vpc", "one", cidr_block="10.0.0.0/16")
    subnet = terraform("aws_subnet", "a", vpc_id=named(vpc), cidr_block="10.0.1.0/24")
    group = terraform("aws_security_group", "own", vpc_id=named(vpc), ingress=[], egress=[])
    table = terraform("aws_route_table", "a", vpc_id=named(vpc))
    ties = terraform("aws_route_table_association", "a", subnet_id=named(subnet), route_table_id=named(table))
    files = terraform("aws_efs_file_system", "files", encrypted=True)
    target = terraform(
        "aws_efs_mount_target",
        "a",
        file_system_id=named(files),
        subnet_id=named(subnet),
        security_groups=[named(group)],
    )
    machine = terraform(
        "aws_instance", "web", ami="ami-1", subnet_id=named(subnet), vpc_security_group_ids=[named(group)]
    )
    found = [vpc, subnet, group, table, files, target, machine, *more]
    if route is not None:
        found.append(route)
    return (*found, ties) if tied else tuple(found)


IGW = terraform("aws_internet_gateway", "out", vpc_id="aws_vpc.one")
NAT = terraform("aws_nat_gateway", "out", subnet_id="aws_subnet.a")


def route(target: str, value: Any, table: str = "aws_route_table.a", **more: Any) -> Block:
    to = {"destination_cidr_block": "0.0.0.0/0", **more}
    return terraform("aws_route", "out", route_table_id=table, **to, **{target: value})


def stack(*more: Block, gateway: str = "", tied: bool = True) -> tuple[Block, ...]:
    """Tell the same as a template does."""
    vpc = cloudformation("AWS::EC2::VPC", "Net", CidrBlock="10.0.0.0/16")
    subnet = cloudformation("AWS::EC2::Subnet", "A", VpcId=named(vpc), CidrBlock="10.0.1.0/24")
    group = cloudformation("AWS::EC2::SecurityGroup", "Own", VpcId=named(vpc), GroupDescription="own")
    table = cloudformation("AWS::EC2::RouteTable", "Table", VpcId=named(vpc))
    files = cloudformation("AWS::EFS::FileSystem", "Files", Encrypted=True)
    target = cloudformation(
        "AWS::EFS::MountTarget",
        "Target",
        FileSystemId=named(files),
        SubnetId=named(subnet),
        SecurityGroups=[named(group)],
    )
    machine = cloudformation(
        "AWS::EC2::Instance", "Web", ImageId="ami-1", SubnetId=named(subnet), SecurityGroupIds=[named(group)]
    )
    found = [vpc, subnet, group, table, files, target, machine, *more]
    if gateway:
        found.append(
            cloudformation(
                "AWS::EC2::Route", "Out", RouteTableId=named(table), DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
            )
        )
    if tied:
        found.append(
            cloudformation(
                "AWS::EC2::SubnetRouteTableAssociation", "Tie", SubnetId=named(subnet), RouteTableId=named(table)
            )
        )
    return tuple(found)


GATEWAY = cloudformation("AWS::EC2::InternetGateway", "Gateway")


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (home(), "passed"),
        (home(IGW, route=route("gateway_id", named(IGW))), "failed"),
        (home(NAT, route=route("nat_gateway_id", named(NAT))), "passed"),
        (home(route=route("nat_gateway_id", OPEN)), "passed"),
        (home(route=route("gateway_id", OPEN)), "unknown"),
        (home(route=route("gateway_id", "igw-0a1b")), "failed"),
        # Of several attributes one leads; the one that is settled is it.
        (home(route=route("gateway_id", OPEN, transit_gateway_id="tgw-1")), "passed"),
        (home(route=route("gateway_id", OPEN, nat_gateway_id=OPEN)), "unknown"),
        (home(IGW, route=route("gateway_id", named(IGW), table="aws_route_table.other")), "passed"),
        (home(route=route("gateway_id", "local", table="aws_vpc.one")), "passed"),
        (home(IGW, route=terraform("aws_route", "x", route_table_id=OPEN, gateway_id=named(IGW))), "unknown"),
        # A subnet that names no table is served by the one that the VPC came with.
        (home(tied=False), "passed"),
        (home(IGW, tied=False, route=route("gateway_id", named(IGW), table="rtb-aws_vpc.one")), "failed"),
        (
            home(
                IGW,
                terraform(
                    "aws_default_route_table", "d", default_route_table_id="rtb-aws_vpc.one",
                    route=[{"cidr_block": "0.0.0.0/0", "gateway_id": named(IGW)}],
                ),
                tied=False,
            ),
            "failed",
        ),
        (
            home(
                IGW,
                terraform("aws_main_route_table_association", "m", vpc_id="aws_vpc.one", route_table_id="aws_route_table.a"),
                route=route("gateway_id", named(IGW)), tied=False,
            ),
            "failed",
        ),
        (
            home(
                terraform("aws_main_route_table_association", "m", vpc_id=OPEN, route_table_id="aws_route_table.a"),
                tied=False,
            ),
            "unknown",
        ),
        (stack(), "passed"),
        (stack(GATEWAY, gateway="igw-Gateway"), "failed"),
        (stack(tied=False), "passed"),
        (stack(GATEWAY, gateway="igw-Gateway", tied=False), "passed"),
    ],
)  # fmt: skip
def test_routes_tell_which_subnet_is_private(blocks: tuple[Block, ...], said: str) -> None:
    found = outcomes(*blocks, rule="BK511")
    (files,) = (one for address, one in found.items() if address in ("aws_efs_file_system.files", "Files"))
    assert files.outcome.value == said, files.verdict
    (narrow,) = (
        one
        for address, one in outcomes(*blocks, rule="BK511", whole=False).items()
        if address.lower().endswith("files")
    )
    assert narrow.outcome.value == ("failed" if said == "failed" and _is_tied(blocks) else "unknown"), narrow.verdict


def _is_tied(blocks: tuple[Block, ...]) -> bool:
    return any(
        one.type.endswith(("_table_association", "TableAssociation")) and "main" not in one.type for one in blocks
    )


def test_a_gateway_with_a_table_of_its_own_lets_in_what_it_routes_to() -> None:
    edge = terraform("aws_route_table", "edge", vpc_id="aws_vpc.one")
    ties = terraform("aws_route_table_association", "edge", gateway_id=named(IGW), route_table_id=named(edge))
    inward = terraform(
        "aws_route", "in", route_table_id=named(edge), destination_cidr_block="10.0.1.0/24", vpc_endpoint_id="vpce-1"
    )
    found = outcomes(*home(IGW, edge, ties, inward), rule="BK511")["aws_efs_file_system.files"]
    assert "igw-aws_internet_gateway.out, which routes to it" in found.verdict.because
    elsewhere = terraform(
        "aws_route", "in", route_table_id=named(edge), destination_cidr_block="10.0.9.0/24", vpc_endpoint_id="vpce-1"
    )
    assert (
        outcomes(*home(IGW, edge, ties, elsewhere), rule="BK511")["aws_efs_file_system.files"].outcome.value == "passed"
    )


_ENDPOINT = terraform(
    "aws_vpc_endpoint", "s3", vpc_id="aws_vpc.one", service_name="com.amazonaws.eu-west-1.s3",
    route_table_ids=["aws_route_table.a"],
)  # fmt: skip
_OUT = route("nat_gateway_id", named(NAT))
_PRIVATE = cloudformation(
    "AWS::EC2::VPCEndpoint", "S3", VpcId="Net", ServiceName="com.amazonaws.eu-west-1.s3", RouteTableIds=["Table"]
)


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (home(), "passed"),
        (home(NAT, route=_OUT), "failed"),
        (home(NAT, _ENDPOINT, route=_OUT), "passed"),
        (
            home(
                NAT, terraform("aws_vpc_endpoint", "s3", vpc_id="aws_vpc.one", service_name="com.amazonaws.eu-west-1.s3"),
                terraform(
                    "aws_vpc_endpoint_route_table_association", "s3", vpc_endpoint_id="aws_vpc_endpoint.s3",
                    route_table_id="aws_route_table.a",
                ),
                route=_OUT,
            ),
            "passed",
        ),
        (home(NAT, terraform("aws_vpc_endpoint", "x", vpc_id="aws_vpc.one", service_name=OPEN), route=_OUT), "unknown"),
        (
            home(
                NAT, terraform(
                    "aws_vpc_endpoint", "x", vpc_id="aws_vpc.one", service_name="com.amazonaws.eu-west-1.s3",
                    route_table_ids=[OPEN],
                ),
                route=_OUT,
            ),
            "unknown",
        ),
        (home(route=route("transit_gateway_id", "tgw-1")), "unknown"),
        (home(terraform("aws_autoscaling_group", "fleet"), NAT, route=_OUT), "failed"),
        (home(terraform("aws_autoscaling_group", "fleet"), NAT, _ENDPOINT, route=_OUT), "unknown"),
        (stack(GATEWAY, gateway="igw-Gateway"), "failed"),
        (stack(GATEWAY, _PRIVATE, gateway="igw-Gateway"), "passed"),
    ],
)  # fmt: skip
def test_traffic_to_s3_stays_private(blocks: tuple[Block, ...], said: str) -> None:
    (found,) = outcomes(*blocks, rule="BK514").values()
    assert found.outcome.value == said, found.verdict
    (narrow,) = outcomes(*blocks, rule="BK514", whole=False).values()
    assert narrow.outcome.value == "unknown"


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (home(), "failed"),
        (home(terraform("aws_flow_log", "all", vpc_id="aws_vpc.one", traffic_type="ALL")), "passed"),
        (home(terraform("aws_flow_log", "all", subnet_id="aws_subnet.a", traffic_type="ALL")), "passed"),
        (home(terraform("aws_flow_log", "some", vpc_id="aws_vpc.one", traffic_type="REJECT")), "failed"),
        (home(terraform("aws_flow_log", "some", vpc_id="aws_vpc.one", traffic_type=OPEN)), "unknown"),
        (home(terraform("aws_flow_log", "some", vpc_id=OPEN, traffic_type="ALL")), "unknown"),
        ((terraform("aws_vpc", "one"),), "unknown"),
        (stack(), "failed"),
        (stack(cloudformation("AWS::EC2::FlowLog", "Log", ResourceId="Net", ResourceType="VPC", TrafficType="ALL")), "passed"),
    ],
)  # fmt: skip
def test_flow_logs_note_all_traffic(blocks: tuple[Block, ...], said: str) -> None:
    (found,) = outcomes(*blocks, rule="BK515").values()
    assert found.outcome.value == said, found.verdict


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    "world",
    [
        lambda: home(NAT, _ENDPOINT, IGW, terraform("aws_flow_log", "all", vpc_id="aws_vpc.one", traffic_type="ALL"), route=_OUT),
        lambda: home(IGW, route=route("gateway_id", named(IGW)), tied=False),
        lambda: stack(GATEWAY, _PRIVATE, gateway="igw-Gateway"),
        lambda: stack(tied=False),
    ],
)  # fmt: skip
def test_what_is_left_open_turns_no_verdict(world: Callable[[], tuple[Block, ...]], whole: bool) -> None:
    assert never_flips(world(), NETWORK, whole=whole) > 10


def test_what_a_virtual_private_gateway_propagates_shows_at_run_time() -> None:
    table = terraform("aws_route_table", "a", vpc_id="v", propagating_vgws=["vgw-1"])
    found = values(RouteTable, table)["routes"]
    assert len(found) == 1
    assert found[0].target == "vgw-1"
    assert not found[0].inward
    assert isinstance(found[0].to, Unresolved)
    more = terraform(
        "aws_vpn_gateway_route_propagation", "p", route_table_id="aws_route_table.a", vpn_gateway_id="vgw-2"
    )
    assert [one.target for one in values(RouteTable, table, more)["routes"]] == ["vgw-2", "vgw-1"]
    blocks = home(
        terraform("aws_vpn_gateway_route_propagation", "p", route_table_id="aws_route_table.a", vpn_gateway_id="vgw-1")
    )
    assert outcomes(*blocks, rule="BK511")["aws_efs_file_system.files"].outcome.value == "passed"
    (leaks,) = outcomes(*blocks, rule="BK514").values()
    assert leaks.outcome.value == "unknown"
    assert Route("0.0.0.0/0", "vgw-1").elsewhere
