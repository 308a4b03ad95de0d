"""JUnit XML: a suite per rule, a case per resource. Unknown is an error, waived and exempt are skipped."""

from __future__ import annotations

from typing import Any

from junit_xml import TestCase, TestSuite, to_xml_report_string

from reports.places import spot_of
from reports.report import Report, state_of
from reports.repository import shown
from reports.words import flat, lines_of, printable, ticket_of, waiver_of
from scanner.model.finding import Finding


def render(report: Report) -> str:
    """Write the report as JUnit XML."""
    suites: list[Any] = [
        TestSuite(
            f"{rule.id} {rule.promise}",
            [_case(finding, report) for finding in report.by_rule[rule.id]],
            package=f"backup-scan.{rule.question}",
            timestamp=report.findings.at.isoformat(timespec="seconds"),
            properties={
                "severity": rule.severity.value,
                "clauses": " ".join(rule.enforces),
                **_where(report),
                "policy": f"{report.policy.name} {report.policy.version}",
            },
        )
        for rule in report.rules.values()
        if report.by_rule[rule.id]
    ]
    return str(to_xml_report_string(suites, prettyprint=True))


def _where(report: Report) -> dict[str, str]:
    if report.of_code:
        return {"roots": printable(" ".join(shown(report.path_of(root)) for root in report.roots))}
    return {"account": " ".join(estate.account for estate in report.estates)}


def _case(finding: Finding, report: Report) -> Any:
    subject, state, spot, block = finding.subject, state_of(finding), spot_of(finding), finding.subject.declaration
    within = subject.region or "global" if block is None else shown(report.path_of(block.root))
    case = TestCase(
        printable(subject.id) if block is None else flat(block.address),
        classname=printable(f"{finding.rule.id}.{subject.kind}.{within}"),
        # Of code it is the place to mend; of an account there is none, and the rule's own is all there is to show.
        file=finding.rule.file if spot is None else printable(shown(report.path_of(spot.file))),
        line=None if spot is None else spot.line,
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
