"""BK307."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.protection import Recoverable


@rule("BK307", severity=Severity.LOW, reads=[Recoverable.runs], enforces=["5.1-size-timing"])
def backup_duration_is_usual(store: Recoverable, demand: Objective) -> Verdict:
    """Backup duration stays in its usual range.

    A backup that suddenly takes far longer may soon not end before the next begins; one that ends far sooner may hold
    nothing. The last completed job of AWS Backup is held against the median of those before it.

    Fix: find out what changed: the size of the data, the throughput, or what is backed up.
    """
    factor, samples = demand.usual_duration_factor, demand.usual_samples
    runs = store.runs.whole()
    if len(runs) <= samples:
        return Verdict.exempt(f"too few completed backup jobs to know its usual range: {len(runs)}")
    from statistics import median  # noqa: PLC0415  # slow to import, and code has no backups yet

    usual = timedelta(seconds=median(run.lasted.total_seconds() for run in runs[:-1]))
    last = runs[-1]
    if not usual:
        return Verdict.exempt("AWS Backup tells no duration of its backup jobs: most are said to take no time")
    return Verdict.when(
        usual / factor <= last.lasted <= usual * factor,
        f"the last backup took {_said(last.lasted)}, usually {_said(usual)}",
        f"between {_said(usual / factor)} and {_said(usual * factor)}",
    )


def _said(length: timedelta) -> str:
    return speak(timedelta(seconds=round(length.total_seconds())))
