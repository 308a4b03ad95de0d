"""BK502."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.look import those
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.load_balancers.balancers import Listener
from scanner.resources.load_balancers.classic import ClassicLoadBalancer

_DEMANDED = "that plain HTTP only redirects to HTTPS"


@rule(
    "BK502",
    severity=Severity.HIGH,
    reads=[Listener.protocol, Listener.default, Listener.routes, ClassicLoadBalancer.listeners],
    enforces=["6.1-network-encryption"],
    aliases=["alb-http-to-https-redirection-check"],
)
def plain_http_only_redirects(balancer: Listener | ClassicLoadBalancer, demand: Objective) -> Verdict:
    """Plain HTTP only redirects.

    What is asked and answered by plain HTTP can be read and altered on the way. Every rule of the listener counts, not
    only its default: one that forwards is enough. A redirect that keeps the protocol leads back to plain HTTP.

    Fix: make redirection to HTTPS the default action of the listener and take every other rule away, or delete the
    listener. A Classic Load Balancer cannot redirect.
    """
    if isinstance(balancer, ClassicLoadBalancer):
        plain = those(balancer.listeners, lambda one: one.protocol == "HTTP")
        if not plain.known:
            plain.whole()
            return Verdict.exempt("no listener speaks plain HTTP")
        ports = ", ".join(str(one.port) for one in plain.known)
        return Verdict.failed(f"plain HTTP on port {ports} is forwarded: a classic one cannot redirect", _DEMANDED)
    if balancer.protocol != "HTTP":
        return Verdict.exempt(f"speaks {balancer.protocol}, not plain HTTP")
    if not balancer.default.to_https:
        return Verdict.failed(f"{balancer.default.requests} is {balancer.default.does}", _DEMANDED)
    routes = those(balancer.routes, lambda one: not one.to_https)
    if loose := routes.known:
        more = f", and so are {len(loose) - 1} more rules" if len(loose) > 1 else ""
        return Verdict.failed(f"{loose[0].requests} is {loose[0].does}{more}", _DEMANDED)
    routes.whole()
    return Verdict.passed("all of it is redirected to HTTPS")
