"""Proposals: for a failed finding, the one fact of its block that would have to be otherwise, and the edit for it.

A proposal is proven: the rule is asked again about the block with the other value, and passes. Values are those that
the policy demands, or the other one of two; nothing else is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.fixes.edit import Edit
from scanner.iac.form import At, Form
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.fact import Fact
from scanner.model.finding import Finding
from scanner.model.look import Look
from scanner.model.policy import Figure, Objective
from scanner.model.reading import Known, Source
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.model.verdict import Outcome

#: From a resource's kind and id to the block and the form that it was read by.
Origins = Mapping[tuple[str, str], tuple[Form, Block]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of a block that makes a rule pass: the attribute, the value it has, and the value it should have."""

    block: Block
    path: str
    value: Any


def propose(finding: Finding, resource: Resource, objective: Objective, origins: Origins) -> Proposal | None:
    """Find the change of its own block that mends a failed finding; None where no single one is known to."""
    if finding.outcome is not Outcome.FAILED or (resource.kind, resource.id) not in origins:
        return None
    form, block = origins[resource.kind, resource.id]
    for fact in _own_facts(finding, type(resource)):
        origin = _writable(form.facts.get(fact.name), block)
        if origin is None or origin.write is None:
            continue
        reading = resource.readings.get(fact.name)
        if not isinstance(reading, Known):
            continue
        for value in _candidates(reading.value, objective):
            if _passes(finding, resource, fact, value, objective):
                return Proposal(block, origin.path, origin.write(value))
    return None


def _own_facts(finding: Finding, kind: type[Resource]) -> Iterator[Fact[Any]]:
    """Give the facts of its own that a verdict rests on, the last read first, and those that they are made of."""
    seen: set[Fact[Any]] = set()
    pending = [
        fact for one, fact, _ in finding.reads if one is not None and fact is not None and one.id == finding.subject.id
    ]
    while pending:
        fact = pending.pop()
        if fact in seen or fact.owner is not kind:
            continue
        seen.add(fact)
        if fact.by is None:
            yield fact
        else:
            pending.extend(fact.needs)


def _writable(origins: Any, block: Block) -> At | None:
    """Give the place where a fact is written, or would be: the first that is set, or else the last that can be."""
    choices = [one for one in (origins if isinstance(origins, (tuple, list)) else (origins,)) if isinstance(one, At)]
    for one in choices:
        if one.via is None and block.find(one.path).value is not ABSENT:
            return one if not isinstance(block.find(one.path).value, Unresolved) else None
    return next((one for one in reversed(choices) if one.write is not None and one.via is None), None)


def _candidates(value: Any, objective: Objective) -> Sequence[Any]:
    if isinstance(value, bool):
        return (not value,)
    wanted = [one for one in _figures(objective) if type(one) is type(value) and one != value]
    return sorted(set(wanted)) if isinstance(value, (timedelta, int, float, time)) else ()


def _figures(objective: Objective) -> Iterator[Any]:
    for name, figure in vars(Objective).items():
        if isinstance(figure, Figure):
            try:
                yield getattr(objective, name)
            except (CouldNotCheck, NotDemanded):
                continue


def _passes(finding: Finding, resource: Resource, fact: Fact[Any], value: Any, objective: Objective) -> bool:
    """Ask the rule again, with the other value in the place of the one that the code has."""
    look = Look(resource.look.estate)
    twin = resource.seen_by(look)
    twin.readings = {**resource.readings, fact.name: Known(value)}
    try:
        return finding.rule.judge(twin, objective).outcome is Outcome.PASSED
    except Exception:  # noqa: BLE001  # whatever stops the rule, nothing is proven
        return False


def edit_of(one: Proposal, text_of: Callable[[str], str | None]) -> Edit | None:
    """Give the edit of a proposal; None where its place in the file is not certain."""
    spot = one.block.spot
    text = text_of(spot.file) if spot is not None else None
    if spot is None or text is None:
        return None
    if one.block.source is Source.TERRAFORM:
        from scanner.iac.fixes.hcl import edit_hcl  # noqa: PLC0415  # what the code is not written in is not needed

        return edit_hcl(text, spot.file, spot.line, one.path, one.value) if _hcl(spot.file) else None
    from scanner.iac.fixes.template import edit_yaml  # noqa: PLC0415  # as above

    return edit_yaml(text, spot.file, one.block.address.rpartition("/")[2], one.path, one.value)


def _hcl(file: str) -> bool:
    return file.endswith((".tf", ".tofu"))
