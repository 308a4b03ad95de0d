"""BK909."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.rehearsals import DemandedTest, telling

CLAUSE = "5.3-access"
_CALLS = ("must-deny", "must-allow")


@rule("BK909", severity=Severity.HIGH, reads=[DemandedTest.clause, DemandedTest.rehearsals], enforces=[CLAUSE])
def what_must_be_denied_was_denied(test: DemandedTest, demand: Objective) -> Verdict:
    """What must be denied was denied.

    A restore that opens what was closed is a breach. The drill tries what a restricted role must not do, and what it must
    be able to do, on what came back.

    Fix: mend the policies that let the call through, and run the access drill again.
    """
    if test.clause != CLAUSE:
        return Verdict.exempt(f"access is no part of a {test.name} test")
    drill = telling(test.rehearsals, demand)
    when = f"on {drill.ended_at:%Y-%m-%d}"
    if demand.at - drill.ended_at > demand.rehearsed_every:
        return Verdict.failed(f"last tried {when}", f"a try every {speak(demand.rehearsed_every)}")
    broken = drill.failed(_CALLS)
    if broken:
        named = "; ".join(one.name for one in broken[:3])
        return Verdict.failed(
            f"{len(broken)} call{'s' if len(broken) > 1 else ''} {when} did not end as they must: {named}",
            "that all do",
        )
    if drill.lacking(("must-deny",)):
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"no call that must be denied was tried {when}"))
    calls = [one for one in drill.checks if one.about in _CALLS]
    if unmade := [one.name for one in calls if one.held is None]:
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"not all calls could be tried {when}: {', '.join(unmade[:3])}"))
    tried = sum(one.about == "must-deny" for one in calls)
    denied = "1 call that must be denied was" if tried == 1 else f"{tried} calls that must be denied were"
    return Verdict.passed(f"{denied} denied {when}")
