"""AWS Backup jobs: backup, copy and restore. AWS lists the last 30 days of them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from scanner.model.arn import is_among, place_of, same
from scanner.model.convert import instant, text, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, those
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.resources.aws_backup.settings import stores

_OF_RDS = frozenset({"RDS", "Aurora", "Neptune", "DocumentDB"})


def later_successes(job: Job, look: Look) -> Partial[datetime]:
    """Give when later jobs of the same kind for the same resource, and to the same place, completed."""
    kind = type(job)
    found = those(
        look.where(kind, kind.source, job.source),
        lambda one: one.state == "COMPLETED" and one.started_at > job.started_at and same(one.towards, job.towards),
    )
    return Partial(tuple(sorted(one.started_at for one in found.known)), found.missing)


def source_gone(job: Job, look: Look) -> bool:
    """Say whether the resource certainly exists no more; false for kinds and regions that are not looked at."""
    source, named = job.source, job.resource_type
    # Kinds that share the ARNs of RDS are one family: a cluster that is not Aurora's is of the type RDS.
    family = _OF_RDS if named in _OF_RDS else frozenset({named})
    known = [kind for kind in stores() if kind.backup_type in family]
    region = place_of(source)[0]
    # A bucket's ARN names no region; the list of buckets is one for all of them.
    if not source or not known or (region and not is_among(region, look.estate.regions)):
        return False
    return all(look.one(kind, source) is None for kind in known)


class Job(Resource):
    """A job of AWS Backup. Abstract."""

    belongs_to: ClassVar[str] = "source"

    source: Fact[str] = fact("The ARN of the resource it concerns.", live=item("ResourceArn", text, absent=""))
    state: Fact[str] = fact(
        "Its state: COMPLETED, FAILED, ABORTED, EXPIRED, PARTIAL, RUNNING, ...", live=item("State", text)
    )
    message: Fact[str] = fact("What AWS says of it.", live=item("StatusMessage", text, absent=""))
    started_at: Fact[datetime] = fact("When it was created.", live=item("CreationDate", instant))
    ended_at: Fact[datetime | None] = fact("When it ended.", live=item("CompletionDate", instant, absent=None))
    size: Fact[int | None] = fact(
        "The size of the backup, in bytes.", live=item("BackupSizeInBytes", whole, absent=None)
    )
    resource_type: Fact[str] = fact("The kind of its source.", live=item("ResourceType", text, absent=""))
    towards: Fact[str] = derived(
        "Where it was to bring a copy; nothing where it makes none.", needs=lambda _: (), by=lambda *_: ""
    )
    later_successes: Fact[Partial[datetime]] = derived(
        "When later jobs for the same resource, and to the same place, were started that completed.",
        needs=lambda kind: [kind.source, kind.state, kind.started_at, kind.towards],
        by=later_successes,
    )
    source_gone: Fact[bool] = derived(
        "The resource it concerns exists no more.",
        needs=lambda kind: [kind.source, kind.resource_type, *(store.tags for store in stores())],
        by=source_gone,
    )


class BackupJob(Job):
    """A backup job."""

    kind = "aws.backup.backup-job"
    title = "backup job"
    listed_by = Listing(
        call("backup:ListBackupJobs"), "BackupJobs[]",
        id="arn:{partition}:backup:{region}:{account}:backup-job:{BackupJobId}", name="{BackupJobId}",
    )  # fmt: skip

    began_at: Fact[datetime | None] = fact(
        "When it began to work, after waiting.", live=item("InitiationDate", instant, absent=None)
    )
    vault: Fact[str] = fact("The vault it writes to.", live=item("BackupVaultArn", text, absent=""))
    point: Fact[str | None] = fact("The recovery point it made.", live=item("RecoveryPointArn", text, absent=None))


class CopyJob(Job):
    """A copy job."""

    kind = "aws.backup.copy-job"
    title = "copy job"
    listed_by = Listing(
        call("backup:ListCopyJobs"), "CopyJobs[]",
        id="arn:{partition}:backup:{region}:{account}:copy-job:{CopyJobId}", name="{CopyJobId}",
    )  # fmt: skip

    towards: Fact[str] = derived(
        "Where it was to bring a copy.", needs=lambda kind: [kind.destination], by=lambda job, _: job.destination
    )
    destination: Fact[str] = fact("The vault it copies to.", live=item("DestinationBackupVaultArn", text, absent=""))
    point: Fact[str | None] = fact(
        "The recovery point it made.", live=item("DestinationRecoveryPointArn", text, absent=None)
    )


class RestoreJob(Job):
    """A restore job."""

    kind = "aws.backup.restore-job"
    title = "restore job"
    listed_by = Listing(
        call("backup:ListRestoreJobs"), "RestoreJobs[]",
        id="arn:{partition}:backup:{region}:{account}:restore-job:{RestoreJobId}", name="{RestoreJobId}",
    )  # fmt: skip

    source: Fact[str] = fact("The ARN of the resource it restores.", live=item("SourceResourceArn", text, absent=""))
    state: Fact[str] = fact("Its state.", live=item("Status", text))
    made: Fact[str | None] = fact("The resource it made.", live=item("CreatedResourceArn", text, absent=None))
    validation: Fact[str] = fact("What a restore test said of it.", live=item("ValidationStatus", text, absent=""))
