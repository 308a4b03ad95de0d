"""Places: where in the code a finding stands, and what else in the code it rests on."""

from __future__ import annotations

from scanner.model.declaration import Declaration
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Reason, Spot, Unknown
from scanner.model.verdict import Outcome

#: What would settle a verdict that is unknown, by the reason that it is.
_SETTLED_BY = {
    Reason.UNRESOLVED: "give it a value, or judge the plan, in which it has one",
    Reason.RUNTIME: "no code tells; scan the account",
    Reason.OPEN: "name all the code there is and say so with --whole-estate, or scan the account",
    Reason.MALFORMED: "mend what cannot be read",
    Reason.MISSING: "give what is missing",
    Reason.DENIED: "allow the call (`backup-scan permissions` prints the policy)",
    Reason.THROTTLED: "scan again, with a lower --concurrency",
    Reason.FAILED: "scan again",
    Reason.BEYOND: "scan what it refers to as well",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the code, and what stands there in a few words."""

    spot: Spot
    what: str


def block_of(finding: Finding) -> Declaration | None:
    """Give the block of code that a finding is about; None of what is not code."""
    return finding.subject.declaration


def spot_of(finding: Finding) -> Spot | None:
    """Give the place that decided; of a list that may hold more, the place that hides it; None of what is not code."""
    decided = finding.decided_at
    if decided is not None:
        return decided.spot
    return next((one.spot for _, _, reading in finding.reads for one in reading.evidence if one.spot is not None), None)


def attribute_of(finding: Finding) -> str:
    """Give the path of the attribute that decided; "" where the whole block did."""
    decided = finding.decided_at
    return decided.attribute if decided is not None else ""


def marks_of(finding: Finding) -> list[Mark]:
    """Give what else in the code a verdict rests on, each place once.

    First its own block and the module calls that lead to it, then what was read: attributes of the block, and those of
    other blocks.
    """
    found: dict[Spot, str] = {}
    primary, block = spot_of(finding), block_of(finding)
    if block is not None:
        if block.spot is not None:
            found[block.spot] = block.address
        for call in reversed(block.trail):
            found.setdefault(call, "the module call that leads here")
    for resource, fact, reading in finding.reads:
        whose = "" if resource is None or resource.declaration is None else resource.declaration.address
        for one in reading.evidence:
            if one.spot is not None:
                what = one.attribute or (fact.name if fact is not None else "")
                mine = block is not None and whose == block.address
                said = what if mine and what else " ".join(filter(None, (whose, what)))
                found.setdefault(one.spot, said or "read here")
    return [Mark(spot, what) for spot, what in found.items() if spot != primary]


def settled_by(finding: Finding) -> str:
    """Say what would settle an unknown verdict; "" of any other, and where nobody can say."""
    if finding.outcome is not Outcome.UNKNOWN:
        return ""
    unread = (reading.reason for _, _, reading in finding.reads if isinstance(reading, Unknown))
    reason = finding.reason or next(unread, None)
    return "" if reason is None else _SETTLED_BY.get(reason, "")
