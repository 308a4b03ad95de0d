"""Restore of a database instance from its newest snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from drills.databases.case import DatabaseCase
from drills.databases.postgres import Address
from drills.databases.snapshots import data_of, newest_snapshot
from drills.kinds.restored_instance import RestoredInstance, restored_with
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive


class DatabaseSnapshot(RestoredInstance):
    """A database instance comes back from the newest snapshot that was available when the loss was declared.

    A snapshot was taken before the drill, so none of its canaries can be in it. What would be lost is then only estimated,
    by the age of the snapshot, and an estimate never counts as a measured loss.
    """

    name: ClassVar[str] = "database-snapshot"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    to_any_time: ClassVar[bool] = False
    reads: ClassVar[tuple[str, ...]] = (*RestoredInstance.reads, "rds:DescribeDBSnapshots")
    makes: ClassVar[tuple[str, ...]] = ("rds:RestoreDBInstanceFromDBSnapshot",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {
            **RestoredInstance.settings["properties"],
            "taken_by": {"enum": ["automated", "manual", "awsbackup"]},
        }
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        resource, kind = subjects[0].resource, entry.settings.get("taken_by", "")
        return (
            f"log in to {resource} and count its rows",
            f"find the newest {kind} snapshot of {resource} that is available".replace("  ", " "),
            "declare the loss (T0)",
            f"restore the snapshot of {resource} under a name of the run (T1), and wait for it (T2)",
            "log in to the copy (T3); check tables, indexes, settings and your own queries (T4)",
            "delete the copy and look whether it is gone (T6)",
        )

    def writes(self, scene: Scene) -> bool:  # noqa: ARG002
        """Write no canaries: the snapshot is older than any of them."""
        return False

    def restorable(self, scene: Scene) -> datetime | None:
        """Give when the newest snapshot was taken."""
        found = self.newest_of(scene, None)
        return data_of(found) if found is not None else None

    def newest_of(self, scene: Scene, until: datetime | None) -> Mapping[str, Any] | None:
        """Find the newest snapshot, taken until a time."""
        kind = scene.settings.get("taken_by", "")
        return newest_snapshot(scene.stage.calls, scene.subject.resource, until=until, kind=kind)

    def request(self, scene: Scene, source: Mapping[str, Any], target: str, restored_to: datetime) -> Made:
        """Ask RDS for it, with all that a restore forgets unless it is named."""
        found = self.newest_of(scene, restored_to)
        if found is None:
            raise Inconclusive("the snapshot that was there before the loss is not there any more")
        age = scene.timeline.stamps[Mark.LOST].at - data_of(found)
        scene.show(
            snapshot=found["DBSnapshotIdentifier"],
            snapshot_type=found.get("SnapshotType", ""),
            estimated_data_loss_seconds=round(age.total_seconds()),
        )
        return scene.restore(
            "rds:db",
            target,
            "rds:RestoreDBInstanceFromDBSnapshot",
            source=source["DBInstanceIdentifier"],
            DBSnapshotIdentifier=found["DBSnapshotIdentifier"],
            **restored_with(scene, source),
        )

    def check_freshness(self, scene: Scene, case: DatabaseCase, copied: Address) -> None:  # noqa: ARG002
        """Say that nothing was measured: the age of a snapshot is no loss that anybody has seen."""
        scene.check(
            "freshness",
            "what was written last is in the copy",
            held=None,
            detail="a snapshot holds no canaries; its age at the loss is an estimate only",
        )
