"""Code Quality JSON: failures and what could not be judged, as GitLab shows them on a merge request."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from reports.places import block_of, settled_by, spot_of
from reports.report import Report
from reports.repository import shown
from reports.words import flat, subject_of
from scanner.model.finding import Finding
from scanner.model.verdict import Outcome, Severity

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}


def render(report: Report) -> str:
    """Write the report as Code Quality JSON; what is waived or kept is no issue, and is not in it."""
    issues = [_issue(report, one) for one in (*report.failures, *report.unknowns)]
    seen: Counter[str] = Counter()
    for one in issues:  # GitLab keeps one of those that are alike, such as two mistakes on a line
        mark = one["fingerprint"]
        seen[mark] += 1
        one["fingerprint"] = mark if seen[mark] == 1 else f"{mark}-{seen[mark]}"
    return json.dumps(issues, ensure_ascii=False, indent=1) + "\n"


def _issue(report: Report, finding: Finding) -> dict[str, Any]:
    block, spot, rule = block_of(finding), spot_of(finding), finding.rule
    name = subject_of(finding, report.whose(finding)) if block is None else block.address
    said = [f"{rule.promise} {name}: {finding.verdict.because}", settled_by(finding)]
    failed = finding.outcome is Outcome.FAILED
    # An issue without a path is not shown: of a block without lines it is the root, of an account the configuration.
    path = report.path_of(spot.file if spot is not None else block.root if block is not None else report.configuration)
    return {
        "description": flat("; ".join(filter(None, said))),
        "check_name": rule.id,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[rule.severity] if failed else "info",
        "location": {"path": shown(path), "lines": {"begin": max(spot.line, 1) if spot is not None else 1}},
    }
