"""Continuity of an archived log sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.kinds.restored_database import DURATION
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.refusals import Inconclusive
from scanner.model.duration import parse_duration, speak
from scanner.resources.s3.logs import binlog_sequence, wal_sequence

_FORMATS = {"postgresql-wal": wal_sequence, "mysql-binlog": binlog_sequence}


class LogSequenceContinuity(SingleDrill):
    """The archived logs of a database are an unbroken sequence, and the newest of them is new.

    Recovery replays one segment after the other and stops at the first that is missing. The newest and the oldest segment
    are read whole: a segment that is listed and cannot be read is as good as missing.
    """

    name: ClassVar[str] = "log-sequence-continuity"
    tests: ClassVar[tuple[str, ...]] = ()
    on: ClassVar[tuple[str, ...]] = ("bucket",)
    reads: ClassVar[tuple[str, ...]] = ("s3:GetObject", "s3:ListObjectsV2")
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "prefix": {"type": "string"},
            "format": {"enum": sorted(_FORMATS)},
            "newest_within": DURATION,
        },
        "required": ["format"],
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        where = f"{subjects[0].resource}/{entry.settings.get('prefix', '')}"
        return (
            f"list the segments in {where}, and look for gaps, timelines and the age of the newest",
            "read the oldest and the newest segment whole",
        )

    def run(self, scene: Scene) -> None:
        """List the segments, and read the ends."""
        calls, bucket = scene.stage.calls, scene.subject.resource
        scene.phase("listing segments")
        found = calls.every("s3:ListObjectsV2", "Contents", Bucket=bucket, Prefix=scene.settings.get("prefix", ""))
        at = scene.clock.now()
        sequence = _FORMATS[scene.settings["format"]](found)
        if not sequence.segments or sequence.newest is None:
            scene.check("integrity", "there are log segments", held=False, detail=f"none in {bucket}")
            return
        scene.show(segments=sequence.segments, first=sequence.first, last=sequence.last)
        missing = sum(hole.count for hole in sequence.holes)
        detail = f"{sequence.segments} segments from {sequence.first} to {sequence.last}"
        if sequence.holes:
            detail = f"{missing} missing in {len(sequence.holes)} places, the first is {sequence.holes[0].first}"
        scene.check("integrity", "the log sequence has no gap", held=not missing, detail=detail)
        self._age(scene, at - sequence.newest)
        self._read_ends(scene, found, sequence.first, sequence.last)

    def _age(self, scene: Scene, age: Any) -> None:
        told = scene.settings.get("newest_within")
        # As old as the RPO, and as old again on its way: as the rule on archived logs has it.
        limit = parse_duration(told) if told else 2 * scene.demanded.rpo if scene.demanded.rpo else None
        seconds = max(int(age.total_seconds()), 0)
        scene.show(age_of_the_newest=f"{seconds} s")
        if limit is None:
            return
        name = f"the newest segment is at most {speak(limit)} old"
        scene.check("freshness", name, held=seconds <= limit.total_seconds(), detail=f"{seconds} s")

    def _read_ends(self, scene: Scene, found: Sequence[Mapping[str, Any]], *ends: str) -> None:
        keys = [one for one in found if any(end in one["Key"].upper() or end in one["Key"] for end in ends)]
        if not keys:
            raise Inconclusive("the ends of the sequence cannot be told from their names")
        short = []
        for one in keys:
            body = scene.stage.calls.one("s3:GetObject", Bucket=scene.subject.resource, Key=one["Key"])["Body"]
            read = 0
            while chunk := body.read(1 << 20):
                read += len(chunk)
            if read != one["Size"] or not read:
                short.append(one["Key"].rpartition("/")[2])
        detail = f"not whole: {', '.join(short)}" if short else f"{len(keys)} read whole"
        scene.check("integrity", "the ends of the sequence can be read", held=not short, detail=detail)
