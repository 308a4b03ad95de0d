"""Agreement: what live AWS holds is held against what code declares, resource by resource and fact by fact.

A live resource is in the code where a block has its id; a block whose id only AWS gives (before it is applied) may be
any of its kind. What differs is told with both places: the answer of AWS and the line of the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanner.iac.block import Problem
from scanner.iac.form import Form
from scanner.iac.forms import TYPES, forms_of
from scanner.model.arn import OPEN, is_arn
from scanner.model.codec import speak_value
from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.resources.code import DeclaredResource, Difference
from scanner.resources.store import DataStore

#: Facts that code and AWS tell in words of their own, so that a difference of words is none of settings.
_SAID_DIFFERENTLY = frozenset({"tags"})


def comparable() -> Iterator[Fact[Any]]:
    """Give the facts that code declares and AWS answers: a comparison reads them, whether a rule does or not."""
    for type_ in TYPES:
        for form in forms_of(type_):
            yield from (form.kind.facts[name] for name in form.facts if form.kind.facts[name].live is not None)


def together(live: Sequence[Estate], code: Sequence[Estate], problems: Sequence[Problem] = ()) -> tuple[Estate, ...]:
    """Give the live estates with what the code says of each resource, and each block with what it differs in.

    `problems` are those of reading the code: what is found nowhere may be declared where nobody could look.
    """
    hidden = None
    if problems:
        first = problems[0]
        why = f"{first.message} ({first.spot.said}), so it may be declared there"
        hidden = Unknown(Reason.UNRESOLVED, why, (Evidence(Source.DECLARED, first.spot.said, spot=first.spot),))
    return tuple(_joined(one, code, hidden) for one in live)


def _joined(live: Estate, code: Sequence[Estate], hidden: Unknown | None) -> Estate:
    blocks: dict[str, list[Resource]] = {}
    for estate in code:
        if estate.account.startswith(OPEN) or estate.account == live.account:
            for kind, found in estate.resources.items():
                # What stands for a place, such as a region, is declared by nobody.
                declared = [one for one in found if one.declaration is not None]
                if declared:
                    blocks.setdefault(kind, []).extend(declared)
    resources = dict(live.resources)
    made: list[Resource] = []
    for kind, declared in blocks.items():
        there = live.resources.get(kind, ())
        pairs, open_ = _pairs(there, declared)
        resources[kind] = tuple(_told(one, pairs, open_, hidden) for one in there)
        made.extend(_declared(block, one) for one, block in _matched(there, pairs))
    for kind, stores in live.resources.items():
        if kind not in blocks and stores and issubclass(type(stores[0]), DataStore):
            resources[kind] = tuple(_told(one, {}, (), hidden) for one in stores)
    resources[DeclaredResource.kind] = tuple(made)
    evidence = Evidence(Source.DECLARED, "the code that was given")
    return replace(live, resources=resources, listings={**live.listings, (DeclaredResource.kind, ""): evidence})


def _pairs(live: Iterable[Resource], blocks: Iterable[Resource]) -> tuple[dict[str, Resource], tuple[Resource, ...]]:
    """Find the block of each live resource by its id; give also the blocks whose id is not settled."""
    exact: dict[str, Resource] = {}
    patterns: list[Resource] = []
    open_: list[Resource] = []
    for block in blocks:
        address = block.declaration.address if block.declaration else ""
        if address and block.id.endswith(address):
            open_.append(block)
        elif OPEN in block.id:
            patterns.append(block)
        else:
            exact[block.id] = block
    pairs: dict[str, Resource] = {}
    by_end: dict[str, list[Resource]] = {}
    for block in patterns:
        by_end.setdefault(_end(block.id), []).append(block)
    for one in live:
        mine = exact.get(one.id) or next(
            (each for each in by_end.get(_end(one.id), ()) if _fits(each.id, one.id)), None
        )
        if mine is not None:
            pairs[one.id] = mine
    return pairs, tuple(open_)


def _end(arn: str) -> str:
    return arn.split(":", 5)[5] if is_arn(arn) else arn


def _fits(open_arn: str, arn: str) -> bool:
    """Say whether an ARN with places that the code leaves open can be this one."""
    if not is_arn(open_arn) or not is_arn(arn):
        return open_arn == arn
    return all(
        one.startswith(OPEN) or one == other
        for one, other in zip(open_arn.split(":", 5), arn.split(":", 5), strict=True)
    )


def _matched(live: Iterable[Resource], pairs: Mapping[str, Resource]) -> Iterator[tuple[Resource, Resource]]:
    return ((one, pairs[one.id]) for one in live if one.id in pairs)


def _told(
    one: Resource, pairs: Mapping[str, Resource], open_: Sequence[Resource], gap: Unknown | None
) -> Resource:  # fmt: skip
    if "code" not in type(one).facts:
        return one
    block = pairs.get(one.id)
    reading: Reading[str | None]
    if block is not None and block.declaration is not None:
        spot = block.declaration.spot
        said = f"{block.declaration.address} ({spot.said})" if spot else block.declaration.address
        evidence = (Evidence(block.declaration.source, spot.said if spot else block.declaration.root, spot=spot),)
        reading = Known(said, evidence)
    elif open_:
        names = ", ".join(each.declaration.address for each in open_[:3] if each.declaration)
        reading = Unknown(
            Reason.UNRESOLVED,
            f"AWS gives the ids of {names}{' and others' if len(open_) > 3 else ''}, so the code does not tell which "
            "these are; pass the state as well",
        )
    elif gap is not None:
        reading = gap
    else:
        reading = Known("")
    return type(one)(one.id, one.name, one.account, one.region, {**one.readings, "code": reading})


def _declared(block: Resource, live: Resource) -> DeclaredResource:
    declaration = block.declaration
    assert declaration is not None
    form = next(one for one in forms_of(declaration.type) if one.kind is type(block))
    differences, evidence = _differences(form, block, live)
    reading: Reading[tuple[Difference, ...]] = Known(differences, evidence)
    return DeclaredResource(
        live.id, declaration.address, live.account, live.region, {"differences": reading}, declaration
    )


def _differences(form: Form, block: Resource, live: Resource) -> tuple[tuple[Difference, ...], tuple[Evidence, ...]]:
    found: list[Difference] = []
    evidence: list[Evidence] = []
    for name in sorted(form.facts):
        said, is_ = block.readings.get(name), live.readings.get(name)
        if name in _SAID_DIFFERENTLY or not isinstance(said, Known) or not isinstance(is_, Known):
            continue
        try:
            if _stands_in(said.value) or said.value == is_.value:
                continue
        except CouldNotCheck:
            continue
        where = said.evidence[0].where if said.evidence else ""
        found.append(Difference(name, speak_value(is_.value), speak_value(said.value), where))
        evidence.extend((*is_.evidence, *said.evidence))
    return tuple(found), tuple(evidence)


def _stands_in(value: Any) -> bool:
    """Say whether a value, or a part of it, only stands in for what AWS will give."""
    if isinstance(value, str):
        return (
            OPEN in value or value.startswith(("alias/aws/", "aws_", "module.")) or ":aws_" in value or "/aws_" in value
        )
    if isinstance(value, Mapping):
        return any(_stands_in(one) for pair in value.items() for one in pair)
    if isinstance(value, (tuple, list, frozenset)):
        return any(_stands_in(one) for one in value)
    return False
