"""Files that came back: whether each holds what its manifest, or the store itself, says that it held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from drills.measuring.clock import Mark
from drills.sampling import DELETED, OVERWRITTEN, File
from drills.sources.buckets import checksum_of, content
from scanner.collect.port import CallFailed
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.scene import Scene
    from drills.stage.journal import Made

_SHOWN = 3
#: What is a file's beside its content.
_BESIDE = ("ContentType", "ContentEncoding", "ContentDisposition", "CacheControl", "Metadata")


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file that was to be copied: where to, how long it took, and AWS's code where it was refused."""

    file: File
    at: str
    took: timedelta
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a copy showed: whether its content is right (None where nothing says what it was), and what lies beside it."""

    file: File
    came: bool
    right: bool | None
    beside: bool | None
    #: what the content was compared with
    by: str = ""
    why: str = ""


def checked_file(scene: Scene, source: str, bucket: Made, one: Recovered, manifest: Mapping[str, str]) -> Checked:
    """Read a copy whole, and compare it with what is known of the version."""
    if one.refused:
        return Checked(one.file, came=False, right=None, beside=None, why=one.refused)
    calls, file = scene.stage.calls, one.file
    try:
        found, there = content(calls, bucket.id, one.at)
        head = calls.one("s3:HeadObject", Bucket=source, Key=file.key, VersionId=file.version, ChecksumMode="ENABLED")
    except CallFailed as failed:
        return Checked(file, came=False, right=None, beside=None, why=failed.code)
    if Mark.REACHABLE not in scene.timeline.stamps:
        scene.mark(Mark.REACHABLE)
    beside = all(head.get(name) == there.get(name) for name in _BESIDE)
    # A manifest is of what is there now; an older version has a content of its own.
    wanted = manifest.get(file.key) if file.state != OVERWRITTEN else None
    by, kept = ("manifest", wanted) if wanted else checksum_of(head)
    if not kept:
        return Checked(file, True, False if found.size != file.size else None, beside)
    same = kept == (found.md5 if by == "md5" else found.sha256)
    return Checked(file, True, same and found.size == file.size, beside, "manifest" if wanted else f"S3's {by}")


def check_files(scene: Scene, checked: Sequence[Checked]) -> None:
    """Check the sample as a whole."""
    missing = [one for one in checked if not one.came]
    scene.check("integrity", "every file of the sample came back", held=not missing, detail=_told(checked, missing))
    wrong = [one for one in checked if one.right is False]
    scene.check("integrity", "every file holds what it held", held=not wrong, detail=_told(checked, wrong))
    untold = [one for one in checked if one.came and one.right is None]
    if untold:
        name = "of every file something says what it held"
        scene.check("integrity", name, held=None, detail=f"no checksum: {_told(checked, untold)}")
    for state in (OVERWRITTEN, DELETED):
        held = [one for one in checked if one.file.state == state]
        lost = [one for one in held if not one.came or one.right is False]
        if held:
            name = f"{state} files come back by their version"
            scene.check("integrity", name, held=not lost, detail=_told(held, lost))
    other = [one for one in checked if one.beside is False]
    scene.check("configuration", "every file has its type and metadata", held=not other, detail=_told(checked, other))
    compared: dict[str, int] = {}
    for one in checked:
        if one.by:
            compared[one.by] = compared.get(one.by, 0) + 1
    scene.show(compared_with=compared)


def _told(all_: Sequence[Checked], amiss: Sequence[Any]) -> str:
    if not amiss:
        return f"{len(all_)} files"
    names = ", ".join(f"{one.file.key} ({one.why})" if one.why else one.file.key for one in amiss[:_SHOWN])
    return f"{len(amiss)} of {len(all_)}: {names}"
