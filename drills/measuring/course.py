"""The course of a recovery of several systems: who waited for whom, and which chain decided how long it took."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """When the recovery of one system began and ended, counted from the common T0."""

    began: timedelta
    ended: timedelta

    @property
    def alone(self) -> timedelta:
        """The time that it took, without its waiting."""
        return self.ended - self.began


def critical_path(courses: Mapping[str, Course], needs: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """Give the chain that decided the end of all: from the system that came back last, each back to what it waited for.

    It begins with the system that waited for nobody. A shorter recovery of a system that is not on it gains nothing.
    """
    if not courses:
        return ()
    path = [max(courses, key=lambda name: courses[name].ended)]
    while before := [name for name in needs.get(path[0], ()) if name in courses and name not in path]:
        path.insert(0, max(before, key=lambda name: courses[name].ended))
    return tuple(path)
