"""Empty tables that are there only to be backed up: what a backup job that must fail is asked to back up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls

#: Stands in each name, so that a decoy is not taken for a restored table.
MARK = "decoy"


class DecoyTable(Makeable):
    """An empty table of DynamoDB, which costs nothing."""

    kind: ClassVar[str] = "dynamodb:decoy"
    made_by: ClassVar[Mapping[str, str]] = {"dynamodb:CreateTable": "TableName"}
    seen_by: ClassVar[tuple[str, ...]] = (
        "dynamodb:DescribeTable",
        "dynamodb:ListTables",
        "dynamodb:ListTagsOfResource",
    )
    removed_by: ClassVar[tuple[str, ...]] = ("dynamodb:DeleteTable",)
    busy: ClassVar[tuple[str, ...]] = ("ResourceInUseException", "LimitExceededException")
    before: ClassVar[tuple[str, ...]] = ("backup:job",)

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        found = calls.unless("ResourceNotFoundException", operation="dynamodb:DescribeTable", TableName=identifier)
        return _seen(calls, found["Table"]) if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete it."""
        calls.unless("ResourceNotFoundException", operation="dynamodb:DeleteTable", TableName=identifier)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        names = calls.every("dynamodb:ListTables", "TableNames")
        seen = (self.look(calls, name) for name in names if name.startswith(prefix) and MARK in name)
        return [one for one in seen if one is not None]


def _seen(calls: Calls, one: Mapping[str, Any]) -> Seen:
    told = calls.unless(
        "ResourceNotFoundException", operation="dynamodb:ListTagsOfResource", ResourceArn=one["TableArn"]
    )
    tags = {tag["Key"]: tag["Value"] for tag in (told or {}).get("Tags", ())}
    return Seen(one["TableName"], one["TableArn"], one.get("CreationDateTime"), tags, one["TableStatus"])
