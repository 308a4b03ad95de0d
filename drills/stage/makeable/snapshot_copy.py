"""Copies of snapshots of RDS, under a key of the drill's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class SnapshotCopy(Makeable):
    """A copy of a snapshot."""

    kind: ClassVar[str] = "rds:snapshot-copy"
    made_by: ClassVar[Mapping[str, str]] = {"rds:CopyDBSnapshot": "TargetDBSnapshotIdentifier"}
    seen_by: ClassVar[tuple[str, ...]] = ("rds:DescribeDBSnapshots",)
    removed_by: ClassVar[tuple[str, ...]] = ("rds:DeleteDBSnapshot",)
    # A snapshot that is still being copied cannot be deleted.
    busy: ClassVar[tuple[str, ...]] = ("InvalidDBSnapshotState", "InvalidDBSnapshotStateFault")

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        answer = calls.unless(
            "DBSnapshotNotFound",
            "DBSnapshotNotFoundFault",
            operation="rds:DescribeDBSnapshots",
            DBSnapshotIdentifier=identifier,
        )
        found = (answer or {}).get("DBSnapshots", ())
        return _seen(found[0]) if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it."""
        calls.unless(
            "DBSnapshotNotFound",
            "DBSnapshotNotFoundFault",
            operation="rds:DeleteDBSnapshot",
            DBSnapshotIdentifier=identifier,
        )

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        found = calls.every("rds:DescribeDBSnapshots", "DBSnapshots", SnapshotType="manual")
        return [_seen(one) for one in found if one["DBSnapshotIdentifier"].startswith(prefix)]


def _seen(one: Mapping[str, Any]) -> Seen:
    tags = {tag["Key"]: tag["Value"] for tag in one.get("TagList", ())}
    return Seen(
        one["DBSnapshotIdentifier"], one["DBSnapshotArn"], one.get("SnapshotCreateTime"), tags, one.get("Status", "")
    )
