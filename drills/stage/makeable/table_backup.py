"""Backups of tables of DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class TableBackup(Makeable):
    """A backup that a drill takes of a table; it is named by the run, and deleted by the ARN that DynamoDB gives it."""

    kind: ClassVar[str] = "dynamodb:backup"
    made_by: ClassVar[Mapping[str, str]] = {"dynamodb:CreateBackup": "BackupName"}
    seen_by: ClassVar[tuple[str, ...]] = ("dynamodb:ListBackups",)
    removed_by: ClassVar[tuple[str, ...]] = ("dynamodb:DeleteBackup",)
    # A backup has no tags.
    tagged: ClassVar[bool] = False
    busy: ClassVar[tuple[str, ...]] = ("BackupInUseException", "LimitExceededException")

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        found = [seen for seen in self.all_named(calls, identifier) if seen.id == identifier]
        return found[0] if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """Ask for its removal."""
        for seen in self.all_named(calls, identifier):
            if seen.id == identifier:
                calls.one("dynamodb:DeleteBackup", BackupArn=seen.arn)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        found = calls.every("dynamodb:ListBackups", "BackupSummaries")
        return [
            _seen(one) for one in found if one["BackupName"].startswith(prefix) and one["BackupStatus"] != "DELETED"
        ]


def _seen(one: Mapping[str, Any]) -> Seen:
    return Seen(one["BackupName"], one["BackupArn"], one.get("BackupCreationDateTime"), {}, one["BackupStatus"])
