"""Places: the block and the attribute in which a fact is written, or would be."""

from __future__ import annotations

from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.form import NOTHING, At, Form
from scanner.iac.naming import identities
from scanner.iac.satellites import Satellites
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved


@dataclass(frozen=True, slots=True)
class Place:
    """An attribute of a block that holds a fact of a resource: of its own block, or of a satellite that is there."""

    block: Block
    origin: At
    #: it is in the block of the resource itself
    own: bool = True

    @property
    def key(self) -> tuple[str, int, str]:
        """The place in the file: the same for all instances that are made of one block."""
        spot = self.block.spot
        return (spot.file, spot.line, self.origin.path) if spot is not None else ("", 0, "")

    @property
    def spot(self) -> Spot | None:
        """Where the value stands now; None where none is written."""
        found = self.block.find(self.origin.path)
        return None if found.value is ABSENT else found.spot

    @property
    def now(self) -> Any:
        """The fact's value as it is written there; None where none is, or it is not settled."""
        value = self.block.find(self.origin.path).value
        if value is ABSENT or isinstance(value, Unresolved):
            return None if self.origin.absent is NOTHING else self.origin.absent
        try:
            return self.origin.convert(value)
        except Exception:  # noqa: BLE001  # what cannot be read has no value
            return None

    def written(self, value: Any) -> Any:
        """Give a fact's value as code writes it; None where that would not be read as the same value."""
        write, convert = self.origin.write, self.origin.convert
        if write is None:
            return None
        try:
            made = write(value)
            return made if convert(made) == value else None
        except Exception:  # noqa: BLE001  # whatever a converter cannot take is nothing to write
            return None


def place_of(form: Form, block: Block, fact: str, satellites: Satellites) -> Place | None:
    """Find where a fact is decided, or where a value would be decided by; None where no single attribute does.

    Origins are asked in the order in which they are read. Where a function of the whole block decides, it is the
    attribute that the form names besides. A satellite that is not there is not made.
    """
    origins = form.facts.get(fact, ())
    before: Place | None = None
    computed = False
    for one in origins if isinstance(origins, (tuple, list)) else (origins,):
        if not isinstance(one, At):
            computed = True
            continue
        if one.every or not one.path:
            return before
        owner = block
        if one.via is not None:
            mine, doubt = satellites.of(one.via, block, identities)
            if doubt is not None or len(mine) > 1:
                return None
            if not mine:
                if one.absent is NOTHING:
                    continue
                return before
            owner = mine[0]
        here = Place(owner, one, owner is block) if one.write is not None else None
        if computed and (one.via is not None or before is not None):
            return before
        value = owner.find(one.path).value
        if isinstance(value, Unresolved):
            return None
        if value is not ABSENT or one.absent is not NOTHING or one.computed:
            return here or before
        before = here or before
    return before
