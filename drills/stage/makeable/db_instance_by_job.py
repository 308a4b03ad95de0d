"""Database instances that AWS Backup restores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drills.stage.makeable.db_instance import DbInstance
from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class DbInstanceByJob(Makeable):
    """A database instance that a restore job makes: a job puts no tags on it, so the drill does as soon as it is there."""

    kind: ClassVar[str] = "rds:db-by-job"
    # The name stands in the metadata of the job.
    made_by: ClassVar[Mapping[str, str]] = {"backup:StartRestoreJob": ""}
    changed_by: ClassVar[tuple[str, ...]] = ("rds:AddTagsToResource", "rds:ModifyDBInstance")
    seen_by: ClassVar[tuple[str, ...]] = DbInstance.seen_by
    removed_by: ClassVar[tuple[str, ...]] = DbInstance.removed_by
    tagged: ClassVar[bool] = False
    busy: ClassVar[tuple[str, ...]] = ("InvalidDBInstanceState", "InvalidDBInstanceStateFault")

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        return DbInstance().look(calls, identifier)

    def remove(self, calls: Calls, identifier: str) -> None:
        """Ask for its removal: no final snapshot, and no automated backups that outlive it."""
        DbInstance().remove(calls, identifier)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        return DbInstance().all_named(calls, prefix)
