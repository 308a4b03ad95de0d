"""JUnit XML: a suite per rule, a case per resource. Unknown is an error, waived and exempt are skipped."""

from __future__ import annotations

from typing import Any

from junit_xml import TestCase, TestSuite, to_xml_report_string

from reports.report import Report, state_of
from reports.words import lines_of, printable, ticket_of, waiver_of
from scanner.model.finding import Finding


def render(report: Report) -> str:
    """Write the report as JUnit XML."""
    suites: list[Any] = [
        TestSuite(
            f"{rule.id} {rule.promise}",
            [_case(finding) for finding in report.by_rule[rule.id]],
            package=f"backup-scan.{rule.question}",
            timestamp=report.findings.at.isoformat(timespec="seconds"),
            properties={
                "severity": rule.severity.value,
                "clauses": " ".join(rule.enforces),
                "account": " ".join(estate.account for estate in report.estates),
                "policy": f"{report.policy.name} {report.policy.version}",
            },
        )
        for rule in report.rules.values()
        if report.by_rule[rule.id]
    ]
    return str(to_xml_report_string(suites, prettyprint=True))


def _case(finding: Finding) -> Any:
    subject, state = finding.subject, state_of(finding)
    case = TestCase(
        printable(subject.id),
        classname=f"{finding.rule.id}.{subject.kind}.{subject.region or 'global'}",
        file=finding.rule.file,
        # What keeps its promise needs no words here; findings.json has the evidence of every finding.
        stdout="\n".join(lines_of(finding)) if state not in ("passed", "exempt") else None,
    )
    because = printable("; ".join(filter(None, (finding.verdict.because, ticket_of(finding)))))
    if state == "failed":
        case.add_failure_info(because, failure_type=finding.rule.severity.value)
    elif state == "unknown":
        case.add_error_info(because, error_type="unknown")
    elif state == "waived":
        case.add_skipped_info(printable(f"{waiver_of(finding)}; {because}"))
    elif state == "exempt":
        case.add_skipped_info(because)
    return case
