"""Backup and copy jobs that are started here; each is done at once, and leaves what it promises."""

from datetime import timedelta
from uuid import uuid4

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.contents import copy_contents, hold, settle_snapshots
from scanner.emulation.services.backup.jobs import add_backup_job, add_copy_job
from scanner.emulation.services.backup.listings import job_called, listed
from scanner.emulation.services.backup.notices import tell_of_backup_job
from scanner.emulation.services.backup.points import add_recovery_point
from scanner.emulation.services.backup.roles import why_no_backup
from scanner.emulation.services.backup.state import Backup
from scanner.emulation.wire import Document, Refusal


@answers("backup:StartBackupJob")
def start_backup_job(call: Call) -> Document:
    told, job_id = call.params, str(uuid4())
    if why := why_no_backup(call.world, told["IamRoleArn"], told["ResourceArn"]):
        return call.fit(_failed(call, job_id, why))
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
    hold(call, point)
    job = add_backup_job(
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
        state="RUNNING" if point["Status"] == "CREATING" else "COMPLETED",
    )
    if job["State"] == "COMPLETED":
        tell_of_backup_job(call.world, call.account, call.region, job)
    return call.fit(job)


def _failed(call: Call, job_id: str, why: str) -> Document:
    """A job that ends at once, and is told of."""
    job = add_backup_job(
        call.world,
        call.params["BackupVaultName"],
        call.params["ResourceArn"],
        call.now,
        region=call.region,
        account=call.account,
        state="FAILED",
        message=why,
        took=timedelta(),
        role=call.params["IamRoleArn"],
        job_id=job_id,
    )
    tell_of_backup_job(call.world, call.account, call.region, job)
    return job


@answers("backup:StartCopyJob")
def start_copy_job(call: Call) -> Document:
    told, held = call.params, call.shelf(Backup)
    held.vault(told["SourceBackupVaultName"])
    point = held.points.get(told["SourceBackupVaultName"], {}).get(told["RecoveryPointArn"])
    if point is None:
        raise Refusal("ResourceNotFoundException", f"Recovery point {told['RecoveryPointArn']} not found")
    job = add_copy_job(
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
    if job["DestinationRecoveryPointArn"]:
        _, _, _, region, account, _ = told["DestinationBackupVaultArn"].split(":", 5)
        copy_contents(call, point["RecoveryPointArn"], job["DestinationRecoveryPointArn"], region, account)
    return call.fit(job)


@answers("backup:ListBackupJobs")
def list_backup_jobs(call: Call) -> Document:
    settle_snapshots(call)
    return listed(call, "BackupJobs", call.shelf(Backup).backup_jobs.values())


@answers("backup:ListCopyJobs")
def list_copy_jobs(call: Call) -> Document:
    return listed(call, "CopyJobs", call.shelf(Backup).copy_jobs.values())


@answers("backup:DescribeBackupJob")
def describe_backup_job(call: Call) -> Document:
    settle_snapshots(call)
    return call.fit(job_called(call.shelf(Backup).backup_jobs, call.params["BackupJobId"]))


@answers("backup:DescribeCopyJob")
def describe_copy_job(call: Call) -> Document:
    return {"CopyJob": call.fit(job_called(call.shelf(Backup).copy_jobs, call.params["CopyJobId"]), "CopyJob")}
