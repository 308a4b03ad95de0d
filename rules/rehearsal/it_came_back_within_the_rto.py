"""BK901."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.declared import DeclaredSystem
from scanner.resources.rehearsals import kept_within, telling


@rule("BK901", severity=Severity.CRITICAL, reads=[DeclaredSystem.rehearsals], enforces=["7.1-rto", "2-sla"])
def it_came_back_within_the_rto(system: DeclaredSystem, demand: Objective) -> Verdict:
    """It came back within the RTO.

    The recovery time is measured from the loss declared (T0) to the recovery validated (T4); what the provider calls the
    duration of its job is only a part of it. The newest drill decides that brought the system back as a whole and
    was taken on what shows enough. A figure within one look of the limit could be on either side of it, and is unknown.

    Fix: shorten the recovery, with smaller volumes, prepared instances or a replica to promote, or agree on another RTO.
    """
    rto = demand.rto
    drill = telling(
        system.rehearsals,
        demand,
        lambda one: (
            one.of_the_whole and (one.came_back is False or (one.came_back is True and one.recovery_time is not None))
        ),
        "how long its recovery takes was not measured",
    )
    demanded, when = speak(rto), f"on {drill.ended_at:%Y-%m-%d}"
    if drill.recovery_time is None or not drill.came_back:
        return Verdict.failed(f"did not come back {when}", demanded)
    took = f"recovered in {speak(drill.recovery_time)} {when}"
    return Verdict.when(kept_within(drill.recovery_time, rto, drill, took), took, demanded)
