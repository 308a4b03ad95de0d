"""Meters: what working values out may cost, in steps and never in seconds, so that the same code gives the same result.

A loop, a call and a text that grows spend steps. Whoever has none left stops, and the value is not settled; `try` and
`can` do not catch it. Values share their parts, so a few lines can say what no memory would hold: a value weighs what
it would be written out, and is weighed in time linear in what there is of it.
"""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.hcl.nodes import Expression, For, Splat
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Unknown

#: what one evaluation may cost, and the most that a value may weigh
STEPS: Final = 500_000
#: what all of a root may cost beyond what every evaluation has free
PURSE: Final = 3_000_000
FREE: Final = 1_000
#: so many characters of a text weigh as much as one element, and so many a text may have
CHARACTERS: Final = 16
LONGEST: Final = 10_000_000


class TooLong(CouldNotCheck):
    """Working something out costs more than there is to spend."""

    def __init__(self, said: str) -> None:
        super().__init__(Unknown(Reason.UNRESOLVED, said))


class Meter:
    """Counts what the evaluations of one root cost; without a purse, each of them for itself."""

    __slots__ = ("_known", "left", "purse")

    def __init__(self, purse: float = PURSE) -> None:
        self.purse = purse
        self.left = STEPS
        #: what was weighed, kept so that its identity stays its own
        self._known: dict[int, tuple[Any, int]] = {}

    def begin(self) -> int:
        """Begin an evaluation; give what the one that it is part of has left."""
        before, self.left = self.left, STEPS
        self.purse += FREE
        return before

    def end(self, before: int) -> None:
        """End an evaluation."""
        self.left = before
        if before == STEPS and self._known:  # none is around it, or one that has not come to anything yet
            self._known = {}

    def spend(self, steps: int, node: Expression) -> None:
        """Count steps; where there are none left, raise what says so."""
        self.left -= steps
        self.purse -= steps
        if self.left < 0 or self.purse < 0:
            raise TooLong(f"{node.said} takes too long to work out")

    def bears(self, value: Any) -> bool:
        """Say whether a value that is kept is not too large, as one of all that are."""
        before = self.begin()
        weight = self.weigh(value)
        self.purse -= weight
        self.end(before)
        return weight <= STEPS and self.purse >= 0

    def load(self, value: Any) -> int:
        """Give what it costs to look at all of a value."""
        if isinstance(value, str):
            return len(value) // CHARACTERS
        return self.weigh(value) if isinstance(value, (list, dict)) else 0

    def weigh(self, value: Any) -> int:
        """Count the elements of a collection, of a shared part as often as it is met, or more than there may be."""
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        weight = 1
        for part in value.values() if isinstance(value, dict) else value:
            if isinstance(part, (list, dict)):
                weight += self.weigh(part)
            else:
                weight += 1 + len(part) // CHARACTERS if isinstance(part, str) else 1
            if weight > STEPS:
                break
        self._known[id(value)] = (value, weight)
        return weight


def cost_of(node: For | Splat) -> int:
    """Give what one turn of a loop costs: the number of expressions in it."""
    if not node.cost:
        waiting: list[Expression] = [node.each] if isinstance(node, Splat) else [*node.inner()]
        while waiting:
            waiting.extend(waiting.pop().parts())
            node.cost += 1
    return node.cost
