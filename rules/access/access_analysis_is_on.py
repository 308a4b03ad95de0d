"""BK614."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.access_analyzer import Analysis


@rule(
    "BK614",
    severity=Severity.MEDIUM,
    reads=[Analysis.on, Analysis.off, Analysis.elsewhere],
    enforces=["6.2-access-review"],
)
def access_analysis_is_on(analysis: Analysis, demand: Objective) -> Verdict:
    """Access analysis is on.

    Nobody reads every policy of every vault, key and bucket again whenever one changes. An analyzer does, and says
    what can be reached from outside. It works in its region only. One of the organisation lives in another account,
    where it cannot be seen from here.

    Fix: create an analyzer of external access in the region, for the account or for the organisation.
    """
    on = analysis.on
    if on.known:
        return Verdict.passed(f"analyzer {on.known[0]} is active")
    on.whole()
    off = analysis.off
    observed = f"only {off.known[0]}" if off.known else "no analyzer"
    organisation = analysis.elsewhere
    if organisation is not None:
        seen = f"{observed} in this account; organisation {organisation} may have one, which is seen in its own account only"
        raise CouldNotCheck(Unknown(Reason.BEYOND, seen))
    return Verdict.failed(observed, "an active analyzer of external access")
