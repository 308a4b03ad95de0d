"""A guard: what must hold before a drill may begin, and some of it at every step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.stage.guards.situation import Situation


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a guard does not hold: what was found, and what to do."""

    says: str
    do: str


class Guard(ABC):
    """One guard. The first line of its docstring is what it demands; the rest says why."""

    #: as `docs/drill-guards.md` and every refusal name it
    number: ClassVar[str]
    name: ClassVar[str]
    #: only a real account needs it
    real_only: ClassVar[bool] = True
    #: it is asked again before everything that is made or changed, and at every look of a wait
    always: ClassVar[bool] = False
    #: it asks AWS, which is not done in the wrong place
    asks: ClassVar[bool] = False

    @abstractmethod
    def broken(self, now: Situation) -> Iterator[Broken]:
        """Give every reason why it does not hold; raise `CallFailed` where that cannot be told."""

    def again(self, now: Situation) -> Iterator[Broken]:
        """Give every reason why it does not hold any more, during a run; the same unless that would cost too much."""
        return self.broken(now)

    def needed(self, now: Situation) -> bool:
        """Tell whether the target needs it."""
        return now.target.real or not self.real_only

    @property
    def demands(self) -> str:
        """What it demands, in a sentence."""
        return self._told()[0]

    @property
    def why(self) -> str:
        """Why it does."""
        return " ".join(" ".join(self._told()[1:]).split())

    def _told(self) -> list[str]:
        return (type(self).__doc__ or "").strip().split("\n")
