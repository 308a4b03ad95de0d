"""Touching: whether a change can have touched a root, by the files that are read for it and those it looks for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from scanner.iac.block import Code, plain

#: A call of a function that looks for files.
_LOOKS = re.compile(rb"\b(?:file\w*|template(?:file|string))\s*\(")
_CONFIGURATION = (".tf", ".tofu", ".json")


class Change:
    """The files that differ between two states of a repository, by their paths from its root."""

    def __init__(self, changed: frozenset[str]) -> None:
        self._changed = changed
        self._above = {str(one) for file in changed for one in PurePosixPath(file).parents}
        self._known: dict[Path, bool] = {}
        self._links: dict[Path, str] = {}

    def touches(self, base: Path, code: Code) -> bool:
        """Say whether a root that lies at `base` may be otherwise for the change."""
        if self._holds(base, code.files):
            return True
        if not any(self._looks(base / file) for file in code.files if file.endswith(_CONFIGURATION)):
            return False
        try:
            for block in code.blocks:  # what a value looks for shows when it is worked out
                plain(block.values)
        except RecursionError:
            return True
        return self._holds(base, code.sought, within=True)

    def _looks(self, file: Path) -> bool:
        if file not in self._known:
            try:
                self._known[file] = file.is_file() and _LOOKS.search(file.read_bytes()) is not None
            except OSError:
                self._known[file] = False
        return self._known[file]

    def _holds(self, base: Path, paths: Iterable[str], *, within: bool = False) -> bool:
        """Say whether one of the paths, or a directory above it, has changed; or what lies `within` one."""
        seen: set[str] = set()
        return any(
            way in self._changed
            or (within and way in self._above)
            or any(str(one) in self._changed for one in PurePosixPath(way).parents)
            for path in paths
            for way in self._ways(base, path, seen)
        )

    def _ways(self, base: Path, path: str, seen: set[str]) -> Iterator[str]:
        """Give a path, and those that links in it lead to, each once; nothing outside of `base` is looked at."""
        waiting = [path]
        while waiting:
            here = waiting.pop()
            if here in seen or here.split("/", 1)[0] == "..":
                continue
            seen.add(here)
            yield here
            for one in (PurePosixPath(here), *PurePosixPath(here).parents):
                target = self._link(base, one)
                if target:
                    waiting.append(os.path.normpath(PurePosixPath(target) / PurePosixPath(here).relative_to(one)))

    def _link(self, base: Path, one: PurePosixPath) -> str:
        """Give what a link leads to, relative to `base`; "" for what is none."""
        path = base / one
        if path not in self._links:
            is_link = one.name and path.is_symlink()
            self._links[path] = os.path.relpath(path.parent / path.readlink(), base) if is_link else ""
        return self._links[path]
