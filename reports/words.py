"""The words that all formats share: states, symbols and the lines of a finding."""

from __future__ import annotations

from datetime import datetime

from scanner.model.finding import Finding
from scanner.model.verdict import Outcome

#: A symbol and a word for each state, so that no reader depends on colour.
SYMBOLS = {"failed": "✗", "unknown": "?", "waived": "~", "passed": "✓", "exempt": "–", "empty": "·"}
#: The order in which states are told: what needs a person first.
STATES = ("failed", "unknown", "waived", "passed", "exempt")


def stamp(at: datetime) -> str:
    """Write an instant for people: `2026-11-24 02:00:00 UTC`."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def printable(text: str) -> str:
    """Leave out control characters, which are no XML and would steer a terminal."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char in "\n\t" or char.isprintable())


def subject_of(finding: Finding) -> str:
    """Name what a finding is about: the resource's name and region."""
    subject = finding.subject
    where = f" ({subject.region})" if subject.region and not subject.gap else ""
    return printable(f"{subject.name}{where}")


def lapse_of(finding: Finding) -> str:
    """Say that a failure's waiver has expired; "" where none has, or another covers it."""
    ended = finding.lapsed
    if ended is None or finding.waiver is not None or finding.outcome is not Outcome.FAILED:
        return ""
    return f"its waiver expired on {ended.expires} (owner {ended.owner}): {ended.reason}"


def lines_of(finding: Finding) -> list[str]:
    """Tell a finding in lines: what was observed, what is demanded, what to do, and what it rests on."""
    rule, subject, verdict = finding.rule, finding.subject, finding.verdict
    lines = [f"{rule.id} {rule.promise}", f"resource: {subject.id}"]
    if finding.system:
        lines.append(f"system: {finding.system} (tier {finding.tier})")
    lines.append(f"observed: {verdict.observed}")
    if verdict.demanded:
        lines.append(f"demanded: {verdict.demanded}")
    if finding.waiver is not None:
        lines.append(
            f"waived until {finding.waiver.expires}: {finding.waiver.reason} "
            f"(owner {finding.waiver.owner}, approved by {finding.waiver.approved_by})"
        )
    if said := lapse_of(finding):
        lines.append(said)
    lines.append(f"fix: {rule.fix}")
    lines.extend(
        f"evidence: {one.fact} = {one.value} [{'; '.join(each.where for each in one.evidence)}]"
        for one in finding.observations
    )
    return [printable(line) for line in lines]
