"""SARIF 2.1.0: findings for code scanning, at the line of the attribute that decided.

A log holds a run per root of the code, and per account. GitHub reads neither `kind` nor `suppressions`: to it every
result is an open alert, also what passed. So a log holds what needs a person (`SHOWN`). A waived failure is in it, and
stays an alert there until somebody, or an action that reads `suppressions`, dismisses it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from reports.places import attribute_of, block_of, marks_of, settled_by, spot_of
from reports.report import CODE, Report, state_of
from reports.repository import encoded, from_root
from reports.sarif_objects import (
    LEVELS,
    ROOT,
    artifact,
    descriptor,
    notification,
    plain,
    region,
    suppression,
    troubles,
)
from reports.words import lapse_of, ticket_of
from scanner.iac.fixes.edit import Edit
from scanner.model.finding import Finding
from scanner.model.reading import Spot
from scanner.model.verdict import Outcome

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SHOWN = ("failed", "unknown", "waived")
EVERYTHING = (*SHOWN, "passed", "exempt")
#: What GitHub takes: more results in a run, or more runs in a file, and it refuses the whole file.
MOST_RESULTS, MOST_RUNS = 25_000, 20
#: What it shows of a run.
MOST_SHOWN = 5_000
_MOST_RELATED = 100

_KINDS = {"passed": "pass", "failed": "fail", "unknown": "open", "exempt": "notApplicable", "waived": "fail"}
_BASELINE = {"added": "new", "worsened": "updated", "unchanged": "unchanged"}


def render(report: Report) -> str:
    """Write the report as SARIF."""
    return json.dumps(document(report), ensure_ascii=False, indent=1) + "\n"


def document(report: Report, states: Collection[str] = SHOWN) -> dict[str, Any]:
    """Give the SARIF log as plain data, with the findings of these states."""
    homes = _homes(report)
    runs = {home: _Run(report, home, first=home == homes[0]) for home in homes}
    for finding in report.findings.findings:
        runs[_home_of(finding, homes, report)].findings.append(finding)
    for problem in report.problems:
        runs[_within(report.path_of(problem.spot.file), homes)].problems.append(problem)
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run.written(states) for run in runs.values()]}


def _homes(report: Report) -> list[str]:
    accounts = [estate.account for estate in report.estates if estate.source not in CODE]
    homes = [*(report.path_of(root) for root in report.roots), *accounts]
    return homes if 0 < len(homes) <= MOST_RUNS else [""]


def _home_of(finding: Finding, homes: Sequence[str], report: Report) -> str:
    block, spot = block_of(finding), spot_of(finding)
    if block is not None and (root := report.path_of(block.root)) in homes:
        return root
    if spot is not None:
        return _within(report.path_of(spot.file), homes)
    return finding.subject.account if finding.subject.account in homes else homes[0]


def _within(path: str, homes: Sequence[str]) -> str:
    """Give the innermost root that a file lies in; the first where it lies in none."""
    inside = [home for home in homes if path == home or path.startswith(f"{home}/")]
    return max(inside, key=len, default=homes[0])


class _Run:
    """One run of a log: what was found in one root, or one account."""

    def __init__(self, report: Report, home: str, *, first: bool) -> None:
        self.report, self.home, self.first = report, home, first
        self.findings: list[Finding] = []
        self.problems: list[Any] = []
        self.files: dict[str, int] = {}
        self.seen: Counter[str] = Counter()

    def written(self, states: Collection[str]) -> dict[str, Any]:
        """Write the run."""
        report = self.report
        chosen = sorted((one for one in self.findings if state_of(one) in states), key=_rank)
        judged = {one.rule.id for one in self.findings}
        rules = [rule for rule in report.rules.values() if rule.id in judged]
        places = {rule.id: place for place, rule in enumerate(rules)}
        results = [self._result(one, places[one.rule.id]) for one in chosen[:MOST_RESULTS]]
        notes = self._notifications(chosen)
        driver = {
            "name": report.tool,
            "version": report.version,
            "rules": [descriptor(rule, report.policy) for rule in rules],
        }
        category = "" if self.home in ("", ".") else f"{encoded(self.home)}/"
        return {
            "tool": {"driver": driver},
            # All up to the last slash is GitHub's category: an upload replaces the one before of the same category.
            "automationDetails": {"id": f"{report.tool}/{category}"},
            "invocations": [{"executionSuccessful": not report.findings.crashes, "toolExecutionNotifications": notes}],
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
            **self._provenance(),
            "columnKind": "unicodeCodePoints",
            "artifacts": [{"location": artifact(path), "roles": ["analysisTarget"]} for path in self.files],
            "results": results,
            "properties": {
                "policy": f"{report.policy.name} {report.policy.version}",
                "policyDigest": report.policy.digest,
                "judgedAt": report.findings.at.isoformat(),
            },
        }

    def _provenance(self) -> dict[str, Any]:
        source = self.report.repository
        if source is None:
            return {}
        told = {"repositoryUri": source.uri, "revisionId": source.revision, "branch": source.branch}
        known = {name: text for name, text in told.items() if text}
        return {"versionControlProvenance": [{**known, "mappedTo": {"uriBaseId": ROOT}}]}

    def _result(self, finding: Finding, place: int) -> dict[str, Any]:
        state = state_of(finding)
        related = [
            {"id": number, **self._location(one.spot), "message": {"text": plain(one.what)}}
            for number, one in enumerate(marks_of(finding)[:_MOST_RELATED], start=1)
        ]
        change = self.report.change_of(finding)
        fix = self.report.fixes.get(finding.fingerprint)
        return {
            "ruleId": finding.rule.id,
            "ruleIndex": place,
            "kind": _KINDS[state],
            # The standard has no other level than `none` beside a kind that is not `fail`.
            "level": LEVELS[finding.rule.severity] if finding.outcome is Outcome.FAILED else "none",
            "message": {"text": _message(finding)},
            "locations": [self._primary(finding)],
            **({"relatedLocations": related} if related else {}),
            # GitHub reads the first one only. What it makes itself of the text of the line is the same for all
            # instances of a block, and another as soon as the value is.
            "partialFingerprints": {
                "primaryLocationLineHash": f"{finding.fingerprint}:{self._count(finding)}",
                "backupScan/v1": finding.fingerprint,
            },
            **({"baselineState": _BASELINE[change]} if change else {}),
            **({"suppressions": [suppression(finding.waiver)]} if finding.waiver and state == "waived" else {}),
            **({"fixes": [self._fix(fix)]} if fix is not None else {}),
            "properties": _properties(finding),
        }

    def _count(self, finding: Finding) -> int:
        """Count the results with the same fingerprint, such as two mistakes on a line; GitHub keeps one of each."""
        self.seen[finding.fingerprint] += 1
        return self.seen[finding.fingerprint]

    def _primary(self, finding: Finding) -> dict[str, Any]:
        """Give the place that decided; GitHub refuses a file with a result that is in no file, so there is always one.

        Of a block whose source has no lines it is the root; of an account, the configuration that declares it.
        """
        block, spot, subject = block_of(finding), spot_of(finding), finding.subject
        found: dict[str, Any] = {}
        if spot is not None:
            found = self._location(spot)
        elif block is not None:
            found = self._location(Spot(block.root, 1))
        elif self.report.configuration:
            file = artifact(self.report.configuration)
            found = {"physicalLocation": {"artifactLocation": file, "region": {"startLine": 1}}}
        name = subject.id if block is None else block.address
        kind = "list" if subject.gap else "resource"
        return {**found, "logicalLocations": [{"name": subject.name, "fullyQualifiedName": name, "kind": kind}]}

    def _location(self, spot: Spot) -> dict[str, Any]:
        path = from_root(self.report.prefix, spot.file)
        place = {**artifact(path), "index": self.files.setdefault(path, len(self.files))}
        return {"physicalLocation": {"artifactLocation": place, "region": region(spot)}}

    def _fix(self, edit: Edit) -> dict[str, Any]:
        """Write the edit that mends a failure: what is taken out, and what is put there."""
        taken = {"charOffset": edit.start, "charLength": edit.end - edit.start}
        part = {"deletedRegion": taken, "insertedContent": {"text": edit.text}}
        file = artifact(from_root(self.report.prefix, edit.file))
        change = {"artifactLocation": file, "replacements": [part]}
        return {"description": {"text": plain(edit.says)}, "artifactChanges": [change]}

    def _notifications(self, chosen: Sequence[Finding]) -> list[dict[str, Any]]:
        notes = list(troubles(self.report)) if self.first else []
        for one in self.problems:
            said = f"{one.message}; {one.hint}" if one.hint else one.message
            notes.append(notification("error", "could-not-be-read", said, self._location(one.spot)))
        if len(chosen) > MOST_RESULTS:
            said = (
                f"{len(chosen) - MOST_RESULTS} of {len(chosen)} results are left out: no more are accepted in one run"
            )
            notes.append(notification("warning", "results-left-out", f"{said}; findings.json holds them all"))
        if len(chosen) > MOST_SHOWN:
            said = f"code scanning shows {MOST_SHOWN} of {len(chosen)} results; failures come first, the gravest first"
            notes.append(notification("note", "results-not-shown", said))
        if any(spot_of(one) is None and block_of(one) is None for one in chosen) and not self.report.configuration:
            said = "some results are in no file, and GitHub's code scanning refuses those; judge with a configuration"
            notes.append(notification("note", "results-in-no-file", said))
        return notes


def _rank(finding: Finding) -> tuple[int, int, str, str]:
    """Order what matters most first: what is too much is cut at the end."""
    return EVERYTHING.index(state_of(finding)), finding.rule.severity.rank, finding.rule.id, finding.fingerprint


def _message(finding: Finding) -> str:
    block = block_of(finding)
    said = [f"{finding.subject.name if block is None else block.address}: {finding.verdict.because}."]
    more = (settled_by(finding), lapse_of(finding), ticket_of(finding))
    return plain(" ".join([*said, *(f"{text[:1].upper()}{text[1:]}." for text in more if text)]))


def _properties(finding: Finding) -> dict[str, str]:
    block = block_of(finding)
    told = {
        "state": state_of(finding),
        "severity": finding.rule.severity.value,
        "observed": finding.verdict.observed,
        "demanded": finding.verdict.demanded,
        "resource": finding.subject.id,
        "resourceKind": finding.subject.kind,
        "root": block.root if block is not None else "",
        "attribute": attribute_of(finding),
        "system": finding.system,
        "tier": finding.tier,
    }
    return {name: text for name, text in told.items() if text}
