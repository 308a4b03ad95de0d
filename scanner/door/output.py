"""Writing reports: beside their place first and then renamed, so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from scanner.model.errors import OutputError

_HINT = "free space or choose another --output"


def prepare(directory: Path) -> None:
    """Make the output directory, and find out before the scan whether it can be written."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        reason = "it is a file, not a directory" if isinstance(error, FileExistsError) else error.strerror or error
        raise OutputError(f"{directory}: {reason}", hint="choose another directory with --output") from None


def write(path: Path, text: str, hint: str = _HINT) -> None:
    """Write a file whole or not at all; raise `OutputError` with the reason."""
    write_all([(path, text)], hint)


def write_all(files: Iterable[tuple[Path, str]], hint: str = _HINT) -> None:
    """Write all files or none: a disk that fills up, or an interrupt, leaves the earlier ones as they were."""
    staged: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, text in files:
            _stage(path, text, staged)
        for temporary, path in staged:  # the message names the one that failed
            temporary.replace(path)
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(
            f"{path}: {reason}; nothing was written, and nothing is left half-written", hint=hint
        ) from None
    finally:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _stage(path: Path, text: str, staged: list[tuple[Path, Path]]) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    staged.append((Path(name), path))
    # What AWS wrote may hold lone surrogates, which UTF-8 has no bytes for.
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    # mkstemp makes files that only their owner can read; reports are as readable as the umask allows.
    umask = os.umask(0)
    os.umask(umask)
    Path(name).chmod(0o666 & ~umask)
