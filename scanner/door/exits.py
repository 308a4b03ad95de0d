"""Exit codes, one place; documented in the README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.model.finding import Findings
    from scanner.model.verdict import Severity


class Exit(IntEnum):
    """What the exit code says."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    NOTHING = 3
    UNKNOWN = 4
    INTERNAL = 70
    OUTPUT = 74


def exit_of(findings: Findings, threshold: Severity | None, changes: Mapping[str, str] | None = None) -> Exit:
    """Give the exit code of a judgement: failures before unknowns, waived ones do not count.

    `threshold` is the least severity that counts; None counts nothing but a rule that crashed. Where a change was
    judged, `changes` tells what it did, and only what it added or made worse counts. That code may not be all there is
    leaves verdicts open; these do not count, unless a change took away what they were settled by.
    """
    if findings.crashes:
        return Exit.INTERNAL
    if threshold is None:
        return Exit.PASSED
    outcomes = set(_counting(findings, threshold, changes))
    if "failed" in outcomes:
        return Exit.FAILED
    return Exit.UNKNOWN if "unknown" in outcomes else Exit.PASSED


def _counting(findings: Findings, threshold: Severity, changes: Mapping[str, str] | None) -> Iterable[str]:
    # Every command has an exit code, and few have findings.
    from scanner.iac.comparison import counts  # noqa: PLC0415
    from scanner.model.reading import Reason  # noqa: PLC0415

    for finding in findings.findings:
        if finding.rule.severity.rank > threshold.rank or finding.waiver is not None:
            continue
        if changes is None:
            if finding.reason is Reason.OPEN:
                continue
        elif not counts(changes.get(finding.fingerprint, ""), finding.reason):
            continue
        yield finding.outcome.value
