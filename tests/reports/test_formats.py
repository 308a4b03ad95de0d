"""Every format is total over the outcomes, valid by its own rules, and the same from the same report."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from reports import findings_json, html, junit, markdown, table
from reports.report import Report, state_of
from scanner.cli import summary
from scanner.cli.formats import FORMATS, render
from scanner.documents.schema import schema_text
from tests.reports.sample import NASTY, sample

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def report() -> Report:
    return sample()


def test_the_sample_holds_every_state_and_severity(report: Report) -> None:
    assert {state_of(one) for one in report.findings.findings} == {"passed", "failed", "unknown", "exempt", "waived"}
    assert {one.rule.severity.value for one in report.findings.findings} == {"critical", "high", "medium", "low"}
    assert any(one.subject.gap for one in report.findings.findings)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_report_gives_the_same_bytes(name: str, report: Report) -> None:
    assert render(name, report) == render(name, sample())


@pytest.mark.parametrize("name", FORMATS)
def test_the_golden_file(name: str, report: Report, request: pytest.FixtureRequest) -> None:
    file = GOLDEN / FORMATS[name][0]
    text = render(name, report)
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8", newline="")
    assert text == file.read_bytes().decode(), f"{file.name} changed; if that is meant: pytest --update-golden"


@pytest.mark.parametrize("name", FORMATS)
def test_every_finding_that_needs_a_person_is_in_every_format(name: str, report: Report) -> None:
    text = render(name, report)
    for one in (*report.failures, *report.unknowns, *report.waived):
        assert one.rule.id in text
        assert one.subject.name in text or one.subject.id in text or one.subject.name == NASTY
    for _, gap in report.gaps:
        assert gap.unknown.detail in text or gap.unknown.detail in text.replace("\\", ""), gap.unknown.detail


def test_json_keeps_its_schema(report: Report) -> None:
    from jsonschema import Draft202012Validator

    document = json.loads(findings_json.render(report))
    Draft202012Validator(json.loads(schema_text("findings"))).validate(document)
    assert document["summary"] == {"passed": 4, "failed": 11, "unknown": 8, "exempt": 4, "waived": 1}


def test_junit_says_each_outcome_as_documented(report: Report) -> None:
    said = {}
    for suite in JUnitXml.fromstring(junit.render(report).encode()):
        for case in suite:
            kinds = {type(result) for result in case.result}
            said[suite.name[:5], case.name] = kinds
    for one in report.findings.findings:
        wanted = {"passed": set(), "failed": {Failure}, "unknown": {Error}, "exempt": {Skipped}, "waived": {Skipped}}
        name = one.subject.id.replace("\x1b", "")
        assert said[one.rule.id, name] == wanted[state_of(one)]


def test_csv_cells_are_no_formulas_and_no_control_characters(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(table.render(report), newline="")))
    assert len(rows) == len(report.findings.findings)
    for row in rows:
        for cell in row.values():
            assert cell is not None
            assert not cell.startswith(("=", "+", "-", "@"))
            assert "\x1b" not in cell


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.urls += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        if tag not in ("meta", "br", "wbr", "link", "img", "input", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_offline_file_without_script(report: Report) -> None:
    text = html.render(report)
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert not {"script", "iframe", "object", "embed", "link", "form"} & tags.seen
    assert all(url.startswith("#") for url in tags.urls)
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|https?://", text)
    assert "alert(&#34;x&#34;)" in text
    assert "\x1b" not in text


def test_markdown_tables_are_not_broken_by_names(report: Report) -> None:
    lines = markdown.render(report).splitlines()
    for start, line in enumerate(lines):
        if re.fullmatch(r"\|(---\|)+", line):
            width = line.count("|")
            for row in lines[start + 1 :]:
                if not row:
                    break
                assert len(re.findall(r"(?<!\\)\|", row)) == width, row


def test_a_waiver_is_shown_with_its_reason_owner_approver_and_ticket(report: Report) -> None:
    for name in FORMATS:
        text = render(name, report)
        for said in ("migrated in January", "ann", "bea", "2027-01-31", "OPS-7"):
            assert said in text, f"{said} is not in {name}"


def test_a_ticket_is_shown_beside_its_failure_which_stays_one(report: Report) -> None:
    (one,) = [one for one in report.findings.findings if one.ticket is not None]
    assert state_of(one) == "failed"
    for name in FORMATS:
        text = render(name, report)
        for said in ("OPS-8", "2026-11-02"):
            assert said in text, f"{said} is not in {name}"
    case = next(case for suite in JUnitXml.fromstring(junit.render(report).encode()) for case in suite
                if any("OPS-8" in str(result.message) for result in case.result))  # fmt: skip
    assert [type(result) for result in case.result] == [Failure]


def test_an_expired_waiver_is_told_where_people_read(report: Report) -> None:
    for name in ("json", "junit", "html", "markdown"):
        assert "was to be gone by then" in render(name, report), name


def test_the_summary_shows_waivers_and_tickets(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    from scanner.cli.summary import show

    show(report, None)
    text = " ".join(capsys.readouterr().out.split())
    assert "waived until 2027-01-31: migrated in January (owner ann, approved by bea, ticket OPS-7)" in text
    assert "ticket OPS-8, opened 2026-11-02" in text
    assert "its waiver expired on 2026-10-31 (owner ann): was to be gone by then" in text


def test_a_name_with_a_line_break_is_no_line_of_the_summary(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    from scanner.cli.summary import show

    first = report.failures[0]
    named = replace(first, subject=replace(first.subject, name="x\n✓ 0 failed"))
    show(replace(report, findings=replace(report.findings, findings=(named,))), None)
    assert not any(line.startswith("✓ 0") for line in map(str.strip, capsys.readouterr().out.splitlines()))


def test_a_part_does_not_look_like_the_whole(report: Report) -> None:
    part = replace(report, filters={"rule": "BK991"}, configuration="mine.yaml", configuration_digest="2" * 64)
    for name in ("html", "markdown"):
        text = render(name, part)
        for said in ("Only", "BK991", "mine.yaml", "2" * 12):
            assert said in text, (name, said)


@pytest.mark.parametrize("name", ["=1", " =1", "\n=1", "＝1", "@x"])
def test_no_spreadsheet_takes_a_name_for_a_formula(report: Report, name: str) -> None:
    first = report.failures[0]
    named = replace(first, subject=replace(first.subject, name=name))
    text = table.render(replace(report, findings=replace(report.findings, findings=(named,))))
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["name"] == f"'{name}"


def test_a_finding_about_one_clause_counts_for_that_one(report: Report) -> None:
    first = report.findings.findings[0]
    bearing = replace(first.rule, enforces=("4.2-metadata-snapshots", "7.1-rto"))
    one = replace(
        report, findings=replace(report.findings, findings=(replace(first, rule=bearing, about=("7.1-rto",)),))
    )
    counts = {clause.id: tally.total for clause, tally, _ in one.by_clause}
    assert counts == {"4.2-metadata-snapshots": 0, "7.1-rto": 1}


def test_the_terminal_says_only_so_much_of_one_rule(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = sample()
    summary.show(report, None)
    whole = capsys.readouterr().out
    assert "each in its own way" not in whole
    monkeypatch.setattr(summary, "MOST_SAID", 0)
    summary.show(report, None)
    short = capsys.readouterr().out
    told = [int(number) for number in re.findall(r"and (\d+) more, each in its own way: see the report", short)]
    assert sum(told) == len(report.failures) + len(report.unknowns) + len(report.waived)
    assert len(short.splitlines()) < len(whole.splitlines())
