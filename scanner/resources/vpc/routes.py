"""Route tables: where a subnet's traffic goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.model.convert import text
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource

#: Where a route may lead; each route names one of them (Route, API reference).
_TARGETS = (
    "GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId",
    "NetworkInterfaceId", "InstanceId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn", "OdbNetworkArn",
)  # fmt: skip
#: An internet gateway, or the carrier gateway of a Wavelength zone, which lets in the carrier's network. Of IPv6, the
#: egress-only gateway (eigw-) lets nothing in.
_INWARD = ("igw-", "cagw-")
#: A way to what is outside the network, if only outwards: NAT gateways, egress-only gateways.
_OUTWARD = (*_INWARD, "nat-", "eigw-")


@dataclass(frozen=True, slots=True)
class Route:
    """One route: what for, where to. A blackhole leads to a target that is gone or not attached."""

    to: str
    target: str
    active: bool = True

    @property
    def inward(self) -> bool:
        """It leads to a gateway through which the internet may come in."""
        return self.active and self.target.startswith(_INWARD)

    @property
    def outward(self) -> bool:
        """It leads to a gateway to the internet, for traffic that comes in or only goes out."""
        return self.active and self.target.startswith(_OUTWARD)

    @property
    def elsewhere(self) -> bool:
        """It hands traffic for the internet to something that may let it out: a transit gateway, an appliance."""
        return self.active and self.to in ("0.0.0.0/0", "::/0") and not self.outward


def routes(raw: Any) -> tuple[Route, ...]:
    """Read the routes of a table."""
    return tuple(_route(one) for one in raw)


def _route(raw: Mapping[str, Any]) -> Route:
    target = next((str(raw[name]) for name in _TARGETS if raw.get(name)), "")
    to = raw.get("DestinationCidrBlock") or raw.get("DestinationIpv6CidrBlock") or raw.get("DestinationPrefixListId")
    if not to:
        raise ValueError("a route without destination")
    return Route(str(to), target, raw.get("State", "active") == "active")


def bound(member: str) -> Any:
    """Make a converter for what a table is associated with: `SubnetId` or `GatewayId`."""
    return lambda raw: tuple(sorted(str(one[member]) for one in _live(raw) if one.get(member)))


def is_main(raw: Any) -> bool:
    """Say whether a table is its VPC's main one, which serves every subnet that has no table of its own."""
    return any(one.get("Main") is True for one in _live(raw))


def _live(raw: Any) -> Iterator[Mapping[str, Any]]:
    for one in raw:
        if (one.get("AssociationState") or {}).get("State", "associated") in ("associated", "associating"):
            yield one


class RouteTable(Resource):
    """A route table of a VPC."""

    kind = "aws.ec2.route-table"
    title = "route table"
    listed_by = Listing(
        call("ec2:DescribeRouteTables"), "RouteTables[]",
        id="arn:{partition}:ec2:{region}:{OwnerId}:route-table/{RouteTableId}", name="{RouteTableId}",
    )  # fmt: skip

    short: Fact[str] = fact("Its identifier.", live=item("RouteTableId", text))
    vpc: Fact[str] = fact("The VPC it belongs to.", live=item("VpcId", text))
    routes: Fact[tuple[Route, ...]] = fact("Its routes.", live=item("Routes", routes, absent=()))
    # EC2 leaves out what is empty.
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets that name it as theirs.", live=item("Associations", bound("SubnetId"), absent=())
    )
    edges: Fact[tuple[str, ...]] = fact(
        # VPC user guide, "Gateway route tables": it routes what comes in through the gateway.
        "The gateways whose incoming traffic it routes.", live=item("Associations", bound("GatewayId"), absent=())
    )  # fmt: skip
    main: Fact[bool] = fact("It is the main one of its VPC.", live=item("Associations", is_main, absent=False))
