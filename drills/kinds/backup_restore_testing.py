"""Results of AWS Backup's own restore testing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.kinds.restored_database import DURATION, lasting
from drills.plan.model import Entry, Subject
from drills.scene import Scene

_TOLD = ("SUCCESSFUL",)


class BackupRestoreTesting(SingleDrill):
    """The restore tests of AWS Backup have run, and somebody has validated what they brought back.

    A restore job that is COMPLETED says nothing of the data: what counts is the result that a validation has put to it
    (PutRestoreValidationResult). The time of the job is shown. The drill makes nothing and restores nothing.
    """

    name: ClassVar[str] = "backup-restore-testing"
    tests: ClassVar[tuple[str, ...]] = ()
    on: ClassVar[tuple[str, ...]] = ("table", "bucket", "database", "cluster", "volume", "file-system")
    reads: ClassVar[tuple[str, ...]] = ("backup:ListRestoreJobs",)
    settings: ClassVar[Mapping[str, Any]] = {
        "properties": {"within": DURATION, "arn": {"type": "string", "pattern": "^arn:"}},
        "required": ["arn"],
    }

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        """Say what would be done."""
        within = entry.settings.get("within", "31d")
        return (
            f"read the restore jobs of {subjects[0].resource} that restore testing plans have started within {within}",
        )

    def run(self, scene: Scene) -> None:
        """Look at the jobs, the newest first."""
        within, at = lasting(scene, "within", timedelta(days=31)), scene.clock.now()
        jobs = [
            job
            for job in scene.stage.calls.every("backup:ListRestoreJobs", "RestoreJobs", ByCreatedAfter=at - within)
            if job.get("SourceResourceArn") == scene.settings["arn"]
            and (job.get("CreatedBy") or {}).get("RestoreTestingPlanArn")
        ]
        jobs.sort(key=lambda job: job["CreationDate"], reverse=True)
        scene.show(restore_tests=len(jobs))
        scene.check("integrity", "a restore test has run", held=bool(jobs), detail=f"{len(jobs)} in the time")
        if not jobs:
            return
        newest = jobs[0]
        over = newest.get("CompletionDate")
        took = round((over - newest["CreationDate"]).total_seconds()) if over else None
        scene.show(newest_test=newest["RestoreJobId"], seconds_by_the_job_itself=took)
        done = newest["Status"] == "COMPLETED"
        detail = "" if done else f"{newest['Status']}: {newest.get('StatusMessage', 'no reason given')}"
        waiting = newest["Status"] in ("PENDING", "RUNNING")
        scene.check("integrity", "the newest restore test was completed", held=None if waiting else done, detail=detail)
        told = newest.get("ValidationStatus", "")
        valid = None if told in ("", "VALIDATING") else told in _TOLD
        scene.check(
            "integrity", "somebody has validated what came back", held=valid, detail=told or "nobody has looked"
        )
        left = newest.get("DeletionStatus", "")
        if left:
            name = "the restore test has cleaned up"
            scene.check("configuration", name, held=None if left == "DELETING" else left == "SUCCESSFUL", detail=left)
