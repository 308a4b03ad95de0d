"""Snapshots of RDS instances and of clusters: automated, manual, and those that AWS Backup made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scanner.model.convert import flag, instant, is_, tag_list, text, whole
from scanner.model.fact import Fact, fact
from scanner.model.origin import Call, Listing, call, item, of
from scanner.resources.rds.arns import beside, key_of
from scanner.resources.store import Backup

# An automated snapshot is named after its database and the minute it was taken: rds:orders-2026-11-24-02-05.
_STAMP = re.compile(r":rds:.+-(\d{4}-\d\d-\d\d-\d\d-\d\d)$")


def instance_of(raw: Mapping[str, Any]) -> str:
    """Read the ARN of the instance that a snapshot was made of, in the region and account where that one is.

    SourceDBSnapshotIdentifier has a value only for copies from another account or region (DBSnapshot).
    """
    return beside(raw.get("SourceDBSnapshotIdentifier") or raw["DBSnapshotArn"], "db", raw["DBInstanceIdentifier"])


def cluster_of(raw: Mapping[str, Any]) -> str:
    """Read the ARN of the cluster that a snapshot was made of, in the region and account where that one is."""
    origin = raw.get("SourceDBClusterSnapshotArn") or raw["DBClusterSnapshotArn"]
    return beside(origin, "cluster", raw["DBClusterIdentifier"])


def instance_taken(raw: Mapping[str, Any]) -> datetime:
    """Read when the data was taken: SnapshotCreateTime changes for a copy, the original's time does not."""
    return instant(raw.get("OriginalSnapshotCreateTime") or raw["SnapshotCreateTime"])


def cluster_taken(raw: Mapping[str, Any]) -> datetime:
    """Read when the data was taken; the original of a copy tells it in its name, where it was an automated one.

    AWS does not say whether SnapshotCreateTime of a copied cluster snapshot is the copy's or the original's time.
    """
    stamp = _STAMP.search(raw.get("SourceDBClusterSnapshotArn") or "")
    taken = instant(raw["SnapshotCreateTime"])
    return min(taken, datetime.strptime(stamp[1], "%Y-%m-%d-%H-%M").replace(tzinfo=UTC)) if stamp else taken


def restorers(raw: Any) -> tuple[str, ...]:
    """Read the accounts that may restore a manual snapshot; `all` is everyone."""
    values = (value for one in raw if one["AttributeName"] == "restore" for value in one.get("AttributeValues") or ())
    return tuple(sorted(values))


_SHARING: Call = call("rds:DescribeDBSnapshotAttributes", DBSnapshotIdentifier=of("DBSnapshotIdentifier"))
_CLUSTER_SHARING: Call = call(
    "rds:DescribeDBClusterSnapshotAttributes", DBClusterSnapshotIdentifier=of("DBClusterSnapshotIdentifier")
)


class DatabaseSnapshot(Backup):
    """A snapshot of a database. Abstract."""

    tagged_by = "tags"

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("TagList", tag_list))
    status: Fact[str] = fact("What AWS says of it.", live=item("Status", text))
    usable: Fact[bool] = fact("It is complete and can be restored.", live=item("Status", is_("available")))
    begun_at: Fact[datetime] = fact(
        # "Changes for the copy when the snapshot is copied" (DBSnapshot, API reference).
        "When it, or the copying, was begun.", live=item("SnapshotCreateTime", instant)
    )  # fmt: skip
    type: Fact[str] = fact("Who made it: automated, manual or awsbackup.", live=item("SnapshotType", text))
    engine: Fact[str] = fact("The database engine of its source.", live=item("Engine", text))
    key: Fact[str | None] = fact(
        "The KMS key it is encrypted with; none where it is not encrypted.",
        live=item("@", key_of),
    )


class Snapshot(DatabaseSnapshot):
    """A snapshot of an RDS instance."""

    kind = "aws.rds.snapshot"
    title = "RDS snapshot"
    made_of = ("aws.rds.instance",)
    listed_by = Listing(
        call("rds:DescribeDBSnapshots"), "DBSnapshots[]", id="{DBSnapshotArn}", name="{DBSnapshotIdentifier}"
    )

    source: Fact[str] = fact("The ARN of the instance it was made of.", live=item("@", instance_of))
    made_at: Fact[datetime] = fact("When the data in it was taken.", live=item("@", instance_taken))
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("Encrypted", flag))
    copied_from: Fact[str | None] = fact(
        # A value only for copies from another account or region (DBSnapshot, API reference).
        "The ARN of the snapshot in another account or region that it is a copy of; none for no such copy.",
        live=item("SourceDBSnapshotIdentifier", text, absent=None),
    )
    size: Fact[int | None] = fact(
        "The size of all it holds, in bytes.", live=item("FullSnapshotSizeInBytes", whole, absent=None)
    )
    shared_with: Fact[tuple[str, ...]] = fact(
        # Only manual snapshots can be shared (user guide, "Sharing a DB snapshot").
        "The accounts that may restore it; `all` is everyone.",
        live=_SHARING.at("DBSnapshotAttributesResult.DBSnapshotAttributes", restorers, absent=(),
                         given=("type", "manual")),
    )  # fmt: skip


class ClusterSnapshot(DatabaseSnapshot):
    """A snapshot of a cluster of Aurora, RDS, DocumentDB or Neptune."""

    kind = "aws.rds.cluster-snapshot"
    title = "cluster snapshot"
    made_of = ("aws.rds.cluster", "aws.docdb.cluster", "aws.neptune.cluster")
    listed_by = Listing(
        call("rds:DescribeDBClusterSnapshots"), "DBClusterSnapshots[]",
        id="{DBClusterSnapshotArn}", name="{DBClusterSnapshotIdentifier}",
    )  # fmt: skip

    source: Fact[str] = fact("The ARN of the cluster it was made of.", live=item("@", cluster_of))
    made_at: Fact[datetime] = fact("When the data in it was taken.", live=item("@", cluster_taken))
    encrypted: Fact[bool] = fact("It is encrypted.", live=item("StorageEncrypted", flag))
    copied_from: Fact[str | None] = fact(
        # "otherwise, a null value" (DBClusterSnapshot, API reference).
        "The ARN of the snapshot that it is a copy of; none for an original.",
        live=item("SourceDBClusterSnapshotArn", text, absent=None),
    )
    shared_with: Fact[tuple[str, ...]] = fact(
        # Only manual snapshots can be shared (user guide, "Sharing a DB cluster snapshot").
        "The accounts that may restore it; `all` is everyone.",
        live=_CLUSTER_SHARING.at("DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes", restorers, absent=(),
                                 given=("type", "manual")),
    )  # fmt: skip
