"""File systems with their age and key, and backups that get done."""

from datetime import datetime
from typing import Any

from moto.fsx import models as moto_fsx
from moto.moto_api._internal import mock_random

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import alter, described
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.wire import Document

# Alone among moto's services it throws dice of its own, which a seed does not reach.
vars(moto_fsx)["uuid4"] = mock_random.uuid4


def add_backup(
    world: World,
    file_system: str,
    at: datetime,
    *,
    region: str,
    account: str,
    kind: str = "AUTOMATIC",
    state: str = "AVAILABLE",
    tags: dict[str, str] | None = None,
    **members: Any,
) -> str:
    """Put a backup of a file system, made at a given time, beside it; returns its identifier."""
    given = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    backup = world.backend("fsx", account, region).create_backup(file_system, None, None, given)
    alter(world, account, region, "fsx", backup.backup_id, CreationTime=at, Type=kind, Lifecycle=state, **members)
    return str(backup.backup_id)


@answers("fsx:CreateFileSystem")
def create_file_system(call: Call) -> Document:
    answer = call.moto()
    held = call.backend("fsx").file_systems[answer["FileSystem"]["FileSystemId"]]
    held.kms_key_id = held.kms_key_id or aws_managed_key(call.world, call.account, call.region, "fsx")
    alter(call.world, call.account, call.region, "fsx", held.file_system_id, CreationTime=call.now)
    return {
        "FileSystem": _completed(call, {**answer["FileSystem"], "KmsKeyId": held.kms_key_id, "CreationTime": call.now})
    }


@answers("fsx:DescribeFileSystems")
def describe_file_systems(call: Call) -> Document:
    answer = described(call)
    return {**answer, "FileSystems": [_completed(call, system) for system in answer["FileSystems"]]}


@answers("fsx:CreateBackup")
def create_backup(call: Call) -> Document:
    answer = call.moto()
    alter(
        call.world,
        call.account,
        call.region,
        "fsx",
        answer["Backup"]["BackupId"],
        CreationTime=call.now,
        Type="USER_INITIATED",
    )
    return {"Backup": _whole_backup(call, {**answer["Backup"], "Type": "USER_INITIATED", "CreationTime": call.now})}


@answers("fsx:DescribeBackups")
def describe_backups(call: Call) -> Document:
    answer = described(call)
    return {**answer, "Backups": [_whole_backup(call, backup) for backup in answer["Backups"]]}


def _completed(call: Call, system: Document) -> Document:
    return {"Lifecycle": "AVAILABLE", "OwnerId": call.account, "StorageType": "SSD", **system}


def _whole_backup(call: Call, backup: Document) -> Document:
    """Moto's backups never get done, and do not say of what they are."""
    fsx = call.backend("fsx")
    source = fsx.file_systems.get(fsx.backups[backup["BackupId"]].file_system_id)
    of: Document = {"FileSystem": _completed(call, source.to_dict()), "KmsKeyId": source.kms_key_id} if source else {}
    lifecycle = "AVAILABLE" if backup["Lifecycle"] == "CREATING" else backup["Lifecycle"]
    return {"OwnerId": call.account, "ProgressPercent": 100, **of, **backup, "Lifecycle": lifecycle}
