"""What a database can be restored from: its base backups and its log, as far as they are in S3.

Nothing else counts. A history outlives its server, and its instance when the automated backups are retained.
"""

import math
import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import RLock

from scanner.emulation.engines.storage import Storage

SEGMENT = re.compile(r"^[0-9A-F]{24}$")
# Small, so that a heartbeat costs little; PostgreSQL is told so when a volume is made, and RDS has 64 MB.
SEGMENT_SIZE = 4 * 1024 * 1024
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Base:
    """One base backup: where it lies, and when it ended. The segments up to `covered` are within it."""

    prefix: str
    ended: datetime
    covered: str


@dataclass
class Segment:
    """One segment of the log in S3: how far it was filled, and its newest commit."""

    name: str
    partial: bool
    newest: datetime | None


@dataclass
class History:
    """The base backups and the log of one instance, below one prefix."""

    prefix: str
    storage: Storage
    bases: list[Base] = field(default_factory=list)
    _segments: dict[str, Segment] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def ship(self, name: str, content: bytes, newest: datetime | None, *, partial: bool = False) -> None:
        """Put a segment, or a file of the history of timelines, where it counts."""
        with self._lock:
            held = self._segments.get(name)
            if held is not None and partial and not held.partial:
                return
        # The rest of a segment that was switched away from is empty, and so is what is not written yet.
        self.storage.put(self._key(name, partial=partial), zlib.compress(content.rstrip(b"\0"), 1))
        if SEGMENT.match(name):
            with self._lock:
                self._segments[name] = Segment(name, partial, newest)
            if not partial:
                self.storage.delete(self._key(name, partial=True))

    def _key(self, name: str, *, partial: bool) -> str:
        return f"{self.prefix}/wal/{name}{'.partial' if partial else ''}"

    @property
    def segments(self) -> list[Segment]:
        """The segments in their order."""
        with self._lock:
            return sorted(self._segments.values(), key=lambda each: each.name)

    def latest(self) -> datetime | None:
        """The newest second for which every commit is there, and one after it, so that recovery can stop between."""
        newest = max((each.newest for each in self.segments if each.newest is not None), default=None)
        if newest is None:
            return None
        return newest.replace(microsecond=0) if newest.microsecond else newest - _SECOND

    def earliest(self, now: datetime, days: int) -> datetime | None:
        """The first second that can be restored: the end of the oldest base backup, as long as that is kept."""
        oldest = min((base.ended for base in self.bases), default=None)
        if oldest is None:
            return None
        return max(whole_second_after(oldest), whole_second_after(now - timedelta(days=days)))

    def base_for(self, at: datetime) -> Base | None:
        """The newest base backup that had ended by a time."""
        return max((base for base in self.bases if base.ended <= at), key=lambda base: base.ended, default=None)

    def oldest(self) -> Base | None:
        """The oldest base backup."""
        return min(self.bases, key=lambda base: base.ended, default=None)

    def needed(self, base: Base, at: datetime) -> list[Segment]:
        """The segments from a base backup on, up to the first with a commit after the time."""
        needed = []
        for segment in self.segments:
            if segment.name <= base.covered:
                continue
            needed.append(segment)
            if segment.newest is not None and segment.newest > at:
                break
        return needed

    def fetch(self, segment: Segment) -> bytes | None:
        """A segment as it was shipped, at its full length; None when it is not where it was put."""
        held = self.storage.get(self._key(segment.name, partial=segment.partial))
        return None if held is None else zlib.decompress(held).ljust(SEGMENT_SIZE, b"\0")

    def timelines(self) -> dict[str, bytes]:
        """The files that tell how timelines came about."""
        found = {}
        for key in self.storage.keys(f"{self.prefix}/wal/"):
            body = self.storage.get(key) if key.endswith(".history") else None
            if body is not None:
                found[key.rpartition("/")[2]] = zlib.decompress(body)
        return found

    def forget(self) -> None:
        """Delete all of it."""
        with self._lock:
            self.bases.clear()
            self._segments.clear()
        self.storage.delete(self.prefix + "/")


def whole_second_after(at: datetime) -> datetime:
    """The first whole second that is not before a time; AWS tells times by the second."""
    return datetime.fromtimestamp(math.ceil(at.timestamp()), UTC)
