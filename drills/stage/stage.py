"""The stage: what a drill may do in one account and region.

Reading is free. What makes something goes through `make`, which writes the journal and passes every guard first; what
changes something goes through `change`, and only for what this run has made. There is no other way to call AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from drills.measuring.clock import Clock
from drills.stage.journal import Journal, Made
from drills.stage.makeable import makeable
from drills.stage.port import Calls, reads
from drills.stage.refusals import Inconclusive
from drills.stage.run import Run
from scanner.collect.port import CallFailed

T = TypeVar("T")

#: How long something may take to be gone, after it was asked to go.
GOING = timedelta(minutes=30)


class Stage:
    """One account and region, one run, its journal and its guards."""

    def __init__(self, calls: Calls, run: Run, journal: Journal, guard: Callable[[], None], clock: Clock) -> None:
        self.run, self.clock = run, clock
        self.account, self.region = calls.account, calls.region
        self._calls, self._journal, self._guard = calls, journal, guard
        self._made: list[Made] = []

    # -- reading

    @property
    def calls(self) -> Calls:
        """The calls that change nothing."""
        return _Reading(self._calls)

    # -- making

    def make(self, kind: str, identifier: str, operation: str, *, source: str = "", **parameters: Any) -> Made:
        """Make something: guards, journal, call. Raise `CallFailed` where AWS refuses; what may be there stays noted.

        `identifier` is a name that `run.name` gave, and stands in the parameter of the operation that names it. The name must not
        be the source's: nothing is ever restored in place.
        """
        known = makeable()[kind]
        named = known.made_by[operation]
        if not identifier.startswith(self.run.prefix) or identifier == source:
            raise ValueError(f"{identifier} is not a name of run {self.run.id}")
        made = Made(kind, identifier, self.account, self.region, source)
        self._guard()
        self._journal.intend(made, self.clock.now())
        self._made.append(made)
        self._calls.one(operation, **({named: identifier} if named else {}), **parameters)
        self._journal.made(made, self.clock.now())
        return made

    def change(self, made: Made, operation: str, **parameters: Any) -> Any:
        """Change something that this run has made; raise `CallFailed` where AWS refuses."""
        if made not in self._made:
            raise ValueError(f"{made.place} was not made by run {self.run.id}")
        if operation not in makeable()[made.kind].changed_by:
            raise ValueError(f"{operation} is not declared to change {made.kind}")
        self._guard()
        return self._calls.one(operation, **parameters)

    # -- waiting

    def wait(self, what: str, look: Callable[[], T | None], *, every: timedelta, longest: timedelta) -> T:
        """Look again and again until there is something to see; raise `Inconclusive` after the longest time.

        Every look passes the guards, so that a kill switch ends a wait.
        """
        until = self.clock.elapsed() + longest
        while True:
            self._guard()
            found = look()
            if found is not None:
                return found
            if self.clock.elapsed() + every > until:
                raise Inconclusive(f"{what}: not within {_say(longest)}")
            self.clock.sleep(every)

    # -- leaving

    @property
    def made(self) -> tuple[Made, ...]:
        """What this run has made here and not yet seen gone, in its order."""
        return tuple(self._made)

    def leave(self, *, every: timedelta = timedelta(seconds=5)) -> tuple[str, ...]:
        """Remove what this run has made here, the last first, and look whether it is gone; give what is left.

        It passes no guard: whatever stopped the drill must not stop what cleans up after it.
        """
        left: list[str] = []
        waiting: list[Made] = []
        for made in _leaving(self._made):
            try:
                makeable()[made.kind].remove(self._calls, made.id)
            except CallFailed as failed:
                if self._gone(made) is not True:
                    left.append(f"{made.place}: {failed.code}")
                    continue
            waiting.append(made)
        until = self.clock.elapsed() + GOING
        while waiting:
            for made in [one for one in waiting if self._gone(one)]:
                waiting.remove(made)
                self._made.remove(made)
                self._journal.gone(made, self.clock.now())
            if waiting and self.clock.elapsed() + every > until:
                break
            if waiting:
                self.clock.sleep(every)
        return (*left, *(f"{made.place}: still there {_say(GOING)} after its removal" for made in waiting))

    def _gone(self, made: Made) -> bool | None:
        """Tell whether nobody finds it any more; None where nobody can tell."""
        try:
            return makeable()[made.kind].look(self._calls, made.id) is None
        except CallFailed:
            return None


class _Reading(Calls):
    """Calls of which only those are made that change nothing."""

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls._port, calls.account, calls.region)  # noqa: SLF001  # the same calls, with less allowed

    def pages(self, operation: str, **parameters: Any) -> Iterator[Any]:
        if not reads(operation):
            raise ValueError(f"{operation} changes something: it is made with make or change")
        return super().pages(operation, **parameters)


def _leaving(made: list[Made]) -> list[Made]:
    """Give the order of removal: the last first, and what holds another before it."""
    order: list[Made] = []
    for one in reversed(made):
        later = [index for index, other in enumerate(order) if other.kind in makeable()[one.kind].before]
        order.append(one) if not later else order.insert(max(later) + 1, one)
    return order


def _say(length: timedelta) -> str:
    from scanner.model.duration import speak  # noqa: PLC0415  # only for a message

    return speak(length)


@contextmanager
def left_clean(stage: Stage, told: Callable[[tuple[str, ...], datetime], None]) -> Iterator[Stage]:
    """Clean up however the block ends, and tell what is left."""
    try:
        yield stage
    finally:
        told(stage.leave(), stage.clock.now())
