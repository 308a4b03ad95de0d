"""Declarations: where code declares a resource, for findings that must name the file, the line and the block."""

from __future__ import annotations

from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Source, Spot


@dataclass(frozen=True, slots=True)
class Declaration:
    """One block of code: its address, the root it is part of, and the module calls that lead to it, outermost first.

    `moved_from` is the address it had before, where the code says that it moved. `changed` is what a plan or a change
    set does with it (create, update, replace, no-op); "" where the source does not tell.
    """

    address: str
    root: str
    type: str
    source: Source
    spot: Spot | None = None
    trail: tuple[Spot, ...] = ()
    moved_from: str = ""
    changed: str = ""
