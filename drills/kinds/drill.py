"""A drill: what it tests, what it is on, which calls it makes, and how it goes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from drills.attempt import attempt

if TYPE_CHECKING:
    from drills.plan.model import Entry, Subject
    from drills.scene import Scene


class Drill(ABC):
    """One kind of drill. The first line of its docstring is its promise; the rest says how it is done, and why so."""

    #: as a plan names it
    name: ClassVar[str]
    #: the kinds of test of the policy that it is (`database`, `file`, `configuration`, `access`, `full`, …)
    tests: ClassVar[tuple[str, ...]]
    #: the kinds of subject that it can be on
    on: ClassVar[tuple[str, ...]]
    #: how many subjects one entry may name
    least: ClassVar[int] = 1
    most: ClassVar[int] = 1
    #: the operations that it reads with, beside those of what it makes
    reads: ClassVar[tuple[str, ...]] = ()
    #: the operations that it makes things with; each stands in `made_by` of a kind of `drills.stage.makeable`
    makes: ClassVar[tuple[str, ...]] = ()
    #: JSON Schema of the settings of its own that an entry may have
    settings: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done, in its order: `backup-drill plan` shows it."""

    @abstractmethod
    def perform(self, scenes: Sequence[Scene]) -> None:
        """Do it, on a scene for each subject. Cleaning up is not its business.

        What goes wrong on one scene is noted there (`drills.attempt`), and must not stop the others.
        """


class SingleDrill(Drill):
    """A drill on one subject, which most are."""

    def perform(self, scenes: Sequence[Scene]) -> None:
        """Do it on each scene, one after the other."""
        for scene in scenes:
            attempt(scene, self.run)

    @abstractmethod
    def run(self, scene: Scene) -> None:
        """Do it on one scene, and note on it what is measured.

        Raise `Inconclusive` where nothing can be said; `CallFailed` and errors of a database or a network are caught
        around it. A restore that AWS refuses, or that ends without what should be there, is a check that did not hold:
        `Scene.restore` sees to the first.
        """
