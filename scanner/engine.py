"""Judging: rules × estate × policy → findings. Pure: no network, no files, no clock.

What people wrote (attestations, waivers, tickets) joins when an estate is judged. Whether a waiver is needed, and
whether a failure is seen to, only the findings tell: the rules about that come last (`_conclude`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from scanner.model.amiss import Read, amiss
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.estate import Estate, Gap
from scanner.model.fact import Fact
from scanner.model.finding import Finding, Findings, Subject
from scanner.model.look import Look
from scanner.model.policy import Policy, Scope
from scanner.model.reading import Evidence, Known, Reason, Source
from scanner.model.records import Records
from scanner.model.resource import Resource
from scanner.model.rule import Rule
from scanner.model.system import System
from scanner.model.verdict import Outcome, Verdict
from scanner.model.waiver import by_rule, covering, lapsed, worked_on
from scanner.objectives import Objectives
from scanner.resources.records import Aftermath, ClauseAttestation, RuleFailures, WrittenWaiver
from scanner.resources.written import Run, attestations, failures, waivers


@contextmanager
def _no_collector() -> Iterator[None]:
    # Findings are kept, so the cyclic collector can free nothing while they are made; it only walks them, again
    # and again, which made 100,000 findings cost twice as much (measured).
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def judge(
    rules: Iterable[Rule],
    estate: Estate,
    policy: Policy,
    *,
    at: datetime,
    systems: Sequence[System] = (),
    scope: Scope = Scope(),  # noqa: B008  # frozen
    records: Records | None = None,
    progress: Callable[[Rule], None] = lambda _: None,
) -> Findings:
    """Judge an estate: every rule on every resource of its kinds, and on every gap where there may be more.

    A rule that crashes yields "unknown: the rule failed" on that resource and is named in `crashes`. Without records,
    what the estate itself holds of them is judged.
    """
    return judge_all(rules, (estate,), policy, at=at, systems=systems, scope=scope, records=records, progress=progress)


def judge_all(
    rules: Iterable[Rule],
    estates: Sequence[Estate],
    policy: Policy,
    *,
    at: datetime | None,
    systems: Sequence[System] = (),
    scope: Scope = Scope(),  # noqa: B008  # frozen
    records: Records | None = None,
    progress: Callable[[Rule], None] = lambda _: None,
) -> Findings:
    """Judge the estates of several accounts, each for itself; what one refers to in another is looked up there.

    With no moment named, each is judged as of when it was read: what was backed up since then it does not hold.
    """
    chosen = sorted(rules, key=lambda rule: rule.id)
    first = chosen if records is None else [rule for rule in chosen if not _comes_last(rule)]
    joined = estates if records is None else [_attested(one, policy, records, at or one.taken_at) for one in estates]
    with _no_collector():
        accounts = [
            Objectives(look, policy, systems, scope, at or look.estate.taken_at) for look in Look.together(joined)
        ]
        for one in accounts:
            one.beside = {other.look.estate.account: other for other in accounts if other is not one}
        parts = [_judge(first, one, records or Records(), progress) for one in accounts]
    found = _once(parts)
    if records is None:
        return found
    last = _conclude(chosen, estates, found, policy, records, progress)
    both = sorted((*found.findings, *last.findings), key=_place)
    return Findings(found.at, tuple(both), (*found.crashes, *last.crashes))


def _attested(estate: Estate, policy: Policy, records: Records, at: datetime) -> Estate:
    stated = attestations(policy, records, estate.account, at)
    return replace(
        estate,
        resources={**estate.resources, ClauseAttestation.kind: stated},
        listings={**estate.listings, (ClauseAttestation.kind, ""): _written(records)},
    )


def _once(parts: Sequence[Findings]) -> Findings:
    """Join the findings of several accounts; what is declared and comes out the same in each of them is told once."""
    if len(parts) == 1:
        return parts[0]
    kept: dict[tuple[str, ...], Finding] = {}
    for part in parts:
        for one in part.findings:
            place = one.subject
            told = (one.rule.id, place.kind, place.id, one.outcome.value, one.verdict.because)
            kept.setdefault(told if place.declared else (*told, place.account, place.region), one)
    return Findings(
        max(part.at for part in parts),
        tuple(sorted(kept.values(), key=_place)),
        tuple(crash for part in parts for crash in part.crashes),
    )


def _conclude(
    rules: Sequence[Rule],
    estates: Sequence[Estate],
    found: Findings,
    policy: Policy,
    records: Records,
    progress: Callable[[Rule], None],
) -> Findings:
    """Judge what the findings of a run show: whether each waiver is needed, and each failure seen to.

    The findings of these rules themselves count for none of it.
    """
    findings: dict[str, list[Finding]] = {}
    for one in found.findings:
        findings.setdefault(one.rule.id, []).append(one)
    run = Run(estates, frozenset(rule.id for rule in rules), findings)
    evidence = _written(records)
    made: dict[str, tuple[Resource, ...]] = {
        WrittenWaiver.kind: waivers(records, run),
        RuleFailures.kind: failures(run),
    }
    regions = tuple(dict.fromkeys(region for estate in estates for region in estate.regions))
    estate = Estate(Source.DECLARED, run.account, "", regions, found.at, made, {(kind, ""): evidence for kind in made})
    with _no_collector():
        objectives = Objectives(Look(estate), policy, (), Scope(), found.at)
        return _judge([rule for rule in rules if _comes_last(rule)], objectives, Records(), progress)


def _comes_last(rule: Rule) -> bool:
    return any(issubclass(kind, Aftermath) for kind in rule.kinds)


def _written(records: Records) -> Evidence:
    return Evidence(Source.DECLARED, ", ".join(("configuration", *(name for name, _ in records.files))))


def _judge(
    rules: Sequence[Rule], objectives: Objectives, records: Records, progress: Callable[[Rule], None]
) -> Findings:
    look, at = objectives.look, objectives.at
    findings: list[Finding] = []
    crashes: list[str] = []
    waived, ticketed = by_rule(records.waivers), by_rule(records.tickets)
    for rule in rules:
        progress(rule)
        facts, ask = rule.facts, rule.judge
        own, open_ = waived.get(rule.id), ticketed.get(rule.id)
        for kind in rule.kinds:
            about = kind.facts[kind.about] if kind.about else None
            for resource, subject, objective in objectives.rows(kind):
                trace: list[Read] = []
                look.trace, look.allowed = trace, facts
                reason: Reason | None = None
                try:
                    verdict = ask(resource, objective)
                except CouldNotCheck as stop:
                    verdict, reason = Verdict(Outcome.UNKNOWN, stop.unknown.detail), stop.unknown.reason
                except NotDemanded as stop:
                    verdict = Verdict(Outcome.EXEMPT, str(stop))
                except Exception as crash:  # noqa: BLE001  # a broken rule must not silence the others
                    unusable = amiss(trace) if resource.declaration is not None else None
                    if unusable is not None:
                        verdict, reason = Verdict(Outcome.UNKNOWN, unusable.detail), unusable.reason
                    else:
                        verdict = Verdict(Outcome.UNKNOWN, f"the rule failed: {type(crash).__name__}: {crash}")
                        reason = Reason.RULE_FAILED
                        crashes.append(f"{rule.id} on {resource.id}: {type(crash).__name__}: {crash}")
                accepted = own.about(resource.id) if own else ()
                findings.append(
                    Finding(
                        rule, subject, verdict, objective.system, objective.tier,
                        covering(accepted, rule.id, resource.id, at) if accepted else None,
                        lapsed(accepted, rule.id, resource.id, at) if accepted else None, trace,
                        worked_on(open_.about(resource.id), rule.id, resource.id) if open_ else None,
                        _clause_of(look, resource, about) if about else (), reason,
                    )
                )  # fmt: skip
            look.allowed = None
            findings.extend(_gaps(rule, kind, look))
    findings.sort(key=_place)
    return Findings(at, tuple(findings), tuple(crashes))


def _place(one: Finding) -> tuple[str, str, str, str]:
    return one.rule.id, one.subject.kind, one.subject.region, one.subject.id


def _clause_of(look: Look, resource: Resource, about: Fact[str]) -> tuple[str, ...]:
    reading = look.reading(resource, about)
    return (reading.value,) if isinstance(reading, Known) else ()


def _gaps(rule: Rule, kind: type[Resource], look: Look) -> Iterable[Finding]:
    """Yield an unknown finding for every place where there may be resources that were not seen."""
    if kind.in_code and look.estate.source is Source.LIVE:
        return
    for gap in look.gaps_of(kind):
        if gap.unknown.reason in (Reason.OPEN, Reason.RUNTIME):
            continue  # code is an open world: that there may be more elsewhere is no finding about it
        where = f"of {gap.within}" if gap.within else f"in {gap.region}" if gap.region else "in the account"
        name = f"{kind.title} {where}"
        subject = Subject(kind.kind, f"{kind.kind} {where}", name, look.estate.account, gap.region, gap=True)
        yield Finding(rule, subject, Verdict(Outcome.UNKNOWN, f"could not be listed: {gap.unknown.detail}"),
                      reads=_gap_reads(gap))  # fmt: skip


def _gap_reads(gap: Gap) -> tuple[Read, ...]:
    return ((None, None, gap.unknown),)
