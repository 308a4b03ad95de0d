"""The routing of a region: which route table serves which subnet. Worked out once for all subnets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any, TypeVar

from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered, those
from scanner.model.origin import Listing
from scanner.model.reading import Unknown
from scanner.model.resource import Resource
from scanner.resources.vpc.routes import Route, RouteTable

T = TypeVar("T")


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
    #: tables of which code leaves open whether they lead to the internet: inward, outward or elsewhere
    doubts: Mapping[tuple[str, str], Unknown] = field(default_factory=dict)
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
    #: why it may lead somewhere else as well, by the way: inward, outward, beyond
    doubts: Mapping[str, Unknown]
    #: why it may serve more than is known
    loose: Unknown | None


def routing(region: Region, look: Look) -> Routing:
    """Read all route tables of a region."""
    rows = gathered(look.every(RouteTable, region=region.region), _row)
    edges: dict[str, list[tuple[str, str]]] = {}
    loose = rows.missing
    for row in rows.known:
        edges.setdefault(row.vpc, []).extend(row.edges)
        loose = loose or row.loose
    return Routing(
        own={subnet: row.table for row in rows.known for subnet in row.subnets},
        main={row.vpc: row.table for row in rows.known if row.main},
        inward={row.table: row.inward for row in rows.known if row.inward},
        outward={row.table: row.outward for row in rows.known if row.outward},
        beyond={row.table: row.beyond for row in rows.known if row.beyond},
        edges={vpc: tuple(sorted(found)) for vpc, found in edges.items() if found},
        doubts={(row.table, way): doubt for row in rows.known for way, doubt in row.doubts.items()},
        missing=loose,
    )


def _row(table: RouteTable) -> Iterator[_Row]:
    told, nothing = _Told(), tuple[str, ...]()
    vpc = told(lambda: table.vpc, "")
    subnets = told(lambda: table.subnets, nothing)
    gateways = told(lambda: table.edges, nothing)
    main = told(lambda: table.main, False)
    edges = told.gathered(those(gateways, lambda one: one.startswith("igw-")))
    routed = told.gathered(those(table.routes, _arrives)) if edges else ()
    doubts: dict[str, Unknown] = {}
    ways = {}
    for way, leads in _WAYS.items():
        found = those(table.routes, leads)
        ways[way] = found.known[0].target if found.known else ""
        if not found.known and found.missing is not None:
            doubts[way] = found.missing
    yield _Row(
        table.short, vpc, told.gathered(those(subnets, bool)), main, ways["inward"], ways["outward"], ways["beyond"],
        tuple((gateway, route.to) for gateway in edges for route in routed), doubts, told.doubt,
    )  # fmt: skip


#: the ways out of a table, and how a route tells that it is one
_WAYS: Mapping[str, Callable[[Route], bool]] = {
    "inward": lambda route: route.inward,
    "outward": lambda route: route.outward,
    "beyond": lambda route: route.elsewhere,
}


def _arrives(route: Route) -> bool:
    """Say whether a route of a gateway's table takes what comes in to addresses that it names."""
    # A prefix list cannot be the destination in a gateway's table.
    return route.active and route.target != "local" and not route.to.startswith("pl-")


class _Told:
    """What a table tells of itself; `doubt` says why there may be more."""

    def __init__(self) -> None:
        self.doubt: Unknown | None = None

    def __call__(self, ask: Callable[[], T], otherwise: T) -> T:
        try:
            return ask()
        except CouldNotCheck as stop:
            self.doubt = self.doubt or stop.unknown
            return otherwise

    def gathered(self, found: Partial[T]) -> tuple[T, ...]:
        self.doubt = self.doubt or found.missing
        return found.known


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
