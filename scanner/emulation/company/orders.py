"""The orders system: PostgreSQL, MySQL and Aurora, with their snapshots, replicas and copies."""

from datetime import timedelta
from typing import Any

from scanner.emulation.company.site import BUNKER, HOME, RECOVERY, STRANGER, Site, tags, vault_arn
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import add_cluster_snapshot, add_copy_job, add_db_snapshot, add_restore_job, alter, drop_automated_snapshots

WINDOW = "02:00-02:30"


def settle(site: Site) -> None:
    """Make the databases, forget the snapshots moto dates wrongly, and live through 35 nights."""
    _instances(site)
    _clusters(site)
    with site.emulator.on_stage() as world:
        drop_automated_snapshots(world, region=HOME, account=ACCOUNT)
    _snapshots(site)
    _cluster_snapshots(site)
    _elsewhere(site)
    _retained(site)
    _vaulted(site)


def instance(site: Site, name: str, *, days: int, engine: str = "postgres", version: str = "16.4", window: str = WINDOW,
             key: str | None = "data", backup: str | None = "daily", system: str | None = "orders", **told: Any) -> str:
    """A database instance; encrypted unless the key is empty, tagged for a plan unless there is none."""
    keyed = {"StorageEncrypted": True} | ({"KmsKeyId": site.keys[key]} if key != "aws" else {}) if key else {}
    made = site.client("rds").create_db_instance(
        DBInstanceIdentifier=name, DBInstanceClass="db.m7g.large", Engine=engine, EngineVersion=version, AllocatedStorage=200,
        MasterUsername="admin", MasterUserPassword="not-a-secret", BackupRetentionPeriod=days, PreferredBackupWindow=window,
        PreferredMaintenanceWindow="sun:08:00-sun:08:30",
        Tags=tags(system, **({"Backup": backup} if backup else {})), **keyed,
        **{"MultiAZ": True, "DeletionProtection": True, "CopyTagsToSnapshot": True, "PubliclyAccessible": False, **told})
    return str(made["DBInstance"]["DBInstanceArn"])


def _instances(site: Site) -> None:
    main = instance(site, "orders-main", days=35)
    weak: dict[str, Any] = {"MultiAZ": False, "DeletionProtection": False, "CopyTagsToSnapshot": False}
    legacy = instance(site, "orders-legacy", days=7, engine="mysql", version="8.0.39", window="04:00-04:30", key=None, backup=None,
                      **{**weak, "PubliclyAccessible": True})
    instance(site, "orders-gap", days=35)
    instance(site, "orders-broken", days=35)
    instance(site, "orders-stuck", days=30, key="aws", backup=None)
    instance(site, "orders-scratch", days=0, backup=None, **weak)
    instance(site, "orders-foreign-key", days=35, backup=None)
    rds = site.client("rds")
    rds.create_db_instance_read_replica(DBInstanceIdentifier="orders-main-replica", SourceDBInstanceIdentifier="orders-main",
                                        Tags=tags("orders"))
    site.client("rds", RECOVERY).start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=main, BackupRetentionPeriod=35, KmsKeyId=site.keys["data@recovery"])
    with site.since(timedelta(hours=6)):
        instance(site, "orders-new", days=35)
    with site.emulator.on_stage() as world:
        alter(world, ACCOUNT, HOME, "rds", legacy, LatestRestorableTime=site.at - timedelta(minutes=55))
        alter(world, ACCOUNT, HOME, "rds", legacy.replace("legacy", "foreign-key"),
              KmsKeyId=f"arn:aws:kms:{HOME}:{BUNKER}:key/0d5d9f6e-31aa-4e0b-8a55-1f1f6d0b7c11")


def _clusters(site: Site) -> None:
    for name, days, window, members, key, protected in (
        ("orders-ledger", 35, WINDOW, 2, "data", True), ("orders-events", 7, "05:00-05:30", 1, None, False),
    ):
        cluster(site, name, "aurora-postgresql", "16.4", days=days, window=window, members=members, key=key, protected=protected,
                system="orders", backup="daily" if protected else None)


def cluster(site: Site, name: str, engine: str, version: str, *, days: int, members: int, key: str | None, protected: bool, system: str,
            window: str = WINDOW, backup: str | None = None) -> str:
    """A database cluster with its members."""
    keyed = {"StorageEncrypted": True, "KmsKeyId": site.keys[key]} if key else {}
    rds = site.client("rds")
    made = rds.create_db_cluster(
        DBClusterIdentifier=name, Engine=engine, EngineVersion=version, MasterUsername="admin", MasterUserPassword="not-a-secret",
        BackupRetentionPeriod=days, PreferredBackupWindow=window, DeletionProtection=protected, CopyTagsToSnapshot=protected,
        PreferredMaintenanceWindow="sun:08:00-sun:08:30",
        Tags=tags(system, **({"Backup": backup} if backup else {})), **keyed)
    for number in range(1, members + 1):
        rds.create_db_instance(DBInstanceIdentifier=f"{name}-{number}", DBInstanceClass="db.r7g.large", Engine=engine,
                               DBClusterIdentifier=name, Tags=tags(system))
    return str(made["DBCluster"]["DBClusterArn"])


