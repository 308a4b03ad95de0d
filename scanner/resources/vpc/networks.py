"""Subnets, and whether the internet can come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.arn import same
from scanner.model.convert import text
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, legible
from scanner.model.origin import Listing, call, item
from scanner.model.ranges import overlap
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.vpc.routing import routing_needs, routing_of


def ranges(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the addresses of a subnet; one of IPv6 only has no CidrBlock, most have no IPv6 blocks."""
    sixes = (one.get("Ipv6CidrBlock") for one in raw.get("Ipv6CidrBlockAssociationSet") or ())
    return tuple(str(one) for one in (raw.get("CidrBlock"), *sixes) if one)


def table_of(subnet: Subnet, look: Look) -> str:
    """Give the route table of a subnet: its own, or the main one of its VPC; raise where that cannot be told."""
    routing = routing_of(look, subnet.region)
    own = routing.own.get(subnet.short)
    if own:
        return own
    if routing.missing is not None:
        raise CouldNotCheck(routing.missing)
    if not same(subnet.owner, subnet.account):
        # The owner keeps the route tables of a shared VPC (VPC user guide, "Responsibilities and permissions for owners
        # and participants"); that none is shown which names the subnet does not mean that none does.
        raise CouldNotCheck(
            Unknown(Reason.BEYOND, f"{subnet.short} is shared by account {subnet.owner}: its route table is not shown")
        )
    main = routing.main.get(subnet.vpc)
    if main is None:
        raise CouldNotCheck(Unknown(Reason.MISSING, f"{subnet.vpc} shows no main route table"))
    return main


def exposed(subnet: Subnet, look: Look) -> str | None:
    """Say through which gateway the internet can come into a subnet; none where it cannot.

    Any active route to an internet gateway counts, for whatever destination: "If a subnet is associated with a route
    table that has a route to an internet gateway, it's known as a public subnet" (VPC user guide, "Subnet types").
    """
    routing = routing_of(look, subnet.region)
    table = table_of(subnet, look)
    inward = routing.inward.get(table)
    if inward:
        return f"{inward} in {table}"
    # A firewall may stand between: the gateway's own route table then sends what comes in to the firewall's endpoint
    # (VPC user guide, "Gateway route tables"), and the subnet's table names no gateway.
    with legible(f"routes of the gateways of {subnet.vpc}"):
        for gateway, to in routing.edges.get(subnet.vpc, ()):
            if any(overlap(to, own) for own in subnet.ranges):
                return f"{gateway}, which routes to it"
    doubt = routing.doubts.get((table, "inward")) or routing.missing
    if doubt is not None:
        raise CouldNotCheck(doubt)
    return None


class Subnet(Resource):
    """A subnet: the account's own, or one that another account shares."""

    kind = "aws.ec2.subnet"
    title = "subnet"
    listed_by = Listing(call("ec2:DescribeSubnets"), "Subnets[]", id="{SubnetArn}", name="{SubnetId}")

    short: Fact[str] = fact("Its identifier.", live=item("SubnetId", text))
    vpc: Fact[str] = fact("The VPC it is part of.", live=item("VpcId", text))
    owner: Fact[str] = fact("The account that owns it.", live=item("OwnerId", text))
    ranges: Fact[tuple[str, ...]] = fact("The addresses it spans.", live=item("@", ranges))
    table: Fact[str] = derived(
        "The route table that routes its traffic.",
        needs=lambda kind: [kind.short, kind.vpc, kind.owner, *routing_needs()],
        by=table_of,
    )
    exposed: Fact[str | None] = derived(
        "The gateway through which the internet can come in; none where it cannot.",
        needs=lambda kind: [kind.short, kind.vpc, kind.owner, kind.ranges, *routing_needs()],
        by=exposed,
    )
