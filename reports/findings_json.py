"""findings.json: the frozen, versioned form of findings (schema: scanner/documents/findings.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reports.places import attribute_of, spot_of
from reports.report import Report, state_of
from scanner.model.estate import Estate, Gap
from scanner.model.finding import Finding
from scanner.model.reading import Evidence, Spot
from scanner.model.waiver import Ticket, Waiver

SCHEMA = "backup-scan/findings/2"
_SUBJECT = ("kind", "id", "name", "account", "region", "gap", "declared")


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
        "findings": [finding_of(one, sources, report.change_of(one)) for one in report.findings.findings],
        "sources": [_source(one) for one in sources],
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
        **_of_code(report),
    }  # fmt: skip


def _of_code(report: Report) -> dict[str, Any]:
    """Say what there is to say of code only, so that of an account nothing is added."""
    told: dict[str, Any] = {}
    if report.roots:
        told["roots"] = [report.path_of(root) for root in report.roots]
    if report.problems:
        told["problems"] = [
            {"message": one.message, "hint": one.hint, "address": one.address, "spot": _spot(one.spot)}
            for one in report.problems
        ]
    if report.changes is not None:
        told["mended"] = [{"fingerprint": one.fingerprint, "rule": one.rule.id} for one in report.mended]
    return told


def _source(one: Evidence) -> dict[str, Any]:
    told: dict[str, Any] = {
        "where": one.where,
        "taken_at": one.taken_at.isoformat() if one.taken_at else None,
        "request_id": one.request_id,
    }
    if one.spot is not None:
        told["spot"] = _spot(one.spot)
    if one.attribute:
        told["attribute"] = one.attribute
    return told


def _spot(spot: Spot) -> dict[str, Any]:
    """Write a place: the file as the directory that was named on the command line holds it."""
    return {"file": spot.file, "line": spot.line, "column": spot.column, "end_line": spot.end_line or spot.line}


def _declaration(finding: Finding, change: str) -> dict[str, Any]:
    """Say where code declares the resource, and the place that decided."""
    block, spot = finding.subject.declaration, spot_of(finding)
    if block is None:
        return {}
    told: dict[str, Any] = {
        "address": block.address,
        "root": block.root,
        "type": block.type,
        "source": block.source.value,
        "file": spot.file if spot is not None else "",
        "line": spot.line if spot is not None else 0,
        "end_line": (spot.end_line or spot.line) if spot is not None else 0,
        "attribute": attribute_of(finding),
        "block": _spot(block.spot) if block.spot is not None else None,
        "trail": [_spot(one) for one in block.trail],
        "moved_from": block.moved_from,
        "changed": block.changed,
    }
    return {"declaration": told, **({"change": change} if change else {})}


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


def finding_of(finding: Finding, sources: dict[Evidence, int], change: str = "") -> dict[str, Any]:
    """Write one finding; its evidence names its sources by their place in `sources`, which it adds to."""
    subject, verdict = finding.subject, finding.verdict
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule.id,
        "severity": finding.rule.severity.value,
        "clauses": list(finding.clauses),
        "outcome": finding.outcome.value,
        "state": state_of(finding),
        "resource": {name: getattr(subject, name) for name in _SUBJECT},
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
        **_declaration(finding, change),
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
