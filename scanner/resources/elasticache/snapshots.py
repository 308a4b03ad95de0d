"""Snapshots of caches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scanner.model.convert import instant, is_, text
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look
from scanner.model.origin import Listing, SideList, call, item
from scanner.resources.elasticache.caches import CLUSTERS
from scanner.resources.store import Backup, oldest
from scanner.resources.tags import tags_of_type

#: Tells of each cluster which group it is in: a group's snapshot may name only the member it was made of.
_MEMBERS = SideList(CLUSTERS, "CacheClusters[]", key="CacheClusterId", match="CacheClusterId")


def source_of(snapshot: Snapshot, look: Look) -> str:  # noqa: ARG001  # the shape of a derived fact
    """Build the ARN of what a snapshot was made of: the replication group, or the cluster in none."""
    place = snapshot.id.partition(":snapshot:")[0]
    group = snapshot.group or snapshot.group_of_cluster
    return f"{place}:replicationgroup:{group}" if group else f"{place}:cluster:{snapshot.cluster}"


class Snapshot(Backup):
    """A snapshot of a replication group or a cluster, automated or manual."""

    kind = "aws.elasticache.snapshot"
    title = "ElastiCache snapshot"
    tagged_by = "tags"
    made_of = ("aws.elasticache.replication-group", "aws.elasticache.cluster")
    listed_by = Listing(call("elasticache:DescribeSnapshots"), "Snapshots[]", id="{ARN}", name="{SnapshotName}")

    group: Fact[str | None] = fact(
        "The replication group it names; none where it names only a cluster.",
        live=item("ReplicationGroupId", text, absent=None),
    )
    cluster: Fact[str | None] = fact("The cluster it names.", live=item("CacheClusterId", text, absent=None))
    group_of_cluster: Fact[str | None] = fact(
        "The replication group of the cluster it names; none where that is in none, or gone.",
        live=_MEMBERS.at("ReplicationGroupId", text, absent=None),
    )
    source: Fact[str] = derived(
        "The ARN of what it was made of.",
        needs=lambda kind: [kind.group, kind.cluster, kind.group_of_cluster],
        by=source_of,
    )
    made_at: Fact[datetime] = fact(
        "When the data in it was taken: that of its earliest node.",
        live=item("NodeSnapshots[].SnapshotCreateTime", oldest),
    )
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("SnapshotStatus", is_("available")))
    status: Fact[str] = fact("What AWS says of it.", live=item("SnapshotStatus", text))
    automated: Fact[bool] = fact("ElastiCache took it by itself.", live=item("SnapshotSource", is_("automated")))
    key: Fact[str | None] = fact("The KMS key it is encrypted with.", live=item("KmsKeyId", text, absent=None))
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=tags_of_type("elasticache:snapshot"))


def cache_arn(raw: Mapping[str, Any]) -> str:
    """Build the ARN of a serverless snapshot's cache."""
    place = raw["ARN"].partition(":serverlesscachesnapshot:")[0]
    return f"{place}:serverlesscache:{raw['ServerlessCacheConfiguration']['ServerlessCacheName']}"


class ServerlessSnapshot(Backup):
    """A snapshot of a serverless cache, automated or manual."""

    kind = "aws.elasticache.serverless-snapshot"
    title = "ElastiCache serverless snapshot"
    tagged_by = "tags"
    made_of = ("aws.elasticache.serverless-cache",)
    listed_by = Listing(
        call("elasticache:DescribeServerlessCacheSnapshots"), "ServerlessCacheSnapshots[]",
        id="{ARN}", name="{ServerlessCacheSnapshotName}",
    )  # fmt: skip

    source: Fact[str] = fact("The ARN of the cache it was made of.", live=item("@", cache_arn))
    made_at: Fact[datetime] = fact("When the data in it was taken.", live=item("CreateTime", instant))
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("Status", is_("available")))
    status: Fact[str] = fact("What AWS says of it.", live=item("Status", text))
    automated: Fact[bool] = fact("ElastiCache took it by itself.", live=item("SnapshotType", is_("automated")))
    expires_at: Fact[datetime | None] = fact(
        "When it will be deleted; none for never.", live=item("ExpiryTime", instant, absent=None)
    )
    encrypted: Fact[bool] = fact("It is encrypted: serverless caches always are.", live=item("ARN", bool))
    key: Fact[str | None] = fact("The KMS key it is encrypted with.", live=item("KmsKeyId", text, absent=None))
    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("elasticache:serverlesscachesnapshot"),
    )
