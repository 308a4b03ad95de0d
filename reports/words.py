"""The words that all formats share: states, symbols and the lines of a finding."""

from __future__ import annotations

from reports.repository import shown
from scanner.door.text import flat, printable, stamp
from scanner.model.finding import Finding
from scanner.model.verdict import Outcome

__all__ = [
    "STATES",
    "SYMBOLS",
    "flat",
    "lapse_of",
    "lines_of",
    "printable",
    "stamp",
    "subject_of",
    "ticket_of",
    "waiver_of",
]

#: A symbol and a word for each state, so that no reader depends on colour.
SYMBOLS = {"failed": "✗", "unknown": "?", "waived": "~", "passed": "✓", "exempt": "–", "empty": "·"}
#: The order in which states are told: what needs a person first.
STATES = ("failed", "unknown", "waived", "passed", "exempt")


def subject_of(finding: Finding, whose: str = "") -> str:
    """Name what a finding is about: the resource's name, region, and account where there are several.

    Of code it is the address of the block, and the line that decided.
    """
    subject, block = finding.subject, finding.subject.declaration
    if block is not None:
        decided = finding.decided_at
        line = decided.spot.said if decided is not None and decided.spot is not None else block.root
        return flat(f"{block.address} ({', '.join(filter(None, (whose, shown(line))))})")
    places = [whose, "" if subject.gap else subject.region]
    where = f" ({', '.join(filter(None, places))})" if any(places) else ""
    return flat(f"{subject.name}{where}")


def lapse_of(finding: Finding) -> str:
    """Say that a failure's waiver has expired; "" where none has, or another covers it."""
    ended = finding.lapsed
    if ended is None or finding.waiver is not None or finding.outcome is not Outcome.FAILED:
        return ""
    return f"its waiver expired on {ended.expires} (owner {ended.owner}): {ended.reason}"


def waiver_of(finding: Finding) -> str:
    """Say until when, by whom and why a finding is waived; "" where it is not."""
    waiver = finding.waiver
    if waiver is None:
        return ""
    ticket = f", ticket {waiver.ticket}" if waiver.ticket else ""
    return (
        f"waived until {waiver.expires}: {waiver.reason} "
        f"(owner {waiver.owner}, approved by {waiver.approved_by}{ticket})"
    )


def ticket_of(finding: Finding) -> str:
    """Say where a failure, or what could not be judged, is worked on; "" where nobody says so."""
    ticket = finding.ticket
    if ticket is None or finding.outcome not in (Outcome.FAILED, Outcome.UNKNOWN):
        return ""
    return f"ticket {ticket.ticket}, opened {ticket.opened}"


def lines_of(finding: Finding) -> list[str]:
    """Tell a finding in lines: what was observed, what is demanded, what to do, and what it rests on."""
    rule, subject, verdict = finding.rule, finding.subject, finding.verdict
    lines = [f"{rule.id} {rule.promise}", f"resource: {subject.id}"]
    if subject.declaration is not None:
        lines = [lines[0], f"block: {subject_of(finding)}", f"root: {shown(subject.declaration.root)}"]
    if finding.system:
        lines.append(f"system: {finding.system} (tier {finding.tier})")
    lines.append(f"observed: {verdict.observed}")
    if verdict.demanded:
        lines.append(f"demanded: {verdict.demanded}")
    lines.extend(said for said in (waiver_of(finding), ticket_of(finding), lapse_of(finding)) if said)
    lines.append(f"fix: {rule.fix}")
    lines.extend(
        f"evidence: {one.fact} = {one.value} [{'; '.join(each.where for each in one.evidence)}]"
        for one in finding.observations
    )
    return [printable(line) for line in lines]
