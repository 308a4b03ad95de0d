"""Classic Load Balancers: listeners and security policies are part of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.convert import tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, call, item, of
from scanner.model.resource import Resource
from scanner.resources.tags import tags_of_type
from scanner.resources.tls import Version, versions

_SECURITY = "SSLNegotiationPolicyType"


@dataclass(frozen=True, slots=True)
class ClassicListener:
    """A listener: the protocol it speaks with clients, its port, and the names of its policies."""

    protocol: str
    port: int
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecurityPolicy:
    """A security policy of a load balancer; `reference` names the predefined one that it is, and `accepts` may then be empty."""

    name: str
    accepts: tuple[Version, ...] = ()
    reference: str = ""


def classic_listener(raw: Mapping[str, Any]) -> ClassicListener:
    """Read one listener of `DescribeLoadBalancers`."""
    one = raw["Listener"]
    return ClassicListener(one["Protocol"].upper(), one["LoadBalancerPort"], tuple(raw.get("PolicyNames") or ()))


def security_policies(raw: Any) -> tuple[SecurityPolicy, ...]:
    """Read the security policies among the policies of a load balancer; others are about cookies and proxies."""
    found = []
    for one in raw:
        if one["PolicyTypeName"] != _SECURITY:
            continue
        told = {each["AttributeName"]: each["AttributeValue"] for each in one["PolicyAttributeDescriptions"]}
        on = [
            name.removeprefix("Protocol-")
            for name, value in told.items()
            if name.startswith("Protocol-") and value.lower() == "true"
        ]
        found.append(SecurityPolicy(one["PolicyName"], versions(on), told.get("Reference-Security-Policy", "")))
    return tuple(found)


class ClassicLoadBalancer(Resource):
    """A Classic Load Balancer."""

    kind = "aws.elb.load-balancer"
    title = "Classic Load Balancer"
    tagged_by = "tags"
    listed_by = Listing(
        call("elb:DescribeLoadBalancers", permission="elasticloadbalancing:DescribeLoadBalancers"),
        "LoadBalancerDescriptions[]",
        id="arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{LoadBalancerName}",
        name="{LoadBalancerName}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=tags_of_type("elasticloadbalancing:loadbalancer"))
    listeners: Fact[tuple[ClassicListener, ...]] = fact(
        "Its listeners.", live=item("ListenerDescriptions", tuple_of(classic_listener), absent=())
    )
    security: Fact[tuple[SecurityPolicy, ...]] = fact(
        "Its security policies.",
        live=call(
            "elb:DescribeLoadBalancerPolicies", permission="elasticloadbalancing:DescribeLoadBalancerPolicies",
            LoadBalancerName=of("LoadBalancerName"),
        ).at("PolicyDescriptions", security_policies, absent=()),
    )  # fmt: skip
