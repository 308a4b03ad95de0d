"""Documents, graphs and caches."""

from typing import Any

from scanner.emulation.company.orders import cluster
from scanner.emulation.company.site import HOME, Site, tags
from scanner.emulation.ground import ACCOUNT
from scanner.emulation.seeding import (
    add_cache_snapshot,
    add_cluster_snapshot,
    add_memory_snapshot,
    alter,
    drop_automated_snapshots,
)


def settle(site: Site) -> None:
    """A well-kept store of each kind, and a neglected one."""
    from scanner.emulation.company import keys

    held = _kept_snapshots(site)
    cluster(site, "clicks", "docdb", "5.0.0", days=35, members=2, key="data", protected=True, system="analytics")
    cluster(
        site,
        "clicks-old",
        "docdb",
        "5.0.0",
        days=1,
        members=1,
        key="analytics",
        protected=False,
        system="analytics",
        window="23:00-23:30",
    )
    cluster(site, "graph", "neptune", "1.3.2.1", days=35, members=2, key="data", protected=True, system="analytics")
    cluster(
        site,
        "graph-dev",
        "neptune",
        "1.3.2.1",
        days=1,
        members=1,
        key=None,
        protected=False,
        system="analytics",
        window="12:00-12:30",
    )
    with site.emulator.on_stage() as world:
        drop_automated_snapshots(world, region=HOME, account=ACCOUNT)
        world.backend("rds", ACCOUNT, HOME).database_snapshots.update(held[0])
        world.backend("rds", ACCOUNT, HOME).cluster_snapshots.update(held[1])
        for name in ("clicks", "graph"):
            for at in site.nights(35):
                add_cluster_snapshot(world, name, at, region=HOME, account=ACCOUNT, tags={"System": "analytics"})
        for name in ("clicks-old", "graph-dev"):
            add_cluster_snapshot(world, name, site.nights(1)[0], region=HOME, account=ACCOUNT, tags={})
    _caches(site)
    name = f"arn:aws:rds:{HOME}:{ACCOUNT}:cluster"
    site.history("reporting-vault", f"{name}:clicks", kind="DocumentDB", plan="analytics-berlin", gib=120)
    site.history("reporting-vault", f"{name}:graph", kind="Neptune", plan="analytics-berlin", gib=55, lost={6})
    keys.spoil(site)


def _kept_snapshots(site: Site) -> tuple[dict[str, object], dict[str, object]]:
    """The snapshots of other systems, to outlive the clearing of those moto is about to make."""
    with site.emulator.on_stage() as world:
        rds = world.backend("rds", ACCOUNT, HOME)
        return dict(rds.database_snapshots), dict(rds.cluster_snapshots)


def _caches(site: Site) -> None:
    cache, memory = site.client("elasticache"), site.client("memorydb")
    group = [site.network[HOME].group]
    kept_cache(site, "sessions", CacheSubnetGroupName="private", SecurityGroupIds=group)
    kept_memory(site, "features", SubnetGroupName="private", SecurityGroupIds=group)
    cache.create_replication_group(
        ReplicationGroupId="recommendations",
        ReplicationGroupDescription="Recommendations",
        Engine="redis",
        CacheNodeType="cache.t4g.small",
        NumCacheClusters=1,
        SnapshotRetentionLimit=0,
        Tags=tags("analytics"),
    )
    cache.create_cache_cluster(
        CacheClusterId="counters",
        Engine="redis",
        CacheNodeType="cache.t4g.small",
        NumCacheNodes=1,
        SnapshotRetentionLimit=5,
        SnapshotWindow="14:00-15:00",
        Tags=tags("analytics"),
    )
    memory.create_cluster(
        ClusterName="scratch",
        NodeType="db.t4g.small",
        ACLName="open-access",
        SnapshotRetentionLimit=0,
        TLSEnabled=False,
        Tags=tags("analytics"),
    )
    with site.emulator.on_stage() as world:
        alter(world, ACCOUNT, HOME, "elasticache", "counters", SnapshotWindow="14:00-15:00")
        for at in site.nights(5, hour=14):
            add_cache_snapshot(world, at, region=HOME, account=ACCOUNT, cluster="counters")
        add_cache_snapshot(
            world, site.nights(1)[0], region=HOME, account=ACCOUNT, cluster="counters", source="manual", status="failed"
        )


def kept_cache(site: Site, name: str, marked: dict[str, str] | None = None, **told: Any) -> None:
    """A replicated cache with a snapshot of every night."""
    site.client("elasticache").create_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription="Carts and sessions",
        Engine="redis",
        CacheNodeType="cache.r7g.large",
        NumCacheClusters=2,
        SnapshotRetentionLimit=35,
        SnapshotWindow="02:00-03:00",
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        KmsKeyId=site.keys["data"],
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        Tags=tags("analytics"),
        **told,
    )
    with site.emulator.on_stage() as world:
        for at in site.nights(35):
            add_cache_snapshot(
                world, at, region=HOME, account=site.account, group=name, key=site.keys["data"], tags=marked
            )


def kept_memory(
    site: Site, name: str, acl: str = "open-access", marked: dict[str, str] | None = None, **told: Any
) -> None:
    """A MemoryDB cluster with a snapshot of every night."""
    site.client("memorydb").create_cluster(
        ClusterName=name,
        NodeType="db.r7g.large",
        ACLName=acl,
        SnapshotRetentionLimit=35,
        TLSEnabled=True,
        SnapshotWindow="02:00-03:00",
        KmsKeyId=site.keys["data"],
        NumReplicasPerShard=1,
        Tags=tags("analytics"),
        **told,
    )
    with site.emulator.on_stage() as world:
        for at in site.nights(35):
            add_memory_snapshot(world, name, at, region=HOME, account=site.account, key=site.keys["data"], tags=marked)
