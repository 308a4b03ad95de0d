"""Access to a restored database: tried by its users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from drills.databases.case import DatabaseCase
from drills.databases.postgres import Address
from drills.kinds.database_point_in_time import DatabasePointInTime
from drills.kinds.restored_database import DURATION, lasting, poll
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.verification.access import check_access

if TYPE_CHECKING:
    import psycopg


class DatabaseAccess(DatabasePointInTime):
    """On a restored database every user can do what it must, and is denied what it must not do.

    The database is restored to the newest time, and each statement of the subject's access matrix is executed by its user
    on the copy, and undone. The source is read only, and not lost.
    """

    name: ClassVar[str] = "database-access"
    tests: ClassVar[tuple[str, ...]] = ("access",)
    way_of: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[Mapping[str, Any]] = {"properties": {"warm_up": DURATION, "longest": DURATION, "poll": DURATION}}

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        subject = subjects[0]
        rows = [row for row in subject.access if row.login is not None]
        return (
            f"restore {subject.resource} to the newest restorable time under a name of the run (T1), and wait for it (T2)",
            f"log in to the copy (T3) as {', '.join(row.who for row in rows) or 'nobody: the plan has no access matrix'}",
            f"execute and undo {sum(len(row.allow) for row in rows)} statements that must be allowed and "
            f"{sum(len(row.deny) for row in rows)} that must be denied (T4)",
            "delete the copy and look whether it is gone (T6)",
        )

    def settle(self, scene: Scene) -> DatabaseCase:
        """Go on only where there is something to try."""
        scene.require(
            any(row.login is not None and row.deny for row in scene.subject.access),
            f"the plan names nothing that a user of {scene.subject.name} must be denied",
        )
        began = scene.clock.now()
        case = super().settle(scene)
        scene.phase("waiting until the database can be restored as it is now")

        def reached() -> bool | None:
            newest = self.restorable(scene)
            return True if newest is not None and newest >= began else None

        # Users and rights that were given a moment ago must be in the copy, or their lack would look like a denial.
        longest = lasting(scene, "warm_up", timedelta(minutes=15))
        scene.stage.wait("a restorable time", reached, every=poll(scene), longest=longest)
        return case

    def writes(self, scene: Scene) -> bool:  # noqa: ARG002
        """Write no canaries: how much is lost is not asked."""
        return False

    def destroys(self, scene: Scene) -> bool:  # noqa: ARG002
        """Leave the source alone."""
        return False

    def verify(
        self,
        scene: Scene,
        case: DatabaseCase,  # noqa: ARG002
        copy: Mapping[str, Any],  # noqa: ARG002
        copied: Address,
        connection: psycopg.Connection[Any],  # noqa: ARG002
    ) -> None:
        """Try the access matrix."""
        check_access(scene, copied)

    def counted_from(self, scene: Scene, restored_to: datetime) -> datetime:  # noqa: ARG002
        """Count nothing."""
        return restored_to
