"""VPC endpoints: private ways to services of AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.convert import flag, text, tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource


def service(raw: Any) -> str:
    """Read the service's short name: com.amazonaws.eu-west-1.s3 is s3; what others offer keeps its whole name."""
    name = text(raw)
    parts = name.split(".", 3)
    return parts[3] if parts[:2] == ["com", "amazonaws"] and len(parts) == 4 else name


def private_names(raw: Mapping[str, Any]) -> bool:
    """Read whether the service's usual name leads to an endpoint from within its VPC.

    It may do so for inbound resolvers alone: then what is on premises comes by the interface, and what is in the VPC by
    a gateway, if at all (DnsOptionsSpecification, API reference).
    """
    if not flag(raw.get("PrivateDnsEnabled", False)):
        return False
    return not flag((raw.get("DnsOptions") or {}).get("PrivateDnsOnlyForInboundResolverEndpoint") or False)


class Endpoint(Resource):
    """A VPC endpoint: a gateway or an interface."""

    kind = "aws.ec2.vpc-endpoint"
    title = "VPC endpoint"
    listed_by = Listing(
        call("ec2:DescribeVpcEndpoints"), "VpcEndpoints[]",
        id="arn:{partition}:ec2:{region}:{OwnerId}:vpc-endpoint/{VpcEndpointId}", name="{VpcEndpointId}",
    )  # fmt: skip

    vpc: Fact[str] = fact("The VPC it is in.", live=item("VpcId", text))
    service: Fact[str] = fact("The service it leads to: s3, backup, ...", live=item("ServiceName", service))
    type: Fact[str] = fact("What it is: Gateway, Interface, ...", live=item("VpcEndpointType", text))
    state: Fact[str] = fact(
        # EC2 writes Available and available (VpcEndpoint, API reference, and its examples).
        "Its state: available, pendingAcceptance, ...", live=item("State", lambda raw: text(raw).lower())
    )  # fmt: skip
    # EC2 leaves out what is empty.
    tables: Fact[tuple[str, ...]] = fact(
        "The route tables that lead to a gateway.", live=item("RouteTableIds", tuple_of(text), absent=())
    )
    private_names: Fact[bool] = fact(
        "The service's usual name leads to it, from within the VPC.", live=item("@", private_names)
    )
