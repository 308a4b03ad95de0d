"""findings.json: the frozen, versioned form of findings (schema: scanner/schemas/findings.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reports.report import Report, state_of
from scanner.model.estate import Gap
from scanner.model.finding import Finding
from scanner.model.waiver import Waiver

SCHEMA = "backup-scan/findings/1"


def render(report: Report) -> str:
    """Write the report as findings.json."""
    return json.dumps(document(report), ensure_ascii=False, indent=1) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Give findings.json as plain data; the same report gives the same data."""
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
        "findings": [finding_of(one) for one in report.findings.findings],
        "gaps": [_gap(gap) for gap in report.estate.gaps],
        "coverage": [
            {"kind": one.kind, "title": one.title, "resources": one.resources, "regions": list(one.regions),
             "complete": not one.gaps}
            for one in report.coverage
        ],
        "crashes": list(report.findings.crashes),
    }  # fmt: skip


def run(report: Report) -> dict[str, Any]:
    """Say which estate was judged, when, and by whose eyes."""
    estate = report.estate
    return {
        "source": estate.source.value,
        "account": estate.account,
        "account_name": estate.account_name,
        "caller": estate.caller,
        "regions": list(estate.regions),
        "taken_at": estate.taken_at.isoformat(),
        "judged_at": report.findings.at.isoformat(),
        "filters": dict(sorted(report.filters.items())),
        "calls": dict(sorted(estate.calls.items())),
    }


def finding_of(finding: Finding) -> dict[str, Any]:
    """Write one finding."""
    subject, verdict = finding.subject, finding.verdict
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule.id,
        "severity": finding.rule.severity.value,
        "outcome": finding.outcome.value,
        "state": state_of(finding),
        "resource": asdict(subject),
        "system": finding.system,
        "tier": finding.tier,
        "observed": verdict.observed,
        "demanded": verdict.demanded,
        "because": verdict.because,
        "waiver": waiver_of(finding.waiver),
        "evidence": [
            {
                "fact": one.fact,
                "value": one.value,
                "known": one.known,
                "sources": [
                    {
                        "where": each.where,
                        "taken_at": each.taken_at.isoformat() if each.taken_at else None,
                        "request_id": each.request_id,
                    }
                    for each in one.evidence
                ],
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
    }


def _gap(gap: Gap) -> dict[str, str]:
    return {
        "kind": gap.kind,
        "region": gap.region,
        "within": gap.within,
        "reason": gap.unknown.reason.value,
        "detail": gap.unknown.detail,
    }
