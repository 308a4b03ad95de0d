"""Markdown: the report for pull requests, wikis and chats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reports.report import Report, Tally
from reports.words import STATES, SYMBOLS, lapse_of, printable, stamp, subject_of, ticket_of
from scanner.model.finding import Finding


def render(report: Report) -> str:
    """Write the report as Markdown."""
    policy = report.policy
    parts = [
        f"# Backup compliance: {cell(report.title)}",
        "",
        *(
            f"Account `{estate.account}` in {', '.join(estate.regions)}, read {stamp(estate.taken_at)} as "
            f"{f'`{estate.caller}`' if estate.caller else 'nobody: it could not be entered'}.  "
            for estate in report.estates
        ),
        *(f"Not scanned: {cell(one)}.  " for one in report.left_out),
        f"Judged by **{cell(policy.name)} {cell(policy.version)}**.",
        "",
        f"**{_count(report.tally)}**",
        "",
        *_severities(report),
        *_clauses(report),
        *_findings(report, "Failures", report.failures, "Nothing failed."),
        *_findings(report, "Could not be judged", report.unknowns, "Everything could be judged."),
        *_waived(report),
        *_coverage(report),
    ]
    return "\n".join(parts).rstrip() + "\n"


def cell(text: str) -> str:
    """Make text safe inside a table and as Markdown."""
    flat = re.sub(r"\s+", " ", printable(text))
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", flat)


def _count(tally: Tally) -> str:
    return " · ".join(f"{SYMBOLS[state]} {getattr(tally, state)} {state}" for state in STATES)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _severities(report: Report) -> list[str]:
    rows = [
        [severity.value, *(str(getattr(tally, state)) for state in STATES)]
        for severity, tally in report.by_severity.items()
    ]
    return ["## By severity", "", *_table(["Severity", *STATES], rows)]


def _clauses(report: Report) -> list[str]:
    rows = [
        [clause.id, cell(clause.demands), f"{SYMBOLS[tally.state]} {tally.state}",
         *(str(getattr(tally, state)) for state in STATES), " ".join(rule.id for rule in rules)]
        for clause, tally, rules in report.by_clause
        if rules
    ]  # fmt: skip
    return ["## By clause", "", *_table(["Clause", "Demands", "State", *STATES, "Rules"], rows)]


def _findings(report: Report, title: str, findings: Sequence[Finding], none: str) -> list[str]:
    if not findings:
        return [f"## {title}", "", none, ""]
    rows = [
        [one.rule.severity.value, one.rule.id, cell(subject_of(one, report.whose(one))), cell(one.system or "–"),
         cell(one.verdict.observed), cell(one.verdict.demanded or "–"), cell(ticket_of(one) or lapse_of(one) or "–")]
        for one in findings
    ]  # fmt: skip
    head = ["Severity", "Rule", "Resource", "System", "Observed", "Demanded", "Seen to"]
    return [f"## {title} ({len(findings)})", "", *_table(head, rows)]


def _waived(report: Report) -> list[str]:
    findings = report.waived
    if not findings:
        return []
    rows = [
        [one.rule.id, cell(subject_of(one, report.whose(one))), cell(one.verdict.because), cell(one.waiver.reason),
         cell(f"{one.waiver.owner}, approved by {one.waiver.approved_by}"), one.waiver.expires.isoformat(),
         cell(one.waiver.ticket or ticket_of(one) or "–")]
        for one in findings
        if one.waiver is not None
    ]  # fmt: skip
    head = ["Rule", "Resource", "Because", "Accepted because", "By", "Until", "Ticket"]
    return [f"## Waived ({len(findings)})", "", *_table(head, rows)]


def _coverage(report: Report) -> list[str]:
    gaps = [gap for one in report.coverage for gap in one.gaps]
    parts = ["## Not covered", ""]
    if report.unread:
        unread = [[reason.value, str(count), cell(detail)] for detail, (reason, count) in report.unread.items()]
        parts += _table(["Reason", "Facts", "Answer of AWS"], unread)
    if not gaps:
        return [*parts, "Every list that the rules need was read to its end.", ""]
    rows = [
        [cell(report.titles.get(gap.kind, gap.kind)), gap.region or "global", cell(gap.within or "–"),
         gap.unknown.reason.value, cell(gap.unknown.detail)]
        for gap in gaps
    ]  # fmt: skip
    return [*parts, *_table(["Kind", "Region", "Within", "Reason", "Detail"], rows)]
