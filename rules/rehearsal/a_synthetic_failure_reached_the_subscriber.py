"""BK908."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rehearsals import DemandedTest, telling

CLAUSE = "5.2-failure-alert"


@rule(
    "BK908",
    severity=Severity.HIGH,
    reads=[DemandedTest.clause, DemandedTest.rehearsals],
    enforces=[CLAUSE],
)
def a_synthetic_failure_reached_the_subscriber(test: DemandedTest, demand: Objective) -> Verdict:
    """A synthetic backup failure reached the subscriber.

    Every link of the path of an alert can be right, and the message still ends in a mailbox that nobody reads or a filter
    that drops it. Only an event that was sent and received shows that the path works.

    Fix: run the alert drill, follow the event from rule to subscriber, and mend the link where it was lost.
    """
    if test.clause != CLAUSE:
        return Verdict.exempt(f"the alert is no part of a {test.name} test")
    drill = telling(test.rehearsals, demand)
    when = f"on {drill.ended_at:%Y-%m-%d}"
    if demand.at - drill.ended_at > demand.rehearsed_every:
        return Verdict.failed(f"last tried {when}", f"a try every {speak(demand.rehearsed_every)}")
    if drill.alert_after is None:
        return Verdict.failed(f"the event sent {when} did not arrive", "that it arrives")
    return Verdict.passed(f"the event sent {when} arrived after {speak(drill.alert_after)}")
