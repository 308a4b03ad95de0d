"""Tables of DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class Table(Makeable):
    """A restored table. A restore takes no tags: they are put on as soon as the table is there."""

    kind: ClassVar[str] = "dynamodb:table"
    made_by: ClassVar[Mapping[str, str]] = {
        "dynamodb:RestoreTableToPointInTime": "TargetTableName",
        "dynamodb:RestoreTableFromBackup": "TargetTableName",
        # The name stands in the metadata of the job.
        "backup:StartRestoreJob": "",
    }
    changed_by: ClassVar[tuple[str, ...]] = (
        "dynamodb:TagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
    )
    seen_by: ClassVar[tuple[str, ...]] = (
        "dynamodb:DescribeTable",
        "dynamodb:ListTables",
        "dynamodb:ListTagsOfResource",
    )
    removed_by: ClassVar[tuple[str, ...]] = ("dynamodb:DeleteTable",)
    # A restore takes no tags.
    tagged: ClassVar[bool] = False
    # DeleteTable is refused while a table is being made.
    busy: ClassVar[tuple[str, ...]] = ("ResourceInUseException", "LimitExceededException")

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        answer = calls.unless("ResourceNotFoundException", operation="dynamodb:DescribeTable", TableName=identifier)
        return _seen(calls, answer["Table"]) if answer else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Ask for its removal. Where point-in-time recovery was on, DynamoDB itself keeps a free backup for 35 days."""
        calls.one("dynamodb:DeleteTable", TableName=identifier)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        names = [name for name in calls.every("dynamodb:ListTables", "TableNames") if name.startswith(prefix)]
        return [seen for seen in (self.look(calls, name) for name in names) if seen is not None]


def _seen(calls: Calls, table: Mapping[str, Any]) -> Seen:
    arn = table["TableArn"]
    # A table that is being made or deleted tells no tags.
    tags = calls.unless(
        "ResourceNotFoundException", "ResourceInUseException", operation="dynamodb:ListTagsOfResource", ResourceArn=arn
    )
    told = {tag["Key"]: tag["Value"] for tag in (tags or {}).get("Tags", ())}
    return Seen(table["TableName"], arn, table.get("CreationDateTime"), told, table["TableStatus"])
