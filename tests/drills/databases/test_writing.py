"""A canary counts as restorable only when it was durable: what is restored to the moment of its stamp lacks it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from drills.measuring.canaries import Canary, Mint
from drills.measuring.writer import Writer, written_until
from tests.drills.stand_ins import AT, DrivenClock

SLOW = timedelta(seconds=3)


class SlowWell:
    """Takes three seconds to acknowledge a write."""

    def __init__(self, clock: DrivenClock) -> None:
        self._clock = clock

    def prepare(self) -> None:
        """Nothing is to be made."""

    def write(self, canary: Canary) -> None:
        del canary
        self._clock.passed += SLOW

    def read(self) -> Iterable[Canary]:
        return ()

    def forget(self) -> None:
        """Nothing was made."""


def test_a_canary_is_waited_for_until_it_was_acknowledged() -> None:
    clock = DrivenClock()
    writer = Writer(SlowWell(clock), Mint("run", "source"), clock, timedelta(hours=1))
    writer.start()
    try:
        (first,) = writer.written
        assert first.written_at == AT
        assert writer.durable_from == AT + SLOW
        longest = timedelta(seconds=10)
        assert not written_until(writer, lambda: AT + SLOW - timedelta(seconds=1), clock, longest)
        assert written_until(writer, lambda: AT + SLOW + timedelta(seconds=1), clock, longest)
    finally:
        writer.stop()
