"""Caches: replication groups, clusters that are in none, and serverless caches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, instant, is_, text, tuple_of
from scanner.model.fact import Fact, derived, fact
from scanner.model.origin import Listing, call, item
from scanner.resources.store import DataStore
from scanner.resources.tags import tags_of_type


def effectively_encrypted(raw: Mapping[str, Any]) -> bool:
    """Say whether data at rest is encrypted: the type tells what is, the flag only what was asked for."""
    kind = raw.get("StorageEncryptionType")
    return kind != "none" if kind else flag(raw["AtRestEncryptionEnabled"])


class Cache(DataStore):
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
    members: Fact[tuple[str, ...]] = fact("Its clusters.", live=item("MemberClusters", tuple_of(text), absent=()))
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
        # The look-up of snapshots' sources makes the same call, so the two are one.
        call("elasticache:DescribeCacheClusters"),
        "CacheClusters[]",
        id="{ARN}", name="{CacheClusterId}", where="!ReplicationGroupId",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=tags_of_type("elasticache:cluster"))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CacheClusterCreateTime", instant))
    encrypted: Fact[bool] = fact("Its data is encrypted at rest.", live=item("AtRestEncryptionEnabled", flag))
    key: Fact[str | None] = derived(
        # Only replication groups and serverless caches can choose a key (CreateCacheCluster, API reference).
        "The KMS key its data is encrypted with: none, such a cluster cannot have one.",
        needs=lambda _: (),
        by=lambda *_: None,
    )
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
    window: Fact[str | None] = fact(
        "When its daily snapshot starts, in UTC.", live=item("DailySnapshotTime", text, absent=None)
    )
