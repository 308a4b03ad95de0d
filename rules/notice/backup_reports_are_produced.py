"""BK715."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.reports import Reported, Reporting

_WANTED = "a fresh one of its backup jobs"


@rule("BK715", severity=Severity.LOW, reads=[Reporting.in_use, Reporting.reports], enforces=["5.2-reviews"])
def backup_reports_are_produced(region: Reporting, demand: Objective) -> Verdict:
    """Backup reports are produced.

    AWS forgets backup jobs after 30 days. A review of completion and of storage needs reports that outlive them, and
    an auditor asks for those of a whole year. Plans in any scanned region count that report of this one.

    Fix: make a report plan with the template BACKUP_JOB_REPORT that includes the region.
    """
    reports = region.reports
    limit = demand.record_freshness
    known = sorted(reports.known, key=lambda one: (one.plan, one.bucket, one.created_at))
    fresh = [one for one in known if one.written_at is not None and demand.at - one.written_at <= limit]
    if fresh:
        return Verdict.passed(f"{fresh[0].plan} reports its backup jobs to {fresh[0].bucket}")
    if not region.in_use:
        return Verdict.exempt("no vault of the region holds a recovery point")
    reports.whole()
    if not known:
        return Verdict.failed("no report plan tells of its backup jobs", _WANTED)
    young = [one for one in known if one.written_at is None and demand.at - one.created_at <= limit]
    if young:
        since = speak(demand.at - young[0].created_at)
        return Verdict.exempt(f"{young[0].plan} was made {since} ago, its first report is not due yet")
    return Verdict.failed("; ".join(_stale(one, demand) for one in known), _WANTED)


def _stale(one: Reported, demand: Objective) -> str:
    if one.written_at is None:
        return f"{one.plan} has never written a report"
    return f"{one.plan} wrote its last report {speak(demand.at - one.written_at)} ago"
