"""Backup, copy and restore jobs that are started here; each is done at once, and leaves what it promises."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.jobs import add_backup_job, add_copy_job, add_restore_job
from scanner.emulation.services.backup.points import add_recovery_point
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.wire import Document, Refusal

# Request member that narrows a listing, and the job's member it is compared with.
NARROWED_BY = {
    "ByResourceArn": "ResourceArn",
    "ByState": "State",
    "ByStatus": "Status",
    "ByBackupVaultName": "BackupVaultName",
    "ByResourceType": "ResourceType",
    "ByAccountId": "AccountId",
    "ByParentJobId": "ParentJobId",
    "ByDestinationVaultArn": "DestinationBackupVaultArn",
    "ByMessageCategory": "MessageCategory",
    "BySourceRecoveryPointArn": "SourceRecoveryPointArn",
}


@answers("backup:StartBackupJob")
def start_backup_job(call: Call) -> Document:
    told, job_id = call.params, str(uuid4())
    point = add_recovery_point(
        call.world,
        told["BackupVaultName"],
        told["ResourceArn"],
        call.now,
        region=call.region,
        account=call.account,
        lifecycle=told.get("Lifecycle"),
        role=told["IamRoleArn"],
        size=1 << 30,
        took=timedelta(),
        tags=told.get("RecoveryPointTags"),
    )
    return call.fit(
        add_backup_job(
            call.world,
            told["BackupVaultName"],
            told["ResourceArn"],
            call.now,
            region=call.region,
            account=call.account,
            took=timedelta(),
            point=point,
            role=told["IamRoleArn"],
            job_id=job_id,
            size=point["BackupSizeInBytes"],
        )
    )


@answers("backup:StartCopyJob")
def start_copy_job(call: Call) -> Document:
    told, held = call.params, call.shelf(Backup)
    held.vault(told["SourceBackupVaultName"])
    point = held.points.get(told["SourceBackupVaultName"], {}).get(told["RecoveryPointArn"])
    if point is None:
        raise Refusal("ResourceNotFoundException", f"Recovery point {told['RecoveryPointArn']} not found")
    return call.fit(
        add_copy_job(
            call.world,
            point,
            told["DestinationBackupVaultArn"],
            call.now,
            region=call.region,
            account=call.account,
            took=timedelta(),
            lifecycle=told.get("Lifecycle"),
            role=told["IamRoleArn"],
        )
    )


@answers("backup:StartRestoreJob")
def start_restore_job(call: Call) -> Document:
    """The job is done and names a new resource, which nobody makes: moto's restores are other operations."""
    held = [
        point
        for point in call.shelf(Backup).every_point()
        if point["RecoveryPointArn"] == call.params["RecoveryPointArn"]
    ]
    if not held:
        raise Refusal("ResourceNotFoundException", f"Recovery point {call.params['RecoveryPointArn']} not found")
    job_id = str(uuid4())
    return call.fit(
        add_restore_job(
            call.world,
            held[0],
            call.now,
            region=call.region,
            account=call.account,
            took=timedelta(),
            created=f"{held[0]['ResourceArn']}-restored-{job_id[:8]}",
            job_id=job_id,
        )
    )


@answers("backup:ListBackupJobs")
def list_backup_jobs(call: Call) -> Document:
    return _listed(call, "BackupJobs", call.shelf(Backup).backup_jobs.values())


@answers("backup:ListCopyJobs")
def list_copy_jobs(call: Call) -> Document:
    return _listed(call, "CopyJobs", call.shelf(Backup).copy_jobs.values())


@answers("backup:ListRestoreJobs")
def list_restore_jobs(call: Call) -> Document:
    return _listed(call, "RestoreJobs", call.shelf(Backup).restore_jobs.values())


@answers("backup:DescribeBackupJob")
def describe_backup_job(call: Call) -> Document:
    return call.fit(_job(call.shelf(Backup).backup_jobs, call.params["BackupJobId"]))


@answers("backup:DescribeCopyJob")
def describe_copy_job(call: Call) -> Document:
    return {"CopyJob": call.fit(_job(call.shelf(Backup).copy_jobs, call.params["CopyJobId"]), "CopyJob")}


@answers("backup:DescribeRestoreJob")
def describe_restore_job(call: Call) -> Document:
    return call.fit(_job(call.shelf(Backup).restore_jobs, call.params["RestoreJobId"]))


def _job(jobs: dict[str, Document], job_id: str) -> Document:
    if job_id not in jobs:
        raise Refusal("ResourceNotFoundException", f"Failed reading job {job_id}")
    return jobs[job_id]


def _listed(call: Call, member: str, jobs: Iterable[Document]) -> Document:
    """Newest first, as AWS lists them."""
    kept = sorted((job for job in jobs if _wanted(job, call.params)), key=lambda job: job["CreationDate"], reverse=True)
    shown, more = call.page(kept)
    return {member: [call.fit(job, member) for job in shown], **more}


def _wanted(job: Document, told: Document) -> bool:
    if any(by in told and told[by] not in (job.get(name), "*", "AGGREGATE_ALL") for by, name in NARROWED_BY.items()):
        return False
    over = job["CompletionDate"]
    return (
        ("ByCreatedBefore" not in told or job["CreationDate"] < told["ByCreatedBefore"])
        and ("ByCreatedAfter" not in told or job["CreationDate"] > told["ByCreatedAfter"])
        and ("ByCompleteBefore" not in told or bool(over and over < told["ByCompleteBefore"]))
        and ("ByCompleteAfter" not in told or bool(over and over > told["ByCompleteAfter"]))
    )
