"""Full simulation: a region is lost, and its systems come back in another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from drills.kinds.database_in_another_region import DatabaseInAnotherRegion
from drills.kinds.phases import PhasedDrill
from drills.kinds.several_systems import SeveralSystems
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.refusals import NotTested


class FullSimulation(SeveralSystems):
    """A whole region is lost at one instant, and its systems come back in another region, in the order of their needs.

    Each is restored from what is kept in the other region alone. Where that are copies of snapshots, they are of several
    instants: the check of consistency says so.
    """

    name: ClassVar[str] = "full-simulation"
    tests: ClassVar[tuple[str, ...]] = ("full",)
    on: ClassVar[tuple[str, ...]] = ("database",)
    least: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = DatabaseInAnotherRegion.reads
    makes: ClassVar[tuple[str, ...]] = DatabaseInAnotherRegion.makes
    settings: ClassVar[Mapping[str, Any]] = SeveralSystems.settings

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        named = ", ".join(f"{subject.name} in {subject.region}" for subject in subjects)
        return (
            "look into each source, in its own region",
            "declare the loss of the region (one T0)",
            f"restore {named} from what is kept there, each after the systems that it needs (T1 to T4)",
            "tell the critical path",
            "delete the copies and look whether they are gone (T6)",
        )

    def way(self, scene: Scene) -> PhasedDrill[Any]:
        """Give the way into another region."""
        if scene.subject.kind != "database":
            raise NotTested(f"no drill restores a {scene.subject.kind} into another region yet")
        return DatabaseInAnotherRegion()
