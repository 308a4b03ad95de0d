"""Recovery points of AWS Backup, and the jobs that restore them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from drills.measuring.clock import Mark
from drills.stage.port import Calls
from drills.stage.refusals import Inconclusive

if TYPE_CHECKING:
    from drills.scene import Scene

READS = ("backup:DescribeRecoveryPoint", "backup:ListRecoveryPointsByResource", "backup:ListRestoreJobs")
NEWEST, OLDEST = "newest", "oldest"
#: AWS Backup deletes what has expired within hours, not at the minute.
_GRACE = timedelta(days=1)
_FAILED = ("ABORTED", "FAILED")


def points_of(calls: Calls, arn: str) -> list[Mapping[str, Any]]:
    """List the recovery points of a resource that can be restored whole, the oldest first; continuous ones are others."""
    found = calls.every("backup:ListRecoveryPointsByResource", "RecoveryPoints", ResourceArn=arn)
    whole = [
        one
        for one in found
        if one["Status"] in ("COMPLETED", "AVAILABLE") and ":continuous:" not in one["RecoveryPointArn"]
    ]
    return sorted(whole, key=lambda one: one["CreationDate"])


def role_of(scene: Scene) -> str:
    """Give the role that AWS Backup restores with."""
    role = scene.subject.restore_with.get("role")
    if not isinstance(role, str) or not role:
        raise Inconclusive("the plan names no role for AWS Backup to restore with (restore_with: role)")
    return role


def check_expiry(scene: Scene, arn: str, points: list[Mapping[str, Any]], at: datetime) -> None:
    """Check that nothing is kept beyond its retention, and that what is kept longest is within it."""
    over = []
    for point in points:
        told = scene.stage.calls.unless(
            "ResourceNotFoundException",
            operation="backup:DescribeRecoveryPoint",
            BackupVaultName=point["BackupVaultName"],
            RecoveryPointArn=point["RecoveryPointArn"],
        )
        ends = ((told or {}).get("CalculatedLifecycle") or {}).get("DeleteAt")
        if ends is not None and ends + _GRACE < at:
            over.append(point["RecoveryPointArn"])
    expired = scene.stage.calls.every("backup:ListRecoveryPointsByResource", "RecoveryPoints", ResourceArn=arn)
    over += [one["RecoveryPointArn"] for one in expired if one["Status"] == "EXPIRED"]
    detail = f"{len(over)} are still there, the first is {over[0]}" if over else f"{len(points)} points are kept"
    scene.check("integrity", "expired recovery points are gone", held=not over, detail=detail)


def await_job(
    scene: Scene, point: Mapping[str, Any], target: str, *, every: timedelta, longest: timedelta
) -> Mapping[str, Any]:
    """Wait until the job that restores a point to a target has ended; what it took is shown, and is never the verdict.

    The job is found by what it restores and when it was started: two drills of one point at one time would not be told
    apart until their jobs name what they made, and one drill runs in an account and region at a time.
    """
    since = scene.timeline.stamps[Mark.REQUESTED].at - timedelta(seconds=5)

    def ended() -> Mapping[str, Any] | None:
        jobs = [
            one
            for one in scene.stage.calls.every("backup:ListRestoreJobs", "RestoreJobs", ByCreatedAfter=since)
            if one["RecoveryPointArn"] == point["RecoveryPointArn"]
        ]
        job = max(jobs, key=lambda one: one["CreationDate"], default=None)
        if job is None:
            return None
        scene.phase(f"the restore job is {job['Status']}")
        if job["Status"] in _FAILED:
            raise scene.nothing_came_back(
                f"the restore job {job['Status']}: {job.get('StatusMessage', 'no reason given')}"
            )
        return job if job["Status"] == "COMPLETED" else None

    job = scene.stage.wait(f"the restore job of {scene.subject.resource}", ended, every=every, longest=longest)
    took = job["CompletionDate"] - job["CreationDate"]
    scene.show(restore_job=job["RestoreJobId"], seconds_by_the_job_itself=round(took.total_seconds()))
    if not job.get("CreatedResourceArn", "").endswith(target):
        raise scene.nothing_came_back(
            f"the restore job is COMPLETED, and made {job.get('CreatedResourceArn') or 'nothing'}"
        )
    return job
