"""BK205."""

from __future__ import annotations

from datetime import datetime

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rds.clusters import DatabaseCluster
from scanner.resources.rds.instances import Instance, its_cluster, its_source


@rule(
    "BK205",
    severity=Severity.LOW,
    reads=[
        Instance.cluster, Instance.retention, Instance.window, Instance.backed_up_with,
        DatabaseCluster.retention, DatabaseCluster.window, DatabaseCluster.backed_up_with,
    ],
    enforces=["5.1-window"],
)  # fmt: skip
def database_windows_open_at_the_hour(database: Instance | DatabaseCluster, demand: Objective) -> Verdict:
    """The database backup window opens at the policy's hour.

    A snapshot outside the quiet hours slows the service, and one that starts late leaves less time to notice a failure.

    Fix: set the preferred backup window to open inside the policy's window (UTC).
    """
    opens, lasts = demand.window_opens, demand.window_lasts
    if because := its_cluster(database):
        return Verdict.exempt(because)
    if not database.retention:
        return Verdict.exempt("it takes no automated backups")
    window = database.window
    ends = (datetime.combine(demand.at.date(), opens) + lasts).time()
    wanted = f"a start from {opens:%H:%M} to before {ends:%H:%M} UTC"
    if window.opens_within(opens, lasts):
        return Verdict.passed(f"the backup window is {window}", wanted)
    if because := its_source(database):
        return Verdict.exempt(because)
    return Verdict.failed(f"the backup window is {window}", wanted).by(Instance.window)
