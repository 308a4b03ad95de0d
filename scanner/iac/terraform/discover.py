"""Roots: the directories under a path that are configurations of their own, and not modules of others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from scanner.iac.block import Problem
from scanner.iac.terraform.configuration import Configuration, called, configure
from scanner.iac.terraform.documents import Documents, absolute, is_directory, stem
from scanner.model.reading import Spot

_SKIPPED: Final = frozenset({"node_modules"})


class Configurations:
    """The configurations of one run, by directory: each is put together once, whoever asks."""

    def __init__(self, base: str | Path) -> None:
        self.documents = Documents(str(base))
        self._made: dict[str, Configuration] = {}
        self._problems: list[Problem] = []

    @property
    def base(self) -> str:
        """The directory that the user named."""
        return self.documents.base

    def unseen(self, directory: str, why: str) -> None:
        """Note a directory that could not be looked into: roots may be hidden there."""
        name = self.documents.name(directory)
        self._problems.append(Problem(f"{name} cannot be listed: {why}", Spot(name, 1), broken=True))

    def told(self) -> list[Problem]:
        """Give what was noted, to the first root that asks."""
        found, self._problems = self._problems, []
        return found

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
    start = absolute(given)
    if not given.is_dir():
        return [Path(start).parent] if stem(given.name) else []
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
    return sorted(map(Path, found), key=lambda one: one.parts)


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
                    elif not configured and stem(name) and not is_directory(one):
                        configured = True
        except OSError as error:
            configurations.unseen(here, error.strerror or "it cannot be opened")
            continue
        if configured:
            found.append(here)
        waiting.extend(sorted(inner, reverse=True))
    return found
