"""Ways in which a restore goes wrong at a real service, to be wished for: what judges restores must notice each."""

from enum import StrEnum
from threading import Lock


class Fault(StrEnum):
    """One way to go wrong."""

    STALE_BASE = "stale_base"  # the oldest base backup comes up, without any log
    WAL_GAP = "wal_gap"  # a segment of the log is not where it was put
    EMPTY = "empty"  # available, with a database of the right name and nothing in it
    HANG = "hang"  # creating, for ever
    DEFAULT_PARAMETERS = "default_parameters"  # the parameter group that was asked for is not there
    REWRITE = "rewrite"  # every table is there, and what it says is wrong


class Faults:
    """What is to go wrong from now on."""

    def __init__(self) -> None:
        self._wished: set[tuple[Fault, str | None]] = set()
        self._lock = Lock()

    def add(self, fault: Fault | str, of: str | None = None) -> None:
        """Let restores go wrong: all of them, or those whose source or target has this identifier."""
        with self._lock:
            self._wished.add((Fault(fault), of))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._wished.clear()

    def among(self, *identifiers: str) -> frozenset[Fault]:
        """What goes wrong with a restore between these."""
        with self._lock:
            return frozenset(fault for fault, of in self._wished if of is None or of in identifiers)
