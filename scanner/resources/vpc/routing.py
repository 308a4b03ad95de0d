"""The routing of a region: which route table serves which subnet. Worked out once for all subnets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model.fact import Fact, derived
from scanner.model.look import Look, gathered
from scanner.model.origin import Listing
from scanner.model.reading import Unknown
from scanner.model.resource import Resource
from scanner.resources.vpc.routes import RouteTable


@dataclass(frozen=True, slots=True)
class Routing:
    """What the route tables of a region say; `missing` where there may be more of them."""

    #: the table that a subnet names as its own
    own: Mapping[str, str] = field(default_factory=dict)
    #: the main table of a VPC
    main: Mapping[str, str] = field(default_factory=dict)
    #: the internet gateway that a table leads to
    inward: Mapping[str, str] = field(default_factory=dict)
    #: the gateway to the internet that a table leads to, be it for outgoing traffic only
    outward: Mapping[str, str] = field(default_factory=dict)
    #: where a table sends the traffic for the internet, if elsewhere: a transit gateway, an appliance
    beyond: Mapping[str, str] = field(default_factory=dict)
    #: the gateways of a VPC that have a route table of their own, and the addresses that it routes to
    edges: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    missing: Unknown | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    table: str
    vpc: str
    subnets: tuple[str, ...]
    main: bool
    inward: str
    outward: str
    beyond: str
    edges: tuple[tuple[str, str], ...]


def routing(region: Region, look: Look) -> Routing:
    """Read all route tables of a region."""
    rows = gathered(look.every(RouteTable, region=region.region), _row)
    edges: dict[str, list[tuple[str, str]]] = {}
    for row in rows.known:
        edges.setdefault(row.vpc, []).extend(row.edges)
    return Routing(
        own={subnet: row.table for row in rows.known for subnet in row.subnets},
        main={row.vpc: row.table for row in rows.known if row.main},
        inward={row.table: row.inward for row in rows.known if row.inward},
        outward={row.table: row.outward for row in rows.known if row.outward},
        beyond={row.table: row.beyond for row in rows.known if row.beyond},
        edges={vpc: tuple(sorted(found)) for vpc, found in edges.items() if found},
        missing=rows.missing,
    )


def _row(table: RouteTable) -> Iterator[_Row]:
    edges = tuple(
        (gateway, route.to)
        for gateway in table.edges
        if gateway.startswith("igw-")
        for route in table.routes
        # A prefix list cannot be the destination in a gateway's table.
        if route.active and route.target != "local" and not route.to.startswith("pl-")
    )
    yield _Row(
        table.short, table.vpc, table.subnets, table.main,
        next((route.target for route in table.routes if route.inward), ""),
        next((route.target for route in table.routes if route.outward), ""),
        next((route.target for route in table.routes if route.elsewhere), ""),
        edges,
    )  # fmt: skip


class Region(Resource):
    """The networks of one region taken together."""

    kind = "aws.ec2.networks"
    title = "networks of a region"
    listed_by = Listing(None, id="arn:{partition}:ec2:{region}:{account}:networks", name="networks in {region}")

    routing: Fact[Routing] = derived(
        "Which route table serves which subnet, and where it leads.",
        needs=lambda _: [
            RouteTable.short, RouteTable.vpc, RouteTable.subnets, RouteTable.main, RouteTable.routes, RouteTable.edges,
        ],
        by=routing,
    )  # fmt: skip


def region_of(look: Look, region: str) -> Region:
    """Give the networks of a region; raise where it was not scanned."""
    return look.sole(Region, region=region)


def routing_of(look: Look, region: str) -> Routing:
    """Give the routing of a region."""
    return region_of(look, region).routing


def routing_needs() -> list[Fact[Any]]:
    """Name the facts that `routing_of` reads."""
    return [Region.routing]
