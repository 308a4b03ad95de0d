"""Reporting, analytics and monitoring: a warehouse, documents, a graph, caches, a search domain, logs."""

from scanner.emulation.company.analytics import kept_cache, kept_memory
from scanner.emulation.company.monitoring import domain, log_group
from scanner.emulation.company.orders import cluster
from scanner.emulation.company.reporting import warehouse
from scanner.emulation.company.site import HOME, RECOVERY, Site, tags
from scanner.emulation.exemplar.network import placed
from scanner.emulation.exemplar.nights import keep
from scanner.emulation.seeding import add_cluster_snapshot, add_warehouse_snapshot, drop_warehouse_snapshots


def settle(site: Site) -> None:
    """Make them, then live through 35 nights."""
    home = site.network[HOME]
    warehouse(
        site,
        "warehouse",
        days=35,
        key="data",
        ClusterSubnetGroupName="private",
        VpcSecurityGroupIds=[home.group],
        PubliclyAccessible=False,
        ClusterParameterGroupName="tls-only",
    )
    site.client("redshift").enable_snapshot_copy(
        ClusterIdentifier="warehouse", DestinationRegion=RECOVERY, RetentionPeriod=35
    )
    for name, engine, version, kind, group in (
        ("clicks", "docdb", "5.0.0", "DocumentDB", {"DBClusterParameterGroupName": "tls-only-docdb"}),
        ("graph", "neptune", "1.3.2.1", "Neptune", {}),
    ):
        arn = cluster(
            site,
            name,
            engine,
            version,
            days=35,
            members=2,
            key="data",
            protected=True,
            system="analytics",
            backup="standard",
            told={**group, **placed(site)},
        )
        keep(site, arn, gib=90, kind=kind)
    kept_cache(
        site, "sessions", marked={"System": "analytics"}, CacheSubnetGroupName="private", SecurityGroupIds=[home.group]
    )
    kept_memory(
        site, "features", marked={"System": "analytics"}, SubnetGroupName="private", SecurityGroupIds=[home.group]
    )
    domain(site, "observability", VPCOptions={"SubnetIds": list(home.subnets), "SecurityGroupIds": [home.group]})
    for region, key in ((HOME, "data"), (RECOVERY, "data@recovery")):
        log_group(site, "/aws/backup/jobs", days=365, key=key, region=region)
    log_group(site, "/aws/rds/instance/orders-main/postgresql", days=90, key="data")
    with site.emulator.on_stage() as world:
        drop_warehouse_snapshots(world, region=HOME, account=site.account)
        backend = world.backend("rds", site.account, HOME)
        for name in [name for name in backend.cluster_snapshots if name.startswith(("rds:clicks", "rds:graph"))]:
            del backend.cluster_snapshots[name]
        for at in site.nights(35):
            add_warehouse_snapshot(world, "warehouse", at, region=HOME, account=site.account, Tags=tags("reporting"))
            for name in ("clicks", "graph"):
                add_cluster_snapshot(world, name, at, region=HOME, account=site.account, tags={"System": "analytics"})
