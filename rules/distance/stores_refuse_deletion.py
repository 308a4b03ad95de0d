"""BK807."""

from __future__ import annotations

from typing import Any

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources import kinds
from scanner.resources.rds.instances import Instance, its_cluster, short
from scanner.resources.store import DataStore

#: The kinds that can refuse deletion.
KINDS = tuple(kind for kind in kinds().values() if issubclass(kind, DataStore) and "deletion_protected" in kind.facts)


@rule(
    "BK807",
    severity=Severity.MEDIUM,
    reads=[Instance.cluster, Instance.replica_of, *(kind.facts["deletion_protected"] for kind in KINDS)],
    enforces=["5.1-retention"],
)
def stores_refuse_deletion(store: Any, demand: Objective) -> Verdict:
    """Data stores refuse deletion.

    One wrong command deletes a database, and its automated backups with it.

    Fix: turn on deletion protection.
    """
    demand.only_if("deletion_protection")
    if isinstance(store, Instance) and (because := its_cluster(store)):
        return Verdict.exempt(because)
    if store.deletion_protected:
        return Verdict.passed("deletion protection is on")
    if isinstance(store, Instance) and store.replica_of is not None:
        return Verdict.exempt(f"it is a replica, its data are in {short(store.replica_of)}")
    return Verdict.failed("deletion protection is off", "it on").by(Instance.deletion_protected)
