"""BK905."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.declared import DeclaredSystem
from scanner.resources.rehearsals import OF_THE_COPY, VERIFICATIONS, telling


@rule(
    "BK905",
    severity=Severity.HIGH,
    reads=[DeclaredSystem.rehearsals],
    enforces=["5.3-file", "5.3-configuration", "5.3-continuity"],
)
def what_came_back_was_verified(system: DeclaredSystem, demand: Objective) -> Verdict:
    """What came back was verified, fresh and configured like the original.

    A service that says "available" may hold nothing, old data, or come up without its parameters and access rules. A
    check that could not be made is not one that held.

    Fix: mend what the checks found, and rehearse again with checks of integrity, freshness and configuration.
    """
    drill = telling(
        system.rehearsals,
        demand,
        lambda one: one.of_the_whole and one.came_back is True,
        "nothing came back as a whole",
    )
    when = f"on {drill.ended_at:%Y-%m-%d}"
    broken = drill.failed(OF_THE_COPY)
    if broken:
        named = "; ".join(f"{one.name} ({one.about}){f': {one.detail}' if one.detail else ''}" for one in broken[:3])
        return Verdict.failed(
            f"{len(broken)} of {len(drill.checks)} checks did not hold {when}: {named}", "that all hold"
        )
    if lacking := drill.lacking(VERIFICATIONS):
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"rehearsed {when} without a check of {', '.join(lacking)}"))
    unmade = [one.name for one in drill.checks if one.about in OF_THE_COPY and one.held is None]
    if unmade:
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"rehearsed {when}, but not checked: {', '.join(unmade[:3])}"))
    made = sum(one.about in OF_THE_COPY for one in drill.checks)
    return Verdict.passed(f"all {made} checks held {when}")
