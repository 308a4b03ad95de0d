"""Networks, route tables, endpoints and flow logs: the same truth as Terraform, a template and AWS tell it."""

from __future__ import annotations

from scanner.model.unresolved import Unresolved
from scanner.resources.vpc.endpoints import Endpoint
from scanner.resources.vpc.flow_logs import FlowLog
from scanner.resources.vpc.networks import Subnet
from scanner.resources.vpc.routes import RouteTable
from scanner.resources.vpc.vpcs import Vpc
from tests.iac.forms.telling import (
    ACCOUNT,
    cloudformation,
    estate_of,
    live,
    loses_only_it,
    terraform,
    values,
)

_IDS = {"short": "aws_vpc.one", "owner": ACCOUNT}


def test_networks_are_told_as_aws_tells_them() -> None:
    vpc = terraform("aws_vpc", "one", cidr_block="10.0.0.0/16")
    assert values(Vpc, vpc) == _IDS
    told = live(Vpc, {"VpcId": "aws_vpc.one", "OwnerId": ACCOUNT})
    assert values(Vpc, vpc) == told
    subnet = {"SubnetId": "aws_subnet.a", "VpcId": "aws_vpc.one", "OwnerId": ACCOUNT, "CidrBlock": "10.0.1.0/24"}
    own = terraform("aws_subnet", "a", vpc_id="aws_vpc.one", cidr_block="10.0.1.0/24")
    assert values(Subnet, own) == live(Subnet, subnet)
    same = cloudformation("AWS::EC2::Subnet", "aws_subnet.a", VpcId="aws_vpc.one", CidrBlock="10.0.1.0/24")
    assert values(Subnet, same) == live(Subnet, subnet)
    loses_only_it(Subnet, own)
    loses_only_it(Subnet, same)
    both = terraform("aws_subnet", "a", vpc_id="v", cidr_block="10.0.1.0/24", ipv6_cidr_block="2001:db8::/64")
    sixes = {**subnet, "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8::/64"}]}
    assert values(Subnet, both)["ranges"] == live(Subnet, sixes)["ranges"]
    default = values(Subnet, terraform("aws_default_subnet", "a", availability_zone="eu-west-1a"))
    assert default.keys() == {"short", "owner", "ranges"}
    assert values(Vpc, terraform("aws_default_vpc", "one"))["short"] == "aws_default_vpc.one"
    pooled = values(Subnet, terraform("aws_subnet", "a", vpc_id="v", ipv4_ipam_pool_id="pool"))["ranges"]
    assert isinstance(pooled[0], Unresolved)
    native = terraform("aws_subnet", "a", vpc_id="v", ipv6_native=True, ipv6_cidr_block="2001:db8::/64")
    assert values(Subnet, native)["ranges"] == ("2001:db8::/64",)


def test_route_tables_are_told_as_aws_tells_them() -> None:
    routes = [
        {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}, {"ipv6_cidr_block": "::/0", "egress_only_gateway_id": "eigw-1"},
        {"destination_prefix_list_id": "pl-1", "transit_gateway_id": "tgw-1"},
    ]  # fmt: skip
    answer = {
        "RouteTableId": "aws_route_table.a", "VpcId": "vpc-1",
        "Routes": [
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"},
            {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"},
            {"DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-1", "State": "active"},
        ],
        "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-0"}, {"GatewayId": "igw-9"}],
    }  # fmt: skip
    table = terraform("aws_route_table", "a", vpc_id="vpc-1", route=routes)
    ties = [
        terraform("aws_route_table_association", name, route_table_id="aws_route_table.a", **what)
        for name, what in (
            ("b", {"subnet_id": "subnet-1"}),
            ("c", {"subnet_id": "subnet-0"}),
            ("d", {"gateway_id": "igw-9"}),
        )
    ]
    assert values(RouteTable, table, *ties) == live(RouteTable, answer)
    # That it is a NAT gateway or its like is enough to know: which one it is nothing hangs on.
    loses_only_it(RouteTable, table, *ties, but=("route_table_id", "egress_only_gateway_id", "transit_gateway_id"))
    apart = [
        terraform("aws_route", "1", route_table_id="aws_route_table.a", destination_cidr_block="0.0.0.0/0", gateway_id="igw-1"),
        terraform(
            "aws_route", "2", route_table_id="aws_route_table.a", destination_ipv6_cidr_block="::/0",
            egress_only_gateway_id="eigw-1",
        ),
        terraform(
            "aws_route", "3", route_table_id="aws_route_table.a", destination_prefix_list_id="pl-1",
            transit_gateway_id="tgw-1",
        ),
    ]  # fmt: skip
    bare = terraform("aws_route_table", "a", vpc_id="vpc-1")
    assert values(RouteTable, bare, *apart, *ties) == live(RouteTable, answer)
    template = [
        cloudformation("AWS::EC2::RouteTable", "aws_route_table.a", VpcId="vpc-1"),
        cloudformation("AWS::EC2::Route", "R1", RouteTableId="aws_route_table.a", DestinationCidrBlock="0.0.0.0/0", GatewayId="igw-1"),
        cloudformation(
            "AWS::EC2::Route", "R2", RouteTableId="aws_route_table.a", DestinationIpv6CidrBlock="::/0",
            EgressOnlyInternetGatewayId="eigw-1",
        ),
        cloudformation(
            "AWS::EC2::Route", "R3", RouteTableId="aws_route_table.a", DestinationPrefixListId="pl-1",
            TransitGatewayId="tgw-1",
        ),
        cloudformation("AWS::EC2::SubnetRouteTableAssociation", "S1", RouteTableId="aws_route_table.a", SubnetId="subnet-1"),
        cloudformation("AWS::EC2::SubnetRouteTableAssociation", "S0", RouteTableId="aws_route_table.a", SubnetId="subnet-0"),
        cloudformation("AWS::EC2::GatewayRouteTableAssociation", "G", RouteTableId="aws_route_table.a", GatewayId="igw-9"),
    ]  # fmt: skip
    assert values(RouteTable, *template) == live(RouteTable, answer)


