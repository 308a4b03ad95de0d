"""BK912."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.records import RuleFailures

#: How many are named; the findings of the rule itself name them all.
_MOST = 3


@rule(
    "BK912",
    severity=Severity.MEDIUM,
    reads=[RuleFailures.bare, RuleFailures.waived, RuleFailures.ticketed, RuleFailures.failures],
    enforces=["8.1-response"],
)
def open_failures_are_seen_to(failures: RuleFailures, demand: Objective) -> Verdict:
    """Every open failure has a ticket or waiver.

    A failure that nobody works on and nobody accepted is one that nobody answers for.

    Fix: mend it; until then name the ticket in which it is worked on, or have a waiver approved (`backup-scan waive`).
    """
    bare = failures.bare
    if bare:
        more = f" and {len(bare) - _MOST} more" if len(bare) > _MOST else ""
        some = "1 open failure has" if len(bare) == 1 else f"{len(bare)} open failures have"
        return Verdict.failed(f"{some} neither: {', '.join(bare[:_MOST])}{more}", "a ticket or a waiver for each")
    count = failures.failures
    if not count:
        return Verdict.passed("no failure is open")
    some = "1 open failure" if count == 1 else f"{count} open failures"
    return Verdict.passed(f"{some}: {failures.waived} waived, {failures.ticketed} with a ticket")
