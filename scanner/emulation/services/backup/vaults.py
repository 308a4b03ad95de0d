"""Backup vaults: their key, lock, access policy and notifications."""

from datetime import timedelta

from scanner.emulation.answers import Call, answers
from scanner.emulation.services.backup.state import Backup, arn
from scanner.emulation.services.kms import aws_managed_key
from scanner.emulation.wire import Document, Refusal


@answers("backup:CreateBackupVault")
def create_backup_vault(call: Call) -> Document:
    """A vault without a named key gets the account's aws/backup key."""
    backup, name, key = call.shelf(Backup), call.params["BackupVaultName"], call.params.get("EncryptionKeyArn")
    if name in backup.vaults:
        raise Refusal("AlreadyExistsException", f"Backup vault with the same name already exists: {name}")
    backup.vaults[name] = {
        "BackupVaultName": name,
        "BackupVaultArn": arn(call, "backup-vault", name),
        "VaultType": "BACKUP_VAULT",
        "VaultState": "AVAILABLE",
        "CreationDate": call.now,
        "Locked": False,
        "EncryptionKeyArn": key or aws_managed_key(call.world, call.account, call.region, "backup"),
        "EncryptionKeyType": "CUSTOMER_MANAGED_KMS_KEY" if key else None,
    }
    backup.tags[arn(call, "backup-vault", name)] = dict(call.params.get("BackupVaultTags", {}))
    return call.fit(backup.vaults[name])


@answers("backup:CreateLogicallyAirGappedBackupVault")
def create_air_gapped_vault(call: Call) -> Document:
    """A logically air-gapped vault is locked from birth."""
    create_backup_vault(call)
    vault = call.shelf(Backup).vaults[call.params["BackupVaultName"]]
    vault.update(
        VaultType="LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
        Locked=True,
        LockDate=call.now,
        MinRetentionDays=call.params["MinRetentionDays"],
        MaxRetentionDays=call.params["MaxRetentionDays"],
    )
    return call.fit(vault)


@answers("backup:DescribeBackupVault")
def describe_backup_vault(call: Call) -> Document:
    """AWS answers access denied, not not-found, for a vault that does not exist."""
    backup, name = call.shelf(Backup), call.params["BackupVaultName"]
    if name not in backup.vaults:
        raise Refusal("AccessDeniedException", "Insufficient privileges to perform this action.", 403)
    return call.fit(_counted(backup, name))


@answers("backup:ListBackupVaults")
def list_backup_vaults(call: Call) -> Document:
    backup, kind = call.shelf(Backup), call.params.get("ByVaultType")
    vaults, more = call.page(
        name for name, vault in sorted(backup.vaults.items()) if kind in (None, vault["VaultType"])
    )
    return {"BackupVaultList": [call.fit(_counted(backup, name), "BackupVaultList") for name in vaults], **more}


@answers("backup:DeleteBackupVault")
def delete_backup_vault(call: Call) -> Document:
    backup, name = call.shelf(Backup), call.params["BackupVaultName"]
    if backup.points.get(name):
        raise Refusal("InvalidRequestException", "Backup vault cannot be deleted because it contains recovery points.")
    backup.vault(name)
    for kept in (backup.vaults, backup.policies, backup.notifications, backup.points):
        kept.pop(name, None)
    return {}


@answers("backup:PutBackupVaultLockConfiguration")
def lock_vault(call: Call) -> Document:
    """With days of grace the lock becomes unalterable (compliance mode); without, it stays removable (governance)."""
    vault = call.shelf(Backup).vault(call.params["BackupVaultName"])
    vault.update(
        Locked=True,
        MinRetentionDays=call.params.get("MinRetentionDays"),
        MaxRetentionDays=call.params.get("MaxRetentionDays"),
    )
    if days := call.params.get("ChangeableForDays"):
        vault["LockDate"] = call.now + timedelta(days=days)
    return {}


@answers("backup:DeleteBackupVaultLockConfiguration")
def unlock_vault(call: Call) -> Document:
    vault = call.shelf(Backup).vault(call.params["BackupVaultName"])
    if vault.get("LockDate") and vault["LockDate"] <= call.now:
        raise Refusal("InvalidRequestException", "Vault is locked and its lock configuration can not be changed.")
    vault.update(Locked=False, MinRetentionDays=None, MaxRetentionDays=None, LockDate=None)
    return {}


@answers("backup:PutBackupVaultAccessPolicy")
def put_access_policy(call: Call) -> Document:
    backup = call.shelf(Backup)
    backup.policies[backup.vault(call.params["BackupVaultName"])["BackupVaultName"]] = call.params["Policy"]
    return {}


@answers("backup:GetBackupVaultAccessPolicy")
def get_access_policy(call: Call) -> Document:
    backup = call.shelf(Backup)
    name = backup.vault(call.params["BackupVaultName"])["BackupVaultName"]
    if name not in backup.policies:
        raise Refusal("ResourceNotFoundException", f"Backup vault {name} has no associated policy")
    return {"BackupVaultName": name, "BackupVaultArn": arn(call, "backup-vault", name), "Policy": backup.policies[name]}


@answers("backup:DeleteBackupVaultAccessPolicy")
def delete_access_policy(call: Call) -> Document:
    call.shelf(Backup).policies.pop(call.params["BackupVaultName"], None)
    return {}


@answers("backup:PutBackupVaultNotifications")
def put_notifications(call: Call) -> Document:
    backup, name = call.shelf(Backup), call.params["BackupVaultName"]
    backup.notifications[name] = {
        "BackupVaultName": name,
        "BackupVaultArn": backup.vault(name)["BackupVaultArn"],
        "SNSTopicArn": call.params["SNSTopicArn"],
        "BackupVaultEvents": call.params["BackupVaultEvents"],
    }
    return {}


@answers("backup:GetBackupVaultNotifications")
def get_notifications(call: Call) -> Document:
    backup, name = call.shelf(Backup), call.params["BackupVaultName"]
    backup.vault(name)
    if name not in backup.notifications:
        raise Refusal(
            "ResourceNotFoundException", f"Failed reading notifications from database for Backup vault {name}"
        )
    return backup.notifications[name]


@answers("backup:DeleteBackupVaultNotifications")
def delete_notifications(call: Call) -> Document:
    call.shelf(Backup).notifications.pop(call.params["BackupVaultName"], None)
    return {}


def _counted(backup: Backup, name: str) -> Document:
    return {**backup.vault(name), "NumberOfRecoveryPoints": len(backup.points.get(name, {}))}
