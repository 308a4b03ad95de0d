"""The states that a description tells, one after the other, on the world's clock.

A state ends when two things have happened: its time is over on the world's clock, and the real work is done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock

_AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Delays:
    """How long each state lasts at least. AWS takes minutes; here nothing is waited for unless it is wished."""

    creating: timedelta = _AT_ONCE
    backing_up: timedelta = _AT_ONCE
    snapshot: timedelta = _AT_ONCE
    modifying: timedelta = _AT_ONCE
    rebooting: timedelta = _AT_ONCE
    stopping: timedelta = _AT_ONCE
    starting: timedelta = _AT_ONCE
    deleting: timedelta = _AT_ONCE


@dataclass
class Stage:
    """One state: how long it lasts at least, when its work was done, and what comes after the last one."""

    status: str
    delay: timedelta
    begun: datetime
    after: str = "available"
    done: datetime | None = None
    failed: bool = False


@dataclass
class Lifecycle:
    """What one thing is going through."""

    clock: Callable[[], datetime]
    rest: str = "available"
    _stages: list[Stage] = field(default_factory=list)
    _lock: RLock = field(default_factory=RLock)

    def enter(self, status: str, delay: timedelta, after: str = "available") -> Stage:
        """Go through one more state, after those that are not over yet."""
        with self._lock:
            stage = Stage(status, delay, self.clock(), after)
            self._stages.append(stage)
            return stage

    def finish(self, stage: Stage) -> None:
        """The work of a state is done."""
        with self._lock:
            stage.done = self.clock()

    def fail(self, stage: Stage, status: str) -> None:
        """The work of a state has failed: what was to come after it does not, and this is how it stays."""
        with self._lock:
            stage.after, stage.failed, stage.done = status, True, self.clock()

    def lose(self, status: str) -> None:
        """All at once, whatever it was going through."""
        with self._lock:
            self._stages.clear()
            self.rest = status

    @property
    def status(self) -> str:
        """The state at this time of the world."""
        with self._lock:
            now = self.clock()
            while self._stages:
                head = self._stages[0]
                if head.done is None or now < head.begun + head.delay:
                    return head.status
                over, self.rest = max(head.done, head.begun + head.delay), head.after
                self._stages = [] if head.failed else self._stages[1:]
                if self._stages:
                    self._stages[0].begun = max(over, self._stages[0].begun)
            return self.rest
