"""Snapshots and replicated backups of database instances, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drills.stage.port import Calls


def newest_snapshot(
    calls: Calls, instance: str, *, until: datetime | None = None, kind: str = ""
) -> Mapping[str, Any] | None:
    """Find the newest snapshot of an instance that can be restored, as of a time; None where there is none."""
    told = {"SnapshotType": kind} if kind else {}
    found = [
        one
        for one in calls.every("rds:DescribeDBSnapshots", "DBSnapshots", DBInstanceIdentifier=instance, **told)
        if one.get("Status") == "available"
        and one.get("SnapshotCreateTime") is not None
        and one["DBInstanceIdentifier"] == instance
        and (until is None or data_of(one) <= until)
    ]
    return max(found, key=data_of, default=None)


def data_of(snapshot: Mapping[str, Any]) -> datetime:
    """Give the time of what is in it: a copy is made later than what it holds (RDS API, OriginalSnapshotCreateTime)."""
    at: datetime = snapshot.get("OriginalSnapshotCreateTime") or snapshot["SnapshotCreateTime"]
    return at


def replicated_backup(calls: Calls, instance: str) -> Mapping[str, Any] | None:
    """Find the automated backups of an instance of another region that are replicated to this one."""
    found = calls.every(
        "rds:DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups", DBInstanceIdentifier=instance
    )
    replicas = [one for one in found if one.get("Region") != calls.region and one.get("Status") == "replicating"]
    return replicas[0] if replicas else None
