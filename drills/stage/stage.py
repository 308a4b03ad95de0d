"""The stage: what a drill may do in one account and region.

Reading is free. What makes something goes through `make`, which writes the journal and passes every guard first; what
changes something goes through `change`, and only for what this run has made. There is no other way to call AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from drills.measuring.clock import Clock
from drills.stage.journal import Journal, Made
from drills.stage.makeable import makeable
from drills.stage.port import Calls, reads
from drills.stage.refusals import Inconclusive, Stopped
from drills.stage.run import Run
from drills.stage.spoken import Log
from scanner.collect.port import CallFailed

T = TypeVar("T")

#: How long something may take to be gone, after it was asked to go.
GOING = timedelta(minutes=30)


class Stage:
    """One account and region, one run, its journal and its guards."""

    def __init__(self, calls: Calls, run: Run, journal: Journal, guard: Callable[[], None], clock: Clock) -> None:
        self.run, self.clock = run, clock
        self.account, self.region = calls.account, calls.region
        #: each call that was made here, in its order
        self.spoken = Log()
        self._calls, self._journal, self._guard = calls.noted(self._note), journal, guard
        self._made: list[Made] = []
        self._answers: dict[Made, Mapping[str, Any]] = {}
        self._halted = ""

    # -- reading

    @property
    def calls(self) -> Calls:
        """The calls that change nothing."""
        return _Reading(self._calls)

    def reading(self, region: str) -> Calls:
        """The calls that change nothing, in another region of the account: where the source is, if not here."""

        def note(operation: str, parameters: Mapping[str, Any], refused: str) -> None:
            self.spoken.note(operation, region, parameters, self.clock.now(), refused)

        return _Reading(self._calls.elsewhere(region).noted(note))

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
        self._pass()
        self._journal.intend(made, self.clock.now())
        self._made.append(made)
        self._answers[made] = self._calls.one(operation, **({named: identifier} if named else {}), **parameters)
        self._journal.made(made, self.clock.now())
        return made

    def answer(self, made: Made) -> Mapping[str, Any]:
        """Give what AWS answered when something was made: what it named by itself, and what it says went wrong."""
        return self._answers.get(made, {})

    def change(self, made: Made, operation: str, **parameters: Any) -> Any:
        """Change something that this run has made; raise `CallFailed` where AWS refuses."""
        if made not in self._made:
            raise ValueError(f"{made.place} was not made by run {self.run.id}")
        if operation not in makeable()[made.kind].changed_by:
            raise ValueError(f"{operation} is not declared to change {made.kind}")
        self._pass()
        return self._calls.one(operation, **parameters)

    # -- waiting

    def wait(self, what: str, look: Callable[[], T | None], *, every: timedelta, longest: timedelta) -> T:
        """Look again and again until there is something to see; raise `Inconclusive` after the longest time.

        Every look passes the guards, so that a kill switch ends a wait.
        """
        until = self.clock.elapsed() + longest
        while True:
            self._pass()
            found = look()
            if found is not None:
                return found
            if self.clock.elapsed() + every > until:
                raise Inconclusive(f"{what}: not within {_say(longest)}")
            self.clock.sleep(every)

    def halt(self, why: str) -> None:
        """Let it go no further: the next thing that is made or waited for raises `Stopped`. Another thread may say so."""
        self._halted = why

    def _pass(self) -> None:
        if self._halted:
            raise Stopped(self._halted)
        self._guard()

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
        busy: list[Made] = []
        for made in leaving(self._made):
            refused = self._remove(made)
            if refused in makeable()[made.kind].busy:
                busy.append(made)
            elif refused and self._gone(made) is not True:
                left.append(f"{made.place}: {refused}")
                continue
            waiting.append(made)
        until = self.clock.elapsed() + GOING
        while waiting:
            busy = [one for one in busy if self._remove(one) in makeable()[one.kind].busy]
            for made in [one for one in waiting if self._gone(one)]:
                waiting.remove(made)
                self._made.remove(made)
                self._journal.gone(made, self.clock.now())
            if waiting and self.clock.elapsed() + every > until:
                break
            if waiting:
                self.clock.sleep(every)
        return (*left, *(f"{made.place}: still there {_say(GOING)} after its removal" for made in waiting))

    def _note(self, operation: str, parameters: Mapping[str, Any], refused: str) -> None:
        self.spoken.note(operation, self.region, parameters, self.clock.now(), refused)

    def _remove(self, made: Made) -> str:
        """Ask for the removal of something; give AWS's code where it is refused."""
        try:
            makeable()[made.kind].remove(self._calls, made.id)
        except CallFailed as failed:
            return failed.code
        return ""

    def _gone(self, made: Made) -> bool | None:
        """Tell whether nobody finds it any more; None where nobody can tell."""
        try:
            return makeable()[made.kind].look(self._calls, made.id) is None
        except CallFailed:
            return None


class _Reading(Calls):
    """Calls of which only those are made that change nothing."""

    def __init__(self, calls: Calls) -> None:
        super().__init__(calls._port, calls.account, calls.region, calls._note)  # noqa: SLF001  # the same calls, less allowed

    def pages(self, operation: str, **parameters: Any) -> Iterator[Any]:
        if not reads(operation):
            raise ValueError(f"{operation} changes something: it is made with make or change")
        return super().pages(operation, **parameters)


def leaving(made: list[Made]) -> list[Made]:
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
