"""Parameter groups of RDS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class DbParameterGroup(Makeable):
    """A parameter group that was made anew from what is known of another."""

    kind: ClassVar[str] = "rds:parameter-group"
    made_by: ClassVar[Mapping[str, str]] = {"rds:CreateDBParameterGroup": "DBParameterGroupName"}
    changed_by: ClassVar[tuple[str, ...]] = ("rds:ModifyDBParameterGroup",)
    seen_by: ClassVar[tuple[str, ...]] = ("rds:DescribeDBParameterGroups", "rds:ListTagsForResource")
    removed_by: ClassVar[tuple[str, ...]] = ("rds:DeleteDBParameterGroup",)
    dated: ClassVar[bool] = False

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        answer = calls.unless(
            "DBParameterGroupNotFound",
            "DBParameterGroupNotFoundFault",
            operation="rds:DescribeDBParameterGroups",
            DBParameterGroupName=identifier,
        )
        found = (answer or {}).get("DBParameterGroups", ())
        return _seen(calls, found[0]) if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it."""
        calls.one("rds:DeleteDBParameterGroup", DBParameterGroupName=identifier)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        found = calls.every("rds:DescribeDBParameterGroups", "DBParameterGroups")
        return [_seen(calls, one) for one in found if one["DBParameterGroupName"].startswith(prefix)]


def _seen(calls: Calls, one: Mapping[str, Any]) -> Seen:
    told = calls.one("rds:ListTagsForResource", ResourceName=one["DBParameterGroupArn"]).get("TagList", ())
    tags = {tag["Key"]: tag["Value"] for tag in told}
    return Seen(one["DBParameterGroupName"], one["DBParameterGroupArn"], None, tags)
