"""Database instances of RDS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class DbInstance(Makeable):
    """A restored database instance."""

    kind: ClassVar[str] = "rds:db"
    made_by: ClassVar[Mapping[str, str]] = {
        "rds:RestoreDBInstanceToPointInTime": "TargetDBInstanceIdentifier",
        "rds:RestoreDBInstanceFromDBSnapshot": "DBInstanceIdentifier",
        # Into a restored cluster, which has no instance of its own.
        "rds:CreateDBInstance": "DBInstanceIdentifier",
    }
    changed_by: ClassVar[tuple[str, ...]] = ("rds:ModifyDBInstance", "rds:RebootDBInstance")
    seen_by: ClassVar[tuple[str, ...]] = ("rds:DescribeDBInstances",)
    removed_by: ClassVar[tuple[str, ...]] = ("rds:DeleteDBInstance",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        answer = calls.unless(
            "DBInstanceNotFound",
            "DBInstanceNotFoundFault",
            operation="rds:DescribeDBInstances",
            DBInstanceIdentifier=identifier,
        )
        found = (answer or {}).get("DBInstances", ())
        return _seen(found[0]) if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Ask for its removal: no final snapshot, and no automated backups that outlive it."""
        calls.one(
            "rds:DeleteDBInstance", DBInstanceIdentifier=identifier, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
        )

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        found = calls.every("rds:DescribeDBInstances", "DBInstances")
        return [_seen(one) for one in found if one["DBInstanceIdentifier"].startswith(prefix)]


def _seen(one: Mapping[str, Any]) -> Seen:
    tags = {tag["Key"]: tag["Value"] for tag in one.get("TagList", ())}
    return Seen(
        one["DBInstanceIdentifier"], one["DBInstanceArn"], one.get("InstanceCreateTime"), tags, one["DBInstanceStatus"]
    )
