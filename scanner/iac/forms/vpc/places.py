"""Places: how the parts of a network are called before AWS gives them an id, and what they stand in.

An id that AWS gives is stood in for by the address of the block: `aws_subnet.a` for `subnet-0a1b`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import ARN, NAME
from scanner.iac.lowering import stopped
from scanner.iac.surroundings import Surroundings
from scanner.model.arn import somewhere
from scanner.model.unresolved import Unresolved

VPCS: Final = ("aws_vpc", "aws_default_vpc", "AWS::EC2::VPC")
SUBNETS: Final = ("aws_subnet", "aws_default_subnet", "AWS::EC2::Subnet")


def arn(noun: str, *, account: bool = True) -> str:
    """Give the template of an EC2 ARN."""
    return f"arn:{{partition}}:ec2:{{region}}:{'{account}' if account else ''}:{noun}/{{name}}"


def short(block: Block) -> str:
    """Give the id of a block's resource, or what stands in for it."""
    return block.known_name or block.address


def owner(block: Block) -> str:
    """Give the account that owns what a block makes: its own."""
    return somewhere(block.account)


def is_template(kind: str) -> bool:
    """Say whether a type of block is CloudFormation's."""
    return "::" in kind


def given(kind: str, *others: str) -> dict[str, str]:
    """Say what references to a block give: its id by Terraform's names or CloudFormation's, and its ARN."""
    own = ("Ref", *others) if is_template(kind) else ("id", *others)
    return {**dict.fromkeys(own, NAME), **({} if is_template(kind) else {"arn": ARN})}


def says(block: Block, path: str) -> bool:
    """Say whether a block sets anything at a path; what is open may be set."""
    value = block.find(path).value
    return value is not ABSENT and not (isinstance(value, (list, dict, str)) and not value)


def default_group(vpc: Block) -> str:
    """Give the id of the security group that a VPC has from the start."""
    value = vpc.find("default_security_group_id").value
    return value if isinstance(value, str) else f"sg-{short(vpc)}"


def default_table(vpc: Block) -> str:
    """Give the id of the route table that a VPC has from the start."""
    value = vpc.find("default_route_table_id").value
    return value if isinstance(value, str) else f"rtb-{short(vpc)}"


def vpc_of(subnet: str, by: Block, around: Surroundings) -> str:
    """Give the VPC of a subnet that a block names; raise where the subnet is not in the code."""
    found = around.named(SUBNETS, subnet, by)
    if found is None:
        return Unresolved(f"the subnet {subnet} of {by.address} is not in the code that was given").stop()
    value = stopped(found.find("VpcId" if is_template(found.type) else "vpc_id").value)
    if not isinstance(value, str):
        Unresolved(f"{found.address} does not say its VPC: the default one of its region").stop()
    return str(value)


def groups(path: str, subnet: str) -> Callable[[Block, Surroundings], tuple[Any, ...]]:
    """Make a function that gives the security groups of what stands in a subnet: those named, or the VPC's default."""

    def of(block: Block, around: Surroundings) -> tuple[Any, ...]:
        named = stopped(block.find(path).value)
        if named is not ABSENT and named != []:
            return tuple(named)
        where = stopped(block.find(subnet).value)
        where = where[0] if isinstance(where, list) and where else where
        if not isinstance(where, str):
            Unresolved(f"{block.address} names no security group: AWS takes the default group of its VPC").stop()
        return (default_group_of(vpc_of(where, block, around), block, around),)

    return of


def default_group_of(vpc: str, by: Block, around: Surroundings) -> str:
    """Give the default security group of a VPC that is named; raise where that is not in the code."""
    found = around.named(VPCS, vpc, by)
    if found is None:
        return Unresolved(f"the VPC {vpc} of {by.address} is not in the code, nor is its default security group").stop()
    return default_group(found)


def named_by(
    blocks: Iterable[Block], paths: Mapping[str, str], doubt: Unresolved | None, around: Surroundings
) -> tuple[Any, ...]:
    """Give what some blocks name, each by the path of its type, in order; what is open comes last."""
    found = [one.find(paths[one.type]).value for one in blocks if paths.get(one.type)]
    known = sorted({one for one in found if isinstance(one, str)})
    return open_ended((*known, *(one for one in found if isinstance(one, Unresolved))), doubt, around)


def open_ended(known: tuple[Any, ...], doubt: Unresolved | None, around: Surroundings) -> tuple[Any, ...]:
    """Give a list with the reason why there may be more of it as its last element, if there may."""
    more = doubt if doubt is not None else around.open
    return known if more is None else (*known, more)
