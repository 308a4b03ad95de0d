"""AWS Backup vaults and region settings in code: a vault, its lock, its policy and its notifications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from scanner.iac.convert import each
from scanner.iac.form import ARN, NAME, Form, Satellite, always, at
from scanner.model.convert import days, flag, text, whole
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Unknown
from scanner.model.unresolved import Unresolved
from scanner.permissions.document import document
from scanner.resources.aws_backup.settings import Settings
from scanner.resources.aws_backup.vaults import Vault

_ARN: Final = "arn:{partition}:backup:{region}:{account}:backup-vault:{name}"
_AIR_GAPPED: Final = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"
#: "If you do not specify a key, AWS Backup creates a KMS key for you by default": the one that AWS manages.
_AWS_KEY: Final = "alias/aws/backup"
_LOCK: Final = Satellite("aws_backup_vault_lock_configuration", "backup_vault_name")
_POLICY: Final = Satellite("aws_backup_vault_policy", "backup_vault_name")
_NOTIFICATIONS: Final = Satellite("aws_backup_vault_notifications", "backup_vault_name")
_RUNTIME: Final = {"points": "what lies in a vault shows at run time"}
_SEALED: Final = {"lock_final_at": "AWS sets it when the vault is made", **_RUNTIME}


def _exists(_: object) -> bool:
    return True


def _limit(raw: Any) -> timedelta | None:
    # Terraform writes 0 for what is not set; neither limit can be 0 days.
    return days(raw) if whole(raw) else None


def _whole_days(value: timedelta) -> int:
    return value // timedelta(days=1)


def _final(raw: Any) -> None:
    if not whole(raw):
        return
    said = (
        f"the lock can be changed for {raw} days more after it is made, and when that is only a running account tells"
    )
    raise CouldNotCheck(Unknown(Reason.RUNTIME, said))


def _flags(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value if isinstance(value, Unresolved) else flag(value) for name, value in raw.items()}


def _notifications(topic: str, events: str, **where: Any) -> dict[str, Any]:
    return {
        "notifies": at(topic, text, absent=None, **where),
        "notifies_of": at(events, each(text), absent=(), **where),
    }


_TERRAFORM: Final = {
    "policy": at(
        "policy", document, absent=None, via=_POLICY, docs="r/backup_vault_policy: a vault has none by itself"
    ),
    **_notifications("sns_topic_arn", "backup_vault_events", via=_NOTIFICATIONS),
}
_CLOUDFORMATION: Final = {
    "policy": at("AccessPolicy", document, absent=None, docs="AWS::Backup::BackupVault: AccessPolicy is not required"),
    **_notifications("Notifications.SNSTopicArn", "Notifications.BackupVaultEvents"),
}
_NAMED_BY: Final[Mapping[str, str | Callable[..., Any]]] = {"arn": ARN, "id": NAME, "name": NAME}

FORMS = (
    Form(
        Vault,
        "aws_backup_vault",
        arn=_ARN,
        name="name",
        gives=_NAMED_BY,
        facts={
            "key": at("kms_key_arn", text, absent=_AWS_KEY, docs="r/backup_vault: kms_key_arn is optional; AWS::Backup::BackupVault: without a key, that of AWS Backup"),
            "vault_type": always("BACKUP_VAULT", "r/backup_vault: the other type is a resource of its own"),
            "locked": at("backup_vault_name", _exists, absent=False, via=_LOCK,
                         docs="r/backup_vault_lock_configuration: a vault has no lock by itself"),
            "lock_least": at("min_retention_days", _limit, absent=None, via=_LOCK, write=_whole_days,
                             docs="r/backup_vault_lock_configuration: min_retention_days is optional"),
            "lock_most": at("max_retention_days", _limit, absent=None, via=_LOCK, write=_whole_days,
                            docs="r/backup_vault_lock_configuration: max_retention_days is optional"),
            "lock_final_at": at("changeable_for_days", _final, absent=None, via=_LOCK,
                                docs="r/backup_vault_lock_configuration: governance mode if it is omitted"),
            **_TERRAFORM,
        },
        beyond=_RUNTIME,
    ),
    Form(
        Vault,
        "aws_backup_logically_air_gapped_vault",
        arn=_ARN,
        name="name",
        gives=_NAMED_BY,
        facts={
            "key": at("encryption_key_arn", text, absent=None,
                      docs="CreateLogicallyAirGappedBackupVault: without one, a key that AWS owns"),
            "vault_type": always(_AIR_GAPPED, "r/backup_logically_air_gapped_vault"),
            "locked": always(True, "AWS Backup developer guide, Logically air-gapped vault: locked in compliance mode"),
            "lock_least": at("min_retention_days", _limit, write=_whole_days),
            "lock_most": at("max_retention_days", _limit, write=_whole_days),
            **_TERRAFORM,
        },
        beyond=_SEALED,
    ),
    Form(
        Vault,
        "AWS::Backup::BackupVault",
        arn=_ARN,
        name="BackupVaultName",
        gives={"Ref": NAME, "BackupVaultName": NAME, "BackupVaultArn": ARN},
        facts={
            "key": at("EncryptionKeyArn", text, absent=_AWS_KEY,
                      docs="AWS::Backup::BackupVault: without a key, AWS Backup makes one by default"),
            "vault_type": always("BACKUP_VAULT", "AWS::Backup::BackupVault"),
            "locked": at("LockConfiguration", _exists, absent=False, docs="AWS::Backup::BackupVault: not required"),
            "lock_least": at("LockConfiguration.MinRetentionDays", _limit, absent=None, write=_whole_days),
            "lock_most": at("LockConfiguration.MaxRetentionDays", _limit, absent=None, write=_whole_days,
                            docs="AWS::Backup::BackupVault LockConfigurationType: without it no maximum"),
            "lock_final_at": at("LockConfiguration.ChangeableForDays", _final, absent=None,
                                docs="AWS::Backup::BackupVault LockConfigurationType: governance mode without it"),
            **_CLOUDFORMATION,
        },
        beyond=_RUNTIME,
    ),
    Form(
        Vault,
        "AWS::Backup::LogicallyAirGappedBackupVault",
        arn=_ARN,
        name="BackupVaultName",
        gives={"Ref": NAME, "BackupVaultArn": ARN},
        facts={
            "key": at("EncryptionKeyArn", text, absent=None,
                      docs="CreateLogicallyAirGappedBackupVault: without one, a key that AWS owns"),
            "vault_type": always(_AIR_GAPPED, "AWS::Backup::LogicallyAirGappedBackupVault"),
            "locked": always(True, "AWS Backup developer guide, Logically air-gapped vault: locked in compliance mode"),
            "lock_least": at("MinRetentionDays", _limit, write=_whole_days),
            "lock_most": at("MaxRetentionDays", _limit, write=_whole_days),
            **_CLOUDFORMATION,
        },
        beyond=_SEALED,
    ),
    Form(
        Settings,
        "aws_backup_region_settings",
        arn="arn:{partition}:backup:{region}:{account}:region-settings",
        gives={"id": lambda block: block.region},
        facts={"opted_in": at("resource_type_opt_in_preference", _flags)},
    ),
)  # fmt: skip
