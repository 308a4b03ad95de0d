"""Caches: what AWS always says of them, and the snapshots moto has no dates for."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import described, list_also
from scanner.emulation.services.subnets import DEFAULT, default_groups
from scanner.emulation.services.tagging import mark
from scanner.emulation.wire import Document


def add_cache_snapshot(
    world: World,
    at: datetime,
    *,
    region: str,
    account: str,
    group: str | None = None,
    cluster: str | None = None,
    source: str = "automated",
    status: str = "available",
    key: str | None = None,
    tags: dict[str, str] | None = None,
    **members: Any,
) -> Document:
    """Put a snapshot of a replication group or a cluster, taken at a given time, beside it."""
    of: Document = {"ReplicationGroupId": group} if group else {"CacheClusterId": cluster}
    name = (
        f"automatic.{group or cluster}-{at:%Y-%m-%d-%H-%M}"
        if source == "automated"
        else f"{group or cluster}-{at:%Y-%m-%d-%H-%M}"
    )
    keyed = {"KmsKeyId": key} if key else {}
    arn = f"arn:aws:elasticache:{region}:{account}:snapshot:{name}"
    if tags:
        mark(world, account, region, arn, tags)
    return list_also(
        world,
        account,
        region,
        "elasticache:DescribeSnapshots",
        {
            "SnapshotName": name,
            **of,
            "SnapshotStatus": status,
            "SnapshotSource": source,
            "Engine": "redis",
            **keyed,
            "ARN": arn,
            "CacheNodeType": "cache.r7g.large",
            "NodeSnapshots": [
                {
                    "CacheClusterId": cluster or f"{group}-001",
                    "CacheNodeId": "0001",
                    "CacheSize": "412 MB",
                    "SnapshotCreateTime": at,
                }
            ],
            **members,
        },
    )


@answers("elasticache:DescribeReplicationGroups")
def describe_groups(call: Call) -> Document:
    answer = described(call)
    return {
        **answer,
        "ReplicationGroups": [
            {"SnapshotRetentionLimit": 0, "Status": "available", **group} for group in answer["ReplicationGroups"]
        ],
    }


@answers("elasticache:DescribeCacheClusters")
def describe_clusters(call: Call) -> Document:
    """Also the members of groups, which moto leaves out; the nodes only when asked for."""
    answer = described(call)
    members = [] if "Marker" in answer else list(_members(call))
    shown = [_completed(call, cluster) for cluster in (*answer["CacheClusters"], *members)]
    return {**answer, "CacheClusters": shown}


def _members(call: Call) -> Iterator[Document]:
    asked = call.params.get("CacheClusterId")
    for group in call.backend("elasticache").replication_groups.values():
        for name in group.member_clusters:
            if asked in (None, name):
                yield {
                    "CacheClusterId": name,
                    "ReplicationGroupId": group.replication_group_id,
                    "Engine": group.engine,
                    "CacheNodeType": group.cache_node_type,
                    "CacheClusterStatus": "available",
                    "NumCacheNodes": 1,
                    "CacheClusterCreateTime": group.replication_group_create_time,
                    "ARN": f"arn:aws:elasticache:{call.region}:{call.account}:cluster:{name}",
                }


def _completed(call: Call, cluster: Document) -> Document:
    """What AWS says of a cluster and moto does not: its subnet group, its security groups, its nodes."""
    elasticache, name = call.backend("elasticache"), cluster["CacheClusterId"]
    held = elasticache.replication_groups.get(cluster.get("ReplicationGroupId") or "")
    held = held or elasticache.cache_clusters.get(name)
    groups = getattr(held, "security_group_ids", None) or default_groups(call)
    port = getattr(held, "port", None) or (11211 if cluster.get("Engine") == "memcached" else 6379)
    node: Document = {"CacheNodeId": "0001", "Endpoint": {"Address": f"{name}.cache.example", "Port": port}}
    return {
        "SnapshotRetentionLimit": 0,
        "AtRestEncryptionEnabled": False,
        "TransitEncryptionEnabled": False,
        "CacheSubnetGroupName": getattr(held, "cache_subnet_group_name", None) or DEFAULT,
        "SecurityGroups": [{"SecurityGroupId": each, "Status": "active"} for each in groups],
        **({"CacheNodes": [node]} if call.params.get("ShowCacheNodeInfo") else {}),
        **cluster,
    }


@answers("elasticache:DescribeSnapshots")
def describe_snapshots(call: Call) -> Document:
    """Narrowed to `system` (automatic) or `user` snapshots."""
    answer, asked = (
        described(call),
        {"system": "automated", "user": "manual"}.get(call.params.get("SnapshotSource", "")),
    )
    return {
        **answer,
        "Snapshots": [snapshot for snapshot in answer["Snapshots"] if asked in (None, snapshot["SnapshotSource"])],
    }
