"""BK910."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.records import ClauseAttestation


@rule(
    "BK910",
    severity=Severity.MEDIUM,
    reads=[
        ClauseAttestation.by,
        ClauseAttestation.stated_on,
        ClauseAttestation.until,
        ClauseAttestation.every,
        ClauseAttestation.evidence,
        ClauseAttestation.altered,
    ],
    enforces=[
        "2-soc2",
        "3.1-operations",
        "3.2-head",
        "3.3-engineering",
        "5.2-reviews",
        "5.3-documentation",
        "6.2-access-review",
        "6.3-facilities",
        "8.1-response",
        "8.2-recovery",
    ],
)
def attestations_are_current(clause: ClauseAttestation, demand: Objective) -> Verdict:
    """Every attestation is current.

    What nothing technical can prove rests on somebody's word. A word that nobody gave, or that was given too long ago,
    is none.

    Fix: do what the clause demands (`backup-scan review` prints what is to be looked at), then state it with
    `backup-scan attest`.
    """
    on, until, today = clause.stated_on, clause.until, demand.at.date()
    if on is None or until is None:
        return Verdict.failed("nobody attests it", "a named person's statement")
    if on > today:
        return Verdict.failed(f"attested on {on}, which is still to come", "a statement that is made")
    if until < today:
        return Verdict.failed(f"attested on {on} until {until}, which is over", "a statement that is in date")
    every = clause.every
    if every is not None and today - on > every:
        return Verdict.failed(f"attested on {on}, {speak(today - on)} ago", f"one every {speak(every)}")
    if clause.altered:
        return Verdict.failed(f"{clause.evidence} is no longer what was attested on {on}", "evidence as it was")
    last = until if every is None or until - on <= every else on + every
    return Verdict.passed(f"attested by {clause.by} on {on}, current until {last}")
