"""SARIF keeps the standard's schema, and what GitHub's code scanning demands beyond it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from reports import sarif
from reports.report import Report, state_of
from scanner.iac.fixes.edit import Edit
from scanner.model.finding import Finding
from tests.reports.code_sample import NASTY, code_sample, compared
from tests.reports.sample import sample

_SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
_CHECKS = Draft4Validator(_SCHEMA)


@pytest.fixture(scope="module")
def report() -> Report:
    return code_sample()


def results_of(log: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for run in log["runs"]:
        for result in run["results"]:
            yield run, result


@pytest.mark.parametrize("made", [code_sample, compared, sample])
@pytest.mark.parametrize("states", [sarif.SHOWN, sarif.EVERYTHING])
def test_it_keeps_the_schema(made: Any, states: tuple[str, ...]) -> None:
    # What is written is what is checked: through JSON, as a file holds it.
    log = json.loads(json.dumps(sarif.document(made(), states)))
    assert [f"{'/'.join(map(str, one.absolute_path))}: {one.message}" for one in _CHECKS.iter_errors(log)] == []


def test_each_outcome_is_said_as_documented(report: Report) -> None:
    wanted = {"passed": "pass", "failed": "fail", "unknown": "open", "exempt": "notApplicable", "waived": "fail"}
    findings = {one.fingerprint: one for one in report.findings.findings}
    seen = set()
    for _, result in results_of(sarif.document(report, sarif.EVERYTHING)):
        state = state_of(findings[result["partialFingerprints"]["backupScan/v1"]])
        seen.add(state)
        assert result["kind"] == wanted[state]
        assert (result["level"] == "none") == (result["kind"] != "fail"), "the standard allows no other"
        assert ("suppressions" in result) == (state == "waived")
    assert seen == set(wanted)


def test_only_what_needs_a_person_is_in_the_file(report: Report) -> None:
    kinds = {result["properties"]["state"] for _, result in results_of(json.loads(sarif.render(report)))}
    assert kinds == {"failed", "unknown", "waived"}


def test_a_waiver_says_why_and_until_when(report: Report) -> None:
    (one,) = [result for _, result in results_of(sarif.document(report)) if "suppressions" in result]
    (told,) = one["suppressions"]
    assert (told["kind"], told["status"]) == ("external", "accepted")
    assert "migrated in January" in told["justification"]
    assert "until 2027-01-31" in told["justification"]
    assert told["properties"]["expires"] == "2027-01-31"


@pytest.mark.parametrize("made", [code_sample, compared])
def test_every_result_has_what_github_demands(made: Any) -> None:
    report = made()
    for run, result in results_of(sarif.document(report)):
        rules = run["tool"]["driver"]["rules"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith(("/", "..", "./"))
        assert place["region"]["startLine"] >= 1
        uri = run["artifacts"][place["artifactLocation"]["index"]]["location"]["uri"]
        assert uri == place["artifactLocation"]["uri"]
        assert result["message"]["text"]
        assert re.fullmatch(r"[0-9a-f]{16}:1", result["partialFingerprints"]["primaryLocationLineHash"])
        numbers = [one["id"] for one in result.get("relatedLocations", ())]
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_rule_has_its_help_score_and_no_more_tags_than_are_taken(report: Report) -> None:
    crowded = replace(report.policy.controls[0], id="X")
    policy = replace(report.policy, topics={"schedule": tuple(replace(crowded, id=f"A{n}") for n in range(40))})
    for given in (report, replace(report, policy=policy)):
        for run in sarif.document(given)["runs"]:
            for rule in run["tool"]["driver"]["rules"]:
                score = rule["properties"]["security-severity"]
                assert isinstance(score, str)
                assert 0.0 < float(score) <= 10.0
                assert rule["help"]["text"]
                assert "**Fix:**" in rule["help"]["markdown"]
                assert len(rule["fullDescription"]["text"]) <= 1000
                assert len(rule["properties"]["tags"]) <= 20
                assert rule["properties"]["tags"][0] == "security"
                assert "helpUri" not in rule


def test_the_place_is_the_attribute_that_decided_and_the_others_are_related(report: Report) -> None:
    (inner,) = [
        result
        for _, result in results_of(sarif.document(report))
        if result["ruleId"] == "BK991" and "module.data" in result["message"]["text"]
    ]
    place = inner["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "deploy/modules/data/tables.tf"
    assert place["region"] == {"startLine": 5, "startColumn": 3, "endLine": 5, "endColumn": 30}
    lines = [
        (one["physicalLocation"]["artifactLocation"]["uri"], one["physicalLocation"]["region"]["startLine"], one["message"]["text"])
        for one in inner["relatedLocations"]
    ]  # fmt: skip
    call = "the module call that leads here"
    assert lines == [
        ("deploy/modules/data/tables.tf", 3, 'module.data.aws_dynamodb_table.inner["a"]'),
        ("deploy/modules/data/main.tf", 7, call),
        ("deploy/infra/main.tf", 40, call),
    ]


def test_a_satellite_that_decided_is_the_place_and_the_block_is_related(report: Report) -> None:
    (one,) = [
        result
        for _, result in results_of(sarif.document(report))
        if result["ruleId"] == "BK991" and result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == NASTY
    ]
    assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "deploy/infra/satellite.tf"
    related = [place["physicalLocation"]["artifactLocation"]["uri"] for place in one["relatedLocations"]]
    assert related == ["deploy/caf%E9/m%25in%2C1%3A2.tf"]
    assert "](" not in one["message"]["text"]
    assert "\x1b" not in one["message"]["text"]


def test_fingerprints_stay_when_lines_move(report: Report) -> None:
    def moved(one: Finding) -> Finding:
        block = one.subject.declaration
        if block is None or block.spot is None:
            return one
        spot = replace(block.spot, line=block.spot.line + 100, file=f"moved/{block.spot.file}")
        return replace(one, subject=replace(one.subject, declaration=replace(block, spot=spot)))

    later = replace(report, findings=replace(report.findings, findings=tuple(map(moved, report.findings.findings))))
    prints = [
        {result["partialFingerprints"]["primaryLocationLineHash"] for _, result in results_of(sarif.document(each))}
        for each in (report, later)
    ]
    assert prints[0] == prints[1]
    assert len(prints[0]) == sum(1 for _ in results_of(sarif.document(report)))


def test_two_that_are_alike_are_told_apart(report: Report) -> None:
    one = report.failures[0]
    twice = replace(report, findings=replace(report.findings, findings=(one, one)))
    marks = [each["partialFingerprints"]["primaryLocationLineHash"] for _, each in results_of(sarif.document(twice))]
    assert marks == [f"{one.fingerprint}:1", f"{one.fingerprint}:2"]


def test_a_run_per_root_with_a_category_of_its_own(report: Report) -> None:
    log = sarif.document(report)
    ids = [run["automationDetails"]["id"] for run in log["runs"]]
    assert ids == ["backup-scan/deploy/infra/", "backup-scan/deploy/stacks/orders.yaml/"]
    first, second = log["runs"]
    assert {result["properties"]["root"] for result in second["results"]} == {"stacks/orders.yaml"}
    assert len(first["invocations"][0]["toolExecutionNotifications"]) == 2
    assert second["invocations"][0]["toolExecutionNotifications"] == []


def test_more_roots_than_github_takes_become_one_run(report: Report) -> None:
    kept = report.estates[1]
    (table,) = next(iter(kept.resources.values()))
    assert table.declaration is not None
    many = []
    for number in range(25):
        twin = table.seen_by(table.look)
        twin.declaration = replace(table.declaration, root=f"stacks/{number}.yaml")
        many.append(twin)
    crowded = replace(report, estates=(replace(kept, resources={table.kind: tuple(many)}),))
    (run,) = sarif.document(crowded)["runs"]
    assert run["automationDetails"]["id"] == "backup-scan/"
    assert len(run["results"]) == len(report.failures) + len(report.unknowns) + len(report.waived)


def test_problems_and_crashes_are_told_as_notifications(report: Report) -> None:
    crashed = replace(report, findings=replace(report.findings, crashes=("BK991 on x: ValueError: y",)))
    invocation = sarif.document(crashed)["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    told = {one["descriptor"]["id"]: one for one in invocation["toolExecutionNotifications"]}
    assert "BK991 on x" in told["rule-failed"]["message"]["text"]
    place = told["could-not-be-read"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].startswith("deploy/infra/")
    assert sarif.document(report)["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_what_is_too_much_is_cut_at_its_least_end_and_said(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 12)
    monkeypatch.setattr(sarif, "MOST_SHOWN", 5)
    run = sarif.document(report)["runs"][0]
    assert [one["properties"]["state"] for one in run["results"]] == ["failed"] * 11 + ["unknown"]
    severities = [one["properties"]["severity"] for one in run["results"][:11]]
    assert severities == sorted(severities, key=("critical", "high", "medium", "low").index)
    said = {
        one["descriptor"]["id"]: one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]
    }
    whole = len([one for one in report.findings.findings if state_of(one) in sarif.SHOWN]) - 3
    assert said["results-left-out"].startswith(f"{whole - 12} of {whole} results are left out")
    assert said["results-not-shown"].startswith(f"code scanning shows 5 of {whole} results")


def test_a_change_is_told_as_a_baseline_state() -> None:
    states = {}
    for _, result in results_of(sarif.document(compared())):
        states[result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]] = result["baselineState"]
    assert states["aws_dynamodb_table.broken"] == "new"
    assert states["Orders"] == "updated"
    assert states["aws_dynamodb_table.dark"] == "unchanged"
    assert not any("baselineState" in result for _, result in results_of(sarif.document(code_sample())))


def test_the_commit_is_told_where_it_is_known(report: Report) -> None:
    (told,) = sarif.document(compared())["runs"][0]["versionControlProvenance"]
    assert (told["repositoryUri"], told["revisionId"], told["branch"]) == (
        "https://example.org/team/repo",
        "0123abcd",
        "feature/x",
    )
    assert "versionControlProvenance" not in sarif.document(report)["runs"][0]


class TestAccounts:
    def test_what_is_in_no_file_is_shown_at_the_configuration(self) -> None:
        report = replace(sample(), configuration="backup-scan.yaml")
        log = sarif.document(report)
        assert log["runs"][0]["automationDetails"]["id"] == "backup-scan/111111111111/"
        for _, result in results_of(log):
            (location,) = result["locations"]
            assert location["physicalLocation"]["artifactLocation"]["uri"] == "backup-scan.yaml"
            assert location["logicalLocations"][0]["fullyQualifiedName"]

    def test_without_one_it_says_that_github_will_refuse_the_file(self) -> None:
        run = sarif.document(sample())["runs"][0]
        assert all("physicalLocation" not in result["locations"][0] for result in run["results"])
        (note,) = run["invocations"][0]["toolExecutionNotifications"]
        assert note["descriptor"]["id"] == "results-in-no-file"


def test_a_fix_is_written_as_the_edit_of_its_file(report: Report) -> None:
    first = next(one for one in report.failures if "broken" in one.subject.name)
    edit = Edit("infra/main.tf", 240, 245, "true", "set enabled to true")
    log = sarif.document(replace(report, fixes={first.fingerprint: edit}))
    assert list(_CHECKS.iter_errors(log)) == []
    (told,) = [result["fixes"][0] for _, result in results_of(log) if "fixes" in result]
    assert told["description"]["text"] == "set enabled to true"
    (change,) = told["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "deploy/infra/main.tf"
    (part,) = change["replacements"]
    assert part["deletedRegion"] == {"charOffset": 240, "charLength": 5}
    assert part["insertedContent"]["text"] == "true"
