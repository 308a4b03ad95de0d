"""Network interfaces: everything that stands in a VPC has one, also what a service of AWS puts there."""

from __future__ import annotations

from typing import Any

from scanner.model.convert import text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, fact
from scanner.model.look import Look
from scanner.model.origin import Listing, call, item
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource


class Interface(Resource):
    """A network interface."""

    kind = "aws.ec2.network-interface"
    title = "network interface"
    listed_by = Listing(
        call("ec2:DescribeNetworkInterfaces"), "NetworkInterfaces[]",
        id="arn:{partition}:ec2:{region}:{OwnerId}:network-interface/{NetworkInterfaceId}",
        name="{NetworkInterfaceId}",
    )  # fmt: skip

    short: Fact[str] = fact("Its identifier.", live=item("NetworkInterfaceId", text))
    vpc: Fact[str] = fact("The VPC it is in.", live=item("VpcId", text))
    groups: Fact[tuple[str, ...]] = fact(
        "The security groups that guard it.", live=item("Groups[].GroupId", tuple_of(text), absent=())
    )


def groups_of(store: Any, look: Look) -> tuple[str, ...]:
    """Give the security groups of a store that names its interfaces only."""
    groups: set[str] = set()
    for short in store.interfaces:
        found = next(look.where(Interface, Interface.short, short, region=store.region), None)
        if found is None:
            raise CouldNotCheck(Unknown(Reason.BEYOND, f"{short} is not among the interfaces that are shown"))
        groups.update(found.groups)
    return tuple(sorted(groups))
