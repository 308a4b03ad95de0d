"""BK807."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.dynamodb import Table
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster

#: The kinds that can refuse deletion; one that is added here needs `deletion_protected`.
KINDS = (Instance, DatabaseCluster, Table)


@rule(
    "BK807",
    severity=Severity.MEDIUM,
    reads=[Instance.cluster, Instance.replica_of, *(kind.deletion_protected for kind in KINDS)],
    enforces=["5.1-retention"],
)
def stores_refuse_deletion(store: Instance | DatabaseCluster | Table, demand: Objective) -> Verdict:
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
        return Verdict.exempt(f"it is a replica, its data are in {store.replica_of}")
    return Verdict.failed("deletion protection is off", "it on")
