"""BK311."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import NotDemanded
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.logs import LogArchive


@rule("BK311", severity=Severity.CRITICAL, reads=[LogArchive.sequence], enforces=["5.1-log-sequence"])
def the_archived_log_sequence_has_no_gap(archive: LogArchive, demand: Objective) -> Verdict:
    """The archived log sequence has no gap.

    Recovery replays one segment after the other and stops at the first that is missing, whatever lies behind it. An
    archive to which nothing is added any more has its gap at the end: the newest segment may be as old as the log
    capture interval, and as long again on its way. A server with nothing to log must switch segments all the same.

    Fix: archive the missing segments while the server still has them; take a new base backup where it has not.
    """
    sequence = archive.sequence
    if not sequence.segments or sequence.newest is None:
        return Verdict.failed("there is no log segment in the declared place", "an unbroken sequence")
    if sequence.holes:
        first = sequence.holes[0]
        count = sum(hole.count for hole in sequence.holes)
        where = first.first if first.count == 1 else f"{first.first} to {first.last}"
        more = f" and in {len(sequence.holes) - 1} more places" if len(sequence.holes) > 1 else ""
        missing = f"{count} segment{'s are' if count > 1 else ' is'} missing: {where}{more}"
        return Verdict.failed(missing, "an unbroken sequence")
    unbroken = f"{sequence.segments} segments from {sequence.first} to {sequence.last} are unbroken"
    every = _capture(demand)
    if every is None:
        return Verdict.passed(unbroken)
    late = demand.at - sequence.newest > 2 * every
    newest = f"the newest was written {sequence.newest:%Y-%m-%d %H:%M} UTC"
    return Verdict.when(not late, f"{unbroken}, {newest}", f"one every {speak(every)}")


def _capture(demand: Objective) -> timedelta | None:
    try:
        return demand.log_capture
    except NotDemanded:
        return None
