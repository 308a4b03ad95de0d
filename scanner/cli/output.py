"""Writing reports: beside their place first and then renamed, so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from scanner.model.errors import OutputError


def prepare(directory: Path) -> None:
    """Make the output directory, and find out before the scan whether it can be written."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise OutputError(
            f"{directory}: {error.strerror or error}", hint="choose another directory with --output"
        ) from None


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all; raise `OutputError` with the reason."""
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner can read; reports are as readable as the umask allows.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: {error.strerror or error}; the file was not written", hint="free space or choose another --output"
        ) from None
