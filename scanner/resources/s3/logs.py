"""Archived transaction logs in S3: which segments there are, and which are missing between them.

PostgreSQL names segments by 24 hexadecimal digits: timeline, log, segment (documentation, "WAL Internals" and
"Continuous Archiving"). MySQL counts its binary logs: `binlog.000042` (reference manual, "The Binary Log").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from scanner.model.convert import instant, text
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look
from scanner.model.origin import Listing, call, item, of
from scanner.model.resource import Resource

_MIB = 1 << 20
_LOG = 1 << 32  # a "log" of PostgreSQL is 4 GiB of segments
_SEGMENT = 16 * _MIB  # the default of initdb
#: How many logs must end at the same segment before names alone prove another segment size than the default.
_PROOF = 3
# pgBackRest adds a checksum, most tools the suffix of their compression.
_WAL = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(?:-[0-9a-f]{40})?((?:\.\w+)*)", re.IGNORECASE)
_NO_SEGMENT = frozenset({"partial", "history", "backup", "tmp", "ready", "done", "bad", "json"})
_BINLOG = re.compile(r"(.+?)\.(\d{6,})((?:\.[A-Za-z]\w*)*)")


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of segments that are not there, the first and the last of them included."""

    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class LogSequence:
    """The segments of an archive: how many, from where to where, the newest write, and the holes."""

    segments: int = 0
    first: str = ""
    last: str = ""
    newest: datetime | None = None
    holes: tuple[Hole, ...] = ()


def wal_sequence(raw: Iterable[Mapping[str, Any]]) -> LogSequence:
    """Read a sequence of PostgreSQL segments; histories, backup labels and partial segments are none."""
    found: dict[int, set[tuple[int, int]]] = {}
    times: list[datetime] = []
    sizes: set[int] = set()
    for one in raw:
        match = _WAL.fullmatch(one["Key"].rpartition("/")[2])
        if match is None or _NO_SEGMENT & set(match[4].lower().split(".")):
            continue
        found.setdefault(int(match[1], 16), set()).add((int(match[2], 16), int(match[3], 16)))
        times.append(instant(one["LastModified"]))
        if not match[4] and one["Size"] in {_MIB << power for power in range(11)}:
            sizes.add(one["Size"])
    if not found:
        return LogSequence()
    per_log = _per_log({place for places in found.values() for place in places}, sizes)

    def name(timeline: int, position: int) -> str:
        return f"{timeline:08X}{position // per_log:08X}{position % per_log:08X}"

    holes: list[Hole] = []
    reached: int | None = None
    for timeline, places in sorted(found.items()):
        positions = sorted(log * per_log + segment for log, segment in places)
        # A timeline begins in the segment where it left its parent, whose own last segment stays partial.
        start = positions[0] if reached is None else min(positions[0], reached + 1)
        for before, after in pairwise((start - 1, *positions)):
            if after > before + 1:
                holes.append(Hole(name(timeline, before + 1), name(timeline, after - 1), after - before - 1))
        reached = max(positions[-1], reached if reached is not None else 0)
    oldest, latest = min(found), max(found)
    return LogSequence(
        segments=sum(len(places) for places in found.values()),
        first=name(oldest, min(log * per_log + segment for log, segment in found[oldest])),
        last=name(latest, max(log * per_log + segment for log, segment in found[latest])),
        newest=max(times),
        holes=tuple(holes),
    )


def _per_log(places: set[tuple[int, int]], sizes: set[int]) -> int:
    """Tell how many segments make a log: by the size of plain ones, by the names, or by the default."""
    if len(sizes) == 1:
        return _LOG // sizes.pop()
    default = _LOG // _SEGMENT
    ends: dict[int, int] = {}
    for log, segment in places:
        ends[log] = max(segment, ends.get(log, 0))
    highest = max(ends.values())
    fit = 1 << highest.bit_length()
    closed = [end for log, end in ends.items() if log != max(ends)]
    if fit > default or (len(closed) >= _PROOF and set(closed) == {fit - 1}):
        return fit
    return default


def binlog_sequence(raw: Iterable[Mapping[str, Any]]) -> LogSequence:
    """Read sequences of MySQL binary logs, each base name a sequence of its own."""
    found: dict[str, set[int]] = {}
    times: list[datetime] = []
    width = 6
    for one in raw:
        match = _BINLOG.fullmatch(one["Key"].rpartition("/")[2])
        if match is None or _NO_SEGMENT & set(match[3].lower().split(".")):
            continue
        found.setdefault(match[1], set()).add(int(match[2]))
        times.append(instant(one["LastModified"]))
    if not found:
        return LogSequence()
    holes = tuple(
        Hole(f"{base}.{before + 1:0{width}d}", f"{base}.{after - 1:0{width}d}", after - before - 1)
        for base, numbers in sorted(found.items())
        for before, after in pairwise(sorted(numbers))
        if after > before + 1
    )
    oldest, latest = min(found), max(found)
    return LogSequence(
        segments=sum(len(numbers) for numbers in found.values()),
        first=f"{oldest}.{min(found[oldest]):0{width}d}",
        last=f"{latest}.{max(found[latest]):0{width}d}",
        newest=max(times),
        holes=holes,
    )


_OBJECTS = call(
    "s3:ListObjectsV2", permission="s3:ListBucket", nothing_on=["NoSuchBucket"],
    Bucket=of("bucket"), Prefix=of("prefix || ''"),
)  # fmt: skip


def sequence(archive: LogArchive, look: Look) -> LogSequence:  # noqa: ARG001  # the shape of a derived fact
    """Give the sequence in the archive's own format."""
    return archive.wal if archive.format == "postgresql-wal" else archive.binlog


class LogArchive(Resource):
    """An archive of transaction logs, one server's, as the configuration declares it."""

    kind = "aws.log.archive"
    title = "log archive"
    member_of = "system"
    listed_by = Listing(None, declared="log_archives", id="log-archive/{bucket}/{prefix}", name="{system}")

    system: Fact[str] = fact("The system whose logs these are.", live=item("system", text))
    bucket: Fact[str] = fact("The bucket that holds them.", live=item("bucket", text))
    prefix: Fact[str] = fact("Where in the bucket they are.", live=item("prefix", text, absent=""))
    format: Fact[str] = fact("How they are named: postgresql-wal or mysql-binlog.", live=item("format", text))
    wal: Fact[LogSequence] = fact(
        "The PostgreSQL segments in it.", live=_OBJECTS.at("Contents", wal_sequence, absent=LogSequence())
    )
    binlog: Fact[LogSequence] = fact(
        "The MySQL binary logs in it.", live=_OBJECTS.at("Contents", binlog_sequence, absent=LogSequence())
    )
    sequence: Fact[LogSequence] = derived(
        "The segments in it, and those missing between them.",
        needs=lambda kind: [kind.format, kind.wal, kind.binlog],
        by=sequence,
    )
