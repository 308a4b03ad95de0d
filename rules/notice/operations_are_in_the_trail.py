"""BK712."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.cloudtrail import SOURCES, Recorded, RegionRecord


@rule("BK712", severity=Severity.HIGH, reads=[RegionRecord.operations], enforces=["4.2-audit-log"])
def operations_are_in_the_trail(record: RegionRecord, demand: Objective) -> Verdict:  # the same for all
    """Backup, key and database operations are in the trail.

    A trail may leave out reads, writes, all management events, or those of KMS and of the RDS Data API; what it
    leaves out did not happen for whoever investigates. Several trails may share the work.

    Fix: record all management events, reads and writes, and remove KMS and the RDS Data API from what is left out.
    """
    found = record.operations
    lacking = {
        source: gaps for source in SOURCES if (gaps := _gaps([one for one in found.known if one.what == source]))
    }
    if not lacking:
        names = ", ".join(sorted({one.trail for one in found.known}))
        return Verdict.passed(f"all of them are in {names}")
    found.whole()
    if len(lacking) == len(SOURCES) and len(set(lacking.values())) == 1:
        (told,) = set(lacking.values())
        return Verdict.failed(f"all of them: {told}", "reads and writes in a trail")
    told = "; ".join(f"{source.partition('.')[0]}: {gaps}" for source, gaps in lacking.items())
    return Verdict.failed(told, "reads and writes in a trail")


def _gaps(found: list[Recorded]) -> str:
    gaps = []
    for what, shares in (("reads", {one.reads for one in found}), ("writes", {one.writes for one in found})):
        if "all" not in shares:
            gaps.append(f"{what} {'only in part' if 'part' in shares else 'in no trail'}")
    return " and ".join(gaps)
