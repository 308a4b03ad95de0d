"""BK501."""

from __future__ import annotations

from collections.abc import Callable

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.look import those
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.load_balancers.balancers import Listener
from scanner.resources.load_balancers.classic import ClassicLoadBalancer, SecurityPolicy
from scanner.resources.load_balancers.policies import DOCUMENTED, KNOWN
from scanner.resources.tls import Version, older, speak

_TLS = frozenset({"HTTPS", "TLS", "SSL"})


@rule(
    "BK501",
    severity=Severity.HIGH,
    reads=[
        Listener.protocol, Listener.policy, Listener.accepts,
        ClassicLoadBalancer.listeners, ClassicLoadBalancer.security,
    ],
    enforces=["6.1-tls"],
    aliases=["elb-predefined-security-policy-ssl-check"],
)  # fmt: skip
def listeners_accept_no_older_tls(balancer: Listener | ClassicLoadBalancer, demand: Objective) -> Verdict:
    """Listeners accept no TLS older than the policy allows.

    A listener speaks the oldest version that a client asks for and its security policy allows, and whoever sits
    between the two can ask for it. What a security policy allows is asked of the service; where it does not answer,
    the documentation decides by the policy's name. A listener that passes connections through ends no TLS: BK520
    probes what is behind it. Classic Load Balancers know nothing newer than TLS 1.2.

    Fix: give the listener a security policy of the demanded version, such as ELBSecurityPolicy-TLS13-1-3-2021-06;
    replace a Classic Load Balancer by an Application or Network Load Balancer.
    """
    if isinstance(balancer, ClassicLoadBalancer):
        return _classic(balancer, demand)
    if balancer.protocol not in _TLS:
        ends = "BK502 judges plain HTTP" if balancer.protocol == "HTTP" else "what ends TLS is behind it"
        return Verdict.exempt(f"speaks {balancer.protocol}, no TLS: {ends}")
    name = balancer.policy or "no security policy"
    accepted, source = _told(lambda: balancer.accepts, name)
    return _verdict(older(accepted, demand.tls), f"{name} accepts {speak(accepted)}{source}", demand)


def _classic(balancer: ClassicLoadBalancer, demand: Objective) -> Verdict:
    ending = those(balancer.listeners, lambda one: one.protocol in _TLS)
    if not ending.known:
        ending.whole()
        return Verdict.exempt("no listener speaks TLS")
    security = those(balancer.security, lambda one: bool(one.name))
    told = {one.name: one for one in security.known}
    said: list[str] = []
    doubt: CouldNotCheck | None = None
    for one in ending.known:
        found = [told[name] for name in one.policies if name in told]
        try:
            if len(found) < len(one.policies):
                security.whole()
            accepted, source = _allowed(found)
        except CouldNotCheck as stop:
            doubt = doubt or stop
            continue
        words = f"{one.protocol} on port {one.port} accepts {speak(accepted)}{source}"
        if too_old := older(accepted, demand.tls):
            return _verdict(too_old, words, demand)
        said.append(words)
    if doubt is not None:
        raise doubt
    ending.whole()
    return _verdict((), "; ".join(said), demand)


def _allowed(policies: list[SecurityPolicy]) -> tuple[tuple[Version, ...], str]:
    if not policies:
        raise CouldNotCheck(Unknown(Reason.MISSING, "a listener that speaks TLS names no security policy"))
    return _told(lambda: policies[0].accepts, policies[0].reference or policies[0].name)


def _told(ask: Callable[[], tuple[Version, ...]], name: str) -> tuple[tuple[Version, ...], str]:
    """Give what a policy allows, by the service or else by its documentation, and a word on the latter."""
    try:
        accepted = ask()
    except CouldNotCheck:
        if name not in KNOWN:
            raise
        accepted = ()
    if accepted:
        return accepted, ""
    if name not in KNOWN:
        raise CouldNotCheck(Unknown(Reason.MISSING, f"the service does not say what {name} allows"))
    return KNOWN[name], f" (by the documentation of {DOCUMENTED}: the service did not say)"


def _verdict(too_old: tuple[Version, ...], observed: str, demand: Objective) -> Verdict:
    return Verdict.when(not too_old, observed, f"TLS {demand.tls} or newer")
