"""The journal: what a drill is about to make, written and synced before the call that makes it.

A process can be killed between any two instructions. Whatever it had made by then stands in the journal, so that a
sweep finds it. A journal is a file of lines of JSON, one run each; it is only ever appended to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import IO, Any, Self

from scanner.model.errors import BackupScanError
from scanner.model.late_dataclass import dataclass

FORMAT = "backup-scan/drill-journal/1"
_SUFFIX = ".journal"


class JournalError(BackupScanError):
    """A journal cannot be read or written: nothing is made, and nothing is removed, without one."""


@dataclass(frozen=True, slots=True)
class Made:
    """Something that a drill makes: enough to find it, to tell that it is ours, and to remove it."""

    kind: str
    id: str
    account: str
    region: str
    #: what it is restored from, which must never be mistaken for it; "" where it comes from nothing
    source: str = ""

    @property
    def place(self) -> str:
        """Say what and where it is."""
        return f"{self.kind} {self.id} in {self.account}/{self.region}"


@dataclass(frozen=True, slots=True)
class Trace:
    """One run as its journal tells it: what is (or may be) still there, in the order in which it was made."""

    run: str
    file: Path
    began_at: datetime
    expires_at: datetime
    endpoint: str
    left: tuple[Made, ...]
    ended: bool
    #: those of which nobody noted that they were made, and when they were intended: they may yet appear
    unconfirmed: Mapping[Made, datetime] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Something may be left."""
        return bool(self.left)


class Journal:
    """The journal of one run, open for appending; every line is on the disk before the next thing happens."""

    def __init__(self, folder: Path, run: str, began_at: datetime, expires_at: datetime, endpoint: str = "") -> None:
        self.file = folder / f"{run}{_SUFFIX}"
        self._lock = Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # A run that exists already is another run: its journal is not written into.
            self._stream: IO[str] = self.file.open("x", encoding="utf-8")
        except OSError as error:
            raise JournalError(
                f"cannot write the journal {self.file}: {error.strerror}", hint="name another folder with --state"
            ) from None
        self._append(
            "began",
            schema=FORMAT,
            run=run,
            at=began_at.isoformat(),
            expires_at=expires_at.isoformat(),
            endpoint=endpoint,
        )
        self._sync_folder(folder)

    def intend(self, made: Made, at: datetime) -> None:
        """Note that something is about to be made; call it before the call that makes it."""
        self._append("intends", at=at.isoformat(), **_told(made))

    def made(self, made: Made, at: datetime) -> None:
        """Note that it was made."""
        self._append("made", at=at.isoformat(), **_told(made))

    def gone(self, made: Made, at: datetime) -> None:
        """Note that it is gone: that nobody finds it any more, not only that its removal was asked for."""
        self._append("gone", at=at.isoformat(), **_told(made))

    def end(self, at: datetime) -> None:
        """Note that the run has ended, whatever it left."""
        self._append("ended", at=at.isoformat())

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, event: str, **told: Any) -> None:
        try:
            with self._lock:  # systems that are recovered side by side share it
                self._stream.write(json.dumps({"event": event, **told}, sort_keys=True) + "\n")
                self._stream.flush()
                os.fsync(self._stream.fileno())
        except OSError as error:
            raise JournalError(
                f"cannot write the journal {self.file}: {error.strerror}; nothing more is made",
                hint="make room, then run `backup-drill sweep`",
            ) from None

    def _sync_folder(self, folder: Path) -> None:
        # Without it, the name of a new file may be lost with the power although its content is not.
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def note_gone(file: Path, made: Made, at: datetime) -> None:
    """Append to the journal of a run that has ended, or died, that something of it is gone."""
    line = json.dumps({"event": "gone", "at": at.isoformat(), **_told(made)}, sort_keys=True) + "\n"
    try:
        with file.open("r+b") as stream:
            stream.seek(0, os.SEEK_END)
            if stream.tell() and not _ends_whole(stream):
                line = "\n" + line  # the run died in the middle of a line
            stream.write(line.encode())
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise JournalError(f"cannot write the journal {file}: {error.strerror}") from None


def traces(folder: Path) -> Iterator[Trace]:
    """Read every journal of a folder, the oldest first; raise `JournalError` at one that cannot be read."""
    if not folder.is_dir():
        return
    found = [trace_of(file) for file in journals(folder)]
    yield from sorted(found, key=lambda one: (one.began_at, one.run))


def journals(folder: Path) -> list[Path]:
    """Give the files of a folder that are journals."""
    return sorted(folder.glob(f"*{_SUFFIX}"))


def named_ever(folder: Path) -> set[str]:
    """Give the names of all that the journals of a folder ever told of; half a line and a harmed one tell nothing."""
    found: set[str] = set()
    for file in journals(folder):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError, TypeError, KeyError):
                found.add(json.loads(line)["id"])
    return found


def trace_of(file: Path) -> Trace:
    """Read one journal; raise `JournalError` where it cannot be read."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise JournalError(f"cannot read the journal {file}: {error}") from None
    head: Mapping[str, Any] | None = None
    left: dict[Made, None] = {}
    unconfirmed: dict[Made, datetime] = {}
    ended = False
    for number, line in enumerate(lines, 1):
        entry = _entry(file, number, line, lines[number:])
        if entry is None:
            continue
        try:
            match entry["event"]:
                case "began":
                    head = _head(file, number, entry)
                case "ended":
                    ended = True
                case "gone":
                    left.pop(_what(entry), None)
                    unconfirmed.pop(_what(entry), None)
                case "intends":
                    left[_what(entry)] = None
                    unconfirmed[_what(entry)] = datetime.fromisoformat(entry["at"])
                case _:
                    left[_what(entry)] = None
                    unconfirmed.pop(_what(entry), None)
        except (KeyError, TypeError, AttributeError) as error:
            raise JournalError(f"{file}:{number}: found an entry without {error}") from None
    if head is None:
        # Killed before the first line was whole: nothing can have been made.
        instant = datetime.fromtimestamp(file.stat().st_mtime).astimezone()
        return Trace(file.name.removesuffix(_SUFFIX), file, instant, instant, "", (), ended=False)
    began_at, expires_at = datetime.fromisoformat(head["at"]), datetime.fromisoformat(head["expires_at"])
    return Trace(head["run"], file, began_at, expires_at, head["endpoint"], tuple(left), ended, unconfirmed)


def _entry(file: Path, number: int, line: str, rest: list[str]) -> Mapping[str, Any] | None:
    """Read one line; None for half a line: what a run that was killed there was about to make, it did not make.

    After half a line come only the entries that a sweep appended.
    """
    try:
        entry: Mapping[str, Any] = json.loads(line)
    except ValueError:
        if all('"event": "gone"' in one for one in rest):
            return None
        raise JournalError(f"{file}:{number}: found a line that is no entry") from None
    return entry


def _head(file: Path, number: int, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    if entry["schema"] != FORMAT:
        raise JournalError(f"{file}:{number}: found format {entry['schema']!r}", hint=f"expected {FORMAT}")
    return entry


def _what(entry: Mapping[str, Any]) -> Made:
    return Made(entry["kind"], entry["id"], entry["account"], entry["region"], entry["source"])


def _ends_whole(stream: IO[bytes]) -> bool:
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) == b"\n"


def _told(made: Made) -> dict[str, str]:
    return {
        "kind": made.kind,
        "id": made.id,
        "account": made.account,
        "region": made.region,
        "source": made.source,
    }
