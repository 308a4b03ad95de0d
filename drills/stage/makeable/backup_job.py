"""Backup jobs of a drill's own decoy: what may be left of one is a job that runs, or a recovery point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls

#: States from which a job ends by itself or by being stopped (AWS Backup API, "DescribeBackupJob").
UNDER_WAY = ("CREATED", "PENDING", "RUNNING", "ABORTING")


class BackupJob(Makeable):
    """A backup job, known by the name of the decoy that it backs up, which is its idempotency token too."""

    kind: ClassVar[str] = "backup:job"
    made_by: ClassVar[Mapping[str, str]] = {"backup:StartBackupJob": "IdempotencyToken"}
    seen_by: ClassVar[tuple[str, ...]] = ("backup:ListBackupJobs", "backup:ListRecoveryPointsByResource")
    removed_by: ClassVar[tuple[str, ...]] = ("backup:StopBackupJob", "backup:DeleteRecoveryPoint")
    tagged: ClassVar[bool] = False

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find what is left of one: a job that has not ended, or a recovery point."""
        arn = decoy_arn(calls, identifier)
        for job in _jobs(calls, arn):
            if job["State"] in UNDER_WAY:
                return Seen(identifier, job["BackupJobId"], job.get("CreationDate"), {}, job["State"])
        for point in _points(calls, arn):
            return Seen(identifier, point["RecoveryPointArn"], point.get("CreationDate"), {}, point["Status"])
        return None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Stop it, and delete the recovery points of the decoy."""
        arn = decoy_arn(calls, identifier)
        for job in _jobs(calls, arn):
            if job["State"] in UNDER_WAY:
                calls.unless(
                    "InvalidRequestException", operation="backup:StopBackupJob", BackupJobId=job["BackupJobId"]
                )
        for point in _points(calls, arn):
            calls.one(
                "backup:DeleteRecoveryPoint",
                BackupVaultName=point["BackupVaultName"],
                RecoveryPointArn=point["RecoveryPointArn"],
            )

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all under way whose decoy's name begins so."""
        found = []
        for job in calls.every("backup:ListBackupJobs", "BackupJobs"):
            name = job["ResourceArn"].rpartition("/")[2]
            if name.startswith(prefix) and job["State"] in UNDER_WAY:
                found.append(Seen(name, job["BackupJobId"], job.get("CreationDate"), {}, job["State"]))
        return found


def decoy_arn(calls: Calls, name: str) -> str:
    """Give the ARN of a decoy by its name."""
    region = calls.region
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    return f"arn:{partition}:dynamodb:{region}:{calls.account}:table/{name}"


def _jobs(calls: Calls, arn: str) -> list[Mapping[str, Any]]:
    return calls.every("backup:ListBackupJobs", "BackupJobs", ByResourceArn=arn)


def _points(calls: Calls, arn: str) -> list[Mapping[str, Any]]:
    return calls.every("backup:ListRecoveryPointsByResource", "RecoveryPoints", ResourceArn=arn)
