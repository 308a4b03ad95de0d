"""Where findings point: the file and line of the attribute that a fact was read from, as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.iac.block import ABSENT, Block, Found
from scanner.iac.form import At
from scanner.model.reading import Evidence, Source, Spot


def parts_of(origin: At, block: Block, owner: Block) -> Iterator[Evidence]:
    """Say where the attributes within nested blocks stand, labelled by the numbers of these and a word."""
    for within, word, attribute in origin.parts:
        for values, steps in block.find_all(f"{origin.path}.{within}" if within else origin.path):
            found = block.part(values, steps, block.address).find(attribute)
            numbers = ".".join(str(step + 1) for step in steps if isinstance(step, int))
            yield from evidence_of(block, found, owner, f"{numbers}.{word}")


def pointed(block: Block, paths: Sequence[str]) -> Found:
    """Find the attribute to point at: the first of some that is set, or else the first to set."""
    paths = [path for path in paths if path]
    for path in paths:
        if (found := block.find(path)).value is not ABSENT:
            return found
    if not paths:
        return Found(ABSENT, block.spot, "")
    # None is set: the one to set is the first that the language of the block has.
    template = block.source is Source.CLOUDFORMATION
    return block.find(next((path for path in paths if path[:1].isupper() is template), paths[0]))


def evidence_of(block: Block, found: Found, owner: Block | None = None, label: str = "") -> tuple[Evidence, ...]:
    """Say where a block holds what was found, and of which block it tells something: of its owner, or of itself."""
    spot: Spot | None = found.spot or block.spot
    where = spot.said if spot is not None else f"{block.root}: {block.address}"
    address, attribute = (owner or block).address, found.attribute.removeprefix("^.")
    return (Evidence(block.source, where, spot=spot, attribute=attribute, address=address, label=label),)
