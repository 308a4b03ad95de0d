"""CSV: one row per finding, for spreadsheets; cells that a spreadsheet would run as a formula are quoted."""

from __future__ import annotations

import csv
import io

from reports.places import attribute_of, spot_of
from reports.report import Report, state_of
from reports.repository import shown
from reports.words import printable
from scanner.model.finding import Finding

COLUMNS = (
    "rule",
    "promise",
    "severity",
    "state",
    "outcome",
    "account",
    "region",
    "kind",
    "resource",
    "name",
    "system",
    "tier",
    "observed",
    "demanded",
    "clauses",
    "controls",
    "waiver_reason",
    "waiver_owner",
    "waiver_approved_by",
    "waiver_expires",
    "waiver_ticket",
    "ticket",
    "ticket_opened",
    "evidence",
    "taken_at",
    "fingerprint",
)
#: Of code there are these besides.
CODE_COLUMNS = ("root", "address", "file", "line", "attribute", "change")  # fmt: skip


def render(report: Report) -> str:
    """Write the report as CSV (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    coded = any(one.subject.declaration is not None for one in report.findings.findings)
    writer.writerow((*COLUMNS, *CODE_COLUMNS) if coded else COLUMNS)
    read = {estate.account: estate.taken_at for estate in report.estates}
    for one in report.findings.findings:
        rule, subject, waiver = one.rule, one.subject, one.waiver
        writer.writerow(
            _safe(cell)
            for cell in (
                rule.id,
                rule.promise,
                rule.severity.value,
                state_of(one),
                one.outcome.value,
                subject.account,
                subject.region,
                subject.kind,
                subject.id,
                subject.name,
                one.system,
                one.tier,
                one.verdict.observed,
                one.verdict.demanded,
                " ".join(one.clauses),
                "; ".join(str(control) for control in report.policy.controls_of(one.clauses)),
                waiver.reason if waiver else "",
                waiver.owner if waiver else "",
                waiver.approved_by if waiver else "",
                waiver.expires.isoformat() if waiver else "",
                waiver.ticket if waiver else "",
                one.ticket.ticket if one.ticket else "",
                one.ticket.opened.isoformat() if one.ticket else "",
                "; ".join(f"{each.fact}={each.value}" for each in one.observations),
                read.get(subject.account, report.taken_at).isoformat(),
                one.fingerprint,
                *(_place(one, report) if coded else ()),
            )
        )
    return text.getvalue()


def _place(finding: Finding, report: Report) -> tuple[str, ...]:
    block, spot = finding.subject.declaration, spot_of(finding)
    return (
        shown(report.path_of(block.root)) if block is not None else "",
        block.address if block is not None else "",
        shown(report.path_of(spot.file)) if spot is not None else "",
        str(spot.line) if spot is not None else "",
        attribute_of(finding),
        report.change_of(finding),
    )


def _safe(cell: str) -> str:
    # A cell that begins so is a formula to a spreadsheet (OWASP, "CSV injection").
    text = printable(cell)
    return f"'{text}" if text.lstrip(" \n")[:1] in ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠") else text
