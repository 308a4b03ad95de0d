"""Interrupts: the first ends the run, and what it made is cleaned up; the next ones do not cut that short by mistake."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: The interrupt that gives up on cleaning up.
LAST = 3


@contextmanager
def patient() -> Iterator[None]:
    """Raise KeyboardInterrupt at the first Ctrl-C or SIGTERM, and again at the third; in between cleaning up goes on."""
    heard = 0

    def hear(_signal: int, _frame: FrameType | None) -> None:
        nonlocal heard
        heard += 1
        if heard in (1, LAST):
            raise KeyboardInterrupt
        if heard < LAST:
            sys.stderr.write(
                "\nbackup-drill: cleaning up what the run has made; interrupt once more to leave it to "
                "`backup-drill sweep`\n"
            )

    before = {one: signal.signal(one, hear) for one in _SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