def _snapshots(site: Site) -> None:
    nights, late = site.nights(35), site.nights(35, hour=4)
    with site.emulator.on_stage() as world:
        def night(database: str, at: Any, **told: Any) -> str:
            return add_db_snapshot(world, database, at, region=HOME, account=ACCOUNT, **told)

        for number, at in enumerate(nights):
            night("orders-main", at)
            night("orders-foreign-key", at)
            if number != 12:
                night("orders-gap", at)
            if number >= 3:
                night("orders-broken", at)
            if number < 30:
                night("orders-stuck", at)
            if number < 7:
                night("orders-legacy", late[number], tags={})
        night("orders-stuck", site.at - timedelta(days=3), kind="manual", name="orders-stuck-before-upgrade", status="creating", progress=10)
        night("orders-stuck", site.at - timedelta(days=2), kind="manual", name="orders-stuck-failed", status="failed", progress=0)
        night("orders-main", site.at - timedelta(days=20), kind="manual", name="orders-main-release-41",
              tags={"System": "orders", "Catalogue": "release"})
        night("orders-main", site.at - timedelta(days=390), kind="manual", name="orders-main-from-2025", tags={})
    rds = site.client("rds")
    for snapshot, account in (("orders-main-release-41", BUNKER), ("orders-main-from-2025", STRANGER)):
        rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=snapshot, AttributeName="restore", ValuesToAdd=[account])


def _cluster_snapshots(site: Site) -> None:
    late = site.nights(7, hour=5)
    with site.emulator.on_stage() as world:
        for at in site.nights(35):
            add_cluster_snapshot(world, "orders-ledger", at, region=HOME, account=ACCOUNT, tags={"System": "orders"})
        for at in late:
            add_cluster_snapshot(world, "orders-events", at, region=HOME, account=ACCOUNT, tags={})


def _elsewhere(site: Site) -> None:
    """A copy in the recovery region, made by hand."""
    there = site.client("rds", RECOVERY)
    with site.since(timedelta(days=19)):
        there.copy_db_snapshot(SourceDBSnapshotIdentifier=f"arn:aws:rds:{HOME}:{ACCOUNT}:snapshot:orders-main-release-41",
                               TargetDBSnapshotIdentifier="orders-main-release-41", KmsKeyId=site.keys["data@recovery"], CopyTags=True)


def _retained(site: Site) -> None:
    """A database that is gone; its automated backups are not."""
    rds = site.client("rds")
    instance(site, "orders-2023", days=35, backup=None, DeletionProtection=False)
    instance(site, "orders-careless", days=7, backup=None, DeletionProtection=False)
    with site.emulator.on_stage() as world:
        for number in range(8, 20):
            add_db_snapshot(world, "orders-2023", site.nights(35)[number], region=HOME, account=ACCOUNT)
    with site.since(timedelta(days=8)):
        rds.delete_db_instance(DBInstanceIdentifier="orders-2023", SkipFinalSnapshot=False, DeleteAutomatedBackups=False,
                               FinalDBSnapshotIdentifier="orders-2023-final")
        rds.delete_db_instance(DBInstanceIdentifier="orders-careless", SkipFinalSnapshot=True, DeleteAutomatedBackups=True)
    with site.emulator.on_stage() as world:
        drop = world.backend("rds", ACCOUNT, HOME).database_snapshots
        for name in [name for name in drop if name.startswith("rds:orders-2023") and drop[name].created.year < site.at.year]:
            del drop[name]


def _vaulted(site: Site) -> None:
    """What AWS Backup keeps of the databases, and where it copied it."""
    db, copies = f"arn:aws:rds:{HOME}:{ACCOUNT}:db", {vault_arn("recovery-vault", RECOVERY): 35, vault_arn("bunker-vault", HOME, BUNKER): 35}
    main = site.history("orders-vault", f"{db}:orders-main", copies=copies, failed={5: "Backup job failed: access denied to the key"})
    ledger = site.history("orders-vault", f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:orders-ledger", kind="Aurora", gib=310, copies=copies)
    site.history("orders-vault", f"{db}:orders-gap", lost={12}, gib=25)
    site.history("orders-vault", f"{db}:orders-broken", lost={0, 1, 2}, gib=60)
    site.history("orders-vault", f"{db}:orders-2023", days=20, lost=range(8), gib=12)
    with site.emulator.on_stage() as world:
        add_copy_job(world, ledger[0], vault_arn("recovery-open", RECOVERY), site.at - timedelta(hours=3), region=HOME, account=ACCOUNT,
                     lifecycle={"DeleteAfterDays": 5})
        add_copy_job(world, main[0], vault_arn("recovery-vault", RECOVERY), site.at - timedelta(hours=2), region=HOME, account=ACCOUNT,
                     state="FAILED", message="The destination vault's key is not accessible.", took=timedelta(minutes=3))
        add_restore_job(world, main[1], site.at - timedelta(days=1), region=HOME, account=ACCOUNT, created=f"{db}:restore-test-20261123")
        add_restore_job(world, ledger[1], site.at - timedelta(hours=20), region=HOME, account=ACCOUNT, status="FAILED",
                        message="DBSubnetGroup not found", took=timedelta(minutes=2))
