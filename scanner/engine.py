"""Judging: rules × estate × policy → findings. Pure: no network, no files, no clock."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from scanner.model.arn import place_of
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.estate import Estate, Gap
from scanner.model.fact import Fact, fact
from scanner.model.finding import Finding, Findings, Subject
from scanner.model.look import Look, Read
from scanner.model.policy import Objective, Policy, Scope
from scanner.model.reading import Known, Reading, Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.rule import Rule
from scanner.model.system import Membership, System, membership
from scanner.model.verdict import Outcome, Verdict
from scanner.model.waiver import Waiver, covering, lapsed
from scanner.plan import sources_of


class _Source(Resource):
    """The source of a backup, known by its ARN alone: it is gone, or it was out of sight."""

    tagged_by = "tags"
    tags: Fact[Mapping[str, str]] = fact("The tags it carries: none, or unknown.")


class Objectives:
    """Finds the objective of each resource, once: by its own system, or by that of the resource it belongs to."""

    def __init__(self, look: Look, policy: Policy, systems: Sequence[System], scope: Scope, at: datetime) -> None:
        self._look = look
        self._policy = policy
        self._systems = systems
        self._scope = scope
        self._at = at
        self._by_id = {
            resource.id: resource
            for found in look.estate.resources.values()
            for resource in found
            if not type(resource).belongs_to
        }
        self._sources: dict[tuple[str, type[Resource]], tuple[Membership, bool]] = {}
        self._tiers: dict[str | None, Mapping[str, Any]] = {}
        self._objectives: dict[tuple[tuple[int, ...], tuple[int, ...], int], Objective] = {}
        self._rows: dict[str, list[tuple[Resource, Subject, Objective]]] = {}

    def rows(self, kind: type[Resource]) -> list[tuple[Resource, Subject, Objective]]:
        """Give every resource of a kind with its subject and its objective, worked out once for all rules."""
        rows = self._rows.get(kind.kind)
        if rows is None:
            rows = self._rows[kind.kind] = [
                (one, Subject(one.kind, one.id, one.name, one.account, one.region), self._find(one))
                for one in self._look.found(kind)
            ]
        return rows

    def _find(self, resource: Resource) -> Objective:
        kind = type(resource)
        if kind.member_of:
            reading = self._look.reading(resource, kind.facts[kind.member_of])
            if isinstance(reading, Unknown):
                return self._anywhere(reading)
            own = tuple(system for system in self._systems if system.name == reading.value)[:1]
            return self._objective(own or (None,), own, None)
        if not kind.belongs_to:
            return self._of(membership(resource, self._systems))
        reading = self._look.reading(resource, kind.facts[kind.belongs_to])
        if isinstance(reading, Unknown):
            return self._anywhere(reading)
        found, certain = self._source(str(reading.value), resource)
        if certain and not found.all and found.unknown is None:
            # Its source is gone and nobody's: its own marks decide.
            found = membership(resource, self._systems)
        return self._of(found)

    def _source(self, source: str, backup: Resource) -> tuple[Membership, bool]:
        """Find the system of a backup's source, and say whether the source is certainly gone."""
        key = (source, type(backup))
        known = self._sources.get(key)
        if known is None:
            there = self._by_id.get(source)
            if there is not None:
                known = membership(there.seen_by(self._look), self._systems), False
            else:
                hidden = self._hidden(source, type(backup))
                tags: Reading[Mapping[str, str]] = Known({}) if hidden is None else hidden
                name = source.rpartition(":")[2].rpartition("/")[2] or source
                gone = _Source(source, name, backup.account, backup.region, {"tags": tags}).seen_by(self._look)
                known = membership(gone, self._systems), hidden is None
            self._sources[key] = known
        return known

    def _hidden(self, source: str, kind: type[Resource]) -> Unknown | None:
        """Say why a source that was not found may exist all the same, if so."""
        region, account = place_of(source)
        estate = self._look.estate
        if account and account != estate.account:
            return Unknown(Reason.BEYOND, f"{source} is in account {account}, not scanned here")
        if region and region not in estate.regions:
            return Unknown(Reason.BEYOND, f"{source} is in region {region}, which was not scanned")
        gaps = (self._look.gap(store, region or None) for store in sources_of(kind))
        return next((gap for gap in gaps if gap is not None), None)

    def _anywhere(self, unknown: Unknown) -> Objective:
        return self._objective((*self._systems, None), (), unknown)

    def _of(self, found: Membership) -> Objective:
        return self._objective(found.candidates, found.all, found.unknown)

    def _objective(
        self, candidates: Sequence[System | None], picked: tuple[System, ...], unknown: Unknown | None
    ) -> Objective:
        # Thousands of resources share a handful of objectives; systems are told apart by what they are, not how they read.
        key = (tuple(map(id, candidates)), tuple(map(id, picked)), id(unknown))
        objective = self._objectives.get(key)
        if objective is None:
            first = candidates[0] if len(candidates) == 1 else None
            objective = self._objectives[key] = Objective(
                policy=self._policy,
                at=self._at,
                candidates=tuple(self._figures(one) for one in candidates),
                system=first.name if first else "",
                tier=first.tier if first else "",
                unknown=unknown,
                scope=self._scope,
                systems=tuple(system.name for system in picked),
                tiers=tuple(system.tier for system in picked),
            )
        return objective

    def _figures(self, system: System | None) -> Mapping[str, Any]:
        tier = system.tier if system else None
        figures = self._tiers.get(tier)
        if figures is None:
            figures = self._tiers[tier] = self._policy.figures(tier)
        return figures


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
    waivers: Sequence[Waiver] = (),
    progress: Callable[[Rule], None] = lambda _: None,
) -> Findings:
    """Judge an estate: every rule on every resource of its kinds, and on every gap where there may be more.

    A rule that crashes yields "unknown: the rule failed" on that resource and is named in `crashes`.
    """
    with _no_collector():
        return _judge(sorted(rules, key=lambda rule: rule.id), estate, policy, at, systems, scope, waivers, progress)


