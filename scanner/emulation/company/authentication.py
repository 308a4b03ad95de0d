"""Who may log in: user pools and the tables behind them."""

from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import BUNKER, HOME, RECOVERY, Site, tags, vault_arn
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import add_backup_job, alter


def settle(site: Site) -> None:
    """Make the pools and tables."""
    cognito = site.client("cognito-idp")
    cognito.create_user_pool(
        PoolName="customers",
        DeletionProtection="ACTIVE",
        MfaConfiguration="ON",
        UserPoolTags={"System": "authentication"},
    )
    cognito.create_user_pool(
        PoolName="partners",
        DeletionProtection="INACTIVE",
        MfaConfiguration="OFF",
        UserPoolTags={"System": "authentication"},
    )
    table(site, "auth-users", pitr=35)
    table(site, "auth-sessions", pitr=None, key=None, protected=False, backup=None)
    table(site, "auth-audit", pitr=7, key="aws")
    table(site, "auth-devices", pitr=35)
    table(site, "auth-tokens", pitr=35, backup=None)
    replicate(site, "auth-users")
    name = f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table"
    site.history(
        "orders-vault",
        f"{name}/auth-users",
        gib=8,
        copies={vault_arn("recovery-vault", RECOVERY): 35, vault_arn("bunker-vault", HOME, BUNKER): 35},
    )
    site.history("orders-vault", f"{name}/auth-audit", gib=3, kept=14)
    site.history("orders-vault", f"{name}/auth-devices", gib=3, slow={0: 9.0})
    site.history(
        "orders-vault", f"{name}/auth-tokens", gib=1, plan="sealed", copies={vault_arn("sealed-vault", RECOVERY): 35}
    )
    with site.emulator.on_stage() as world:
        alter(
            world,
            ACCOUNT,
            HOME,
            "dynamodb",
            "auth-devices/pitr",
            LatestRestorableDateTime=site.at - timedelta(minutes=40),
        )
        add_backup_job(
            world,
            "development-vault",
            f"{name}/auth-sessions",
            site.nights(1)[0],
            region=HOME,
            account=ACCOUNT,
            state="FAILED",
            message="Insufficient privileges to perform a backup of the table: access denied.",
        )


def table(
    site: Site,
    name: str,
    *,
    pitr: int | None,
    key: str | None = "data",
    protected: bool = True,
    backup: str | None = "daily",
    system: str | None = "authentication",
    **more: Any,
) -> None:
    """A table; restorable to any second unless `pitr` is empty, encrypted by AWS's own key unless there is one."""
    dynamodb = site.client("dynamodb")
    sse: dict[str, Any] = {"Enabled": True, "SSEType": "KMS"} | (
        {"KMSMasterKeyId": site.keys[key]} if key in site.keys else {}
    )
    wanted = more.pop("Tags", None) or tags(system, **({"Backup": backup} if backup else {}))
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        DeletionProtectionEnabled=protected,
        **more,
        **({"SSESpecification": sse} if key else {}),
        **({"Tags": wanted} if wanted else {}),
    )
    if pitr:
        dynamodb.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": pitr},
        )


def replicate(site: Site, name: str, key: str | None = None) -> None:
    """Let a table live in the recovery region too, restorable there as here; with a key of that region if told."""
    keyed = {"KMSMasterKeyId": site.keys[key]} if key else {}
    site.client("dynamodb").update_table(TableName=name, ReplicaUpdates=[{"Create": {"RegionName": RECOVERY, **keyed}}])
    site.client("dynamodb", RECOVERY).update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
