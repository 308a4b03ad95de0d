"""What 35 nights left of the orders system: snapshots, copies, recovery points, and of what is gone."""

from datetime import timedelta
from typing import Any

from scanner.emulation.company.orders import instance
from scanner.emulation.company.site import BUNKER, GIB, HOME, RECOVERY, STRANGER, Site, vault_arn
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import (
    add_cluster_snapshot,
    add_copy_job,
    add_db_snapshot,
    add_recovery_point,
    add_restore_job,
)


def settle(site: Site) -> None:
    """Live through them."""
    _snapshots(site)
    _cluster_snapshots(site)
    _elsewhere(site)
    _retained(site)
    _vaulted(site)


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
        night(
            "orders-stuck",
            site.at - timedelta(days=3),
            kind="manual",
            name="orders-stuck-before-upgrade",
            status="creating",
            progress=10,
        )
        night(
            "orders-stuck",
            site.at - timedelta(days=2),
            kind="manual",
            name="orders-stuck-failed",
            status="failed",
            progress=0,
        )
        night(
            "orders-main",
            site.at - timedelta(days=20),
            kind="manual",
            name="orders-main-release-41",
            tags={"System": "orders", "Catalogue": "release"},
        )
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
        there.copy_db_snapshot(
            SourceDBSnapshotIdentifier=f"arn:aws:rds:{HOME}:{ACCOUNT}:snapshot:orders-main-release-41",
            TargetDBSnapshotIdentifier="orders-main-release-41",
            KmsKeyId=site.keys["data@recovery"],
            CopyTags=True,
        )


def _retained(site: Site) -> None:
    """A database that is gone; its automated backups are not."""
    rds = site.client("rds")
    instance(site, "orders-2023", days=35, backup=None, DeletionProtection=False)
    instance(site, "orders-careless", days=7, backup=None, DeletionProtection=False)
    with site.emulator.on_stage() as world:
        snapshots = world.backend("rds", ACCOUNT, HOME).database_snapshots
        for name in [name for name in snapshots if name.startswith(("rds:orders-2023", "rds:orders-careless"))]:
            del snapshots[name]
        for number in range(8, 20):
            add_db_snapshot(world, "orders-2023", site.nights(35)[number], region=HOME, account=ACCOUNT)
    with site.since(timedelta(days=8)):
        rds.delete_db_instance(
            DBInstanceIdentifier="orders-2023",
            SkipFinalSnapshot=False,
            DeleteAutomatedBackups=False,
            FinalDBSnapshotIdentifier="orders-2023-final",
        )
        rds.delete_db_instance(
            DBInstanceIdentifier="orders-careless", SkipFinalSnapshot=True, DeleteAutomatedBackups=True
        )


def _vaulted(site: Site) -> None:
    """What AWS Backup keeps of the databases, and where it copied it."""
    db, copies = (
        f"arn:aws:rds:{HOME}:{ACCOUNT}:db",
        {vault_arn("recovery-vault", RECOVERY): 35, vault_arn("bunker-vault", HOME, BUNKER): 35},
    )
    main = site.history(
        "orders-vault", f"{db}:orders-main", copies=copies, failed={5: "Backup job failed: access denied to the key"}
    )
    ledger = site.history(
        "orders-vault", f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster:orders-ledger", kind="Aurora", gib=310, copies=copies
    )
    site.history("orders-vault", f"{db}:orders-gap", lost={12}, gib=25)
    site.history("orders-vault", f"{db}:orders-broken", lost={0, 1, 2}, gib=60)
    site.history(
        "development-vault",
        f"{db}:orders-legacy",
        plan="short-lived",
        kept=7,
        days=7,
        gib=30,
        tagged=False,
        encrypted=False,
    )
    site.history("orders-vault", f"{db}:orders-2023", days=20, lost=range(8), gib=12)
    with site.emulator.on_stage() as world:
        for point in main:
            add_db_snapshot(
                world,
                "orders-main",
                point["CreationDate"],
                region=HOME,
                account=ACCOUNT,
                kind="awsbackup",
                name=point["RecoveryPointArn"].split(":snapshot:")[1],
                tags={"System": "orders", "Plan": "orders-daily"},
            )
        for name, days in (("orders-main", 35), ("orders-gap", 7)):
            add_recovery_point(
                world,
                "orders-vault",
                f"{db}:{name}",
                site.at - timedelta(days=days),
                region=HOME,
                account=ACCOUNT,
                lifecycle={"DeleteAfterDays": days},
                continuous=True,
                created_by=site.plans["orders-daily"],
                size=2 * GIB,
            )
        add_copy_job(
            world,
            ledger[0],
            vault_arn("recovery-open", RECOVERY),
            site.at - timedelta(hours=3),
            region=HOME,
            account=ACCOUNT,
            lifecycle={"DeleteAfterDays": 5},
        )
        add_copy_job(
            world,
            main[0],
            vault_arn("recovery-vault", RECOVERY),
            site.at - timedelta(hours=2),
            region=HOME,
            account=ACCOUNT,
            state="FAILED",
            message="The destination vault's key is not accessible.",
            took=timedelta(minutes=3),
        )
        add_restore_job(
            world,
            main[1],
            site.at - timedelta(days=1),
            region=HOME,
            account=ACCOUNT,
            created=f"{db}:restore-test-20261123",
        )
        add_restore_job(
            world,
            ledger[1],
            site.at - timedelta(hours=20),
            region=HOME,
            account=ACCOUNT,
            status="FAILED",
            message="DBSubnetGroup not found",
            took=timedelta(minutes=2),
        )
