"""Agreement: what live AWS holds is held against what code declares, resource by resource and fact by fact.

A live resource is in the code where a block has its id; a block whose id only AWS gives may be any of its kind, unless
its name, or a state that was given too, tells which it is. What differs is told with both places: the answer of AWS
and the line of the code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from scanner.iac.block import ABSENT, Block, Code, Problem
from scanner.iac.drift import compared, difference
from scanner.iac.form import Form
from scanner.iac.forms import TYPES, forms_of
from scanner.iac.naming import arn_of, name_of
from scanner.iac.read import Origins, read
from scanner.model.arn import OPEN, is_arn
from scanner.model.errors import CouldNotCheck
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.plan import Plan
from scanner.resources.code import DeclaredResource, Difference
from scanner.resources.store import DataStore

_TEMPLATES = ("template", "change set")


class _Declared(NamedTuple):
    """A resource as code declares it."""

    resource: Resource
    form: Form
    block: Block
    #: it is of a state, where everything has its real name
    kept: bool
    #: AWS gives its id
    open: bool
    #: its name, where that is written
    name: str
    #: what in its code stands for what a stack will make
    unmade: frozenset[str]

    @property
    def address(self) -> str:
        """The address of its block."""
        assert self.resource.declaration is not None
        return self.resource.declaration.address

    @property
    def root(self) -> str:
        """The root of its block."""
        assert self.resource.declaration is not None
        return self.resource.declaration.root


class _Side(NamedTuple):
    """What code declares of one kind: by the live id, and what nobody can match."""

    pairs: Mapping[str, Sequence[_Declared]]
    #: the paired ones by the end of their ARN, which those of other regions have too
    ends: Mapping[str, Sequence[str]]
    open: Sequence[_Declared]


def comparable() -> Iterator[Fact[Any]]:
    """Give the facts that code declares and AWS answers: a comparison reads them, whether a rule does or not."""
    for type_ in TYPES:
        for form in forms_of(type_):
            yield from (form.kind.facts[name] for name in form.facts if form.kind.facts[name].live is not None)


def together(live: Sequence[Estate], codes: Sequence[Code], work: Plan, *, whole: bool = False) -> tuple[Estate, ...]:
    """Give the live estates with what the code says of each resource, and each block with what it differs in.

    `work` names what is read of the code, `whole` says that it is all there is.
    """
    at = max(estate.taken_at for estate in live)
    declared: dict[str, list[_Declared]] = {}
    for code in codes:
        # Each for itself: what one root lacks, another may hold, and a state tells again what its code tells.
        for one in _declarations(code, work, at, whole=whole and len(codes) == 1):
            declared.setdefault(one.resource.kind, []).append(one)
    hidden = _hidden([problem for code in codes for problem in code.problems])
    states = any(code.form == "state" for code in codes)
    return tuple(_joined(one, declared, hidden, states=states) for one in live)


def _hidden(problems: Sequence[Problem]) -> Unknown | None:
    """Say that what is found nowhere may be declared where nobody could look."""
    if not problems:
        return None
    first = problems[0]
    why = f"{first.message} ({first.spot.said}), so it may be declared there"
    return Unknown(Reason.UNRESOLVED, why, (Evidence(Source.DECLARED, first.spot.said, spot=first.spot),))


def _declarations(code: Code, work: Plan, at: datetime, *, whole: bool) -> Iterator[_Declared]:
    origins: Origins = {}
    estates = read(code, work, at=at, whole=whole, origins=origins)
    unmade = frozenset(block.address for block in code.blocks) if code.form in _TEMPLATES else frozenset()
    for estate in estates:
        for resource in (one for found in estate.resources.values() for one in found):
            # What stands for a place, such as a region, is declared by nobody.
            if resource.declaration is None or (resource.kind, resource.id) not in origins:
                continue
            form, block = origins[resource.kind, resource.id]
            # What hangs on the address hangs on what AWS will give.
            other = replace(block, address=f"{block.address}~")
            arn, moved = arn_of(form, block), arn_of(form, other)
            open_ = not (isinstance(arn, str) and isinstance(moved, str)) or arn != moved
            name = name_of(form, block) if name_of(form, other) == name_of(form, block) else ""
            yield _Declared(resource, form, block, code.form == "state", open_, name, unmade)


def _joined(
    live: Estate, declared: Mapping[str, Sequence[_Declared]], hidden: Unknown | None, *, states: bool
) -> Estate:
    resources = dict(live.resources)
    made: list[Resource] = []
    for kind, there in live.resources.items():
        blocks = [one for one in declared.get(kind, ()) if _may_be(one.resource.account, live.account)]
        if not blocks and not (there and issubclass(type(there[0]), DataStore)):
            continue
        side = _paired(there, blocks)
        resources[kind] = tuple(_told(one, side, hidden, states=states) for one in there)
        times = Counter(id(mine[0]) for mine in side.pairs.values())
        for one in there:
            if mine := side.pairs.get(one.id):
                told = _compared(mine, one)
                made.append(told if times[id(mine[0])] == 1 else _unsure(told, mine[0]))
    resources[DeclaredResource.kind] = tuple(made)
    evidence = Evidence(Source.DECLARED, "the code that was given")
    return replace(live, resources=resources, listings={**live.listings, (DeclaredResource.kind, ""): evidence})


def _may_be(place: str, other: str) -> bool:
    return str(place).startswith(OPEN) or str(place) == str(other)


def _paired(live: Sequence[Resource], blocks: Sequence[_Declared]) -> _Side:
    """Find the blocks of each live resource: by the id, by a name that AWS makes the id of, or by the state."""
    exact: dict[str, list[_Declared]] = {}
    patterns: dict[str, list[_Declared]] = {}
    kept: dict[str, list[_Declared]] = {}
    unsure: list[_Declared] = []
    for block in sorted(blocks, key=lambda one: one.kept):
        arn = block.resource.id.partition("#")[0]  # what follows tells blocks with one id apart
        if block.kept:
            kept.setdefault(block.address, []).append(block)
        if block.open:
            unsure.append(block)
        elif OPEN in arn:
            patterns.setdefault(_end(arn), []).append(block)
        else:
            exact.setdefault(arn, []).append(block)
    names = _names(live)
    open_: list[_Declared] = []
    for block in unsure:
        twin = _twin(block, kept.get(block.address, ()))
        named = [one for one in names.get(block.name, ()) if _may_be(block.resource.region, one.region) and block.name]
        if twin is not None:
            exact.setdefault(twin.resource.id.partition("#")[0], []).insert(0, block)
        elif len(named) == 1:
            exact.setdefault(named[0].id, []).insert(0, block)
        else:
            open_.append(block)
    pairs: dict[str, Sequence[_Declared]] = {}
    for one in live:
        fitting = [each for each in patterns.get(_end(one.id), ()) if _fits(each.resource.id.partition("#")[0], one.id)]
        mine = sorted((*exact.get(one.id, ()), *fitting), key=lambda each: each.kept)
        if mine:
            pairs[one.id] = mine
    ends: dict[str, list[str]] = {}
    for id_ in pairs:
        ends.setdefault(_end(id_), []).append(id_)
    return _Side(pairs, ends, open_)


def _names(live: Iterable[Resource]) -> Mapping[str, Sequence[Resource]]:
    """Give the live resources by those of their names that AWS makes their ids of: no two of a region have one."""
    found: dict[str, list[Resource]] = {}
    for one in live:
        if re.search(rf"[:/]{re.escape(one.name)}[-/]", _end(one.id)) or _end(one.id).startswith(f"{one.name}-"):
            found.setdefault(one.name, []).append(one)
    return found


def _twin(block: _Declared, kept: Sequence[_Declared]) -> _Declared | None:
    """Give the resource of a state that a block is: of one address, and of the root beside the state."""
    settled = [one for one in kept if not one.open and one is not block]
    beside = [one for one in settled if PurePosixPath(one.root).parent == PurePosixPath(block.root)]
    found = beside or settled
    return found[0] if len(found) == 1 else None


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


def _told(one: Resource, side: _Side, gap: Unknown | None, *, states: bool) -> Resource:
    if "code" not in type(one).facts:
        return one
    mine = side.pairs.get(one.id) or _copied(one, side)
    reading: Reading[str | None]
    if mine:
        block = mine[0].resource.declaration
        assert block is not None
        spot = block.spot
        said = f"{block.address} ({spot.said})" if spot else block.address
        reading = Known(said, (Evidence(block.source, spot.said if spot else block.root, spot=spot),))
    elif side.open:
        names = ", ".join(each.address for each in side.open[:3])
        advice = "the state that was given does not hold them" if states else "pass the state as well"
        advice = "" if all(each.unmade for each in side.open) else f"; {advice}"
        reading = Unknown(
            Reason.UNRESOLVED,
            f"AWS gives the ids of {names}{' and others' if len(side.open) > 3 else ''}, so the code does not tell which "
            f"these are{advice}",
        )
    elif gap is not None:
        reading = gap
    else:
        reading = Known("")
    return type(one)(one.id, one.name, one.account, one.region, {**one.readings, "code": reading})


def _copied(one: Resource, side: _Side) -> Sequence[_Declared]:
    """Give the blocks of a resource that declare this one too, as its replica in another region."""
    for id_ in side.ends.get(_end(one.id), ()) if is_arn(one.id) else ():
        mine = side.pairs[id_]
        copies = mine[0].resource.readings.get("replicas")
        for each in copies.value if isinstance(copies, Known) and isinstance(copies.value, tuple) else ():
            region = None if isinstance(each, Unresolved) else getattr(each, "region", each)
            if isinstance(region, str) and region == one.region:
                return mine
    return ()


def _compared(blocks: Sequence[_Declared], live: Resource) -> DeclaredResource:
    """Compare a live resource with its blocks; what the code itself leaves open, its state may tell."""
    first = blocks[0].resource.declaration
    assert first is not None
    found: list[Difference] = []
    evidence: list[Evidence] = []
    lost: list[Unknown] = []
    for name in sorted({name for one in blocks for name in one.form.facts}):
        is_ = live.readings.get(name)
        if not compared(live.kind, name) or not isinstance(is_, Known):
            continue
        told = [(one, said) for one in blocks if (said := one.resource.readings.get(name)) is not None]
        known = [(one, said) for one, said in told if isinstance(said, Known) and said.evidence]
        if not known:
            lost.extend(said for one, said in told if isinstance(said, Unknown) and _written(said, one))
            continue
        # What the code leaves to AWS is as the state tells it.
        one, said = next(((each, is_said) for each, is_said in known if not _left_out(is_said, each)), known[0])
        try:
            where = f"{said.evidence[0].where}{' (where it is not set)' if _left_out(said, one) else ''}"
            differs = difference(name, is_.value, said.value, where, one.unmade)
        except CouldNotCheck:
            continue
        if differs is not None:
            found.append(differs)
            evidence.extend((*is_.evidence, *said.evidence))
    reading: Reading[tuple[Difference, ...]] = Known(tuple(found), tuple(evidence))
    if lost and not found:
        more = f"; so are {len(lost) - 1} more settings" if len(lost) > 1 else ""
        reading = Unknown(lost[0].reason, f"{lost[0].detail}, so it cannot be compared{more}", lost[0].evidence)
    return DeclaredResource(live.id, first.address, live.account, live.region, {"differences": reading}, first)


def _unsure(told: DeclaredResource, block: _Declared) -> DeclaredResource:
    """Give up a difference from one of several resources that a block may declare: it may mean another."""
    reading = told.readings["differences"]
    if not isinstance(reading, Known) or not reading.value:
        return told
    why = (
        f"the code leaves open in which region {block.address} is, and it differs from one of several that it may be "
        "(`--deploy-region` tells which)"
    )
    unknown = Unknown(Reason.UNRESOLVED, why, reading.evidence)
    return DeclaredResource(told.id, told.name, told.account, told.region, {"differences": unknown}, told.declaration)


def _left_out(said: Known[Any], one: _Declared) -> bool:
    """Say whether code says something by what it leaves out."""
    evidence = said.evidence[0]
    unset = not evidence.attribute or one.block.find(evidence.attribute).value is ABSENT
    return unset and evidence.spot == one.block.spot and not one.kept


def _written(said: Unknown, one: _Declared) -> bool:
    """Say whether the code sets what it leaves open: where it sets nothing, there is nothing to agree with."""
    block = one.resource.declaration
    assert block is not None
    own = [each for each in said.evidence if each.spot is not None and each.address == block.address]
    return said.reason is Reason.UNRESOLVED and any(each.spot != block.spot for each in own)
