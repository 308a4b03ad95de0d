"""Amazon MemoryDB: clusters and their snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, flag, is_, text, tuple_of, whole
from scanner.model.fact import Fact, derived, fact
from scanner.model.origin import Listing, SideList, call, item
from scanner.resources.store import Backup, DataStore, oldest
from scanner.resources.tags import tags_of_type
from scanner.resources.vpc.place import Placed


class Cluster(DataStore, Placed):
    """A MemoryDB cluster."""

    kind = "aws.memorydb.cluster"
    title = "MemoryDB cluster"
    listed_by = Listing(
        call("memorydb:DescribeClusters", ShowShardDetails=True), "Clusters[]", id="{ARN}", name="{Name}"
    )

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=tags_of_type("memorydb:cluster"))
    created_at: Fact[datetime] = fact(
        # MemoryDB does not tell when a cluster was created; its oldest node is not older.
        "When its oldest node was created.", live=item("Shards[].Nodes[].CreateTime", oldest)
    )  # fmt: skip
    encrypted: Fact[bool] = fact(
        # Always, only the key differs (developer guide, "At-rest encryption in MemoryDB").
        "Its data is encrypted at rest.", live=item("Name", bool)
    )  # fmt: skip
    key: Fact[str | None] = fact(
        "The KMS key its data is encrypted with; none for the key of the service.",
        live=item("KmsKeyId", text, absent=None),
    )
    tls: Fact[bool] = fact("Its traffic is encrypted.", live=item("TLSEnabled", flag))
    subnet_group: Fact[str | None] = fact("Its subnet group.", live=item("SubnetGroupName", text, absent=None))
    subnets: Fact[tuple[str, ...]] = fact(
        "The subnets it may be in.",
        live=SideList(call("memorydb:DescribeSubnetGroups"), "SubnetGroups[]", key="Name", match="SubnetGroupName").at(
            "Subnets[].Identifier", tuple_of(text)
        ),
    )
    ports: Fact[tuple[int, ...]] = fact(
        # No endpoint while it is being created (Cluster, API reference).
        "The ports it answers at.", live=item("ClusterEndpoint.Port", lambda raw: (whole(raw),), absent=())
    )  # fmt: skip
    security_groups: Fact[tuple[str, ...]] = fact(
        "Its security groups.", live=item("SecurityGroups[].SecurityGroupId", tuple_of(text), absent=())
    )
    retention: Fact[timedelta] = fact(
        "How long automated snapshots are kept; no time at all where none are taken.",
        live=item("SnapshotRetentionLimit", days),
    )
    window: Fact[str | None] = fact(
        "When its daily snapshot may start, in UTC.", live=item("SnapshotWindow", text, absent=None)
    )
    native: Fact[bool] = derived(
        "It keeps backups of its own: daily snapshots.",
        needs=lambda kind: [kind.retention],
        by=lambda cluster, _: cluster.retention > timedelta(),
    )
    native_loss: Fact[timedelta | None] = derived(
        # One a day (developer guide, "Scheduling automatic snapshots").
        "The most data that its snapshots can lose; none where it takes none.",
        needs=lambda kind: [kind.retention],
        by=lambda cluster, _: timedelta(days=1) if cluster.retention else None,
    )


def cluster_arn(raw: Mapping[str, Any]) -> str:
    """Build the ARN of a snapshot's cluster: `arn:aws:memorydb:region:account:cluster/name`."""
    return f"{raw['ARN'].rpartition(':')[0]}:cluster/{raw['ClusterConfiguration']['Name']}"


class Snapshot(Backup):
    """A snapshot of a MemoryDB cluster, automated or manual."""

    kind = "aws.memorydb.snapshot"
    title = "MemoryDB snapshot"
    tagged_by = "tags"
    made_of = ("aws.memorydb.cluster",)
    listed_by = Listing(call("memorydb:DescribeSnapshots", ShowDetail=True), "Snapshots[]", id="{ARN}", name="{Name}")

    source: Fact[str] = fact("The ARN of the cluster it was made of.", live=item("@", cluster_arn))
    made_at: Fact[datetime] = fact(
        "When the data in it was taken: that of its earliest shard.",
        live=item("ClusterConfiguration.Shards[].SnapshotCreationTime", oldest),
    )
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("Status", is_("available")))
    status: Fact[str] = fact("What AWS says of it.", live=item("Status", text))
    automated: Fact[bool] = fact("MemoryDB took it by itself.", live=item("Source", is_("automated")))
    encrypted: Fact[bool] = fact("It is encrypted: MemoryDB encrypts all.", live=item("Name", bool))
    key: Fact[str | None] = fact("The KMS key it is encrypted with.", live=item("KmsKeyId", text, absent=None))
    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=tags_of_type("memorydb:snapshot"))
