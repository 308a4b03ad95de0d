"""BK103."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.protection import Recoverable


@rule(
    "BK103",
    severity=Severity.CRITICAL,
    reads=[Recoverable.backed_up_with, Recoverable.plans, Recoverable.native],
    enforces=[
        "3.3-engineering", "2-best-practice", "4.1-database-snapshots", "4.1-compute-snapshots",
        "4.2-metadata-snapshots",
    ],
    aliases=["BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN"],
)  # fmt: skip
def stores_are_backed_up(store: Recoverable, demand: Objective) -> Verdict:  # same for every tier
    """Every data store is selected by a backup plan or keeps equivalent native backups.

    A store that nothing backs up is lost with the first mistake, and nobody is told.

    Fix: tag the store so that a backup plan selects it, or turn on its own backups.
    """
    if store.backed_up_with:
        return Verdict.exempt(f"its backups belong to {store.backed_up_with}")
    plans = store.plans
    if plans.known:
        names = ", ".join(sorted({cover.plan_name for cover in plans.known}))
        return Verdict.passed(f"selected by {names}")
    try:
        if store.native:
            alone = "no plan selects it, but " if plans.missing is None else ""
            return Verdict.passed(f"{alone}it keeps backups of its own")
    except CouldNotCheck:
        plans.whole()
        raise
    plans.whole()
    return Verdict.failed("no backup plan selects it and it keeps no backups of its own", "one of them")
