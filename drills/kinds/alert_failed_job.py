"""A backup job that fails is heard of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from drills.kinds.alert_path import DURATION, AlertPath, Failure, declare
from drills.plan.model import Entry, Subject
from drills.scene import Scene
from drills.stage.refusals import Inconclusive
from scanner.collect.port import CallFailed
from scanner.model.duration import parse_duration

#: How long a job may take until it fails, and how often that is looked at.
LONGEST, EVERY = timedelta(minutes=45), timedelta(seconds=5)
#: What IAM may need until a new role can be taken everywhere (IAM user guide, "Troubleshoot IAM", eventual consistency).
SPREADS = timedelta(seconds=15)
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class AlertFailedJob(AlertPath):
    """A backup job that really fails is heard of by a subscriber of the topic, and it is measured how soon.

    The job is of the run's own: it backs up an empty table of the run as a role that may do nothing, into the vault that
    the subject names, and must fail for that. AWS Backup then tells of it as of any other: by its event, and by the
    notification of the vault. What such a job leaves is an entry in the list of jobs.
    """

    name: ClassVar[str] = "alert-failed-job"
    reads: ClassVar[tuple[str, ...]] = (
        *AlertPath.reads,
        "dynamodb:DescribeTable",
        "iam:GetRole",
        "backup:ListBackupJobs",
    )
    makes: ClassVar[tuple[str, ...]] = (
        *AlertPath.makes,
        "dynamodb:CreateTable",
        "iam:CreateRole",
        "backup:StartBackupJob",
    )
    settings: ClassVar[Mapping[str, Any]] = {"properties": {"within": DURATION, "longest": DURATION}}

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:  # noqa: ARG002
        """Say what would be done."""
        subject = subjects[0]
        return (
            f"make a queue of the run and subscribe it to {subject.resource}",
            "make an empty table, and a role that may do nothing",
            f"start a backup of the table into {_vault(subject)} as that role, which must fail (T0)",
            "wait for the message in the queue, and read the stamps of every hop",
            "end the subscription; delete queue, role and table, and look whether they are gone (T6)",
        )

    def prepare(self, scene: Scene) -> Any:
        """Make the table and the role."""
        stage = scene.stage
        table, role = stage.run.name(f"decoy {scene.subject.name}"), stage.run.name(f"nobody {scene.subject.name}")
        tags = [{"Key": key, "Value": value} for key, value in stage.run.tags.items()]
        stage.make(
            "dynamodb:decoy",
            table,
            "dynamodb:CreateTable",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=tags,
        )
        stage.make("iam:role", role, "iam:CreateRole", AssumeRolePolicyDocument=json.dumps(_TRUST), Tags=tags)

        def there() -> Mapping[str, Any] | None:
            found = stage.calls.unless("ResourceNotFoundException", operation="dynamodb:DescribeTable", TableName=table)
            return found["Table"] if found and found["Table"]["TableStatus"] == "ACTIVE" else None

        decoy = stage.wait(f"the table {table}", there, every=EVERY, longest=timedelta(minutes=5))
        nobody = stage.calls.one("iam:GetRole", RoleName=role)["Role"]["Arn"]
        if scene.target.real:
            stage.clock.sleep(SPREADS)
        return table, decoy["TableArn"], nobody

    def fail(self, scene: Scene, prepared: Any) -> Failure:
        """Start the job, and wait until it has failed."""
        table, arn, role = prepared
        stage = scene.stage
        asked = declare(scene)
        try:
            stage.make(
                "backup:job",
                table,
                "backup:StartBackupJob",
                BackupVaultName=_vault(scene.subject),
                ResourceArn=arn,
                IamRoleArn=role,
                Lifecycle={"DeleteAfterDays": 1},
            )
        except CallFailed as failed:
            # Refused at once, no job has failed and nobody is to be told of anything.
            raise Inconclusive(f"no backup job began that could fail: {failed.code}: {failed.message}") from None
        longest = parse_duration(scene.settings["longest"]) if "longest" in scene.settings else LONGEST
        scene.phase("waiting for the job to fail")

        def ended() -> Mapping[str, Any] | None:
            jobs = stage.calls.every("backup:ListBackupJobs", "BackupJobs", ByResourceArn=arn)
            return next((job for job in jobs if job["State"] in ("FAILED", "ABORTED", "EXPIRED", "COMPLETED")), None)

        job = stage.wait("the end of the backup job", ended, every=EVERY, longest=longest)
        if job["State"] != "FAILED":
            raise Inconclusive(f"the backup job that must fail ended as {job['State']}")
        scene.show(job=job["BackupJobId"], job_said=job.get("MessageCategory", ""))
        return Failure(job["BackupJobId"], job.get("CompletionDate"), asked)


def _vault(subject: Subject) -> str:
    return str(subject.settings.get("vault", "Default"))
