"""BK310."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.declared import DeclaredSystem


@rule("BK310", severity=Severity.MEDIUM, reads=[DeclaredSystem.rto, DeclaredSystem.dependants], enforces=["7.1-rto"])
def dependencies_come_back_first(system: DeclaredSystem, demand: Objective) -> Verdict:  # its own RTO counts
    """A dependency's RTO is no longer than its dependants'.

    A system that must be back in an hour cannot be if what it needs may take eight. Systems that need it through others
    count as well.

    Fix: move the dependency to a stricter tier, or free the dependant of it.
    """
    dependants = system.dependants
    if not dependants.known and not dependants.whole():
        return Verdict.exempt("no system depends on it")
    rto = system.rto
    if rto is None:
        names = ", ".join(one.name for one in dependants.known)
        return Verdict.exempt(f"no RTO objective set for it; {names} depends on it")
    sooner = [one for one in dependants.known if one.rto is not None and one.rto < rto]
    if sooner:
        named = ", ".join(f"{one.name} ({speak(one.rto)})" for one in sooner if one.rto is not None)
        return Verdict.failed(f"may take {speak(rto)}, and is needed by {named}", "no more than its dependants have")
    timed = [one.name for one in dependants.whole() if one.rto is not None]
    if not timed:
        names = ", ".join(one.name for one in dependants.known)
        return Verdict.exempt(f"no RTO objective set for what depends on it: {names}")
    return Verdict.passed(f"may take {speak(rto)}, no longer than {', '.join(timed)}")
