"""BK106."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.dynamodb import Table


@rule(
    "BK106",
    severity=Severity.HIGH,
    reads=[Table.pitr],
    enforces=["4.2-metadata-snapshots"],
    aliases=["dynamodb-pitr-enabled"],
)
def tables_restore_to_any_second(table: Table, demand: Objective) -> Verdict:  # same for every tier
    """Tables restore to any second.

    Without point-in-time recovery, every write since the last on-demand backup is lost with the table.

    Fix: turn on point-in-time recovery for the table.
    """
    return Verdict.when(table.pitr, f"point-in-time recovery is {'on' if table.pitr else 'off'}", "it on")
