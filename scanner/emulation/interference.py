"""Things that go wrong on purpose: denials, throttling and latency, and a log of what was asked.

This module loads nothing of moto, so that a test can name its types without starting anything.
"""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One call the emulator received."""

    service: str
    operation: str
    region: str
    params: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The call written as `service:Operation`."""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Denial:
    """Calls to be answered with access denied."""

    operation: str
    resource_substring: str | None = None
    region: str | None = None

    def covers(self, heard: Heard) -> bool:
        """Whether a call is one of those denied."""
        if self.operation not in (heard.name, heard.operation, f"{heard.service}:*", "*"):
            return False
        if self.region is not None and self.region != heard.region:
            return False
        return self.resource_substring is None or self.resource_substring in json.dumps(heard.params, default=str)


@dataclass
class Interference:
    """What an emulator does to its callers besides answering them."""

    calls: list[Heard] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    _share: float = 0.0
    _dice: random.Random = field(default_factory=random.Random)
    _seconds: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def deny(self, operation: str, resource_substring: str | None = None, region: str | None = None) -> None:
        """From now on refuse an operation (`kms:GetKeyRotationStatus`, `GetKeyRotationStatus` or `kms:*`).

        Narrowed to calls whose parameters contain a text, and to a region.
        """
        self.denials.append(Denial(operation, resource_substring, region))

    def throttle(self, share: float, seed: int) -> None:
        """From now on answer this share of calls with the service's throttling error, reproducibly."""
        with self._lock:
            self._share, self._dice = share, random.Random(seed)

    def latency(self, seconds: float) -> None:
        """From now on answer each call only after this long."""
        self._seconds = seconds

    def clear(self) -> None:
        """Stop interfering; forget the log."""
        with self._lock:
            self.calls.clear()
            self.denials.clear()
            self._share, self._seconds = 0.0, 0.0

    def meet(self, heard: Heard) -> str | None:
        """Log a call, hold it up, and say how to refuse it: `denied`, `throttled` or not at all."""
        if self._seconds:
            time.sleep(self._seconds)
        with self._lock:
            self.calls.append(heard)
            throttled = self._share > 0 and self._dice.random() < self._share
        if any(denial.covers(heard) for denial in self.denials):
            return "denied"
        return "throttled" if throttled else None