def _judge(
    rules: Sequence[Rule],
    estate: Estate,
    policy: Policy,
    at: datetime,
    systems: Sequence[System],
    scope: Scope,
    waivers: Sequence[Waiver],
    progress: Callable[[Rule], None],
) -> Findings:
    look = Look(estate)
    objectives = Objectives(look, policy, systems, scope, at)
    findings: list[Finding] = []
    crashes: list[str] = []
    for rule in rules:
        progress(rule)
        facts, ask = rule.facts, rule.judge
        own = [waiver for waiver in waivers if waiver.rule == rule.id]
        for kind in rule.kinds:
            for resource, subject, objective in objectives.rows(kind):
                trace: list[Read] = []
                look.trace, look.allowed = trace, facts
                try:
                    verdict = ask(resource, objective)
                except CouldNotCheck as stop:
                    verdict = Verdict(Outcome.UNKNOWN, stop.unknown.detail)
                except NotDemanded as stop:
                    verdict = Verdict(Outcome.EXEMPT, str(stop))
                except Exception as crash:  # noqa: BLE001  # a broken rule must not silence the others
                    verdict = Verdict(Outcome.UNKNOWN, f"the rule failed: {type(crash).__name__}: {crash}")
                    crashes.append(f"{rule.id} on {resource.id}: {type(crash).__name__}: {crash}")
                findings.append(
                    Finding(
                        rule, subject, verdict, objective.system, objective.tier,
                        covering(own, rule.id, resource.id, at) if own else None,
                        lapsed(own, rule.id, resource.id, at) if own else None, trace,
                    )
                )  # fmt: skip
            look.allowed = None
            findings.extend(_gaps(rule, kind, estate))
    findings.sort(key=lambda one: (one.rule.id, one.subject.kind, one.subject.region, one.subject.id))
    return Findings(at, tuple(findings), tuple(crashes))


def _gaps(rule: Rule, kind: type[Resource], estate: Estate) -> Iterable[Finding]:
    """Yield an unknown finding for every place where there may be resources that were not seen."""
    gaps = [gap for gap in estate.gaps if gap.kind == kind.kind]
    if kind.kind not in estate.kinds:
        gaps = [Gap(kind.kind, "", Unknown(Reason.BEYOND, f"{kind.title}: not collected in this estate"))]
    for gap in gaps:
        where = f"of {gap.within}" if gap.within else f"in {gap.region}" if gap.region else "in the account"
        name = f"{kind.title} {where}"
        subject = Subject(kind.kind, f"{kind.kind} {where}", name, estate.account, gap.region, gap=True)
        yield Finding(rule, subject, Verdict(Outcome.UNKNOWN, f"could not be listed: {gap.unknown.detail}"),
                      reads=_gap_reads(gap))  # fmt: skip


def _gap_reads(gap: Gap) -> tuple[Read, ...]:
    return ((None, None, gap.unknown),)
