"""Caches: replication groups, clusters that are in none, and serverless caches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, instant, is_, text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look
from scanner.model.origin import Listing, SideList, call, item
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.resources.alerting import limits
from scanner.resources.alerting.watching import watched_by
from scanner.resources.alerting.ways import News
from scanner.resources.store import DataStore
from scanner.resources.tags import tags_of_type
from scanner.resources.vpc.place import Placed

#: Every cluster with its nodes, asked once for the clusters, the groups they are members of, and their snapshots.
CLUSTERS = call("elasticache:DescribeCacheClusters", ShowCacheNodeInfo=True)


def effectively_encrypted(raw: Mapping[str, Any]) -> bool:
    """Say whether data at rest is encrypted: the type tells what is, the flag only what was asked for."""
    kind = raw.get("StorageEncryptionType")
    return kind != "none" if kind else flag(raw["AtRestEncryptionEnabled"])


def distinct(raw: Any) -> tuple[str, ...]:
    """Take the different names of a list."""
    return tuple(sorted({text(one) for one in raw}))


def ports_of(raw: Mapping[str, Any]) -> tuple[int, ...]:
    """Read the ports of whatever endpoints a cache has; none while it is being created."""
    nodes = [node for group in raw.get("NodeGroups") or () for node in (group, *(group.get("NodeGroupMembers") or ()))]
    holders = [raw, *nodes, *(raw.get("CacheNodes") or ())]
    names = ("ConfigurationEndpoint", "Endpoint", "ReaderEndpoint", "PrimaryEndpoint", "ReadEndpoint")
    found = (one[name].get("Port") for one in holders for name in names if one.get(name))
    return tuple(sorted({int(port) for port in found if port}))


class Cache(DataStore, Placed):
    """An ElastiCache cache, of whatever form. Abstract."""

    engine: Fact[str] = fact("Its engine: valkey, redis or memcached.", live=item("Engine", text))
    snapshots: Fact[bool] = derived(
        # Only serverless caches can snapshot Memcached (user guide, "Snapshot and restore").
        "Its engine can take snapshots.",
        needs=lambda kind: [kind.engine],
        by=lambda cache, _: cache.engine.lower() != "memcached",
    )  # fmt: skip
    retention: Fact[timedelta] = fact(
        "How long automated snapshots are kept; no time at all where none are taken.",
        live=item("SnapshotRetentionLimit", days),
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own: daily snapshots.",
        needs=lambda kind: [kind.snapshots, kind.retention],
        by=lambda cache, _: cache.snapshots and cache.retention > timedelta(),
    )
    native_loss: Fact[timedelta | None] = derived(
        # One a day (user guide, "Scheduling automatic backups").
        "The most data that its snapshots can lose; none where it takes none.",
        needs=lambda kind: [kind.native],
        by=lambda cache, _: timedelta(days=1) if cache.native else None,
    )


_GROUPS = call("elasticache:DescribeCacheSubnetGroups")
#: A group does not say where it stands; its members do, and all in one subnet group.
_MEMBERS = SideList(CLUSTERS, "CacheClusters[]", key="ReplicationGroupId", match="ReplicationGroupId")


class SubnetGroup(Resource):
    """A subnet group: where caches may be put."""

    kind = "aws.elasticache.subnet-group"
    title = "cache subnet group"
    listed_by = Listing(_GROUPS, "CacheSubnetGroups[]", id="{ARN}", name="{CacheSubnetGroupName}")

    short: Fact[str] = fact("Its name.", live=item("CacheSubnetGroupName", text))
    subnets: Fact[tuple[str, ...]] = fact("Its subnets.", live=item("Subnets[].SubnetIdentifier", tuple_of(text)))


def subnets_of(group: ReplicationGroup, look: Look) -> tuple[str, ...]:
    """Give the subnets of a replication group's subnet group."""
    name = group.subnet_group
    found = next(look.where(SubnetGroup, SubnetGroup.short, name, region=group.region), None)
    if found is None:
        raise CouldNotCheck(Unknown(Reason.MISSING, f"subnet group {name} is not there"))
    return found.subnets


