"""Restore of a database instance by AWS Backup."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from drills.databases.case import DatabaseCase
from drills.databases.postgres import Address
from drills.kinds.restored_database import LONGEST, lasting, poll
from drills.kinds.restored_instance import RestoredInstance, restored_with
from drills.measuring.clock import Mark
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.sources.recovery_points import NEWEST, OLDEST, READS, await_job, check_expiry, points_of, role_of
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive

#: What the metadata of a restore job names as RDS does (AWS Backup developer guide, "Restore an RDS database").
_SAID = ("DBInstanceClass", "DBParameterGroupName", "DBSubnetGroupName")
_FLAGS = ("MultiAZ", "PubliclyAccessible", "DeletionProtection", "EnableIAMDatabaseAuthentication")


class BackupJobDatabase(RestoredInstance):
    """A database instance comes back from a recovery point of AWS Backup.

    The newest one, or with `point: oldest` the one that is kept longest: then what has expired must be gone, too. The time
    that the job itself gives is shown, and never judged.
    """

    name: ClassVar[str] = "backup-job-database"
    tests: ClassVar[tuple[str, ...]] = ("database",)
    reads: ClassVar[tuple[str, ...]] = (*RestoredInstance.reads, *READS)
    makes: ClassVar[tuple[str, ...]] = ("backup:StartRestoreJob",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {**RestoredInstance.settings["properties"], "point": {"enum": [NEWEST, OLDEST]}}
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        resource, which = subjects[0].resource, entry.settings.get("point", NEWEST)
        return (
            f"log in to {resource}, count its rows, and find its {which} recovery point",
            "declare the loss (T0)",
            "start a restore job to an instance of the run (T1), and wait for job and instance (T2)",
            "log in to the copy (T3); check tables, indexes, settings and your own queries (T4)",
            "delete the copy and look whether it is gone (T6)",
        )

    def writes(self, scene: Scene) -> bool:  # noqa: ARG002
        """Write no canaries: every recovery point is older than any of them."""
        return False

    def restorable(self, scene: Scene) -> datetime | None:
        """Give when the recovery point was made that is going to be restored."""
        role_of(scene)
        point = self._chosen(scene)
        return None if point is None else point["CreationDate"]

    def _chosen(self, scene: Scene) -> Mapping[str, Any] | None:
        points = points_of(scene.stage.calls, self.source_of(scene)["DBInstanceArn"])
        scene.show(recovery_points=len(points))
        return (points[0] if scene.settings.get("point") == OLDEST else points[-1]) if points else None

    def request(self, scene: Scene, source: Mapping[str, Any], target: str, restored_to: datetime) -> Made:
        """Start the job, and wait for its end."""
        found = points_of(scene.stage.calls, source["DBInstanceArn"])
        point = next((one for one in found if one["CreationDate"] == restored_to), None)
        if point is None:
            raise Inconclusive("the recovery point that was there before the loss is not there any more")
        if scene.settings.get("point") == OLDEST:
            check_expiry(scene, source["DBInstanceArn"], found, scene.clock.now())
        age = scene.timeline.stamps[Mark.LOST].at - point["CreationDate"]
        scene.show(recovery_point=point["RecoveryPointArn"], estimated_data_loss_seconds=round(age.total_seconds()))
        made = scene.restore(
            "rds:db-by-job",
            target,
            "backup:StartRestoreJob",
            source=source["DBInstanceIdentifier"],
            RecoveryPointArn=point["RecoveryPointArn"],
            IamRoleArn=role_of(scene),
            ResourceType="RDS",
            Metadata=_metadata(target, restored_with(scene, source)),
        )
        job = await_job(scene, point, target, every=poll(scene), longest=lasting(scene, "longest", LONGEST))
        tags = [{"Key": key, "Value": value} for key, value in scene.stage.run.tags.items()]
        scene.stage.change(made, "rds:AddTagsToResource", ResourceName=job["CreatedResourceArn"], Tags=tags)
        return made

    def check_freshness(self, scene: Scene, case: DatabaseCase, copied: Address) -> None:  # noqa: ARG002
        """Say that nothing was measured: the age of a recovery point is no loss that anybody has seen."""
        detail = "a recovery point holds no canaries; its age at the loss is an estimate only"
        scene.check("freshness", "what was written last is in the copy", held=None, detail=detail)


def _metadata(target: str, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Say in texts, as metadata does, what a restore needs."""
    told = {"DBInstanceIdentifier": target}
    told |= {name: str(wanted[name]) for name in _SAID if name in wanted}
    told |= {name: str(bool(wanted[name])).lower() for name in _FLAGS if name in wanted}
    if "VpcSecurityGroupIds" in wanted:
        told["VpcSecurityGroupIds"] = json.dumps(list(wanted["VpcSecurityGroupIds"]))
    return told
