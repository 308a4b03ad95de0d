"""Roots: the directories under a path that are configurations of their own, and not modules of others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from scanner.iac.block import Problem
from scanner.iac.terraform.configuration import Configuration, called, configure
from scanner.iac.terraform.documents import Documents, stem
from scanner.model.reading import Spot

_SKIPPED: Final = frozenset({"node_modules"})


class Configurations:
    """The configurations of one run, by directory: each is put together once, whoever asks."""

    def __init__(self, base: str | Path) -> None:
        self.documents = Documents(str(base))
        self._made: dict[str, Configuration] = {}
        #: directories that could not be looked into
        self.problems: list[Problem] = []

    @property
    def base(self) -> str:
        """The directory that the user named."""
        return self.documents.base

    def of(self, directory: str) -> Configuration:
        """Give a directory's configuration."""
        made = self._made.get(directory)
        if made is None:
            made = self._made[directory] = configure(directory, self.documents)
        return made


def roots(given: Path, configurations: Configurations) -> list[Path]:
    """Give the directories to judge under a path, in order; of a file, its directory.

    A directory that another one calls as a module is judged there, with the values it is given. What is reached from
    no root (modules that call each other in a circle) is judged on its own, so that nothing is passed over.
    """
    start = os.path.abspath(given)
    if not os.path.isdir(start):
        return [Path(start).parent] if stem(os.path.basename(start)) else []
    directories = _walk(start, configurations)
    calls = {one: set(called(configurations.of(one)).values()) for one in directories}
    inner = {target for one, targets in calls.items() for target in targets if target != one}
    found = [one for one in directories if one == start or one not in inner]
    reached: set[str] = set()
    for one in found:
        _reach(one, calls, reached)
    for one in directories:
        if one not in reached:
            found.append(one)
            _reach(one, calls, reached)
    return [Path(one) for one in sorted(found, key=lambda one: one.split(os.sep))]


def _reach(start: str, calls: dict[str, set[str]], reached: set[str]) -> None:
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting.extend(calls.get(here, ()))


def _walk(start: str, configurations: Configurations) -> list[str]:
    """Give the directories that hold configuration; links to directories are not followed.

    What they lead to is inside, and found there, or outside, and not to be read.
    """
    found = []
    waiting = [start]
    while waiting:
        here = waiting.pop()
        configured = False
        inner = []
        try:
            with os.scandir(here) as entries:
                for one in entries:
                    name = one.name
                    if one.is_dir(follow_symlinks=False):
                        if not name.startswith(".") and name not in _SKIPPED:
                            inner.append(one.path)
                    elif not configured and stem(name) and not one.is_dir():
                        configured = True
        except OSError as error:
            name = configurations.documents.name(here)
            configurations.problems.append(Problem(f"{name} cannot be listed: {error.strerror}", Spot(name, 1)))
            continue
        if configured:
            found.append(here)
        waiting.extend(sorted(inner, reverse=True))
    return found
