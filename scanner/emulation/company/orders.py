"""The orders system: PostgreSQL, MySQL and Aurora, with a replica and replicated backups."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from scanner.emulation.company.network import group
from scanner.emulation.company.site import BUNKER, HOME, RECOVERY, Site, tags
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import (
    alter,
    drop_automated_snapshots,
)

WINDOW = "02:00-02:30"


def settle(site: Site) -> None:
    """Make the databases and forget the snapshots moto dates wrongly."""
    _instances(site)
    _clusters(site)
    with site.emulator.on_stage() as world:
        drop_automated_snapshots(world, region=HOME, account=ACCOUNT)


def instance(
    site: Site,
    name: str,
    *,
    days: int,
    engine: str = "postgres",
    version: str = "16.4",
    window: str = WINDOW,
    key: str | None = "data",
    backup: str | None = "daily",
    system: str | None = "orders",
    **told: Any,
) -> str:
    """A database instance; encrypted unless the key is empty, tagged for a plan unless there is none."""
    keyed = {"StorageEncrypted": True} | ({"KmsKeyId": site.keys[key]} if key != "aws" else {}) if key else {}
    made = site.client("rds").create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.m7g.large",
        Engine=engine,
        EngineVersion=version,
        AllocatedStorage=200,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
        BackupRetentionPeriod=days,
        PreferredBackupWindow=window,
        PreferredMaintenanceWindow="sun:08:00-sun:08:30",
        Tags=tags(system, **({"Backup": backup} if backup else {})),
        **keyed,
        **{
            "MultiAZ": True,
            "DeletionProtection": True,
            "CopyTagsToSnapshot": True,
            "PubliclyAccessible": False,
            **placed(site),
            **told,
        },
    )
    return str(made["DBInstance"]["DBInstanceArn"])


def placed(site: Site) -> dict[str, Any]:
    """What places a database in the private subnets, where there are any."""
    home = site.network.get(HOME)
    return {"DBSubnetGroupName": "private", "VpcSecurityGroupIds": [home.group]} if home else {}


def _instances(site: Site) -> None:
    main = instance(site, "orders-main", days=35)
    weak: dict[str, Any] = {"MultiAZ": False, "DeletionProtection": False, "CopyTagsToSnapshot": False}
    legacy = instance(
        site,
        "orders-legacy",
        days=7,
        engine="mysql",
        version="8.0.39",
        window="04:00-04:30",
        key=None,
        backup=None,
        **{
            **weak,
            "PubliclyAccessible": True,
            "DBSubnetGroupName": "public",
            "VpcSecurityGroupIds": [group(site, "legacy")],
        },
    )
    instance(site, "orders-gap", days=35)
    instance(site, "orders-broken", days=35)
    instance(site, "orders-stuck", days=30, key="aws", backup=None)
    instance(site, "orders-scratch", days=0, backup=None, **weak)
    instance(site, "orders-foreign-key", days=35, backup=None)
    rds = site.client("rds")
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="orders-main-replica", SourceDBInstanceIdentifier="orders-main", Tags=tags("orders")
    )
    site.client("rds", RECOVERY).start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=main, BackupRetentionPeriod=35, KmsKeyId=site.keys["data@recovery"]
    )
    with site.since(timedelta(hours=6)):
        instance(site, "orders-new", days=35)
    with site.emulator.on_stage() as world:
        alter(world, ACCOUNT, HOME, "rds", legacy, LatestRestorableTime=site.at - timedelta(minutes=55))
        alter(
            world,
            ACCOUNT,
            HOME,
            "rds",
            legacy.replace("legacy", "foreign-key"),
            KmsKeyId=f"arn:aws:kms:{HOME}:{BUNKER}:key/0d5d9f6e-31aa-4e0b-8a55-1f1f6d0b7c11",
        )


def _clusters(site: Site) -> None:
    for name, days, window, members, key, protected in (
        ("orders-ledger", 35, WINDOW, 2, "data", True),
        ("orders-events", 7, "05:00-05:30", 1, None, False),
    ):
        cluster(
            site,
            name,
            "aurora-postgresql",
            "16.4",
            days=days,
            window=window,
            members=members,
            key=key,
            protected=protected,
            system="orders",
            backup="daily" if protected else None,
        )


def cluster(
    site: Site,
    name: str,
    engine: str,
    version: str,
    *,
    days: int,
    members: int,
    key: str | None,
    protected: bool,
    system: str,
    window: str = WINDOW,
    backup: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> str:
    """A database cluster with its members; `told` are further members of the call that makes it."""
    keyed = {"StorageEncrypted": True, "KmsKeyId": site.keys[key]} if key else {}
    rds = site.client("rds")
    made = rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine=engine,
        EngineVersion=version,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
        BackupRetentionPeriod=days,
        PreferredBackupWindow=window,
        DeletionProtection=protected,
        CopyTagsToSnapshot=protected,
        PreferredMaintenanceWindow="sun:08:00-sun:08:30",
        Tags=tags(system, **({"Backup": backup} if backup else {})),
        **keyed,
        **(placed(site) | dict(told or {})),
    )
    for number in range(1, members + 1):
        rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-{number}",
            AvailabilityZone=f"{HOME}{'abc'[number - 1]}",
            DBInstanceClass="db.r7g.large",
            Engine=engine,
            DBClusterIdentifier=name,
            Tags=tags(system),
        )
    return str(made["DBCluster"]["DBClusterArn"])
