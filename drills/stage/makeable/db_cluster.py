"""Database clusters of Aurora."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class DbCluster(Makeable):
    """A restored cluster; its instances are removed before it."""

    kind: ClassVar[str] = "rds:cluster"
    made_by: ClassVar[Mapping[str, str]] = {"rds:RestoreDBClusterToPointInTime": "DBClusterIdentifier"}
    seen_by: ClassVar[tuple[str, ...]] = ("rds:DescribeDBClusters",)
    removed_by: ClassVar[tuple[str, ...]] = ("rds:DeleteDBCluster",)
    before: ClassVar[tuple[str, ...]] = ("rds:db",)
    # It still holds an instance that is going (RDS API, DeleteDBCluster), or is still being made.
    busy: ClassVar[tuple[str, ...]] = ("InvalidDBClusterStateFault",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        answer = calls.unless(
            "DBClusterNotFoundFault", operation="rds:DescribeDBClusters", DBClusterIdentifier=identifier
        )
        found = (answer or {}).get("DBClusters", ())
        return _seen(found[0]) if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Ask for its removal: no final snapshot, and no automated backups that outlive it."""
        calls.one(
            "rds:DeleteDBCluster", DBClusterIdentifier=identifier, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
        )

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        found = calls.every("rds:DescribeDBClusters", "DBClusters")
        return [_seen(one) for one in found if one["DBClusterIdentifier"].startswith(prefix)]


def _seen(one: Mapping[str, Any]) -> Seen:
    tags = {tag["Key"]: tag["Value"] for tag in one.get("TagList", ())}
    return Seen(one["DBClusterIdentifier"], one["DBClusterArn"], one.get("ClusterCreateTime"), tags, one["Status"])
