"""Reports of code: every format names the block, the file and the line; a hostile name is a name and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from junitparser import JUnitXml

from reports import comment, findings_json, github, gitlab, html, junit, markdown, step_summary, table
from reports.report import Report, state_of
from scanner.cli.formats import ALL, FORMATS, GATES, render
from scanner.documents.schema import schema_text
from scanner.model.declaration import Declaration
from scanner.model.finding import Subject
from scanner.model.reading import Reason, Source, Spot
from scanner.model.verdict import Outcome
from scanner.resources.code import CodePart
from tests.reports.code_sample import NASTY, code_sample, compared
from tests.reports.sample import sample
from tests.reports.test_formats import _Tags as Tags

GOLDEN = Path(__file__).parent / "golden" / "code"


@pytest.fixture(scope="module")
def report() -> Report:
    return code_sample()


@pytest.fixture(scope="module")
def change() -> Report:
    return compared()


def test_the_sample_holds_every_state(report: Report) -> None:
    assert {state_of(one) for one in report.findings.findings} == {"passed", "failed", "unknown", "exempt", "waived"}
    assert report.of_code
    assert report.roots == ("infra", "stacks/orders.yaml")


@pytest.mark.parametrize("name", ALL)
def test_the_golden_file(name: str, report: Report, request: pytest.FixtureRequest) -> None:
    file = GOLDEN / ALL[name][0]
    data = render(name, report).encode("utf-8", "backslashreplace")
    if request.config.getoption("--update-golden"):
        file.write_bytes(data)
    assert data == file.read_bytes(), f"{file.name} changed; if that is meant: pytest --update-golden"


@pytest.mark.parametrize("name", ["comment", "step-summary", "sarif", "github"])
def test_the_golden_file_of_a_change(name: str, change: Report, request: pytest.FixtureRequest) -> None:
    file = GOLDEN / f"change-{ALL[name][0]}"
    data = render(name, change).encode("utf-8", "backslashreplace")
    if request.config.getoption("--update-golden"):
        file.write_bytes(data)
    assert data == file.read_bytes(), f"{file.name} changed; if that is meant: pytest --update-golden"


@pytest.mark.parametrize("name", ALL)
def test_the_same_report_gives_the_same_bytes(name: str, report: Report) -> None:
    assert render(name, report) == render(name, code_sample())


@pytest.mark.parametrize("name", ALL)
def test_the_block_and_the_line_that_decided_are_in_every_format(name: str, report: Report) -> None:
    text = render(name, report)
    assert "aws_dynamodb_table.broken" in text
    prefixed = "infra/main.tf" if name == "json" else "deploy/infra/main.tf"
    assert prefixed in text
    assert "12" in text
    # The account is not known, and what stands for it is nobody's business.
    if name in ("html", "markdown", "github", "comment", "step-summary", "junit"):
        assert "?account" not in text
        assert "?region" not in text


@pytest.mark.parametrize("name", ALL)
def test_no_format_lets_a_name_steer_a_terminal(name: str, report: Report) -> None:
    assert "\x1b" not in render(name, report)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("made", [code_sample, compared, sample])
def test_every_gate_takes_every_report(name: str, made: object) -> None:
    report = made()  # type: ignore[operator]
    empty = replace(report, findings=replace(report.findings, findings=()))
    assert render(name, report)
    assert render(name, empty) or name == "github"  # nothing to annotate


def test_json_keeps_its_schema_and_tells_the_place(report: Report, change: Report) -> None:
    from jsonschema import Draft202012Validator

    checks = Draft202012Validator(json.loads(schema_text("findings")))
    document = json.loads(findings_json.render(report))
    checks.validate(document)
    checks.validate(json.loads(findings_json.render(change)))
    (one,) = [
        each
        for each in document["findings"]
        if each["rule"] == "BK991" and each.get("declaration", {}).get("address") == "aws_dynamodb_table.broken"
    ]
    told = one["declaration"]
    assert (told["root"], told["file"], told["line"], told["end_line"]) == ("infra", "infra/main.tf", 12, 12)
    assert told["attribute"] == "point_in_time_recovery.enabled"
    assert told["block"]["line"] == 10
    sources = [document["sources"][place] for each in one["evidence"] for place in each["sources"]]
    assert {"file": "infra/main.tf", "line": 12, "column": 3, "end_line": 12} in [each.get("spot") for each in sources]
    assert all("declaration" not in each["resource"] for each in document["findings"])


def test_json_of_an_account_says_nothing_of_code() -> None:
    document = json.loads(findings_json.render(sample()))
    assert not {"roots", "problems", "mended"} & set(document)
    assert not any("declaration" in one or "change" in one for one in document["findings"])


def test_csv_has_the_columns_of_code_only_for_code(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(table.render(report), newline="")))
    (one,) = [row for row in rows if row["address"] == "aws_dynamodb_table.broken" and row["rule"] == "BK991"]
    assert (one["root"], one["file"], one["line"]) == ("deploy/infra", "deploy/infra/main.tf", "12")
    assert set(table.CODE_COLUMNS).isdisjoint(table.render(sample()).splitlines()[0].split(","))


def test_html_of_code_speaks_of_code(report: Report) -> None:
    text = html.render(report)
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert "script" not in tags.seen
    assert "deploy/<wbr>infra/<wbr>main.tf:12" in text
    assert "an expression was expected" in text
    assert "answers" not in text
    assert "Answer of AWS" not in text
    assert "by the module call at" in text
    assert "<script>alert(1)" not in text


def test_markdown_links_only_where_a_page_is_known(report: Report, change: Report) -> None:
    assert not re.search(r"(?<!\\)\]\(", re.sub(r"``.*?``", "", markdown.render(report)))
    linked = "[deploy/infra/main.tf:12](https://example.org/team/repo/blob/0123abcd/deploy/infra/main.tf#L12)"
    assert linked in markdown.render(change)


@pytest.mark.parametrize("name", ["markdown", "comment", "step-summary"])
def test_markdown_tables_are_not_broken_by_names(name: str, change: Report) -> None:
    lines = render(name, change).splitlines()
    seen = 0
    for start, line in enumerate(lines):
        if re.fullmatch(r"\|(---\|)+", line):
            width = line.count("|")
            for row in lines[start + 1 :]:
                if not row:
                    break
                seen += 1
                assert len(re.findall(r"(?<!\\)\|", row)) == width, row
    assert seen


class TestGithub:
    def test_a_line_is_a_command_whatever_a_name_holds(self, report: Report) -> None:
        lines = github.render(report).splitlines()
        assert all(re.match(r"::(error|warning|notice) ", line) for line in lines)
        nasty = next(line for line in lines if "satellite.tf" in line)
        head, _, text = nasty[2:].partition("::")
        assert "%250A" in text
        assert "%0A::set-env" in text
        assert "file=deploy/infra/satellite.tf,line=2,endLine=2,col=5,endColumn=20" in head

    def test_a_file_name_is_escaped(self, report: Report) -> None:
        first = report.failures[0]
        block = first.subject.declaration
        assert block is not None
        moved = replace(block, spot=Spot("caf\udce9/m%in,1:2.tf", 7))
        here = replace(first, subject=replace(first.subject, declaration=moved), reads=())
        text = github.render(replace(report, findings=replace(report.findings, findings=(here,)), problems=()))
        assert "file=deploy/caf\\xe9/m%25in%2C1%3A2.tf,line=7," in text

    def test_ten_of_each_level_are_shown_and_the_rest_is_counted(self, report: Report) -> None:
        text = github.render(report)
        assert text.count("::error ") == min(10, len(report.failures)) == 10
        assert text.count("::warning ") == len(report.unknowns) + len(report.problems) == 8
        assert (
            text.splitlines()[-1]
            == f"::notice title=backup-scan::{len(report.failures) - 10} more failures; the reports hold them all"
        )
        many = replace(report, findings=replace(report.findings, findings=report.unknowns * 3))
        assert "10 more warnings" in github.render(many)

    def test_a_waived_failure_is_no_annotation(self, report: Report) -> None:
        assert not any("BK992" in line and "accepted" in line for line in github.render(report).splitlines())

    def test_what_was_there_before_a_change_is_counted_only(self, change: Report) -> None:
        *lines, last = github.render(change).splitlines()
        assert all("aws_dynamodb_table.broken" in line for line in lines[:3])
        assert all("Orders" in line for line in lines[3:6])
        assert {line[:9] for line in lines[6:]} == {"::warning"}  # what cannot be read may hide anything
        assert last == "::notice title=backup-scan::there before this change, and not shown: 8 failures and 6 warnings"

    def test_what_could_not_be_read_is_annotated_once(self, report: Report) -> None:
        problem = report.problems[0]
        part = Declaration(problem.spot.said, "infra", CodePart.kind, Source.TERRAFORM, problem.spot)
        first = report.failures[0]
        here = replace(first, subject=Subject(CodePart.kind, "x", "x", "?", "?", declaration=part), reads=())
        text = github.render(replace(report, findings=replace(report.findings, findings=(here,))))
        assert text.count("line=3") == 1
        assert text.count("::warning ") == len(report.problems) - 1

    def test_what_is_left_open_comes_last(self, report: Report) -> None:
        one = next(each for each in report.unknowns if each.subject.declaration)
        some = (replace(one, reason=Reason.OPEN), replace(one, reason=Reason.UNRESOLVED))
        lines = github.render(replace(report, findings=replace(report.findings, findings=some))).splitlines()
        assert "give it a value" in lines[-2]
        assert "--whole-estate" in lines[-1]


class TestComment:
    def test_the_marker_is_its_first_line_and_the_same_every_time(self, report: Report, change: Report) -> None:
        lines = [comment.render(one).splitlines()[0] for one in (report, change)]
        assert lines == ["<!-- backup-scan deploy -->"] * 2
        assert comment.marker("a --> b") == "<!-- backup-scan a%20--%3E%20b -->"

    def test_what_a_change_added_comes_before_what_was_there(self, change: Report) -> None:
        text = comment.render(change)
        order = [
            text.index(said)
            for said in ("Added or worsened", "Could not be read", "Mended", "failed ·", "What was there")
        ]
        assert order == sorted(order)
        assert text.index("aws_dynamodb_table.broken") < text.index("`Orders`") < text.index("What was there")

    def test_what_is_missing_is_told_with_what_would_settle_it(self, report: Report) -> None:
        row = next(line for line in comment.render(report).splitlines() if "aws_dynamodb_table.dark" in line)
        assert "var.pitr has no value" in row
        assert "give it a value, or judge the plan" in row

    def test_a_name_calls_nobody(self, report: Report) -> None:
        outside = re.sub(r"(`+).*?\1", "", comment.render(report))
        assert "@ops" not in outside

    @pytest.mark.parametrize(("render_", "limit"), [(comment.render, 65_536), (step_summary.render, 1024 * 1024)])
    def test_it_is_never_refused_for_its_length(self, report: Report, render_: object, limit: int) -> None:
        some = [one for one in report.findings.findings if state_of(one) in ("failed", "unknown", "waived")]
        for times in (1, 40, 400):
            many = replace(report, findings=replace(report.findings, findings=tuple(some * times)))
            text = render_(many)  # type: ignore[operator]
            assert len(text.encode("utf-8", "backslashreplace")) <= limit
            assert text.count("<details>") == text.count("</details>")
        assert "more; the reports hold them all" in text
        assert f"? {400 * len(report.unknowns)} unknown" in text


class TestGitlab:
    def test_two_that_are_alike_are_told_apart(self, report: Report) -> None:
        one = report.failures[0]
        twice = replace(report, findings=replace(report.findings, findings=(one, one, one)))
        prints = [each["fingerprint"] for each in json.loads(gitlab.render(twice))]
        assert prints == [one.fingerprint, f"{one.fingerprint}-2", f"{one.fingerprint}-3"]

    def test_an_issue_has_all_that_gitlab_asks(self, report: Report) -> None:
        issues = json.loads(gitlab.render(report))
        assert len(issues) == len(report.failures) + len(report.unknowns)
        assert {one["severity"] for one in issues} == {"blocker", "critical", "minor", "info"}
        assert len({one["fingerprint"] for one in issues}) == len(issues)
        for one in issues:
            assert one["description"]
            assert "\n" not in one["description"]
            assert re.fullmatch(r"BK\d{3}", one["check_name"])
            assert one["location"]["path"].startswith("deploy/")
            assert one["location"]["lines"]["begin"] >= 1

    def test_without_findings_it_is_an_empty_list(self, report: Report) -> None:
        assert json.loads(gitlab.render(replace(report, findings=replace(report.findings, findings=())))) == []


def test_an_account_is_judged_without_a_word_of_code() -> None:
    text = comment.render(sample())
    assert "accepted (eu-west-1)" in text
    assert text.startswith("<!-- backup-scan -->\n")


def test_the_gates_are_written_only_when_they_are_asked_for() -> None:
    assert not set(FORMATS) & set(GATES)
    assert len({file for file, _ in ALL.values()}) == len(ALL)


def test_junit_cases_have_their_place(report: Report) -> None:
    found = {}
    for suite in JUnitXml.fromstring(junit.render(report).encode()):
        for case in suite:
            found[suite.name[:5], case.name] = (case._elem.get("file"), case._elem.get("line"))
    assert found["BK991", "aws_dynamodb_table.broken"] == ("deploy/infra/main.tf", "12")
    assert all(line for _, line in found.values())


def test_only_what_is_unknown_is_told_what_would_settle_it(report: Report) -> None:
    from reports.places import settled_by

    for one in report.findings.findings:
        assert bool(settled_by(one)) == (one.outcome is Outcome.UNKNOWN)


def test_the_nasty_name_is_in_the_sample(report: Report) -> None:
    assert any(one.subject.declaration and one.subject.declaration.address == NASTY for one in report.failures)


def test_without_systems_no_page_speaks_of_them(report: Report) -> None:
    assert 'class="system">System</th>' in html.render(report)
    findings = replace(
        report.findings, findings=tuple(replace(one, system="", tier="") for one in report.findings.findings)
    )
    page = html.render(replace(report, findings=findings))
    assert "System</th>" not in page
    assert "By tier" not in page
