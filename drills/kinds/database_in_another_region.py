"""Restore of a database instance into another region, from what is kept there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from drills.databases.case import DatabaseCase
from drills.databases.postgres import Address
from drills.databases.snapshots import data_of, newest_snapshot, replicated_backup
from drills.kinds.database_snapshot import DatabaseSnapshot
from drills.kinds.restored_database import RestoredDatabase
from drills.kinds.restored_instance import RestoredInstance, described, restored_with
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive
from drills.verification.configuration import KMS_KEY

#: What a copy must be given in a region where nothing of the source is: its own groups and network.
_NEEDED = ("security_groups", "subnet_group", "parameter_group")


class DatabaseInAnotherRegion(DatabaseSnapshot):
    """A database instance comes back in another region, with nothing of its own region left.

    The subject stands in the region that it is restored to; `settings.home` is the region of the source. It comes from
    automated backups that are replicated there, where there are any, else from the newest copy of a snapshot. Canaries
    tell a loss only of the former.
    """

    name: ClassVar[str] = "database-in-another-region"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    reads: ClassVar[tuple[str, ...]] = (*DatabaseSnapshot.reads, "rds:DescribeDBInstanceAutomatedBackups")
    makes: ClassVar[tuple[str, ...]] = ("rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBInstanceToPointInTime")
    settings: ClassVar[Mapping[str, Any]] = RestoredInstance.settings

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        subject = subjects[0]
        home = subject.settings.get("home", "its own region")
        return (
            f"log in to {subject.resource} in {home} and count its rows",
            f"find what is kept of it in {subject.region}: replicated automated backups, else a copy of a snapshot",
            "declare the loss of the region (T0)",
            f"restore it in {subject.region} under a name of the run (T1), and wait for it (T2)",
            "log in to the copy (T3); check it as any other (T4)",
            "delete the copy and look whether it is gone (T6)",
        )

    def source_of(self, scene: Scene) -> Mapping[str, Any]:
        """Describe the source, in the region where it is."""
        home = scene.subject.settings.get("home", "")
        if not home or home == scene.stage.region:
            raise Inconclusive(f"the subject {scene.subject.name} has no settings.home, the region of the source")
        lacking = [name for name in _NEEDED if name not in scene.subject.restore_with]
        if lacking:
            raise Inconclusive(
                f"restore_with lacks {', '.join(lacking)}: those of {home} are not in {scene.stage.region}"
            )
        source = described(scene, scene.subject.resource, scene.stage.reading(home))
        if source is None:
            raise Inconclusive(f"there is no {self.what} {scene.subject.resource} in {home}")
        return source

    def expected(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """Leave the key out: a key of one region is in no other. That it is encrypted stays, and the plan may name the key."""
        return {name: value for name, value in super().expected(source).items() if name != KMS_KEY}

    def writes(self, scene: Scene) -> bool:
        """Write canaries only where the log of the source arrives in this region."""
        return replicated_backup(scene.stage.calls, scene.subject.resource) is not None

    def restorable(self, scene: Scene) -> datetime | None:
        """Give the newest time that can be restored to in this region."""
        replicated = replicated_backup(scene.stage.calls, scene.subject.resource)
        if replicated is not None:
            newest: datetime | None = replicated.get("RestoreWindow", {}).get("LatestTime")
            return newest
        found = newest_snapshot(scene.stage.calls, scene.subject.resource)
        return data_of(found) if found is not None else None

    def request(self, scene: Scene, source: Mapping[str, Any], target: str, restored_to: datetime) -> Made:
        """Ask RDS of this region for it."""
        replicated = replicated_backup(scene.stage.calls, scene.subject.resource)
        if replicated is None:
            return super().request(scene, source, target, restored_to)
        age = scene.timeline.stamps[Mark.LOST].at - restored_to
        scene.show(replication_behind_seconds=round(age.total_seconds()))
        return scene.restore(
            "rds:db",
            target,
            "rds:RestoreDBInstanceToPointInTime",
            source=source["DBInstanceIdentifier"],
            SourceDBInstanceAutomatedBackupsArn=replicated["DBInstanceAutomatedBackupsArn"],
            RestoreTime=restored_to,
            **restored_with(scene, source),
        )

    def check_freshness(self, scene: Scene, case: DatabaseCase, copied: Address) -> None:
        """Weigh canaries where there were any."""
        if case.writer is not None:
            RestoredDatabase.check_freshness(self, scene, case, copied)
        else:
            super().check_freshness(scene, case, copied)