def test_the_first_table_of_a_vpc_is_its_main_one_until_another_is() -> None:
    vpc = terraform("aws_vpc", "one", cidr_block="10.0.0.0/16")
    first = values(RouteTable, vpc)
    assert first == {
        "short": "rtb-aws_vpc.one", "vpc": "aws_vpc.one", "routes": (), "subnets": (), "edges": (), "main": True,
    }  # fmt: skip
    other = terraform("aws_main_route_table_association", "m", vpc_id="aws_vpc.one", route_table_id="rtb-2")
    assert values(RouteTable, vpc, other)["main"] is False
    taken = terraform("aws_default_route_table", "d", default_route_table_id="rtb-aws_vpc.one", route=[])
    tables = estate_of(vpc, taken).resources[RouteTable.kind]
    assert {one.readings["short"].value for one in tables} == {"rtb-aws_vpc.one"}  # type: ignore[union-attr]
    assert all(one.readings["main"].value for one in tables)  # type: ignore[union-attr]


def test_endpoints_and_flow_logs_are_told_as_aws_tells_them() -> None:
    answer = {
        "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "VpcEndpointType": "Interface", "State": "available",
        "PrivateDnsEnabled": True, "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True},
    }  # fmt: skip
    own = terraform(
        "aws_vpc_endpoint", "s3", vpc_id="vpc-1", service_name="com.amazonaws.eu-west-1.s3", vpc_endpoint_type="Interface",
        private_dns_enabled=True, dns_options=[{"private_dns_only_for_inbound_resolver_endpoint": True}],
    )  # fmt: skip
    assert values(Endpoint, own) == live(Endpoint, answer)
    loses_only_it(Endpoint, own)
    same = cloudformation(
        "AWS::EC2::VPCEndpoint", "S3", VpcId="vpc-1", ServiceName="com.amazonaws.eu-west-1.s3", VpcEndpointType="Interface",
        PrivateDnsEnabled=True, DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": "OnlyInboundResolver"},
    )  # fmt: skip
    assert values(Endpoint, same) == live(Endpoint, answer)
    plain = values(Endpoint, terraform("aws_vpc_endpoint", "s3", vpc_id="v", service_name="com.amazonaws.eu-west-1.s3"))
    assert (plain["type"], plain["tables"], plain["private_names"]) == ("Gateway", (), False)
    other = values(Endpoint, terraform("aws_vpc_endpoint", "x", vpc_id="v", service_name="com.example.service"))
    assert "state" not in other
    log = {"ResourceId": "vpc-1", "FlowLogStatus": "ACTIVE", "TrafficType": "ALL"}
    assert values(FlowLog, terraform("aws_flow_log", "l", vpc_id="vpc-1", traffic_type="ALL")) == live(FlowLog, log)
    assert values(FlowLog, terraform("aws_flow_log", "l", transit_gateway_id="tgw-1"))["traffic"] == "ALL"
    template = cloudformation("AWS::EC2::FlowLog", "L", ResourceId="vpc-1", ResourceType="VPC", TrafficType="ALL")
    assert values(FlowLog, template) == live(FlowLog, log)
