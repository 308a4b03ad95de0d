"""Weights: how much a value is when it is written out, found without writing it out."""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.hcl.tree import Attribute, HclBlock
from scanner.model.unresolved import Unresolved

#: leaves, counted as often as they are met; a text of this many characters counts as one
HEAVIEST: Final = 1_000_000
_CHARACTERS: Final = 32


class Scales:
    """Weighs the values of one run. Values share their parts, so a few lines can say what no memory would hold.

    Only values that are kept may be given to it: a part is known again by its identity.
    """

    def __init__(self) -> None:
        self._known: dict[int, int] = {}

    def checked(self, value: Any, said: str, where: Attribute | HclBlock) -> Any:
        """Give the value, or what stands for one that is too heavy."""
        if isinstance(value, (list, dict)):
            new: dict[int, int] = {}
            if self._weigh(value, new) <= HEAVIEST:
                self._known.update(new)
                return value
        elif not isinstance(value, str) or len(value) <= HEAVIEST * _CHARACTERS:
            return value
        return Unresolved(f"{said} is too large to be worked with ({where.spot.said})", (said,), where.spot)

    def _weigh(self, value: Any, new: dict[int, int]) -> int:
        known = self._known.get(id(value)) or new.get(id(value))
        if known is None:
            known = 1
            for part in value.values() if isinstance(value, dict) else value:
                if isinstance(part, (list, dict)):
                    known += self._weigh(part, new)
                else:
                    known += 1 + len(part) // _CHARACTERS if isinstance(part, str) else 1
                if known > HEAVIEST:
                    return known
            new[id(value)] = known
        return known
