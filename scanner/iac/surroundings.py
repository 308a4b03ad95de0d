"""Surroundings: the other blocks of the code, for facts that hang on blocks which name a block, or which it names.

All accounts are seen: a replica in another region has a provider of its own, and that may be another account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.iac.block import ABSENT, Block, Code, Found
from scanner.iac.forms import forms_of
from scanner.iac.naming import arn_of, identities
from scanner.model.arn import OPEN, Nearby, is_arn, somewhere, unsettled
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Source
from scanner.model.unresolved import Unresolved

_ELSEWHERE = "the code that was given may not be all there is (`--whole-estate` says that it is)"


class Surroundings:
    """The blocks of all roots, by type; each type is looked through when it is first asked for."""

    def __init__(self, codes: Sequence[Code], *, whole: bool) -> None:
        self._codes = codes
        self._whole = whole
        self._blocks: dict[str, list[Block]] | None = None
        #: the attributes of other blocks that the fact which is being read hangs on: findings point there
        self.pointed: list[tuple[Block, Found, str]] = []
        self._identities: dict[str, dict[str, list[Block]]] = {}
        #: what each block is called, with the block itself, so that its number stays its own
        self._called: dict[int, tuple[Block, frozenset[str]]] = {}
        self._attributes: dict[tuple[str, str], tuple[dict[str, list[Block]], Unresolved | None]] = {}
        self._near: dict[str | tuple[str, str], Nearby] = {}

    @property
    def open(self) -> Unresolved | None:
        """Why the code may not hold all there is; None where it certainly does."""
        for code in self._codes:
            for problem in code.problems:
                return Unresolved(f"{problem.message} ({problem.spot.said}), so there may be more", spot=problem.spot)
        return None if self._whole else Unresolved(_ELSEWHERE, reason=Reason.OPEN)

    def point(self, block: Block, attribute: str, label: str = "") -> None:
        """Note that the fact which is being read hangs on an attribute of a block; `label` names which part of it."""
        self.pointed.append((block, block.find(attribute), label))

    @property
    def templates(self) -> bool:
        """All of the code is CloudFormation's, which has no type for some settings of an account."""
        return all(code.source is Source.CLOUDFORMATION for code in self._codes)

    @staticmethod
    def arn(block: Block) -> Any:
        """Give the ARN of what a block declares; an `Unresolved` where it has none yet."""
        for form in forms_of(block.type):
            return arn_of(form, block)
        return Unresolved(f"the ARN of {block.address} is not known")

    def named(self, types: Iterable[str], name: str, by: Block) -> Block | None:
        """Give the block of these types that `by` names; None where it is not in the code.

        A name that is no ARN names a thing of the same region.
        """
        called = [
            one
            for type_ in types
            for one in self._identified(type_).get(name, ())
            if one.root == by.root or not _stands_in(name, one)
        ]
        found = called if is_arn(name) else [one for one in called if one.region == by.region]
        near = [one for one in found if one.root == by.root] or found
        if not near:
            for one in called:
                _beside(one, by)
            for type_ in types:
                if (perhaps := self._nearby(type_, self._identified(type_), (name,))) is not None:
                    perhaps.stop()
            return None
        if len(near) > 1 and near[0].root != by.root:
            Unresolved(f"several blocks are called {name}: {', '.join(one.address for one in near)}").stop()
        if near[0].doubt is not None:
            near[0].doubt.stop()
        return near[0]

    def naming(self, by: Mapping[str, str], block: Block) -> tuple[list[Block], Unresolved | None]:
        """Give the blocks that name a block, by the attribute of each type, and why there may be more in the code."""
        if id(block) not in self._called:
            self._called[id(block)] = (block, identities(block))
        mine = self._called[id(block)][1]
        named = _name_is_open(block)
        doubt: Unresolved | None = None
        found: dict[int, Block] = {}
        for type_, attribute in by.items():
            values, open_ = self._by_value(type_, attribute)
            open_ = self._nearby((type_, attribute), values, mine) if open_ is None else open_
            doubt = open_ if doubt is None else doubt
            for value in sorted(one for one in mine if one in values):
                for one in values[value]:
                    if one is block or (one.root != block.root and _stands_in(value, block)):
                        continue
                    unsure = one.doubt
                    try:
                        near = is_arn(value) or _beside(one, block)
                    except CouldNotCheck as stop:
                        near, unsure = True, Unresolved(stop.unknown.detail, reason=stop.unknown.reason)
                    if near and unsure is not None:
                        doubt = unsure if doubt is None else doubt
                    elif near:
                        found[id(one)] = one
            if named is not None and doubt is None:
                others = {block.type, *by}
                if any(value not in mine and not self._explained(others, value) for value in values):
                    doubt = named
        return list(found.values()), doubt

    def having(
        self, types: Iterable[str], attribute: str, value: str, like: Block
    ) -> tuple[list[Block], Unresolved | None]:
        """Give the blocks of these types whose attribute has the value that `like` has, and why there may be more."""
        found: list[Block] = []
        doubt: Unresolved | None = None
        for type_ in types:
            values, open_ = self._by_value(type_, attribute)
            open_ = self._nearby((type_, attribute), values, (value,)) if open_ is None else open_
            doubt = open_ if doubt is None else doubt
            for one in values.get(value, ()):
                # An address, which no name may look like, means something in its own root only.
                if one.root != like.root and "." in value:
                    continue
                if one.doubt is not None:
                    doubt = one.doubt if doubt is None else doubt
                else:
                    found.append(one)
        return found, doubt

    def beside(self, types: Iterable[str], block: Block) -> list[Block]:
        """Give the blocks of these types in a block's account and region; raise where the code leaves open if it is."""
        found: list[Block] = []
        doubt: CouldNotCheck | None = None
        for one in (one for type_ in types for one in self._of_type(type_)):
            places = ((one.region, block.region), (one.account, block.account))
            try:
                if one.root == block.root or not any(place.startswith(OPEN) for place in places[0] + places[1]):
                    near = all(somewhere(mine) == somewhere(other) for mine, other in places)
                else:
                    # What stands for a place means the same in its own root only.
                    near = Unresolved(f"the code does not settle whether {one.address} is in the same place").stop()
            except CouldNotCheck as stop:
                doubt = doubt or stop
                continue
            if near:
                found.append(one)
        if not found and doubt is not None:
            raise doubt
        return found

    def _of_type(self, type_: str) -> list[Block]:
        if self._blocks is None:
            self._blocks = {}
            for code in self._codes:
                for block in code.blocks:
                    self._blocks.setdefault(block.type, []).append(block)
        return self._blocks.get(type_, [])

    def _identified(self, type_: str) -> dict[str, list[Block]]:
        table = self._identities.get(type_)
        if table is None:
            table = self._identities[type_] = {}
            for block in self._of_type(type_):
                for name in identities(block):
                    table.setdefault(name, []).append(block)
        return table

    def _nearby(self, what: str | tuple[str, str], texts: Iterable[str], names: Iterable[str]) -> Unresolved | None:
        """Say why one of some texts may be one of these names, though it reads otherwise: a place is left open."""
        near = self._near.get(what)
        if near is None:
            near = self._near[what] = Nearby(texts)
        found = next(((one, name) for name in names for one in near.of(name)), None)
        return Unresolved(unsettled(*found).detail) if found is not None else None

    def _explained(self, types: Iterable[str], value: str) -> bool:
        """Say whether a name is that of another block of these types: then it is not that of one whose name is open."""
        return any(value in self._identified(type_) for type_ in types)

    def _by_value(self, type_: str, attribute: str) -> tuple[dict[str, list[Block]], Unresolved | None]:
        known = self._attributes.get((type_, attribute))
        if known is None:
            values: dict[str, list[Block]] = {}
            doubt: Unresolved | None = None
            for block in self._of_type(type_):
                value = block.find(attribute).value
                for one in value if isinstance(value, list) else (value,):
                    if isinstance(one, Unresolved):
                        doubt = one if doubt is None else doubt
                    elif isinstance(one, str):
                        values.setdefault(one, []).append(block)
            known = self._attributes[type_, attribute] = (values, doubt)
        return known


def _stands_in(name: str, block: Block) -> bool:
    """Say whether a name is made of the block's address, which means something in its own root only."""
    return name.lower().endswith(block.address.lower())


def _beside(one: Block, other: Block) -> bool:
    """Say whether two blocks lie in one region; raise where the code leaves that open."""
    return somewhere(one.region) == somewhere(other.region)


def _name_is_open(block: Block) -> Unresolved | None:
    """Give why the name of a block is not settled; None where it is written, or AWS makes one that nobody can write."""
    if block.known_name:
        return None
    for form in forms_of(block.type):
        for path in (form.name,) if isinstance(form.name, str) else form.name:
            value = block.find(path).value if path else ABSENT
            if isinstance(value, Unresolved):
                return value
    return None
