"""The record of backup, copy and restore jobs, and what each leaves behind."""

from datetime import datetime, timedelta

from scanner.emulation.ground import World
from scanner.emulation.services.backup.points import add_recovery_point
from scanner.emulation.services.backup.state import Backup, identity, resource_type
from scanner.emulation.wire import Document


def add_backup_job(
    world: World,
    vault: str,
    resource_arn: str,
    at: datetime,
    *,
    region: str,
    account: str,
    state: str = "COMPLETED",
    message: str | None = None,
    took: timedelta = timedelta(minutes=12),
    point: Document | None = None,
    created_by: Document | None = None,
    size: int = 0,
    role: str | None = None,
    job_id: str | None = None,
    kind: str | None = None,
) -> Document:
    """Record a backup job that began at a given time, with the recovery point it left, if any."""
    backup, job = (
        world.shelf(Backup, account, region),
        job_id or identity("job", vault, resource_arn, at, region, state),
    )
    over = state in ("COMPLETED", "FAILED", "ABORTED", "EXPIRED", "PARTIAL")
    backup.backup_jobs[job] = {
        "AccountId": account,
        "BackupJobId": job,
        "BackupVaultName": vault,
        "BackupVaultArn": backup.vault(vault)["BackupVaultArn"],
        "RecoveryPointArn": point["RecoveryPointArn"] if point else None,
        "ResourceArn": resource_arn,
        "EncryptionKeyArn": point["EncryptionKeyArn"] if point else None,
        "IsEncrypted": point["IsEncrypted"] if point else None,
        "CreationDate": at,
        "InitiationDate": at,
        "CompletionDate": at + took if over else None,
        "State": state,
        "StatusMessage": message,
        "PercentDone": "100.0" if state == "COMPLETED" else "0.0",
        "BackupSizeInBytes": size,
        "BytesTransferred": size,
        "IamRoleArn": role or f"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole",
        "CreatedBy": created_by,
        "ResourceType": kind or resource_type(resource_arn),
        "StartBy": at + timedelta(hours=8),
        "IsParent": False,
        "ResourceName": resource_arn.replace("/", ":").split(":")[-1],
        "RecoveryPointLifecycle": point["Lifecycle"] if point else None,
        "MessageCategory": "SUCCESS"
        if state == "COMPLETED"
        else "AccessDenied"
        if message and "denied" in message
        else None,
    }
    return backup.backup_jobs[job]


def add_copy_job(
    world: World,
    point: Document,
    destination_vault_arn: str,
    at: datetime,
    *,
    region: str,
    account: str,
    state: str = "COMPLETED",
    message: str | None = None,
    took: timedelta = timedelta(minutes=25),
    lifecycle: Document | None = None,
    role: str | None = None,
) -> Document:
    """Record a copy job; a completed one has really put the copy into the destination's vault."""
    _, _, _, to_region, to_account, _, to_vault = destination_vault_arn.split(":", 6)
    target, copy = world.shelf(Backup, to_account, to_region), None
    if to_vault not in target.vaults:
        state, message = "FAILED", f"Access denied or vault does not exist: {destination_vault_arn}"
    if state == "COMPLETED":
        copy = add_recovery_point(
            world,
            to_vault,
            point["ResourceArn"],
            at,
            region=to_region,
            account=to_account,
            took=took,
            kind=point["ResourceType"],
            lifecycle=lifecycle or point["Lifecycle"],
            created_by=point["CreatedBy"],
            size=point["BackupSizeInBytes"],
            source_vault=point["BackupVaultArn"],
            name=point["ResourceName"],
            role=role,
        )
    job: Document = {
        "AccountId": account,
        "CopyJobId": identity("copy", point["RecoveryPointArn"], destination_vault_arn, at, state),
        "SourceBackupVaultArn": point["BackupVaultArn"],
        "SourceRecoveryPointArn": point["RecoveryPointArn"],
        "DestinationBackupVaultArn": destination_vault_arn,
        "State": state,
        "StatusMessage": message,
        "DestinationRecoveryPointArn": copy["RecoveryPointArn"] if copy else None,
        "ResourceArn": point["ResourceArn"],
        "DestinationRecoveryPointLifecycle": copy["Lifecycle"] if copy else None,
        "CreationDate": at,
        "CompletionDate": at + took if state in ("COMPLETED", "FAILED") else None,
        "BackupSizeInBytes": point["BackupSizeInBytes"],
        "IamRoleArn": role or point["IamRoleArn"],
        "IsParent": False,
        "CreatedBy": point["CreatedBy"],
        "ResourceType": point["ResourceType"],
        "ResourceName": point["ResourceName"],
    }
    world.shelf(Backup, account, region).copy_jobs[job["CopyJobId"]] = job
    return job


def add_restore_job(
    world: World,
    point: Document,
    at: datetime,
    *,
    region: str,
    account: str,
    status: str = "COMPLETED",
    message: str | None = None,
    took: timedelta = timedelta(minutes=40),
    created: str | None = None,
    testing_plan: str | None = None,
    job_id: str | None = None,
) -> Document:
    """Record a restore job; a completed one dates the point's last restore."""
    job: Document = {
        "AccountId": account,
        "RestoreJobId": job_id or identity("restore", point["RecoveryPointArn"], at),
        "RecoveryPointArn": point["RecoveryPointArn"],
        "SourceResourceArn": point["ResourceArn"],
        "BackupVaultArn": point["BackupVaultArn"],
        "CreationDate": at,
        "Status": status,
        "StatusMessage": message,
        "CompletionDate": at + took if status in ("COMPLETED", "FAILED", "ABORTED") else None,
        "PercentDone": "100.00%" if status == "COMPLETED" else "0.00%",
        "BackupSizeInBytes": point["BackupSizeInBytes"],
        "IamRoleArn": point["IamRoleArn"],
        "ResourceType": point["ResourceType"],
        "CreatedResourceArn": created,
        "RecoveryPointCreationDate": point["CreationDate"],
        "IsParent": False,
        "CreatedBy": {"RestoreTestingPlanArn": testing_plan} if testing_plan else None,
    }
    if status == "COMPLETED":
        point["LastRestoreTime"] = at + took
    world.shelf(Backup, account, region).restore_jobs[job["RestoreJobId"]] = job
    return job
