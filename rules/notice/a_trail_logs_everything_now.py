"""BK710."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.fact import Fact
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.cloudtrail import Account, Trail, TrailState

_WANTED = "one that records all regions, validated, encrypted and delivering"


@rule(
    "BK710",
    severity=Severity.HIGH,
    reads=[
        Account.trails, Trail.all_regions, Trail.validated, Trail.key, Trail.logging, Trail.error, Trail.heard_at,
        Trail.of_organization,
    ],
    enforces=["4.2-audit-log"],
    aliases=["cloudtrail-security-trail-enabled", "cloud-trail-log-file-validation-enabled"],
)  # fmt: skip
def a_trail_logs_everything_now(judged: Account | Trail, demand: Objective) -> Verdict:
    """A trail logs all regions, validated, encrypted, now.

    Whoever deletes backups does it in the region that nobody watches, and edits the record afterwards. The account
    passes if one trail does it all, its own or its organisation's; each further trail of all regions is held to the
    same, for somebody relies on it. Event data stores of CloudTrail Lake are no trails.

    Fix: make the trail multi-region, turn on log file validation, name a KMS key, and mend what keeps it from writing.
    """
    if isinstance(judged, Trail):
        return _of_trail(judged, demand)
    trails = judged.trails
    faults = sorted((trail.name, list(_faults(trail, demand))) for trail in trails.known)
    for name, found in faults:
        if not found:
            return Verdict.passed(f"{name} records all regions, validated, encrypted and delivering")
    trails.whole()
    if not faults:
        return Verdict.failed("the account has no trail", _WANTED)
    best, found = min(faults, key=lambda one: (len(one[1]), one[0]))
    others = f"; of {len(faults)} trails none does better" if len(faults) > 1 else ""
    return Verdict.failed(f"{best} {' and '.join(found)}{others}", _WANTED)


def _of_trail(trail: Trail, demand: Objective) -> Verdict:
    if not trail.all_regions:
        return Verdict.exempt(f"it records {trail.region} only; the account needs one of all regions besides")
    faults: list[str] = []
    decided: list[Fact[Any]] = []
    doubt: CouldNotCheck | None = None
    for look, fact in ((_validation, Trail.validated), (_encryption, Trail.key), (_delivery, Trail.logging)):
        before = len(faults)
        try:
            faults.extend(look(trail, demand))
        except CouldNotCheck as stop:
            doubt = doubt or stop
        if len(faults) > before:
            decided.append(fact)
    if faults:
        return Verdict.failed(f"it {' and '.join(faults)}", _WANTED).by(decided[0])
    if doubt is not None:
        raise doubt
    whose = "its organisation's trail, it" if trail.of_organization else "it"
    return Verdict.passed(f"{whose} records all regions, validated, encrypted and delivering")


def _faults(trail: TrailState, demand: Objective) -> Iterator[str]:
    if not trail.all_regions:
        yield "does not record all regions"
    yield from _validation(trail, demand)
    yield from _encryption(trail, demand)
    yield from _delivery(trail, demand)


def _validation(trail: Trail | TrailState, _: Objective) -> Iterator[str]:
    if not trail.validated:
        yield "writes files that are not validated"


def _encryption(trail: Trail | TrailState, demand: Objective) -> Iterator[str]:
    try:
        demand.only_if("customer_managed_keys")
    except NotDemanded:
        return  # S3 encrypts all objects, with its own keys at least
    if trail.key is None:
        yield "has no KMS key of the customer's"


def _delivery(trail: Trail | TrailState, demand: Objective) -> Iterator[str]:
    logging = trail.logging
    if logging is None:
        return
    if not logging:
        yield "is switched off"
        return
    if trail.error:
        yield f"cannot deliver ({trail.error})"
        return
    try:
        fresh = demand.record_freshness
    except NotDemanded:
        return
    heard = trail.heard_at
    if heard is None:
        yield "has delivered nothing yet"
    elif demand.at - heard > fresh:
        yield f"has delivered nothing for {speak(demand.at - heard)}"
