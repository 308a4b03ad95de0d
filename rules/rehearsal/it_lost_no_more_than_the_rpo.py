"""BK902."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.declared import DeclaredSystem
from scanner.resources.rehearsals import kept_within, telling


@rule("BK902", severity=Severity.CRITICAL, reads=[DeclaredSystem.rehearsals], enforces=["7.2-rpo", "2-sla"])
def it_lost_no_more_than_the_rpo(system: DeclaredSystem, demand: Objective) -> Verdict:
    """It lost no more than the RPO.

    A restore can pass every check of integrity and have lost all new data. The loss is measured with canaries: rows or
    objects that are written all the time, of which the newest that came back without a gap tells what was lost. A
    drill without canaries says nothing about it.

    Fix: capture logs more often, or replicate; then rehearse again, with canaries.
    """
    rpo = demand.rpo
    drill = telling(
        system.rehearsals,
        demand,
        lambda one: (
            one.of_the_whole and (one.came_back is False or (one.came_back is True and one.data_loss is not None))
        ),
        "without canaries: what was lost was not measured",
    )
    demanded, when = speak(rpo), f"on {drill.ended_at:%Y-%m-%d}"
    if drill.data_loss is None or not drill.came_back:
        return Verdict.failed(f"did not come back {when}: all was lost", demanded)
    lost = f"lost {speak(drill.data_loss)} of data {when}"
    return Verdict.when(kept_within(drill.data_loss, rpo, drill, lost), lost, demanded)
