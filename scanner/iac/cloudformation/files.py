"""Files: those below a directory that may be templates, by their names alone; little code has any."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ENDINGS: Final = (".yaml", ".yml", ".json", ".template")
_SKIPPED: Final = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


def candidates(directory: Path) -> Iterator[Path]:
    """Give the files that may be templates; links that lead out of the directory are not followed."""
    top = os.path.realpath(directory)
    for here, directories, files in os.walk(directory):
        assembly = "manifest.json" in files
        directories[:] = sorted(
            name
            for name in directories
            if not name.startswith(".") and name not in _SKIPPED and not (assembly and name.startswith("asset."))
        )
        for name in sorted(files):
            if not name.endswith(_ENDINGS) or name.startswith("."):
                continue
            path = os.path.join(here, name)  # noqa: PTH118  # a Path costs more than the look at it
            if os.path.islink(path) and not os.path.realpath(path).startswith(top + os.sep):  # noqa: PTH114
                continue
            yield Path(path)
