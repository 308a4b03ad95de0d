"""A drill in phases, so that several systems can be lost at one instant and come back one after the other."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from drills.attempt import attempt
from drills.kinds.drill import Drill
from drills.measuring.clock import Mark

if TYPE_CHECKING:
    from drills.scene import Scene


class Case(Protocol):
    """What is known of one subject before it is lost."""

    #: the time that is to be restored to, once it is known; None where nothing can be restored
    restored_to: datetime | None

    def stop(self) -> None:
        """Write nothing more to the source; this may be said twice."""
        ...


C = TypeVar("C", bound=Case)


class PhasedDrill(Drill, Generic[C]):
    """A drill that can be one of several with a common T0.

    | phase | what happens |
    |---|---|
    | settle | the source is looked at, canaries are being written, and the first of them can be restored |
    | linger | canaries go on being written, so that T0 does not fall just after something was captured |
    | reach | the time to restore to is known: asked as the last thing before the loss |
    | T0 | nobody writes any more; the loss is declared, and the source destroyed where the target can |
    | recover | T1 to T4, on the copy |
    | forget | what was written to a source that is still there is taken away |
    """

    #: the kinds of subject that this is the way of, where several systems are recovered
    way_of: ClassVar[tuple[str, ...]] = ()
    #: it restores to any time, not only to those at which backups were taken
    to_any_time: ClassVar[bool] = True

    def perform(self, scenes: Sequence[Scene]) -> None:
        """Do it on each scene, one after the other."""
        for scene in scenes:
            attempt(scene, self.run)

    def run(self, scene: Scene) -> None:
        """Do it on one scene, all phases of it."""
        case = self.settle(scene)
        try:
            try:
                self.linger(scene, case)
                self.reach(scene, case)
            finally:
                case.stop()
            scene.mark(Mark.LOST)
            self.lose(scene, case)
            self.recover(scene, case)
        finally:
            self.forget(scene, case)

    @abstractmethod
    def settle(self, scene: Scene) -> C:
        """Look at the source, and let canaries be written until one of them can be restored."""

    def newest(self, scene: Scene, case: C) -> datetime | None:  # noqa: ARG002
        """Give the newest time that can be restored to by now; None where nobody can tell without noting it."""
        return None

    def written_from(self, case: C) -> datetime | None:  # noqa: ARG002
        """Give when the first canary was written; None where none is."""
        return None

    def linger(self, scene: Scene, case: C) -> None:
        """Let some time go by before the loss: a loss just after a capture would be a flattering one."""

    @abstractmethod
    def reach(self, scene: Scene, case: C) -> None:
        """Note the time to restore to, `case.restored_to`; it is asked just before the loss."""

    @abstractmethod
    def lose(self, scene: Scene, case: C) -> None:
        """Destroy the source where the target can, just after T0."""

    @abstractmethod
    def recover(self, scene: Scene, case: C) -> None:
        """Restore it, and check what came back; T1 to T4."""

    def forget(self, scene: Scene, case: C) -> None:
        """Take away what was written to the source. It must not raise."""
