"""Roles of IAM that may do nothing: a backup job that runs as one of them must fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class IamRole(Makeable):
    """A role; it never gets a policy, so that there is none to take off before it goes."""

    kind: ClassVar[str] = "iam:role"
    made_by: ClassVar[Mapping[str, str]] = {"iam:CreateRole": "RoleName"}
    seen_by: ClassVar[tuple[str, ...]] = ("iam:GetRole", "iam:ListRoles")
    removed_by: ClassVar[tuple[str, ...]] = ("iam:DeleteRole",)
    before: ClassVar[tuple[str, ...]] = ("backup:job",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        found = calls.unless("NoSuchEntity", operation="iam:GetRole", RoleName=identifier)
        return _seen(found["Role"]) if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it."""
        calls.unless("NoSuchEntity", operation="iam:DeleteRole", RoleName=identifier)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        return [_seen(one) for one in calls.every("iam:ListRoles", "Roles") if one["RoleName"].startswith(prefix)]


def _seen(one: Mapping[str, Any]) -> Seen:
    tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
    return Seen(one["RoleName"], one["Arn"], one.get("CreateDate"), tags)
