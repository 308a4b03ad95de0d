"""The writer of canaries: one after the other into a well, until it is stopped at T0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Protocol

from drills.measuring.canaries import Canary, Mint
from drills.measuring.clock import Clock


class Well(Protocol):
    """Where canaries are written to and found again: a table, a bucket, a directory. One for the source, one for the copy."""

    def prepare(self) -> None:
        """Make the place for them, where it is not there yet."""
        ...

    def write(self, canary: Canary) -> None:
        """Write one and wait until it is durable; raise where it is not certain that it is. The same number replaces."""
        ...

    def read(self) -> Iterable[Canary]:
        """Give all that are there."""
        ...

    def forget(self) -> None:
        """Take away what was prepared and written, and nothing else."""
        ...


class Writer:
    """Writes canaries in a thread of its own; `stop` ends it at the loss, and gives the time of that."""

    def __init__(self, well: Well, mint: Mint, clock: Clock, every: timedelta) -> None:
        self.every = every
        self._well, self._mint, self._clock = well, mint, clock
        self._written: list[Canary] = []
        self._failures: list[str] = []
        self._durable_from: datetime | None = None
        self._lock, self._over = Lock(), Event()
        self._thread = Thread(target=self._run, name="canaries", daemon=True)

    def start(self) -> None:
        """Begin to write; give back when the first canary is durable, or raise what kept it from being written."""
        self._well.prepare()
        self._write(1)
        self._thread.start()

    @property
    def written(self) -> Sequence[Canary]:
        """The canaries of which the write was acknowledged, in their order."""
        with self._lock:
            return tuple(self._written)

    @property
    def failures(self) -> Sequence[str]:
        """Give the kinds of error that writes ended with; a number that was not acknowledged is used again."""
        with self._lock:
            return tuple(self._failures)

    @property
    def durable_from(self) -> datetime:
        """When the first was acknowledged: it was written a moment before, and what is restored to that moment lacks it."""
        assert self._durable_from is not None
        return self._durable_from

    def newest_at(self) -> datetime:
        """Give when the newest was written."""
        with self._lock:
            return self._written[-1].written_at

    def stop(self) -> None:
        """Write no more; gives back when no write is under way."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        number = 2
        while not self._over.wait(self.every.total_seconds()):
            try:
                self._write(number)
            except Exception as error:  # noqa: BLE001  # a write that fails is a number that is tried again; it is told
                with self._lock:
                    self._failures.append(type(error).__name__)
            else:
                number += 1

    def _write(self, number: int) -> None:
        canary = self._mint.make(number, self._clock.now())
        self._well.write(canary)
        if self._durable_from is None:
            self._durable_from = self._clock.now()
        with self._lock:
            self._written.append(canary)


def written_until(writer: Writer, reached: Callable[[], datetime | None], clock: Clock, longest: timedelta) -> bool:
    """Wait until what can be restored reaches the first canary, so that a loss is of the end only; False if it never does."""
    until, first = clock.elapsed() + longest, writer.durable_from
    while clock.elapsed() < until:
        newest = reached()
        if newest is not None and newest > first:
            return True
        clock.sleep(min(writer.every, timedelta(seconds=1)))
    return False


def time_between_captures(
    newest: Callable[[], datetime | None], clock: Clock, every: timedelta, longest: timedelta
) -> timedelta:
    """Measure how long it takes until something newer can be restored, beginning just after something could."""
    began, first = clock.elapsed(), newest()
    while clock.elapsed() - began < longest:
        clock.sleep(min(every, timedelta(seconds=1)))
        if newest() != first:
            break
    return clock.elapsed() - began
