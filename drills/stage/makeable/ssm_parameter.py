"""Parameters of Systems Manager."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class SsmParameter(Makeable):
    """A parameter that was made anew from what is known of another; never one that is encrypted."""

    kind: ClassVar[str] = "ssm:parameter"
    made_by: ClassVar[Mapping[str, str]] = {"ssm:PutParameter": "Name"}
    seen_by: ClassVar[tuple[str, ...]] = ("ssm:DescribeParameters", "ssm:ListTagsForResource")
    removed_by: ClassVar[tuple[str, ...]] = ("ssm:DeleteParameter",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        found = _having(calls, "Equals", identifier)
        return found[0] if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it."""
        calls.one("ssm:DeleteParameter", Name=identifier)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        return _having(calls, "BeginsWith", prefix)


def _having(calls: Calls, option: str, name: str) -> list[Seen]:
    told = [{"Key": "Name", "Option": option, "Values": [name]}]
    found = calls.every("ssm:DescribeParameters", "Parameters", ParameterFilters=told)
    return [_seen(calls, one) for one in found]


def _seen(calls: Calls, one: Mapping[str, Any]) -> Seen:
    told = calls.every("ssm:ListTagsForResource", "TagList", ResourceType="Parameter", ResourceId=one["Name"])
    tags = {tag["Key"]: tag["Value"] for tag in told}
    arn = one.get("ARN") or f"arn:aws:ssm:{calls.region}:{calls.account}:parameter/{one['Name'].lstrip('/')}"
    # A parameter tells when it was last written; one of a drill is written once.
    return Seen(one["Name"], arn, one.get("LastModifiedDate"), tags)
