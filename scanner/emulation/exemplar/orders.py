"""The orders system: a PostgreSQL instance in two zones and an Aurora cluster, both copied and archived."""

from scanner.emulation.company.orders import cluster, instance
from scanner.emulation.company.people import replicate_secret, secret
from scanner.emulation.company.site import HOME, RECOVERY, Site
from scanner.emulation.exemplar.network import placed
from scanner.emulation.exemplar.nights import keep_critical
from scanner.emulation.seeding import add_cluster_snapshot, add_db_snapshot, drop_automated_snapshots


def settle(site: Site) -> None:
    """Make the databases, then live through 35 nights."""
    main = instance(site, "orders-main", days=35, backup="critical", DBParameterGroupName="tls-only", **placed(site))
    ledger = cluster(
        site,
        "orders-ledger",
        "aurora-postgresql",
        "16.4",
        days=35,
        members=2,
        key="data",
        protected=True,
        system="orders",
        backup="critical",
        told={"DBClusterParameterGroupName": "tls-only-aurora", **placed(site)},
    )
    site.client("rds", RECOVERY).start_db_instance_automated_backups_replication(
        SourceDBInstanceArn=main, BackupRetentionPeriod=35, KmsKeyId=site.keys["data@recovery"]
    )
    with site.emulator.on_stage() as world:
        drop_automated_snapshots(world, region=HOME, account=site.account)
        for at in site.nights(35):
            add_db_snapshot(world, "orders-main", at, region=HOME, account=site.account)
            add_cluster_snapshot(
                world, "orders-ledger", at, region=HOME, account=site.account, tags={"System": "orders"}
            )
    keep_critical(site, main, gib=40, continuous=True)
    keep_critical(site, ledger, gib=310, kind="Aurora", continuous=True)
    secret(site, "orders/database", "orders", every=30, rotated=12)
    replicate_secret(site, "orders/database")
