"""BK503."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.look import those
from scanner.model.policy import Objective
from scanner.model.verdict import Outcome, Severity, Verdict
from scanner.resources.api_gateway import DomainName, Front, HttpApi, PrivateDomainName, RestApi
from scanner.resources.cloudfront import Distribution
from scanner.resources.tls import older, speak


@rule(
    "BK503",
    severity=Severity.HIGH,
    reads=[
        Distribution.enabled, Distribution.policy, Distribution.accepts, Distribution.behaviours, Distribution.origins,
        DomainName.policy, DomainName.accepts, PrivateDomainName.policy, PrivateDomainName.accepts,
        RestApi.policy, RestApi.accepts, HttpApi.policy, HttpApi.accepts, HttpApi.closed,
    ],
    enforces=["6.1-tls"],
    aliases=["cloudfront-security-policy-check"],
)  # fmt: skip
def distributions_and_api_domains_accept_no_older_tls(front: Distribution | Front, demand: Objective) -> Verdict:
    """Distributions and API domains accept no older TLS.

    The edge is where the world connects. A distribution under its own name of cloudfront.net accepts TLS 1.0 whatever
    is set, and one that lets plain HTTP in, or fetches by plain HTTP, needs no old TLS to be read. A REST API has a
    security policy of its own, by which API Gateway speaks under a custom domain name too; HTTP and WebSocket APIs
    have one that cannot be changed.

    Fix: set the minimum protocol version of the distribution (TLSv1.3_2025) with a certificate of your own and refuse
    plain HTTP to viewers and origins; give domain names and REST APIs a security policy of the demanded version; put
    HTTP APIs behind a distribution and switch their default endpoint off.
    """
    if isinstance(front, Distribution):
        return _distribution(front, demand)
    if isinstance(front, HttpApi) and front.closed:
        return Verdict.exempt("its default endpoint is switched off: its domain names are judged themselves")
    return _verdict(front, demand)


def _distribution(front: Distribution, demand: Objective) -> Verdict:
    if not front.enabled:
        return Verdict.exempt("switched off: it answers no request")
    asked = those(front.behaviours, lambda one: one.viewers == "allow-all")
    if plain := [one.part for one in asked.known]:
        return Verdict.failed(f"{', '.join(plain)} may be asked for by plain HTTP", f"TLS {demand.tls} or newer")
    origins = those(front.origins, lambda one: one.protocol == "http-only")
    if fetched := [one.name for one in origins.known]:
        return Verdict.failed(f"fetches from {', '.join(fetched)} by plain HTTP", f"TLS {demand.tls} or newer")
    found = _verdict(front, demand)
    if found.outcome is Outcome.PASSED:
        asked.whole()
        origins.whole()
    return found


def _verdict(front: Distribution | Front, demand: Objective) -> Verdict:
    return Verdict.when(
        not older(front.accepts, demand.tls),
        f"{front.policy} accepts {speak(front.accepts)}",
        f"TLS {demand.tls} or newer",
    )
