"""BK906."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.declared import DeclaredSystem
from scanner.resources.rehearsals import leaving


@rule("BK906", severity=Severity.MEDIUM, reads=[DeclaredSystem.rehearsals], enforces=["5.3-full"])
def the_drill_left_nothing_behind(system: DeclaredSystem, demand: Objective) -> Verdict:
    """The drill left nothing behind.

    A restored copy of production that nobody removes costs money, and is data that nobody guards. What a drill left that
    came to no end is there all the same.

    Fix: remove what is named, and look why the drill could not.
    """
    drill = leaving(system.rehearsals, demand)
    when = f"on {drill.ended_at:%Y-%m-%d}"
    if drill.left_behind is None:
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"nobody looked for what the drill {when} left behind"))
    left = drill.left_behind
    named = f"{', '.join(left[:3])}{f' and {len(left) - 3} more' if len(left) > 3 else ''}"
    return Verdict.when(not left, f"the drill {when} left {named if left else 'nothing'}", "nothing")
