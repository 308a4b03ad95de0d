"""Restore of a table by AWS Backup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from drills.kinds.restored_database import LONGEST, lasting, poll
from drills.kinds.restored_table import RestoredTable, TableCase
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.sources.recovery_points import NEWEST, OLDEST, READS, await_job, check_expiry, points_of, role_of
from drills.stage.journal import Made


class BackupJobTable(RestoredTable):
    """A table comes back from a recovery point of AWS Backup.

    The newest one, or with `point: oldest` the one that is kept longest: then what has expired must be gone, too. The age
    of the newest is shown, as an estimate of the loss; the time that the job itself gives is shown, and never judged.
    """

    name: ClassVar[str] = "backup-job-table"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    untold: ClassVar[str] = "a recovery point holds no canaries; its age at the loss is an estimate only"
    reads: ClassVar[tuple[str, ...]] = (*RestoredTable.reads, *READS)
    makes: ClassVar[tuple[str, ...]] = ("backup:StartRestoreJob",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {**RestoredTable.settings["properties"], "point": {"enum": [NEWEST, OLDEST]}}
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        subject, which = subjects[0], entry.settings.get("point", NEWEST)
        return (
            f"read {subject.resource}, its items and its settings, and find its {which} recovery point",
            "declare the loss (T0)",
            "start a restore job to a table of the run (T1), and wait for job and table (T2)",
            "read every item of the copy (T3); set up what the restore forgot; check items, indexes, settings (T4)",
            "delete the copy and look whether it is gone (T6)",
        )

    def writes(self, scene: Scene) -> bool:  # noqa: ARG002
        """Write no canaries: every recovery point is older than any of them."""
        return False

    def restorable(self, scene: Scene, case: TableCase) -> datetime | None:
        """Give when the recovery point was made that is going to be restored."""
        role_of(scene)
        found = points_of(scene.stage.calls, case.source["TableArn"])
        oldest = scene.settings.get("point") == OLDEST
        if oldest:
            check_expiry(scene, case.source["TableArn"], found, scene.clock.now())
        scene.show(recovery_points=len(found))
        case.known["point"] = (found[0] if oldest else found[-1]) if found else None
        return found[0 if oldest else -1]["CreationDate"] if found else None

    def request(self, scene: Scene, case: TableCase, target: str) -> Made:
        """Start the job, and wait for its end."""
        point = case.known["point"]
        age = scene.timeline.stamps[Mark.LOST].at - point["CreationDate"]
        scene.show(recovery_point=point["RecoveryPointArn"],
                   estimated_data_loss_seconds=round(age.total_seconds()))  # fmt: skip
        key = case.source.get("SSEDescription", {}).get("KMSMasterKeyArn")
        encryption = {"encryptionType": "KMS", "kmsMasterKeyArn": key} if key else {"encryptionType": "Default"}
        made = scene.restore(
            "dynamodb:table",
            target,
            "backup:StartRestoreJob",
            source=case.source["TableName"],
            RecoveryPointArn=point["RecoveryPointArn"],
            IamRoleArn=role_of(scene),
            ResourceType="DynamoDB",
            Metadata={"targetTableName": target, **encryption},
        )
        await_job(scene, point, target, every=poll(scene), longest=lasting(scene, "longest", LONGEST))
        return made
