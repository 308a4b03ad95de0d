"""Probing the endpoints of an estate: each version in turn, many endpoints at once, none for ever."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from scanner.model.estate import Estate
from scanner.model.reading import Evidence, Known, Source
from scanner.model.resource import Resource
from scanner.probe.handshake import DROPPED, TRIED, Target, attempt, certificate
from scanner.resources.endpoints import Certificate, Endpoint, Handshake, Outcome, Probe

#: How long one handshake may take, and all with one endpoint, in seconds.
LIMIT, ALTOGETHER = 5.0, 30.0


def probe(target: Target, limit: float = LIMIT, altogether: float = ALTOGETHER) -> Probe:
    """Try every version with one endpoint, and look at its certificate."""
    ends = time.monotonic() + altogether
    tried: list[Handshake] = []
    for version in TRIED:
        if time.monotonic() > ends - limit and tried:
            tried.append(Handshake(version, Outcome.UNCLEAR, detail=f"not tried: {altogether:g} s are over"))
        else:
            tried.append(attempt(target, version, limit))
    accepted = [one.version for one in tried if one.outcome is Outcome.ACCEPTED]
    if not accepted:
        return Probe(tuple(tried), unseen="no handshake was completed")
    # Some servers end the connection instead of answering a version that they do not speak; so do broken networks,
    # but not twice for one version and never for another. What is no TLS at all is a refusal too.
    tried = [replace(one, outcome=Outcome.REFUSED) if _as_good_as_refused(one) else one for one in tried]
    try:
        shown: Certificate | None = certificate(target, accepted[0], limit)
        unseen = ""
    except ssl.SSLError as error:
        shown, unseen = None, (error.reason or "an error of TLS").lower().replace("_", " ")
    except OSError as error:
        shown, unseen = None, str(error) or type(error).__name__
    return Probe(tuple(tried), shown, unseen)


def _as_good_as_refused(one: Handshake) -> bool:
    return one.outcome is Outcome.PLAIN or (one.outcome is Outcome.UNCLEAR and one.detail == DROPPED)


def probed(
    estates: Sequence[Estate],
    *,
    concurrency: int = 8,
    ask: Callable[[Target], Probe] = probe,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[Estate, ...]:
    """Give the estates with what a probe of their endpoints measured; each endpoint is probed once."""
    targets = list(
        dict.fromkeys(
            target
            for estate in estates
            for one in estate.resources.get(Endpoint.kind, ())
            if (target := target_of(one)) is not None
        )
    )
    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="probe") as pool:
        results = dict(zip(targets, pool.map(lambda target: (ask(target), clock()), targets), strict=True))
    return tuple(_with(estate, results) for estate in estates)


def _with(estate: Estate, results: dict[Target, tuple[Probe, datetime]]) -> Estate:
    found = tuple(_measured(one, results) for one in estate.resources.get(Endpoint.kind, ()))
    return replace(estate, resources={**estate.resources, Endpoint.kind: found}) if found else estate


def _measured(one: Resource, results: dict[Target, tuple[Probe, datetime]]) -> Resource:
    target = target_of(one)
    if target is None:
        return one
    result, at = results[target]
    evidence = Evidence(Source.LIVE, f"TLS handshakes with {target.host}:{target.port}", at)
    return type(one)(one.id, one.name, one.account, one.region, {**one.readings, "probe": Known(result, (evidence,))})


def target_of(endpoint: Resource) -> Target | None:
    """Say where an endpoint is; none where that is not known."""
    told = [endpoint.readings.get(name) for name in ("host", "port", "starttls")]
    if all(isinstance(one, Known) for one in told):
        return Target(*(one.value for one in told if isinstance(one, Known)))
    return None
