"""BK904."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rehearsals import DemandedTest, held_by, not_shown

#: The clauses that it is about; the alert has a rule of its own.
CLAUSES = ("5.3-file", "5.3-configuration", "5.3-access", "5.3-full", "5.3-multi-system", "5.3-continuity")


@rule(
    "BK904",
    severity=Severity.HIGH,
    reads=[DemandedTest.clause, DemandedTest.rehearsals],
    enforces=CLAUSES,
)
def every_kind_of_test_was_done(test: DemandedTest, demand: Objective) -> Verdict:
    """Every kind of test the policy names was done this period.

    Restoring a database says nothing of the files, the configuration, the access rights, or of systems that need each
    other. The policy names each kind of test, and each is done once a period on what shows enough, and ends well.

    Fix: run a drill of this kind, and name its record under `measurements` in the configuration.
    """
    if test.clause not in CLAUSES:
        return Verdict.exempt("it is no test of recovery")
    every, least = demand.rehearsed_every, demand.rehearsal_evidence
    found = test.rehearsals
    demanded = f"one every {speak(every)}"
    held = held_by(found.known, demand.at)
    shown = [one for one in held if one.counts_for(least)]
    lately = [one for one in shown if demand.at - one.ended_at <= every]
    done = next((one for one in lately if not one.trouble), None)
    if done is not None:
        return Verdict.passed(f"done on {done.ended_at:%Y-%m-%d} ({done.name}, {done.evidence})", demanded)
    found.whole()
    if lately:
        return Verdict.failed(
            f"done on {lately[0].ended_at:%Y-%m-%d}, and {lately[0].trouble}", f"{demanded} that ends well"
        )
    if shown:
        return Verdict.failed(f"last done on {shown[0].ended_at:%Y-%m-%d}", demanded)
    return Verdict.failed(not_shown(found.known, demand, "done"), demanded)
