"""BK911."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.records import WrittenWaiver


@rule(
    "BK911",
    severity=Severity.MEDIUM,
    reads=[
        WrittenWaiver.owner,
        WrittenWaiver.approved_by,
        WrittenWaiver.expires,
        WrittenWaiver.failures,
        WrittenWaiver.beyond,
    ],
    enforces=["8.1-response"],
)
def waivers_are_approved_and_in_date(waiver: WrittenWaiver, demand: Objective) -> Verdict:
    """Every waiver is approved and in date.

    A waiver that is over covers nothing, and one that no failure needs would silently cover the next one.

    Fix: mend what is waived, or have a new waiver approved; remove the one that is over or that nothing needs.
    """
    expires, today = waiver.expires, demand.at.date()
    if expires < today:
        return Verdict.failed(f"expired on {expires}", "waivers that are in date")
    owner, approver = waiver.owner, waiver.approved_by
    if owner.strip().casefold() == approver.strip().casefold():
        return Verdict.failed(f"{approver} approved it and owns it", "an approver other than the owner")
    failures = waiver.failures
    if failures:
        some = "1 failure" if failures == 1 else f"{failures} failures"
        return Verdict.passed(f"approved by {approver}, covers {some} until {expires}")
    beyond = waiver.beyond
    if beyond:
        return Verdict.exempt(f"covers nothing that was judged here, and {beyond} was not judged in this run")
    return Verdict.failed("no failure needs it", "waivers that are needed")
