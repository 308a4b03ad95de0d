"""Restore of a table from a backup of DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from drills.kinds.restored_database import lasting
from drills.kinds.restored_table import RestoredTable, TableCase
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.journal import Made


class TableBackupRestore(RestoredTable):
    """A table comes back from its newest backup.

    How old the newest backup is at the loss is shown, as an estimate of the loss: no canary can be in a backup that was
    taken before the drill. With `takes_backup`, the drill takes a backup of its own while canaries are written: that
    shows that they come back, but nothing of how often backups are taken.
    """

    name: ClassVar[str] = "table-backup-restore"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    untold: ClassVar[str] = "a backup holds no canaries; its age at the loss is an estimate only"
    reads: ClassVar[tuple[str, ...]] = (*RestoredTable.reads, "dynamodb:ListBackups")
    makes: ClassVar[tuple[str, ...]] = ("dynamodb:CreateBackup", "dynamodb:RestoreTableFromBackup")
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {**RestoredTable.settings["properties"], "takes_backup": {"type": "boolean"}}
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        subject = subjects[0]
        takes = entry.settings.get("takes_backup", False)
        return (
            f"read {subject.resource}, its items and its settings",
            "write canaries, and take a backup" if takes else "find its newest backup",
            "declare the loss (T0)",
            f"restore the backup of {subject.resource} under a name of the run (T1), and wait for it (T2)",
            "read every item of the copy (T3); set up what the restore forgot; check items, indexes, settings (T4)",
            "delete the copy and what else was made, and look whether it is gone (T6)",
        )

    def writes(self, scene: Scene) -> bool:
        """Canaries show something only in a backup that is taken after they were written."""
        return super().writes(scene) and bool(scene.settings.get("takes_backup"))

    def capture(self, scene: Scene, case: TableCase) -> None:
        """Take a backup while canaries are being written."""
        taken = scene.stage.make(
            "dynamodb:backup",
            scene.stage.run.name(f"{scene.subject.name}-backup"),
            "dynamodb:CreateBackup",
            source=case.source["TableName"],
            TableName=case.source["TableName"],
        )

        def there() -> bool | None:
            found = [one for one in self._backups(scene, case) if one["BackupName"] == taken.id]
            case.known["own"] = found[0] if found else None
            return True if found else None

        longest = lasting(scene, "warm_up", timedelta(minutes=15))
        scene.stage.wait(f"a backup of {scene.subject.resource}", there, every=timedelta(seconds=2), longest=longest)

    def restorable(self, scene: Scene, case: TableCase) -> datetime | None:
        """Give when the backup was taken that is going to be restored."""
        chosen = case.known.get("own")
        if chosen is None:
            found = self._backups(scene, case)
            chosen = max(found, key=lambda one: one["BackupCreationDateTime"], default=None)
        case.known["backup"] = chosen
        return None if chosen is None else chosen["BackupCreationDateTime"]

    def _backups(self, scene: Scene, case: TableCase) -> list[Mapping[str, Any]]:
        found = scene.stage.calls.every(
            "dynamodb:ListBackups", "BackupSummaries", TableName=case.source["TableName"], BackupType="ALL"
        )
        return [one for one in found if one["BackupStatus"] == "AVAILABLE"]

    def request(self, scene: Scene, case: TableCase, target: str) -> Made:
        """Ask DynamoDB for it."""
        backup = case.known["backup"]
        age = scene.timeline.stamps[Mark.LOST].at - backup["BackupCreationDateTime"]
        scene.show(backup=backup["BackupArn"], estimated_data_loss_seconds=round(age.total_seconds()))
        return scene.restore(
            "dynamodb:table",
            target,
            "dynamodb:RestoreTableFromBackup",
            source=case.source["TableName"],
            BackupArn=backup["BackupArn"],
        )
