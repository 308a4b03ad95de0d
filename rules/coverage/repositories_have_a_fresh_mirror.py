"""BK115."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.exports import Mirror


@rule("BK115", severity=Severity.HIGH, reads=[Mirror.newest], enforces=["5.1-vcs"])
def repositories_have_a_fresh_mirror(mirror: Mirror, demand: Objective) -> Verdict:
    """Declared repositories have a fresh mirror.

    The hosting of a repository can be lost like any other system, by an account that is closed or taken over.

    Fix: run the job that mirrors the repository, and see that it writes to the declared bucket and prefix.
    """
    newest, freshness = mirror.newest, demand.mirror_freshness
    demanded = f"one no older than {speak(freshness)}"
    if newest is None:
        return Verdict.failed("there is no mirror: nothing with content is in the declared place", demanded)
    age = demand.at - newest
    return Verdict.when(age <= freshness, f"the mirror was last written {newest:%Y-%m-%d %H:%M} UTC", demanded)
