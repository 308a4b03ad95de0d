"""Snapshots of MemoryDB of any age."""

from datetime import datetime
from typing import Any

from scanner.emulation.ground import World
from scanner.emulation.services.descriptions import list_also
from scanner.emulation.services.tagging import mark
from scanner.emulation.wire import Document


def add_memory_snapshot(
    world: World,
    cluster: str,
    at: datetime,
    *,
    region: str,
    account: str,
    source: str = "automated",
    status: str = "available",
    key: str | None = None,
    tags: dict[str, str] | None = None,
    **members: Any,
) -> Document:
    """Put a snapshot of a cluster, taken at a given time, beside it."""
    name = f"{'automatic.' if source == 'automated' else ''}{cluster}-{at:%Y-%m-%d-%H-%M}"
    keyed = {"KmsKeyId": key} if key else {}
    arn = f"arn:aws:memorydb:{region}:{account}:snapshot/{name}"
    if tags:
        mark(world, account, region, arn, tags)
    return list_also(
        world,
        account,
        region,
        "memorydb:DescribeSnapshots",
        {
            "Name": name,
            "Status": status,
            "Source": source,
            "ARN": arn,
            **keyed,
            "ClusterConfiguration": {
                "Name": cluster,
                "Shards": [{"Name": "0001", "Size": "208 MB", "SnapshotCreationTime": at}],
            },
            **members,
        },
    )
