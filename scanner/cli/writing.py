"""Writing records down: an entry is added to its file, or nothing is."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from scanner.cli.accounts import DEFAULT_CONFIG
from scanner.documents.appending import appended
from scanner.documents.config import check_config
from scanner.documents.yaml_file import Document, load_yaml, parse_yaml
from scanner.door.output import write
from scanner.model.errors import OutputError

_ANOTHER = "see to its directory, or name another file with --file"


def config_of(path: Path | None) -> Document | None:
    """Read the configuration for its accounts and files; none where there is none and none is named."""
    file = path or DEFAULT_CONFIG
    if not file.exists():
        if path is not None:
            raise click.UsageError(f"{file} does not exist; `backup-scan init` writes one, --config names another")
        return None
    return check_config(load_yaml(file))


def plain(**texts: str) -> None:
    """Refuse texts that would not stay in one line, and those that say nothing."""
    for name, text in texts.items():
        option = "RESOURCE" if name == "resource" else f"--{name.replace('_', '-')}"
        if not text.isprintable():
            raise click.BadParameter("write it in one line, without control characters", param_hint=option)
        if not text.strip() and name not in ("role", "evidence", "ticket"):
            raise click.BadParameter("say something", param_hint=option)


def day(option: str, text: str) -> date:
    """Read a day from the command line."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day, of no zone
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; write 2027-03-31", param_hint=option) from None


def fitting(target: Path) -> Path:
    """Give a file to add to back, there or not; refuse what an entry cannot be added to."""
    try:
        found = target.stat().st_mode
    except FileNotFoundError:
        return target
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror or error}", hint=_ANOTHER) from None
    if not stat.S_ISREG(found):
        raise OutputError(f"{target}: it is no regular file; nothing was written", hint=_ANOTHER)
    return target


def add(target: Path, key: str, entry: Mapping[str, Any], header: str, check: Callable[[Document], None]) -> Document:
    """Add an entry to a file, which is made where there is none; what would not be read is not written."""
    file = fitting(target).resolve()  # a link stays one
    with _alone(file.parent):
        try:
            raw = file.read_bytes() if file.exists() else None
            mode = file.stat().st_mode if raw is not None else None
        except OSError as error:
            raise OutputError(f"{target}: {error.strerror or error}") from None
        whole = appended(str(target), header.encode() if raw is None else raw, key, entry)
        document = parse_yaml(str(target), whole)
        check(document)
        if (file.read_bytes() if file.exists() else None) != raw:
            raise OutputError(f"{target}: somebody else wrote to it just now; nothing was written", hint="run again")
        write(file, whole.decode(), _ANOTHER)
        if mode is not None:
            file.chmod(mode)
    return document


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let others of this program wait that write to the same folder; editors are only noticed."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):  # whatever is wrong with the folder is told when it is written to
        yield
        return
    try:
        with suppress(OSError):  # some network drives know no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def line_of(document: Document, key: str) -> int:
    """Say on which line the last entry of a list stands."""
    return document.lines[key, len(document.data[key]) - 1][0]
