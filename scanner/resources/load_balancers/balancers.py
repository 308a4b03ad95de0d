"""Application, network and gateway load balancers, and their listeners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.model.convert import text, tuple_of, whole
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, SideList, call, item, of, parent
from scanner.model.resource import Resource
from scanner.resources.tags import tags_of_type
from scanner.resources.tls import Version, versions


class LoadBalancer(Resource):
    """An application, network or gateway load balancer."""

    kind = "aws.elbv2.load-balancer"
    title = "load balancer"
    tagged_by = "tags"
    listed_by = Listing(
        call("elbv2:DescribeLoadBalancers", permission="elasticloadbalancing:DescribeLoadBalancers"),
        "LoadBalancers[]", id="{LoadBalancerArn}", name="{LoadBalancerName}",
    )  # fmt: skip

    form: Fact[str] = fact("Its form: application, network or gateway.", live=item("Type", text))
    scheme: Fact[str | None] = fact(
        # A gateway load balancer has none.
        "Whether it is internal or internet-facing.", live=item("Scheme", text, absent=None)
    )  # fmt: skip
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=tags_of_type("elasticloadbalancing:loadbalancer"))


@dataclass(frozen=True, slots=True)
class Route:
    """What becomes of some requests of a listener: which, what is done with them, and whether HTTPS is what follows."""

    requests: str
    does: str
    to_https: bool = False


def route(requests: str, actions: Sequence[Mapping[str, Any]]) -> Route:
    """Read the last action of a list, which is the one that answers; those before it authenticate."""
    if not actions:
        raise ValueError(f"{requests}: no action")
    last = max(actions, key=lambda one: one.get("Order") or 0)
    if last["Type"] != "redirect":
        return Route(requests, {"forward": "forwarded", "fixed-response": "answered"}.get(last["Type"], last["Type"]))
    # What a redirect does not name stays as it was asked for (RedirectActionConfig, API reference).
    protocol = (last.get("RedirectConfig") or {}).get("Protocol") or "#{protocol}"
    to = "HTTP" if protocol == "#{protocol}" else protocol
    return Route(requests, f"redirected to {to}", to_https=protocol == "HTTPS")


def rule_route(raw: Mapping[str, Any]) -> Route:
    """Read one rule of a listener."""
    name = "what no rule fits" if raw.get("IsDefault") else f"what rule {raw['Priority']} fits"
    return route(name, raw["Actions"])


class Listener(Resource):
    """A listener of a load balancer."""

    kind = "aws.elbv2.listener"
    title = "listener"
    child_of = LoadBalancer
    belongs_to = "balancer"
    made_of = ("aws.elbv2.load-balancer",)
    listed_by = Listing(
        call(
            "elbv2:DescribeListeners", permission="elasticloadbalancing:DescribeListeners",
            LoadBalancerArn=parent("LoadBalancerArn"),
        ),
        "Listeners[]", id="{ListenerArn}", name="{parent}:{Port}",
    )  # fmt: skip

    balancer: Fact[str] = fact("The ARN of its load balancer.", live=item("LoadBalancerArn", text))
    protocol: Fact[str] = fact(
        "The protocol it speaks with clients: HTTP, HTTPS, TLS, TCP ...", live=item("Protocol", text)
    )
    port: Fact[int | None] = fact(
        # A gateway load balancer listens on all ports.
        "The port it listens on.", live=item("Port", whole, absent=None)
    )  # fmt: skip
    policy: Fact[str | None] = fact(
        "The security policy by which it speaks TLS; none where it speaks none.",
        live=item("SslPolicy", text, absent=None),
    )
    accepts: Fact[tuple[Version, ...]] = fact(
        "The versions of TLS that its security policy allows, as the service itself says; nothing where it says none.",
        live=SideList(
            call("elbv2:DescribeSSLPolicies", permission="elasticloadbalancing:DescribeSSLPolicies"),
            "SslPolicies[]", key="Name", match="SslPolicy",
        ).at("SslProtocols", versions, absent=()),
    )  # fmt: skip
    default: Fact[Route] = fact(
        "What becomes of requests that no rule fits.",
        live=item("DefaultActions", lambda raw: route("what no rule fits", raw)),
    )
    routes: Fact[tuple[Route, ...]] = fact(
        "What its rules do with requests, where it speaks plain HTTP.",
        live=call(
            "elbv2:DescribeRules", permission="elasticloadbalancing:DescribeRules", ListenerArn=of("ListenerArn")
        ).at("Rules", tuple_of(rule_route), absent=(), given=("protocol", "HTTP")),
    )
