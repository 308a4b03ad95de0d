"""Satellites: blocks of their own that settle something of another, found by the identity they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import Satellite
from scanner.model.arn import alike, unsettled
from scanner.model.errors import CouldNotCheck
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.surroundings import Surroundings


class Satellites:
    """The blocks of an account, by type and by what they name; each type is indexed when it is first asked for."""

    def __init__(self, blocks: Sequence[Block], around: Surroundings) -> None:
        self.around = around
        self._blocks: dict[str, list[Block]] = {}
        for block in blocks:
            self._blocks.setdefault(block.type, []).append(block)
        self._index: dict[Satellite, tuple[dict[str, list[Block]], list[Unresolved]]] = {}

    def of(
        self, satellite: Satellite, block: Block, identities: Callable[[Block], frozenset[str]]
    ) -> tuple[list[Block], Unresolved | None]:
        """Give the satellites of a block, and why there may be more: one whose owner, or existence, is not settled."""
        index = self._index.get(satellite)
        if index is None:
            index = self._index[satellite] = self._made(satellite)
        named, open_ = index
        if not named and not open_:
            return [], None
        found: dict[int, Block] = {}
        doubt = open_[0] if open_ else None
        for identity in identities(block):
            for one in named.get(identity, ()):
                if one.root == block.root and one.region in (block.region, one.region):
                    unsure = one.doubt
                    if satellite.when is not None and unsure is None:
                        try:
                            if not satellite.when(block, one):
                                continue
                        except CouldNotCheck as stop:
                            unsure = Unresolved(stop.unknown.detail, reason=stop.unknown.reason)
                    if unsure is not None:
                        doubt = unsure
                    else:
                        found[id(one)] = one
        if not found and doubt is None:
            # Where a block's name is open, a satellite that names what no other block is called may be its own.
            away, doubt = self.around.naming({satellite.type: satellite.by}, block)
            # So may one of an account that is this one, or is not.
            beside = next((one.account for one in away if alike(one.account, block.account) is None), None)
            doubt = (
                doubt if beside is None or doubt is not None else Unresolved(unsettled(beside, block.account).detail)
            )
        return list(found.values()), doubt

    def _made(self, satellite: Satellite) -> tuple[dict[str, list[Block]], list[Unresolved]]:
        named: dict[str, list[Block]] = {}
        open_: list[Unresolved] = []
        for block in self._blocks.get(satellite.type, ()):
            value = block.find(satellite.by).value
            if isinstance(value, Unresolved):
                open_.append(value)
            elif value is not ABSENT:
                for one in value if isinstance(value, list) else (value,):
                    if isinstance(one, Unresolved):
                        open_.append(one)
                    elif isinstance(one, str):
                        named.setdefault(one, []).append(block)
        return named, open_
