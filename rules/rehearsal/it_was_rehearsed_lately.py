"""BK903."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.declared import DeclaredSystem
from scanner.resources.rehearsals import held_by, not_shown


@rule("BK903", severity=Severity.HIGH, reads=[DeclaredSystem.rehearsals], enforces=["5.3-full"])
def it_was_rehearsed_lately(system: DeclaredSystem, demand: Objective) -> Verdict:
    """It was rehearsed lately.

    A recovery that was never tried does not work on the day it is needed. Rehearsals count that were taken on a real
    engine, a sandbox account or backups of production, as the policy has it; a simulation does not.

    Fix: run its drills, and name their records under `measurements` in the configuration.
    """
    every, least = demand.rehearsed_every, demand.rehearsal_evidence
    found = system.rehearsals
    demanded = f"a rehearsal every {speak(every)}"
    held = tuple(one for one in held_by(found.known, demand.at) if one.of_the_whole)
    newest = next((one for one in held if one.counts_for(least)), None)
    if newest is not None and demand.at - newest.ended_at <= every:
        return Verdict.passed(f"rehearsed on {newest.ended_at:%Y-%m-%d} ({newest.evidence})", demanded)
    found.whole()
    if newest is not None:
        return Verdict.failed(f"last rehearsed on {newest.ended_at:%Y-%m-%d}", demanded)
    return Verdict.failed(not_shown((one for one in found.known if one.of_the_whole), demand), demanded)
