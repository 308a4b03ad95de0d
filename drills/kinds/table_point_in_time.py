"""Point-in-time restore of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from drills.kinds.restored_database import lasting, poll
from drills.kinds.restored_table import RestoredTable, TableCase
from drills.measuring.writer import written_until
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive

_DAMAGE = "before-damage"


class TablePointInTime(RestoredTable):
    """A table comes back to a point in time, and every item that was written until then is in it.

    With `until: latest`, to the newest time that was restorable when the loss was declared. With `until: before-damage`,
    to just before it: canaries go on being written after the damage, and a copy that holds any of them has gone past it.
    What the restore forgets (time to live, streams, tags, …) is set up anew before the table counts as recovered.
    """

    name: ClassVar[str] = "table-point-in-time"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    way_of: ClassVar[tuple[str, ...]] = ("table",)
    makes: ClassVar[tuple[str, ...]] = ("dynamodb:RestoreTableToPointInTime",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {**RestoredTable.settings["properties"], "until": {"enum": ["latest", _DAMAGE]}}
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        subject = subjects[0]
        until = "just before the damage" if entry.settings.get("until") == _DAMAGE else "the newest restorable time"
        every = "write no canaries: no data loss is measured" if subject.canaries is None else "write canaries as items"
        return (
            f"read {subject.resource}, its items and its settings",
            every,
            "declare the loss (T0)",
            f"restore {subject.resource} to {until} under a name of the run (T1), and wait for it (T2)",
            "read every item of the copy (T3); set up what the restore forgot; check canaries, items, indexes, settings (T4)",
            "delete the copy and look whether it is gone, and the canaries (T6)",
        )

    def restorable(self, scene: Scene, case: TableCase) -> datetime | None:
        """Give `LatestRestorableDateTime`, in whole seconds, as a restore takes it; None where recovery is off."""
        told = scene.stage.calls.one("dynamodb:DescribeContinuousBackups", TableName=case.source["TableName"])
        window = told["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        newest: datetime | None = window.get("LatestRestorableDateTime")
        return newest.replace(microsecond=0) if newest is not None else None

    def capture(self, scene: Scene, case: TableCase) -> None:
        """Wait until the first canary can be restored; there is nothing to wait for where recovery is off."""
        if self.restorable(scene, case) is not None:
            super().capture(scene, case)

    def await_look(self, scene: Scene, case: TableCase) -> None:
        """Wait until the time of the first look can be restored to, so that its items must be in the copy."""
        if case.looked_at is None or self.restorable(scene, case) is None:
            return
        looked_at, longest = case.looked_at, lasting(scene, "warm_up", timedelta(minutes=15))

        def reached() -> bool | None:
            newest = self.restorable(scene, case)
            return True if newest is not None and newest >= looked_at else None

        scene.phase("waiting until what was looked at can be restored")
        scene.stage.wait("a restorable time after the first look", reached, every=poll(scene), longest=longest)

    def before_loss(self, scene: Scene, case: TableCase) -> None:
        """Note when the damage is done, and let canaries be written and captured after it."""
        if scene.settings.get("until", "latest") != _DAMAGE or self.restorable(scene, case) is None:
            return
        writer = case.writer
        if writer is None:
            raise Inconclusive("whether a restore stops before the damage shows only where canaries are written")
        damaged_at = scene.clock.now().replace(microsecond=0)
        scene.show(damaged_at=damaged_at.isoformat())

        def past() -> datetime | None:
            newest = self.restorable(scene, case)
            return newest if newest is not None and newest > damaged_at + timedelta(seconds=1) else None

        written = len(writer.written)
        captured = written_until(writer, past, scene.clock, lasting(scene, "warm_up", timedelta(minutes=15)))
        if not captured or len(writer.written) <= written:
            raise Inconclusive("nothing that was written after the damage was captured in time")
        case.restored_to = damaged_at

    def counted_from(self, scene: Scene, case: TableCase) -> datetime:
        """Count from the damage: what was written after it is given up on purpose."""
        if scene.settings.get("until") == _DAMAGE and case.restored_to is not None:
            return case.restored_to
        return super().counted_from(scene, case)

    def request(self, scene: Scene, case: TableCase, target: str) -> Made:
        """Ask DynamoDB for it."""
        return scene.restore(
            "dynamodb:table",
            target,
            "dynamodb:RestoreTableToPointInTime",
            source=case.source["TableName"],
            SourceTableName=case.source["TableName"],
            RestoreDateTime=case.restored_to,
        )
