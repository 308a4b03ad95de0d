"""VPCs and subnets in code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import Form, at, joined, made
from scanner.iac.forms.vpc.places import arn, default_group, default_table, given, is_template, owner, short
from scanner.iac.forms.vpc.tables import FIRST
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text
from scanner.model.unresolved import Unresolved
from scanner.resources.vpc.networks import Subnet
from scanner.resources.vpc.vpcs import Vpc

_DEFAULT: Final = "it is in the default VPC of its region"
#: What more a reference to a VPC may ask for. AWS calls the first route table the main one until another is made that.
_OF_VPC: Final[Mapping[str, Any]] = {
    "default_route_table_id": default_table, "main_route_table_id": default_table,
    "default_security_group_id": default_group,
}  # fmt: skip


def _ranges(four: str, six: str) -> Any:
    def of(block: Block) -> tuple[Any, ...]:
        found = [one for path in (four, six) if (one := block.find(path).value) is not ABSENT]
        alone = stopped(block.find("Ipv6Native" if is_template(block.type) else "ipv6_native").value)
        if block.find(four).value is ABSENT and (alone is ABSENT or not flag(alone)):
            found.append(Unresolved(f"{block.address} does not say its addresses: a pool or AWS gives them"))
        return tuple(one if isinstance(one, Unresolved) else text(one) for one in found)

    return of


def _with_more(four: str, six: str) -> Any:
    """Add the ranges that CloudFormation gives a subnet by blocks of their own."""
    own = _ranges(four, six)

    def of(block: Block, around: Surroundings) -> tuple[Any, ...]:
        found, doubt = around.naming({"AWS::EC2::SubnetCidrBlock": "SubnetId"}, block)
        more = (one.find("Ipv6CidrBlock").value for one in found)
        added = (one if isinstance(one, (str, Unresolved)) else _chosen(block) for one in more)
        return (*own(block), *added, *(() if doubt is None else (doubt,)))

    return of


def _chosen(block: Block) -> Unresolved:
    return Unresolved(f"AWS or a pool gives {block.address} IPv6 addresses")


FORMS = (
    Form(
        Vpc, "aws_vpc", arn=arn("vpc"), gives={**given("aws_vpc"), **_OF_VPC},
        facts={"short": made(short), "owner": made(owner)},
    ),
    Form(
        Vpc, "aws_default_vpc", arn=arn("vpc"), gives={**given("aws_default_vpc"), **_OF_VPC},
        facts={"short": made(short), "owner": made(owner)},
    ),
    Form(
        Vpc, "AWS::EC2::VPC", arn=arn("vpc"),
        gives={**given("AWS::EC2::VPC", "VpcId"), "DefaultSecurityGroup": default_group},
        facts={"short": made(short), "owner": made(owner)},
    ),
    *FIRST.values(),
    Form(
        Subnet, "aws_subnet", arn=arn("subnet"), gives=given("aws_subnet"),
        facts={
            "short": made(short),
            "vpc": at("vpc_id", text),
            "owner": made(owner),
            "ranges": made(_ranges("cidr_block", "ipv6_cidr_block"), "cidr_block"),
        },
    ),
    Form(
        Subnet, "aws_default_subnet", arn=arn("subnet"), gives=given("aws_default_subnet"),
        facts={
            "short": made(short),
            "vpc": at("vpc_id", text, computed=_DEFAULT),
            "owner": made(owner),
            "ranges": made(_ranges("cidr_block", "ipv6_cidr_block"), "cidr_block"),
        },
    ),
    Form(
        Subnet, "AWS::EC2::Subnet", arn=arn("subnet"), gives=given("AWS::EC2::Subnet", "SubnetId"),
        facts={
            "short": made(short),
            "vpc": at("VpcId", text),
            "owner": made(owner),
            "ranges": joined(_with_more("CidrBlock", "Ipv6CidrBlock"), "CidrBlock"),
        },
    ),
)  # fmt: skip
