"""Bounds of time: of the processor, and many times what is needed, so that nothing but growth without end breaks them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Allow some seconds."""
    started = time.process_time()
    yield
    took = time.process_time() - started
    assert took < seconds, f"it took {took:.1f} s"
