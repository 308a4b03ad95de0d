"""Backup, copy and restore jobs; each is done at once, and leaves what it promises."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.backup.points import add_recovery_point
from scanner.emulation.services.backup.state import Backup, identity, resource_type
from scanner.emulation.wire import Document, Refusal

# Request member that narrows a listing, and the job's member it is compared with.
NARROWED_BY = {"ByResourceArn": "ResourceArn", "ByState": "State", "ByStatus": "Status", "ByBackupVaultName": "BackupVaultName",
               "ByResourceType": "ResourceType", "ByAccountId": "AccountId", "ByParentJobId": "ParentJobId",
               "ByDestinationVaultArn": "DestinationBackupVaultArn", "ByMessageCategory": "MessageCategory",
               "BySourceRecoveryPointArn": "SourceRecoveryPointArn"}


def add_backup_job(
    world: World, vault: str, resource_arn: str, at: datetime, *, region: str, account: str, state: str = "COMPLETED",
    message: str | None = None, took: timedelta = timedelta(minutes=12), point: Document | None = None,
    created_by: Document | None = None, size: int = 0, role: str | None = None, job_id: str | None = None,
    kind: str | None = None,
) -> Document:
    """Record a backup job that began at a given time, with the recovery point it left, if any."""
    backup, job = world.shelf(Backup, account, region), job_id or identity("job", vault, resource_arn, at, region, state)
    over = state in ("COMPLETED", "FAILED", "ABORTED", "EXPIRED", "PARTIAL")
    backup.backup_jobs[job] = {
        "AccountId": account, "BackupJobId": job, "BackupVaultName": vault, "BackupVaultArn": backup.vault(vault)["BackupVaultArn"],
        "RecoveryPointArn": point["RecoveryPointArn"] if point else None, "ResourceArn": resource_arn,
        "EncryptionKeyArn": point["EncryptionKeyArn"] if point else None, "IsEncrypted": point["IsEncrypted"] if point else None,
        "CreationDate": at, "InitiationDate": at, "CompletionDate": at + took if over else None, "State": state,
        "StatusMessage": message, "PercentDone": "100.0" if state == "COMPLETED" else "0.0", "BackupSizeInBytes": size,
        "BytesTransferred": size, "IamRoleArn": role or f"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole",
        "CreatedBy": created_by, "ResourceType": kind or resource_type(resource_arn), "StartBy": at + timedelta(hours=8),
        "IsParent": False, "ResourceName": resource_arn.replace("/", ":").split(":")[-1],
        "RecoveryPointLifecycle": point["Lifecycle"] if point else None,
        "MessageCategory": "SUCCESS" if state == "COMPLETED" else "AccessDenied" if message and "denied" in message else None}
    return backup.backup_jobs[job]


def add_copy_job(
    world: World, point: Document, destination_vault_arn: str, at: datetime, *, region: str, account: str,
    state: str = "COMPLETED", message: str | None = None, took: timedelta = timedelta(minutes=25),
    lifecycle: Document | None = None, role: str | None = None,
) -> Document:
    """Record a copy job; a completed one has really put the copy into the destination's vault."""
    _, _, _, to_region, to_account, _, to_vault = destination_vault_arn.split(":", 6)
    target, copy = world.shelf(Backup, to_account, to_region), None
    if to_vault not in target.vaults:
        state, message = "FAILED", f"Access denied or vault does not exist: {destination_vault_arn}"
    if state == "COMPLETED":
        copy = add_recovery_point(
            world, to_vault, point["ResourceArn"], at, region=to_region, account=to_account, took=took, kind=point["ResourceType"],
            lifecycle=lifecycle or point["Lifecycle"], created_by=point["CreatedBy"], size=point["BackupSizeInBytes"],
            source_vault=point["BackupVaultArn"], name=point["ResourceName"], role=role)
    job: Document = {
        "AccountId": account, "CopyJobId": identity("copy", point["RecoveryPointArn"], destination_vault_arn, at, state),
        "SourceBackupVaultArn": point["BackupVaultArn"], "SourceRecoveryPointArn": point["RecoveryPointArn"],
        "DestinationBackupVaultArn": destination_vault_arn, "State": state, "StatusMessage": message,
        "DestinationRecoveryPointArn": copy["RecoveryPointArn"] if copy else None, "ResourceArn": point["ResourceArn"],
        "DestinationRecoveryPointLifecycle": copy["Lifecycle"] if copy else None,
        "CreationDate": at, "CompletionDate": at + took if state in ("COMPLETED", "FAILED") else None,
        "BackupSizeInBytes": point["BackupSizeInBytes"], "IamRoleArn": role or point["IamRoleArn"], "IsParent": False,
        "CreatedBy": point["CreatedBy"], "ResourceType": point["ResourceType"], "ResourceName": point["ResourceName"]}
    world.shelf(Backup, account, region).copy_jobs[job["CopyJobId"]] = job
    return job


