"""Caches: what AWS always says of them, and the snapshots moto has no dates for."""

from datetime import datetime
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import described, list_also
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
            "ARN": f"arn:aws:elasticache:{region}:{account}:snapshot:{name}",
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
    answer = described(call)
    return {
        **answer,
        "CacheClusters": [
            {
                "SnapshotRetentionLimit": 0,
                "AtRestEncryptionEnabled": False,
                "TransitEncryptionEnabled": False,
                **cluster,
            }
            for cluster in answer["CacheClusters"]
        ],
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
