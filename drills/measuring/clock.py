"""The clock of a drill: the marks T0 to T6, in UTC and on the monotonic clock, and what lies between them.

Durations come from the monotonic clock alone: a wall clock may be set while a restore runs. UTC is for people, and to
compare with what the service says.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol

from scanner.model.late_dataclass import dataclass


class Clock(Protocol):
    """Where a drill takes the time from, and how it waits; tests drive their own."""

    def now(self) -> datetime:
        """Give the time of day in UTC."""
        ...

    def elapsed(self) -> timedelta:
        """Give the time since some fixed instant, on a clock that nobody can set."""
        ...

    def sleep(self, length: timedelta) -> None:
        """Wait."""
        ...


class MachineClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """Give the time of day in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> timedelta:
        """Give the time since some fixed instant, on a clock that nobody can set."""
        return timedelta(seconds=time.monotonic())

    def sleep(self, length: timedelta) -> None:
        """Wait."""
        time.sleep(max(length.total_seconds(), 0))


class Mark(Enum):
    """An event that is stamped; the value is its name in reports."""

    LOST = "T0"
    REQUESTED = "T1"
    AVAILABLE = "T2"
    REACHABLE = "T3"
    VALIDATED = "T4"
    PERFORMING = "T5"
    CLEANED = "T6"

    @property
    def says(self) -> str:
        """Say what has happened."""
        return _SAYS[self]


_SAYS = {
    Mark.LOST: "the loss is declared",
    Mark.REQUESTED: "the restore is requested",
    Mark.AVAILABLE: "the service says available",
    Mark.REACHABLE: "reached with the restored identity",
    Mark.VALIDATED: "every mandatory check is made",
    Mark.PERFORMING: "as fast as before",
    Mark.CLEANED: "nothing is left",
}
MARKS = tuple(Mark)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something happened, on both clocks; `witness` is the time that the service itself gives for it."""

    at: datetime
    elapsed: timedelta
    witness: datetime | None = None


class Timeline:
    """The marks of one drill on one system, in their order."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.stamps: dict[Mark, Stamp] = {}
        #: The longest time between two looks that a mark waited for: no span is finer.
        self.resolution = timedelta()

    def mark(self, mark: Mark, *, looked_every: timedelta = timedelta(), witness: datetime | None = None) -> Stamp:
        """Stamp an event now; raise ValueError where it or a later one is stamped already: marks are never moved."""
        later = [one for one in self.stamps if MARKS.index(one) >= MARKS.index(mark)]
        if later:
            raise ValueError(f"{mark.value} cannot be stamped after {later[-1].value}")
        self.resolution = max(self.resolution, looked_every)
        self.stamps[mark] = Stamp(self.clock.now(), self.clock.elapsed(), witness)
        return self.stamps[mark]

    def begin_with(self, lost: Stamp) -> None:
        """Take T0 from a loss that is common to several systems."""
        if self.stamps:
            raise ValueError(f"T0 cannot be taken over after {list(self.stamps)[-1].value}")
        self.stamps[Mark.LOST] = lost

    def between(self, first: Mark, last: Mark) -> timedelta | None:
        """Give the time between two marks; None where one of them is not stamped."""
        if first not in self.stamps or last not in self.stamps:
            return None
        return self.stamps[last].elapsed - self.stamps[first].elapsed

    @property
    def recovery_time(self) -> timedelta | None:
        """The time that counts against the RTO: T0 to T4."""
        return self.between(Mark.LOST, Mark.VALIDATED)

    @property
    def job_time(self) -> timedelta | None:
        """The time that a provider reports: T1 to T2. It is shown, and never judged."""
        return self.between(Mark.REQUESTED, Mark.AVAILABLE)


#: Clocks that differ by more make data loss untellable: a share of the RPO, and at most so much (research, 1.2).
SKEW_SHARE, SKEW_MOST = 0.1, timedelta(seconds=5)


def too_skewed(ours: datetime, theirs: datetime, rpo: timedelta | None) -> str:
    """Say why a loss cannot be told from stamps of two clocks; "" where they agree well enough.

    `theirs` is the `Date` of an answer, which is in whole seconds: half a second either way says nothing.
    """
    skew = max(abs(ours - theirs) - timedelta(seconds=1), timedelta())
    allowed = SKEW_MOST if rpo is None else min(SKEW_MOST, rpo * SKEW_SHARE)
    if skew <= allowed:
        return ""
    return f"the clock of this machine is {skew.total_seconds():.0f} s off that of the service"
