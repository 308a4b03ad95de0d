"""Recovery points, and the resources they protect."""

from datetime import datetime, timedelta

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.backup.contents import discard, forget_expired
from scanner.emulation.services.backup.state import Backup, identity, point_arn, resource_type
from scanner.emulation.wire import Document, Refusal

OTHER_NAMES = {"BackupSizeInBytes": "BackupSizeBytes"}


def add_recovery_point(
    world: World,
    vault: str,
    resource_arn: str,
    at: datetime,
    *,
    region: str,
    account: str,
    lifecycle: Document | None = None,
    created_by: Document | None = None,
    role: str | None = None,
    size: int = 0,
    took: timedelta = timedelta(minutes=12),
    kind: str | None = None,
    status: str = "COMPLETED",
    continuous: bool = False,
    encrypted: bool = True,
    key: str | None = None,
    source_vault: str | None = None,
    tags: dict[str, str] | None = None,
    parent: str | None = None,
    is_parent: bool = False,
    name: str | None = None,
    storage: str = "WARM",
    identified_by: str | None = None,
) -> Document:
    """Put a recovery point made at a given time into a vault; the vault's key and the lifecycle's dates follow."""
    backup = world.shelf(Backup, account, region)
    held, kind = backup.vault(vault), kind or resource_type(resource_arn)
    arn = identified_by or point_arn(
        kind, resource_arn, region, account, identity(vault, resource_arn, at, region), continuous=continuous
    )
    kept = lifecycle or {}
    ends = {
        when: at + timedelta(days=kept[after])
        for when, after in (("MoveToColdStorageAt", "MoveToColdStorageAfterDays"), ("DeleteAt", "DeleteAfterDays"))
        if kept.get(after, -1) > 0
    }
    point: Document = {
        "RecoveryPointArn": arn,
        "ResourceArn": resource_arn,
        "ResourceType": kind,
        "BackupVaultName": vault,
        "BackupVaultArn": held["BackupVaultArn"],
        "SourceBackupVaultArn": source_vault,
        "CreatedBy": created_by,
        "IamRoleArn": role or f"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole",
        "Status": status,
        "CreationDate": at,
        "InitiationDate": at,
        "CompletionDate": at + took if status == "COMPLETED" else None,
        "BackupSizeInBytes": size,
        "Lifecycle": kept or None,
        "CalculatedLifecycle": ends or None,
        "EncryptionKeyArn": (key or held["EncryptionKeyArn"]) if encrypted else None,
        "IsEncrypted": encrypted,
        "StorageClass": storage,
        "IsParent": is_parent,
        "ParentRecoveryPointArn": parent,
        "VaultType": held["VaultType"],
        "ResourceName": name or resource_arn.replace("/", ":").split(":")[-1],
    }
    backup.points.setdefault(vault, {})[arn] = point
    if tags:
        backup.tags[arn] = dict(tags)
    return point


@answers("backup:ListRecoveryPointsByBackupVault")
def list_by_vault(call: Call) -> Document:
    forget_expired(call)
    backup, told = call.shelf(Backup), call.params
    backup.vault(told["BackupVaultName"])
    kept = [point for point in backup.points.get(told["BackupVaultName"], {}).values() if _wanted(point, told)]
    points, more = call.page(kept)
    return {"RecoveryPoints": [call.fit(point, "RecoveryPoints") for point in points], **more}


def _wanted(point: Document, told: Document) -> bool:
    plan = (point.get("CreatedBy") or {}).get("BackupPlanId")
    return (
        told.get("ByResourceArn") in (None, point["ResourceArn"])
        and told.get("ByResourceType") in (None, point["ResourceType"])
        and told.get("ByBackupPlanId") in (None, plan)
        and told.get("ByParentRecoveryPointArn") in (None, point["ParentRecoveryPointArn"])
        and ("ByCreatedBefore" not in told or point["CreationDate"] < told["ByCreatedBefore"])
        and ("ByCreatedAfter" not in told or point["CreationDate"] > told["ByCreatedAfter"])
    )


@answers("backup:ListRecoveryPointsByResource")
def list_by_resource(call: Call) -> Document:
    """The same points with fewer members, one of which has another name here."""
    forget_expired(call)
    told = call.params["ResourceArn"]
    points, more = call.page(point for point in call.shelf(Backup).every_point() if point["ResourceArn"] == told)
    renamed = [{OTHER_NAMES.get(name, name): value for name, value in point.items()} for point in points]
    return {"RecoveryPoints": [call.fit(point, "RecoveryPoints") for point in renamed], **more}


@answers("backup:DescribeRecoveryPoint")
def describe_recovery_point(call: Call) -> Document:
    return call.fit(_point(call))


@answers("backup:DeleteRecoveryPoint")
def delete_recovery_point(call: Call) -> Document:
    """A locked vault keeps its points until their retention is over."""
    backup, point = call.shelf(Backup), _point(call)
    vault = backup.vault(point["BackupVaultName"])
    if vault["Locked"] and vault.get("LockDate") and vault["LockDate"] <= call.now:
        raise Refusal("InvalidRequestException", "Recovery point cannot be deleted as the backup vault is locked.")
    del backup.points[point["BackupVaultName"]][point["RecoveryPointArn"]]
    discard(call, point["RecoveryPointArn"])
    return {}


@answers("backup:GetRecoveryPointRestoreMetadata")
def restore_metadata(call: Call) -> Document:
    point = _point(call)
    return {**call.fit(point), "RestoreMetadata": {"originalResource": point["ResourceArn"]}}


@answers("backup:ListProtectedResources")
def list_protected_resources(call: Call) -> Document:
    protected, more = call.page(_protected(call.shelf(Backup).every_point()).values())
    return {"Results": [call.fit(resource, "Results") for resource in protected], **more}


@answers("backup:DescribeProtectedResource")
def describe_protected_resource(call: Call) -> Document:
    protected = _protected(call.shelf(Backup).every_point())
    if call.params["ResourceArn"] not in protected:
        raise Refusal("ResourceNotFoundException", f"Failed reading resource {call.params['ResourceArn']}")
    return call.fit(protected[call.params["ResourceArn"]])


def _protected(points: list[Document]) -> dict[str, Document]:
    newest: dict[str, Document] = {}
    for point in sorted(
        (point for point in points if point["Status"] == "COMPLETED"), key=lambda point: point["CreationDate"]
    ):
        newest[point["ResourceArn"]] = {
            "ResourceArn": point["ResourceArn"],
            "ResourceType": point["ResourceType"],
            "ResourceName": point["ResourceName"],
            "LastBackupTime": point["CompletionDate"],
            "LastBackupVaultArn": point["BackupVaultArn"],
            "LastRecoveryPointArn": point["RecoveryPointArn"],
        }
    return newest


def _point(call: Call) -> Document:
    forget_expired(call)
    backup = call.shelf(Backup)
    backup.vault(call.params["BackupVaultName"])
    held = backup.points.get(call.params["BackupVaultName"], {})
    if call.params["RecoveryPointArn"] not in held:
        raise Refusal("ResourceNotFoundException", f"Recovery point {call.params['RecoveryPointArn']} not found")
    return held[call.params["RecoveryPointArn"]]
