"""Judging: rules × estate × policy → findings. Pure: no network, no files, no clock."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.estate import Estate, Gap
from scanner.model.finding import Finding, Findings, Subject
from scanner.model.look import Look, Read
from scanner.model.policy import Objective, Policy, Scope
from scanner.model.reading import Known, Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.rule import Rule
from scanner.model.system import System, membership
from scanner.model.verdict import Outcome, Verdict
from scanner.model.waiver import Waiver, covering


class Objectives:
    """Finds the objective of each resource, once: by its own system, or by that of the resource it belongs to."""

    def __init__(
        self, look: Look, policy: Policy, systems: Sequence[System], scope: Scope, at: datetime, stores: Iterable[str]
    ) -> None:
        self._look = look
        self._policy = policy
        self._systems = systems
        self._scope = scope
        self._at = at
        self._by_id = {
            resource.id: resource
            for kind in stores
            for resource in look.estate.resources.get(kind, ())
            if not type(resource).belongs_to
        }
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
        named = type(resource).facts.get(type(resource).member_of)
        if named is not None:
            reading = self._look.reading(resource, named)
            if isinstance(reading, Known):
                own = [system for system in self._systems if system.name == reading.value]
                return self._objective(own[:1] or (None,), tuple(system.name for system in own[:1]), None)
            return self._objective((*self._systems, None), (), reading)
        subject = resource
        try:
            owner = self._owner(resource)
        except CouldNotCheck as stop:
            # Its source is unknown, so it may be in any tier, unless the resource's own marks decide.
            found = membership(resource, self._systems)
            if not found.all:
                return self._objective((*self._systems, None), (), stop.unknown)
        else:
            if owner is not None:
                subject = owner
            found = membership(subject, self._systems)
            if owner is None and type(resource).belongs_to and not found.all and found.unknown is None:
                found = membership(resource, self._systems)
        return self._objective(found.candidates, found.all, found.unknown)

    def _owner(self, resource: Resource) -> Resource | None:
        fact = type(resource).facts.get(type(resource).belongs_to)
        if fact is None:
            return None
        reading = self._look.reading(resource, fact)
        if isinstance(reading, Unknown):
            raise CouldNotCheck(reading)
        found = self._by_id.get(str(reading.value))
        if found is not None:
            return found.seen_by(self._look)
        # The source is gone or was not collected: its ARN can still match a selector, its tags cannot.
        source = str(reading.value)
        name = source.rpartition(":")[2].rpartition("/")[2] or source
        ghost = Resource(source, name, resource.account, resource.region, {})
        ghost.look = self._look
        return ghost if membership(ghost, self._systems).all else None

    def _objective(
        self, candidates: Sequence[System | None], picked: tuple[System, ...], unknown: Unknown | None
    ) -> Objective:
        first = candidates[0] if len(candidates) == 1 else None
        return Objective(
            policy=self._policy,
            at=self._at,
            candidates=tuple(self._policy.figures(one.tier if one else None) for one in candidates),
            system=first.name if first else "",
            tier=first.tier if first else "",
            unknown=unknown,
            scope=self._scope,
            systems=tuple(system.name for system in picked),
            tiers=tuple(system.tier for system in picked),
        )


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
    objectives = Objectives(look, policy, systems, scope, at, sorted(estate.resources))
    findings: list[Finding] = []
    crashes: list[str] = []
    for rule in rules:
        progress(rule)
        facts, ask = rule.facts, rule.judge
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
                        covering(waivers, rule.id, resource.id, at) if waivers else None, trace,
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
