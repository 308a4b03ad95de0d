"""Point-in-time restore of a database instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from drills.kinds.restored_instance import RestoredInstance, described, lasting, restored_with
from drills.measuring.writer import Writer, written_until
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive

_DAMAGE = "before-damage"
_CANARIES = "write canaries until the first can be restored, and then for a while that chance decides"


class DatabasePointInTime(RestoredInstance):
    """A database instance comes back to a point in time, and what was written until then is in it.

    With `until: latest`, the loss of the whole instance: it is restored to the newest time that was restorable when the
    loss was declared. With `until: before-damage`, the loss of data inside it: canaries go on being written after the
    damage, and a copy that holds any of them has gone past it.
    """

    name: ClassVar[str] = "database-point-in-time"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    way_of: ClassVar[tuple[str, ...]] = ("database",)
    makes: ClassVar[tuple[str, ...]] = ("rds:RestoreDBInstanceToPointInTime",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            **RestoredInstance.settings["properties"],
            "until": {"enum": ["latest", _DAMAGE]},
        }
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        subject = subjects[0]
        until = "just before the damage" if entry.settings.get("until") == _DAMAGE else "the newest restorable time"
        every = "write no canaries: no data loss is measured" if subject.canaries is None else _CANARIES
        return (
            f"log in to {subject.resource} and count its rows",
            every,
            "declare the loss (T0)",
            f"restore {subject.resource} to {until} under a name of the run (T1), and wait for it (T2)",
            "log in to the copy (T3); check canaries, tables, indexes, settings and your own queries (T4)",
            "delete the copy and look whether it is gone (T6)",
        )

    def restorable(self, scene: Scene) -> datetime | None:
        """Give `LatestRestorableTime`; AWS says nothing where backups are off."""
        source = described(scene, scene.subject.resource)
        newest: datetime | None = (source or {}).get("LatestRestorableTime")
        return newest

    def before_loss(self, scene: Scene, writer: Writer | None) -> datetime | None:
        """Note when the damage is done, and let canaries be written and captured after it."""
        if scene.settings.get("until", "latest") != _DAMAGE:
            return None
        if writer is None:
            raise Inconclusive("whether a restore stops before the damage shows only where canaries are written")
        damaged_at = scene.clock.now()
        scene.show(damaged_at=damaged_at.isoformat())
        longest = lasting(scene, "warm_up", timedelta(minutes=15))
        written = len(writer.written)
        captured = written_until(writer, lambda: self._past(scene, damaged_at), scene.clock, longest)
        if not captured or len(writer.written) <= written:
            raise Inconclusive("nothing that was written after the damage was captured in time")
        return damaged_at

    def _past(self, scene: Scene, damaged_at: datetime) -> datetime | None:
        newest = self.restorable(scene)
        return newest if newest is not None and newest > damaged_at else None

    def counted_from(self, scene: Scene, restored_to: datetime) -> datetime:
        """Count from the damage: what was written after it is given up on purpose."""
        return restored_to if scene.settings.get("until") == _DAMAGE else super().counted_from(scene, restored_to)

    def lingers(self, scene: Scene) -> bool:
        """Linger before the loss of all; after damage, what is captured is waited for anyhow."""
        return scene.settings.get("until") != _DAMAGE

    def destroys(self, scene: Scene) -> bool:
        """Leave a database whose data was damaged where it is: that is how it is met."""
        return scene.settings.get("until") != _DAMAGE and super().destroys(scene)

    def request(self, scene: Scene, source: Mapping[str, Any], target: str, restored_to: datetime) -> Made:
        """Ask RDS for it, with all that a restore forgets unless it is named."""
        return scene.restore(
            "rds:db",
            target,
            "rds:RestoreDBInstanceToPointInTime",
            source=source["DBInstanceIdentifier"],
            SourceDBInstanceIdentifier=source["DBInstanceIdentifier"],
            RestoreTime=restored_to,
            **restored_with(scene, source),
        )
