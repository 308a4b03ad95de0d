"""Proposals: for a failed finding, the facts of its resource that would have to be otherwise.

A proposal is proven: the rule is asked again about an estate in which the resource has the other value, and passes.
Values are those that the policy demands, the other one of two, or what holds where nothing is written; nothing else is
tried. Where no single fact mends it, two are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import time, timedelta
from itertools import combinations, islice, product
from typing import Any

from scanner.iac.block import Block, plain
from scanner.iac.fixes.places import Place, place_of
from scanner.iac.form import NOTHING, Form
from scanner.iac.read import reading_of
from scanner.iac.satellites import Satellites
from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Notes
from scanner.model.policy import Figure, Objective
from scanner.model.reading import Known, Reason, Source
from scanner.model.resource import Resource
from scanner.model.verdict import Outcome

#: How many values, or pairs of them, are tried for one finding.
_MOST_TRIED = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with another value, and the place in the code where it is written so."""

    fact: Fact[Any]
    place: Place
    #: as code writes it
    written: Any

    def same(self, other: Change) -> bool:
        """Say whether both write the same in the same place."""
        return self.place.key == other.place.key and self.written == other.written


@dataclass(frozen=True, slots=True)
class Origin:
    """What a resource was read by: the form, its block, and what may settle something of it."""

    form: Form
    block: Block
    satellites: Satellites


Key = tuple[str, str]
#: From a resource's kind and id to what it was read by.
Origins = Mapping[Key, Origin]
Proposal = tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A failed finding with all that it was judged by."""

    finding: Finding
    resource: Resource
    objective: Objective
    look: Look
    origins: Origins

    @property
    def key(self) -> Key:
        """The kind and the id of the resource."""
        return (self.resource.kind, self.resource.id)

    def proposals(self) -> list[Proposal]:
        """Give what would mend it: single facts, or pairs where no single one does, the first tried first.

        Where no change makes it pass, one that leaves only what a running account tells does as well.
        """
        options = list(self._options())
        singles = [(one,) for some in options for one in some]
        pairs = (pair for some, others in combinations(options, 2) for pair in product(some, others))
        apart = (pair for pair in pairs if pair[0].place.key != pair[1].place.key)
        left: list[Proposal] = []
        for tried in (singles, apart):
            found: list[Proposal] = []
            for one in islice(tried, _MOST_TRIED):
                came = self.becomes(one)
                if came is Outcome.PASSED:
                    found.append(one)
                elif came is Outcome.UNKNOWN:
                    left.append(one)
            if found:
                return found
        return left

    def _options(self) -> Iterator[Sequence[Change]]:
        origin, figures = self.origins[self.key], self._figures()
        for fact in self._own_facts():
            place = place_of(origin.form, origin.block, fact.name, origin.satellites)
            if place is None:
                continue
            now = place.now
            if now is None:
                reading = self.resource.readings.get(fact.name)
                now = reading.value if isinstance(reading, Known) else None
            written = [place.written(value) for value in _candidates(now, figures, place.origin.absent)]
            changes = [Change(fact, place, one) for one in written if one is not None]
            if changes:
                yield changes

    def _figures(self) -> Sequence[Any]:
        """Give the figures of the policy that the rule asks for of this resource."""
        mine = self.resource.seen_by(_afresh(self.look))
        asked = _Asked(self.objective)
        with suppress(Exception):
            self.finding.rule.judge(mine, asked)
        return asked.figures

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

    def becomes(self, proposal: Proposal) -> Outcome:
        """Ask the rule again, of the resource as it would be read; unknown stands for what only an account tells."""
        twin = _twin(self.resource, proposal, self.origins[self.key]).seen_by(_afresh(self.look))
        try:
            return self.finding.rule.judge(twin, self.objective).outcome
        except CouldNotCheck as stop:
            return Outcome.UNKNOWN if stop.unknown.reason is Reason.RUNTIME else Outcome.FAILED
        except Exception:  # noqa: BLE001  # whatever stops the rule, nothing is proven
            return Outcome.FAILED


def changed(estate: Estate, changes: Mapping[Key, Iterable[Change]], origins: Origins) -> Estate:
    """Give an estate in which some resources are as their blocks would be read with other values."""
    resources = dict(estate.resources)
    for kind in {kind for kind, _ in changes}:
        resources[kind] = tuple(
            _twin(one, list(changes[kind, one.id]), origins[kind, one.id]) if (kind, one.id) in changes else one
            for one in resources.get(kind, ())
        )
    return replace(estate, resources=resources)


def _twin(one: Resource, changes: Sequence[Change], origin: Origin) -> Resource:
    readings = dict(one.readings)
    own = [each for each in changes if each.place.own]
    if own:
        values = plain(origin.block.values)
        for each in own:
            _set(
                values, each.place.origin.path.split("."), each.written, nested=origin.block.source is Source.TERRAFORM
            )
        block = replace(origin.block, values=values)
        readings = {name: reading_of(origin.form, block, name, origin.satellites) for name in readings}
    for each in changes:
        if not each.place.own and each.fact.name in readings:
            readings[each.fact.name] = Known(each.place.origin.convert(each.written), readings[each.fact.name].evidence)
    return type(one)(one.id, one.name, one.account, one.region, readings, one.declaration, one.doubt)


def _set(values: dict[str, Any], path: Sequence[str], value: Any, *, nested: bool) -> None:
    """Put a value at a path of plain values, as `Block.find` looks for it."""
    here = values
    for part in path[:-1]:
        there = here.get(part)
        if isinstance(there, list) and there and isinstance(there[0], dict):
            here = there[0]
        elif isinstance(there, dict):
            here = there
        else:
            inner: dict[str, Any] = {}
            here[part] = [inner] if nested else inner
            here = inner
    here[path[-1]] = value


def _afresh(look: Look) -> Look:
    """Give a look that works out derived facts anew, for a resource with other readings; its indexes are shared."""
    twin = copy(look)
    twin.notes, twin._memo = Notes(), {}  # noqa: SLF001  # a look at all of it anew would cost as much as the judgement
    return twin


def _candidates(now: Any, figures: Sequence[Any], absent: Any) -> Sequence[Any]:
    """Give the values to try in the place of one: the other of two, what is demanded, or what holds by default."""
    if isinstance(now, bool):
        return (not now,)
    found: list[Any] = []
    if isinstance(now, (timedelta, int, float, time)):
        found = sorted({one for one in figures if type(one) is type(now)})
    elif now is None:  # no limit is set: a length of time that is demanded may be one
        found = sorted({one for one in figures if type(one) is timedelta})
    if absent is not NOTHING and type(absent) is type(now):
        found.append(absent)
    return [one for one in dict.fromkeys(found) if one != now]


class _Asked:
    """An objective that notes the figures a rule asks it for: no other figure of the policy has a say in its fix."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self.figures: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._objective, name)
        if isinstance(vars(type(self._objective)).get(name), Figure):
            self.figures.append(value)
        return value
