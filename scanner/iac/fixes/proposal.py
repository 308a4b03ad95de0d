"""Proposals: for a failed finding, the facts of its resource that would have to be otherwise.

A proposal is proven: the rule is asked again about an estate in which the resource has the other value, and passes.
Values are those that the policy demands, the other one of two, or what holds where nothing is written; nothing else is
tried. Where no single fact mends it, two are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import time, timedelta
from itertools import combinations, islice, product
from typing import Any

from scanner.iac.block import Block
from scanner.iac.fixes.places import Place, place_of
from scanner.iac.form import NOTHING, Form
from scanner.iac.satellites import Satellites
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look
from scanner.model.policy import Figure, Objective
from scanner.model.reading import Known, Reading
from scanner.model.resource import Resource
from scanner.model.verdict import Outcome

#: From a resource's kind and id to the form and the block that it was read by.
Origins = Mapping[tuple[str, str], tuple[Form, Block]]
#: How many values, or pairs of them, are tried for one finding.
_MOST_TRIED = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with another value, and the place in the code where it is written so."""

    fact: Fact[Any]
    value: Any
    place: Place


Proposal = tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A failed finding with all that it was judged by."""

    finding: Finding
    resource: Resource
    objective: Objective
    estate: Estate
    form: Form
    block: Block
    satellites: Satellites

    def proposals(self) -> Iterator[Proposal]:
        """Give what would mend it, the smallest change first: single facts, or pairs where no single one does."""
        options = list(self._options())
        singles = [(one,) for some in options for one in some]
        found = False
        for one in islice(singles, _MOST_TRIED):
            if self.passes(one):
                found = True
                yield one
        if found:
            return
        pairs = (pair for some, others in combinations(options, 2) for pair in product(some, others))
        for pair in islice(pairs, _MOST_TRIED):
            if pair[0].place.key != pair[1].place.key and self.passes(pair):
                yield pair

    def _options(self) -> Iterator[Sequence[Change]]:
        for fact in self._own_facts():
            place = place_of(self.form, self.block, fact.name, self.satellites)
            reading = self.resource.readings.get(fact.name)
            if place is None or not isinstance(reading, Known):
                continue
            changes = [
                Change(fact, value, place)
                for value in _candidates(reading.value, self.objective, place.origin.absent)
                if place.written(value) is not None
            ]
            if changes:
                yield changes

    def _own_facts(self) -> Iterator[Fact[Any]]:
        """Give the facts of its own that a verdict rests on, the last read first, and those that they are made of.

        A rule stops at the first that breaks its promise, so those that it would read then come last.
        """
        seen: set[Fact[Any]] = set()
        read = [fact for one, fact, _ in self.finding.reads if one is not None and one.id == self.finding.subject.id]
        kind = type(self.resource)
        pending = [*(one for one in self.finding.rule.facts if one.owner is kind), *filter(None, read)]
        while pending:
            fact = pending.pop()
            if fact in seen or fact.owner is not kind:
                continue
            seen.add(fact)
            if fact.by is None:
                yield fact
            else:
                pending.extend(fact.needs)

    def passes(self, proposal: Proposal) -> bool:
        """Ask the rule again, with the other values in the place of those that the code has."""
        estate = changed(self.estate, {(self.resource.kind, self.resource.id): proposal})
        look = Look(estate)
        twin = next(one for one in look.found(type(self.resource)) if one.id == self.resource.id)
        try:
            return self.finding.rule.judge(twin, self.objective).outcome is Outcome.PASSED
        except Exception:  # noqa: BLE001  # whatever stops the rule, nothing is proven
            return False


def changed(estate: Estate, changes: Mapping[tuple[str, str], Iterable[Change]]) -> Estate:
    """Give an estate in which facts of some resources, by their kind and id, have other values."""
    resources = dict(estate.resources)
    for kind in {kind for kind, _ in changes}:
        resources[kind] = tuple(_twin(one, changes.get((kind, one.id), ())) for one in resources.get(kind, ()))
    return replace(estate, resources=resources)


def _twin(one: Resource, changes: Iterable[Change]) -> Resource:
    new: dict[str, Reading[Any]] = {}
    for each in changes:
        old = one.readings.get(each.fact.name)
        new[each.fact.name] = Known(each.value, old.evidence if old is not None else ())
    if not new:
        return one
    return type(one)(one.id, one.name, one.account, one.region, {**one.readings, **new}, one.declaration, one.doubt)


def _candidates(value: Any, objective: Objective, absent: Any) -> Sequence[Any]:
    if isinstance(value, bool):
        return (not value,)
    found: list[Any] = []
    if isinstance(value, (timedelta, int, float, time)):
        found = sorted({one for one in _figures(objective) if type(one) is type(value)})
    if absent is not NOTHING and type(absent) is type(value):
        found.append(absent)
    return [one for one in dict.fromkeys(found) if one != value]


def _figures(objective: Objective) -> Iterator[Any]:
    for name, figure in vars(Objective).items():
        if isinstance(figure, Figure):
            try:
                yield getattr(objective, name)
            except (CouldNotCheck, NotDemanded):
                continue
