"""findings.json: the frozen, versioned form of findings (schema: scanner/documents/findings.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reports.report import Report, state_of
from scanner.model.estate import Estate, Gap
from scanner.model.finding import Finding
from scanner.model.reading import Evidence
from scanner.model.waiver import Ticket, Waiver

SCHEMA = "backup-scan/findings/2"


def render(report: Report) -> str:
    """Write the report as findings.json."""
    whole = document(report)
    # One line per entry: a third of the size of an indented file, and a diff shows which findings changed.
    parts = []
    for key, value in whole.items():
        if isinstance(value, list) and value:
            lines = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in value)
            parts.append(f'"{key}": [\n  {lines}\n ]')
        else:
            parts.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def document(report: Report) -> dict[str, Any]:
    """Give findings.json as plain data; the same report gives the same data."""
    sources: dict[Evidence, int] = {}
    return {
        "schema": SCHEMA,
        "tool": {"name": report.tool, "version": report.version},
        "run": run(report),
        "policy": {
            "name": report.policy.name,
            "version": report.policy.version,
            "file": report.policy.file,
            "digest": report.policy.digest,
        },
        "summary": asdict(report.tally),
        "rules": [
            {
                "id": rule.id,
                "name": rule.name,
                "promise": rule.promise,
                "severity": rule.severity.value,
                "fix": rule.fix,
                "clauses": list(rule.enforces),
                "controls": [str(control) for control in report.policy.controls_of(rule.enforces)],
            }
            for rule in report.rules.values()
        ],
        "findings": [finding_of(one, sources) for one in report.findings.findings],
        "sources": [
            {"where": one.where, "taken_at": one.taken_at.isoformat() if one.taken_at else None,
             "request_id": one.request_id}
            for one in sources
        ],
        "gaps": [_gap(estate, gap) for estate, gap in report.gaps],
        "unread": [
            {"detail": detail, "reason": reason.value, "facts": count}
            for detail, (reason, count) in report.unread.items()
        ],
        "coverage": [
            {"kind": one.kind, "title": one.title, "resources": one.resources, "regions": list(one.regions),
             "complete": not one.gaps}
            for one in report.coverage
        ],
        "crashes": list(report.findings.crashes),
    }  # fmt: skip


def run(report: Report) -> dict[str, Any]:
    """Say which estates were judged, when, and by whose eyes."""
    return {
        "accounts": [
            {
                "id": estate.account,
                "name": estate.account_name,
                "source": estate.source.value,
                "caller": estate.caller,
                "regions": list(estate.regions),
                "taken_at": estate.taken_at.isoformat(),
                "resources": estate.count(),
            }
            for estate in report.estates
        ],
        "left_out": list(report.left_out),
        "judged_at": report.findings.at.isoformat(),
        "configuration": {"file": report.configuration, "digest": report.configuration_digest},
        "records": [{"file": name, "digest": digest} for name, digest in report.records],
        "filters": dict(sorted(report.filters.items())),
        "calls": dict(report.calls),
    }


def finding_of(finding: Finding, sources: dict[Evidence, int]) -> dict[str, Any]:
    """Write one finding; its evidence names its sources by their place in `sources`, which it adds to."""
    subject, verdict = finding.subject, finding.verdict
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule.id,
        "severity": finding.rule.severity.value,
        "clauses": list(finding.clauses),
        "outcome": finding.outcome.value,
        "state": state_of(finding),
        "resource": asdict(subject),
        "system": finding.system,
        "tier": finding.tier,
        "observed": verdict.observed,
        "demanded": verdict.demanded,
        "because": verdict.because,
        "waiver": waiver_of(finding.waiver),
        "lapsed_waiver": waiver_of(finding.lapsed),
        "ticket": ticket_of(finding.ticket),
        "evidence": [
            {
                "fact": one.fact,
                "value": one.value,
                "known": one.known,
                "sources": [sources.setdefault(each, len(sources)) for each in one.evidence],
            }
            for one in finding.observations
        ],
    }


def waiver_of(waiver: Waiver | None) -> Mapping[str, str] | None:
    """Write the waiver that covers a finding."""
    if waiver is None:
        return None
    return {
        "reason": waiver.reason,
        "owner": waiver.owner,
        "approved_by": waiver.approved_by,
        "expires": waiver.expires.isoformat(),
        "ticket": waiver.ticket,
    }


def ticket_of(ticket: Ticket | None) -> Mapping[str, str] | None:
    """Write the ticket in which a finding is worked on."""
    return None if ticket is None else {"ticket": ticket.ticket, "opened": ticket.opened.isoformat()}


def _gap(estate: Estate, gap: Gap) -> dict[str, str]:
    return {
        "account": estate.account,
        "kind": gap.kind,
        "region": gap.region,
        "within": gap.within,
        "reason": gap.unknown.reason.value,
        "detail": gap.unknown.detail,
    }