def add_restore_job(
    world: World, point: Document, at: datetime, *, region: str, account: str, status: str = "COMPLETED",
    message: str | None = None, took: timedelta = timedelta(minutes=40), created: str | None = None,
    testing_plan: str | None = None, job_id: str | None = None,
) -> Document:
    """Record a restore job; a completed one dates the point's last restore."""
    job: Document = {
        "AccountId": account, "RestoreJobId": job_id or identity("restore", point["RecoveryPointArn"], at),
        "RecoveryPointArn": point["RecoveryPointArn"], "SourceResourceArn": point["ResourceArn"],
        "BackupVaultArn": point["BackupVaultArn"], "CreationDate": at, "Status": status, "StatusMessage": message,
        "CompletionDate": at + took if status in ("COMPLETED", "FAILED", "ABORTED") else None,
        "PercentDone": "100.00%" if status == "COMPLETED" else "0.00%", "BackupSizeInBytes": point["BackupSizeInBytes"],
        "IamRoleArn": point["IamRoleArn"], "ResourceType": point["ResourceType"], "CreatedResourceArn": created,
        "RecoveryPointCreationDate": point["CreationDate"], "IsParent": False,
        "CreatedBy": {"RestoreTestingPlanArn": testing_plan} if testing_plan else None}
    if status == "COMPLETED":
        point["LastRestoreTime"] = at + took
    world.shelf(Backup, account, region).restore_jobs[job["RestoreJobId"]] = job
    return job


@answers("backup:StartBackupJob")
def start_backup_job(call: Call) -> Document:
    told, job_id = call.params, str(uuid4())
    point = add_recovery_point(
        call.world, told["BackupVaultName"], told["ResourceArn"], call.now, region=call.region, account=call.account,
        lifecycle=told.get("Lifecycle"), role=told["IamRoleArn"], size=1 << 30, took=timedelta(), tags=told.get("RecoveryPointTags"))
    return call.fit(add_backup_job(
        call.world, told["BackupVaultName"], told["ResourceArn"], call.now, region=call.region, account=call.account,
        took=timedelta(), point=point, role=told["IamRoleArn"], job_id=job_id, size=point["BackupSizeInBytes"]))


@answers("backup:StartCopyJob")
def start_copy_job(call: Call) -> Document:
    told, held = call.params, call.shelf(Backup)
    held.vault(told["SourceBackupVaultName"])
    point = held.points.get(told["SourceBackupVaultName"], {}).get(told["RecoveryPointArn"])
    if point is None:
        raise Refusal("ResourceNotFoundException", f"Recovery point {told['RecoveryPointArn']} not found")
    return call.fit(add_copy_job(call.world, point, told["DestinationBackupVaultArn"], call.now, region=call.region,
                                 account=call.account, took=timedelta(), lifecycle=told.get("Lifecycle"), role=told["IamRoleArn"]))


@answers("backup:StartRestoreJob")
def start_restore_job(call: Call) -> Document:
    """The job is done and names a new resource, which nobody makes: moto's restores are other operations."""
    held = [point for point in call.shelf(Backup).every_point() if point["RecoveryPointArn"] == call.params["RecoveryPointArn"]]
    if not held:
        raise Refusal("ResourceNotFoundException", f"Recovery point {call.params['RecoveryPointArn']} not found")
    job_id = str(uuid4())
    return call.fit(add_restore_job(call.world, held[0], call.now, region=call.region, account=call.account, took=timedelta(),
                                    created=f"{held[0]['ResourceArn']}-restored-{job_id[:8]}", job_id=job_id))


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
    return (("ByCreatedBefore" not in told or job["CreationDate"] < told["ByCreatedBefore"])
            and ("ByCreatedAfter" not in told or job["CreationDate"] > told["ByCreatedAfter"])
            and ("ByCompleteBefore" not in told or bool(over and over < told["ByCompleteBefore"]))
            and ("ByCompleteAfter" not in told or bool(over and over > told["ByCompleteAfter"])))