class ReplicationGroup(Cache):
    """An ElastiCache replication group."""

    kind = "aws.elasticache.replication-group"
    title = "ElastiCache replication group"
    listed_by = Listing(
        call("elasticache:DescribeReplicationGroups"), "ReplicationGroups[]",
        id="{ARN}", name="{ReplicationGroupId}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("elasticache:replicationgroup"),
    )
    created_at: Fact[datetime] = fact("When it was created.", live=item("ReplicationGroupCreateTime", instant))
    engine: Fact[str] = fact(
        # Older answers leave it out; Memcached has no replication groups.
        "Its engine: valkey or redis.", live=item("Engine", text, absent="redis")
    )  # fmt: skip
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("@", effectively_encrypted))
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for the key of the service or no encryption.",
        live=item("KmsKeyId", text, absent=None),
    )
    subnet_group: Fact[str] = fact("The subnet group of its members.", live=_MEMBERS.at("CacheSubnetGroupName", text))
    subnets: Fact[tuple[str, ...]] = derived(
        "The subnets it may be in.",
        needs=lambda kind: [kind.subnet_group, SubnetGroup.short, SubnetGroup.subnets],
        by=subnets_of,
    )
    security_groups: Fact[tuple[str, ...]] = fact(
        "The security groups that guard its members.",
        live=_MEMBERS.at("entries[].SecurityGroups[].SecurityGroupId", distinct),
    )
    ports: Fact[tuple[int, ...]] = fact("The ports it answers at.", live=item("@", ports_of))
    members: Fact[tuple[str, ...]] = fact("Its clusters.", live=item("MemberClusters", tuple_of(text), absent=()))
    storage_told: Fact[tuple[News, ...]] = watched_by(
        "Whom it reaches that its storage fills up.", limits.of_group, "members"
    )
    traffic_encrypted: Fact[bool] = fact("It can encrypt its traffic.", live=item("TransitEncryptionEnabled", flag))
    traffic_mode: Fact[str | None] = fact(
        "Whether encrypted traffic is preferred or required; none where it has none.",
        live=item("TransitEncryptionMode", text, absent=None),
    )
    failover: Fact[bool] = fact(
        "It fails over by itself.", live=item("AutomaticFailover", is_("enabled", "enabling"), absent=False)
    )
    multi_az: Fact[bool] = fact("Its nodes are in several zones.", live=item("MultiAZ", is_("enabled"), absent=False))
    global_group: Fact[str | None] = fact(
        "The global datastore it belongs to; none where it belongs to none.",
        live=item("GlobalReplicationGroupInfo.GlobalReplicationGroupId", text, absent=None),
    )
    window: Fact[str | None] = fact(
        "When its daily snapshot may start, in UTC.", live=item("SnapshotWindow", text, absent=None)
    )


class CacheCluster(Cache):
    """An ElastiCache cluster that is in no replication group."""

    kind = "aws.elasticache.cluster"
    title = "ElastiCache cluster"
    listed_by = Listing(
        CLUSTERS,
        "CacheClusters[]",
        id="{ARN}", name="{CacheClusterId}", where="!ReplicationGroupId",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=tags_of_type("elasticache:cluster"))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CacheClusterCreateTime", instant))
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets it may be in.",
        live=SideList(_GROUPS, "CacheSubnetGroups[]", key="CacheSubnetGroupName", match="CacheSubnetGroupName").at(
            "Subnets[].SubnetIdentifier", tuple_of(text)
        ),
    )
    security_groups: Fact[tuple[str, ...]] = fact(
        "The security groups that guard it.",
        live=item("SecurityGroups[].SecurityGroupId", tuple_of(text), absent=()),
    )
    ports: Fact[tuple[int, ...]] = fact("The ports it answers at.", live=item("@", ports_of))
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("AtRestEncryptionEnabled", flag))
    key: Fact[str | None] = derived(
        # Only replication groups and serverless caches can choose a key (CreateCacheCluster, API reference).
        "The KMS key its data is encrypted with: none, such a cluster cannot have one.",
        needs=lambda _: (),
        by=lambda *_: None,
    )
    storage_told: Fact[tuple[News, ...]] = watched_by("Whom it reaches that its storage fills up.", limits.of_cache)
    traffic_encrypted: Fact[bool] = fact("It can encrypt its traffic.", live=item("TransitEncryptionEnabled", flag))
    traffic_mode: Fact[str | None] = fact(
        "Whether encrypted traffic is preferred or required; none where it has none.",
        live=item("TransitEncryptionMode", text, absent=None),
    )
    window: Fact[str | None] = fact(
        "When its daily snapshot may start, in UTC.", live=item("SnapshotWindow", text, absent=None)
    )


class ServerlessCache(Cache):
    """An ElastiCache serverless cache."""

    kind = "aws.elasticache.serverless-cache"
    title = "ElastiCache serverless cache"
    listed_by = Listing(
        call("elasticache:DescribeServerlessCaches"),
        "ServerlessCaches[]",
        id="{ARN}",
        name="{ServerlessCacheName}",
    )

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("elasticache:serverlesscache"),
    )
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreateTime", instant))
    encrypted: Fact[bool] = fact(
        # Always, only the key differs (ServerlessCache, API reference).
        "Its data is encrypted at rest.", live=item("ServerlessCacheName", bool)
    )  # fmt: skip
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for the key of the service.",
        live=item("KmsKeyId", text, absent=None),
    )
    snapshots: Fact[bool] = fact("Its engine can take snapshots.", live=item("ServerlessCacheName", bool))
    subnets: Fact[tuple[str, ...]] = fact("The subnets it is in.", live=item("SubnetIds", tuple_of(text)))
    security_groups: Fact[tuple[str, ...]] = fact(
        "The security groups that guard it.", live=item("SecurityGroupIds", tuple_of(text), absent=())
    )
    ports: Fact[tuple[int, ...]] = fact("The ports it answers at.", live=item("@", ports_of))
    window: Fact[str | None] = fact(
        "When its daily snapshot starts, in UTC.", live=item("DailySnapshotTime", text, absent=None)
    )
