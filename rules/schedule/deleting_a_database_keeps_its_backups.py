"""BK212."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import REPLICATED_BACKUPS, Instance, its_cluster, its_source


@rule(
    "BK212",
    severity=Severity.MEDIUM,
    reads=[
        Instance.cluster, Instance.plans, Instance.deletion_protected, Instance.elsewhere, Instance.backed_up_with,
        DatabaseCluster.plans, DatabaseCluster.deletion_protected, DatabaseCluster.elsewhere,
        DatabaseCluster.backed_up_with,
    ],
    enforces=["5.1-retention"],
)  # fmt: skip
def deleting_a_database_keeps_its_backups(database: Instance | DatabaseCluster, demand: Objective) -> Verdict:
    """Deleting a database keeps its backups.

    Automated backups go with the database unless whoever deletes it says otherwise, and AWS keeps no setting that says
    so beforehand. Recovery points in a vault and backups replicated to another region stay; a database that refuses
    deletion is not deleted in passing.

    Fix: let an AWS Backup plan select the database or turn on deletion protection, and take a final snapshot and retain
    the automated backups when it is deleted.
    """
    if because := its_cluster(database):
        return Verdict.exempt(because)
    plans = database.plans
    if plans.known:
        names = ", ".join(sorted({cover.plan_name for cover in plans.known}))
        return Verdict.passed(f"the recovery points of plan {names} outlive it")
    if database.deletion_protected:
        return Verdict.passed("it refuses deletion until its protection is lifted")
    elsewhere = database.elsewhere
    if any(place.how == REPLICATED_BACKUPS for place in elsewhere.known):
        return Verdict.passed("its automated backups are replicated to another region and outlive it there")
    if because := its_source(database):
        return Verdict.exempt(because)
    plans.whole()
    elsewhere.whole()
    return Verdict.failed(
        "nothing keeps its automated backups when it is deleted",
        "a plan, replicated backups or deletion protection",
    ).by(Instance.deletion_protected)
