"""What people wrote about the judgement, as things that are judged: attestations, waivers, and open failures.

Nothing of it is in AWS, and nothing of it is kept with an estate: records are judged as they stand when the estate is
judged. What is `Aftermath` is made of the findings themselves, so it is judged after everything else.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from scanner.model.convert import flag, text, tuple_of, whole
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, item
from scanner.model.resource import Resource


def day(raw: Any) -> date:
    """Take a day."""
    return raw if isinstance(raw, date) else date.fromisoformat(raw)


def span(raw: Any) -> timedelta:
    """Take a length of time as the policy's reader gives it."""
    if not isinstance(raw, timedelta):
        raise ValueError(f"expected a length of time, found {raw!r}")
    return raw


class Record(Resource):
    """What people wrote, judged like a resource. Abstract."""

    recorded = True


class Aftermath(Record):
    """What the findings of a run show once all else is judged. Abstract."""


class ClauseAttestation(Record):
    """The statement that decides a clause of the policy which people attest."""

    kind = "policy.clause-attestation"
    title = "attestation"
    listed_by = Listing(
        None, declared="attestations", everywhere=True, id="policy:attestation/{clause}", name="{clause}"
    )
    about = "clause"

    clause: Fact[str] = fact("The clause that it is about.", live=item("clause", text))
    by: Fact[str | None] = fact(
        "Who stated it, and as what; none where nobody did.", live=item("by", text, absent=None)
    )
    stated_on: Fact[date | None] = fact("The day on which it was stated.", live=item("stated_on", day, absent=None))
    until: Fact[date | None] = fact("The last day for which it was stated.", live=item("until", day, absent=None))
    every: Fact[timedelta | None] = fact(
        "How often the policy wants the clause attested; none where it sets no period.",
        live=item("every", span, absent=None),
    )
    evidence: Fact[str] = fact("The evidence that it names, if any.", live=item("evidence", text, absent=""))
    altered: Fact[bool] = fact("The evidence that it names is no longer what it was then.", live=item("altered", flag))


class WrittenWaiver(Aftermath):
    """A waiver, and how far this run needs it."""

    kind = "policy.waiver"
    title = "waiver"
    listed_by = Listing(
        None, declared="waivers", everywhere=True, id="policy:waiver/{rule}/{resource}", name="{rule} on {resource}"
    )

    owner: Fact[str] = fact("Who answers for it.", live=item("owner", text))
    approved_by: Fact[str] = fact("Who approved it.", live=item("approved_by", text))
    expires: Fact[date] = fact("Its last day.", live=item("expires", day))
    failures: Fact[int] = fact("How many failures of this run it is about.", live=item("failures", whole))
    beyond: Fact[str] = fact(
        "What it may be about that this run was not asked to judge, if anything.", live=item("beyond", text)
    )


class RuleFailures(Aftermath):
    """The failures of one rule in a run, and who sees to them."""

    kind = "policy.rule-failures"
    title = "open failures"
    listed_by = Listing(
        None, declared="rule_failures", everywhere=True, id="policy:failures/{rule}", name="failures of {rule}"
    )

    bare: Fact[tuple[str, ...]] = fact(
        "What it certainly fails on with neither a ticket nor a waiver.", live=item("bare", tuple_of(text))
    )
    waived: Fact[int] = fact("How many failures a waiver covers.", live=item("waived", whole))
    ticketed: Fact[int] = fact("How many others have a ticket.", live=item("ticketed", whole))
    failures: Fact[int] = fact(
        "How many failures there are; unknown where one more would have neither.", live=item("failures", whole)
    )
