"""The objects a SARIF log is made of: rules, places, suppressions and notifications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reports.catalogue import QUESTIONS
from reports.cells import cell
from reports.report import Report
from reports.repository import encoded
from reports.words import printable
from scanner.model.policy import Policy
from scanner.model.reading import Spot
from scanner.model.rule import Rule
from scanner.model.verdict import Severity
from scanner.model.waiver import Waiver

#: The name of the directory that all paths are relative to, as GitHub writes it.
ROOT = "%SRCROOT%"
LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
#: GitHub's scale: critical over 9.0, high from 7.0, medium from 4.0. It reads a text, and ignores a number.
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
#: More tags on one rule, and GitHub refuses the file.
_MOST_TAGS = 20
_LONGEST = 1000


def descriptor(rule: Rule, policy: Policy) -> dict[str, Any]:
    """Write a rule: what it promises, why, how to mend it, and how grave a failure is."""
    controls = [str(one) for one in policy.controls_of(rule.enforces)]
    told = f"{rule.explanation}\n\nFix: {rule.fix}\n\nClauses: {', '.join(rule.enforces)}."
    told += f"\nControls: {', '.join(controls)}." if controls else ""
    return {
        "id": rule.id,
        "name": rule.name.title().replace("_", ""),
        "shortDescription": {"text": rule.promise},
        "fullDescription": {"text": shortened(f"{rule.promise} {rule.explanation}", _LONGEST)},
        "help": {"text": told, "markdown": _help(rule, policy, controls)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            # Without the tag `security` GitHub does not read the score.
            "tags": ["security", "backup", *rule.enforces, *controls][:_MOST_TAGS],
            "precision": "very-high",
            "security-severity": _SCORES[rule.severity],
            "severity": rule.severity.value,
            "clauses": list(rule.enforces),
            "controls": controls,
        },
    }


def _help(rule: Rule, policy: Policy, controls: list[str]) -> str:
    clauses = [f"- **{one}**: {cell(policy.clauses[one].demands)}" for one in rule.enforces if one in policy.clauses]
    return "\n".join(
        [
            f"**{cell(rule.promise)}**",
            "",
            cell(rule.explanation),
            "",
            f"**Fix:** {cell(rule.fix)}",
            "",
            f"Severity {rule.severity.value} · {QUESTIONS.get(rule.question, rule.question or 'policy')}",
            "",
            *clauses,
            *(["", f"Supports {cell(', '.join(controls))}."] if controls else []),
        ]
    )


def shortened(text: str, most: int) -> str:
    """Cut a text that is too long, and show that it was."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def plain(text: str) -> str:
    """Keep a message from steering a terminal, and from holding a link: `[text](target)` is one wherever it is shown."""
    return printable(text).replace("](", "] (")


def artifact(path: str) -> dict[str, Any]:
    """Name a file by its path from the root of the repository."""
    return {"uri": encoded(path), "uriBaseId": ROOT}


def region(spot: Spot) -> dict[str, int]:
    """Write a place within a file; columns count characters, and the last is one past the end, as in a spot."""
    found = {"startLine": max(spot.line, 1), "startColumn": max(spot.column, 1)}
    if spot.end_line >= found["startLine"]:
        found |= {"endLine": spot.end_line, "endColumn": max(spot.end_column, 1)}
    return found


def suppression(waiver: Waiver) -> dict[str, Any]:
    """Write a waiver: why, by whom and until when."""
    ticket = f", ticket {waiver.ticket}" if waiver.ticket else ""
    return {
        "kind": "external",
        "status": "accepted",
        "justification": f"{waiver.reason} (until {waiver.expires}, owner {waiver.owner}, "
        f"approved by {waiver.approved_by}{ticket})",
        "properties": {"expires": waiver.expires.isoformat(), "owner": waiver.owner, "approvedBy": waiver.approved_by},
    }


def notification(level: str, kind: str, text: str, location: dict[str, Any] | None = None) -> dict[str, Any]:
    """Write what a reader must know of the run itself."""
    return {
        "descriptor": {"id": kind},
        "level": level,
        "message": {"text": plain(text)},
        **({"locations": [location]} if location else {}),
    }


def troubles(report: Report) -> Iterable[dict[str, Any]]:
    """Say what went wrong in the run as a whole, and what was not looked at."""
    for crash in report.findings.crashes:
        yield notification("error", "rule-failed", f"a rule failed, and its verdict is unknown: {crash}")
    for one in report.left_out:
        yield notification("warning", "not-scanned", f"not scanned: {one}")
