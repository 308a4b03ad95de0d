"""Every format tells every state, keeps its own rules, and is the same from the same record."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from drills.judging import judge_record
from drills.results import html, junit, markdown
from drills.results.drawing import drawn
from drills.results.record import MEASURED, Record
from drills.results.writing import FORMATS, render, write_results
from scanner.model.errors import OutputError
from tests.drills.results.sample import NASTY, configuration, judgement, policy, record

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", FORMATS)
def test_the_golden_file(name: str, request: pytest.FixtureRequest) -> None:
    file = GOLDEN / FORMATS[name][0]
    text = render(name, record(), judgement())
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8", newline="")
    assert text == file.read_bytes().decode(), f"{file.name} changed; if that is meant: pytest --update-golden"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_every_drill_and_steers_no_terminal(name: str) -> None:
    text = render(name, record(), judgement())
    for one in record().measured:
        assert one.name in text
    assert "\x1b" not in text


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_of_nothing_has_reports_too(name: str) -> None:
    nothing = replace(record(), measured=())
    assert render(name, nothing, judge_record(nothing, policy(), configuration()))


def test_all_are_written_or_none(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    files = write_results(record(), judgement(), folder)
    assert files == [folder / file for file, _ in FORMATS.values()]
    assert sorted(folder.iterdir()) == sorted(files)
    assert write_results(record(), judgement(), folder, ["junit"]) == [folder / "junit.xml"]


def test_a_run_of_nothing_leaves_no_measurements_that_a_scan_would_refuse(tmp_path: Path) -> None:
    nothing = replace(record(), measured=())
    files = write_results(nothing, judge_record(nothing, policy(), configuration()), tmp_path)
    assert tmp_path / "measurements.json" not in files


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="it is a file, not a directory"):
        write_results(record(), judgement(), tmp_path / "out")


# -- JUnit


def _cases(made: Record) -> dict[tuple[str, str], tuple[set[type], set[str]]]:
    found = {}
    for suite in JUnitXml.fromstring(junit.render(made, judge_record(made, policy(), configuration())).encode()):
        for case in suite:
            kinds = {type(result) for result in case.result}
            found[suite.name, case.name] = (kinds, {result.type for result in case.result})
    return found


def test_junit_says_each_state_as_documented() -> None:
    cases = _cases(record())
    orders = "orders come back to the newest time"
    assert cases["authentication", "users come back to the newest time"] == (set(), set())
    assert cases["orders", orders] == ({Failure}, {"failed"})
    assert cases["orders", f"{orders}: every table came back"] == (set(), set())
    assert cases["orders", f"{orders}: the canaries came back without a gap"] == ({Failure}, {"freshness"})
    assert cases["orders", f"{orders}: every index agrees with its table"] == ({Failure}, {"not-tested"})
    assert cases["transaction-log", "the ledger comes back to the newest time"] == ({Error}, {"inconclusive"})
    assert cases["documents", "the share comes back"] == ({Error}, {"not-tested"})
    assert cases["customer-metadata", "profiles come back"] == ({Error}, {"unknown"})
    assert cases["the run", "the run went to its end"] == ({Error}, {"stopped"})


def test_what_held_in_a_drill_that_says_nothing_is_skipped() -> None:
    users = replace(record().measured[0], state="inconclusive", why="it hung")
    cases = _cases(replace(record(), measured=(users,)))
    assert cases["authentication", f"{users.name}: every table came back"][0] == {Skipped}


def test_junit_tells_target_achieved_margin_and_evidence() -> None:
    suites = ET.fromstring(junit.render(record(), judgement()))  # our own text
    orders = next(suite for suite in suites if suite.get("name") == "orders")
    told = {one.get("name"): one.get("value") for one in orders.iter("property")}
    assert told["rpo.target"] == "5 minutes"
    assert told["rpo.achieved"] == "22 minutes 2 seconds"
    assert told["rpo.margin"] == "minus 17 minutes 2 seconds"
    assert (told["rpo.verdict"], told["rto.verdict"], told["verdict"]) == ("failed", "passed", "failed")
    assert told["evidence"] == "engine"


# -- HTML


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.ids: list[str] = []
        self.refers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href", "action"):
                assert (value or "").startswith("#"), value
                self.refers.append((value or "")[1:])
            if name == "aria-labelledby":
                self.refers += (value or "").split()
        if tag not in ("meta", "br", "wbr", "link", "img", "input", "hr", "rect", "line"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("rect", "line"):
            return
        assert self.open.pop() == tag


def test_html_is_one_offline_file_without_script() -> None:
    text = html.render(record(), judgement())
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert not {"script", "iframe", "object", "embed", "link", "form"} & tags.seen
    assert len(tags.ids) == len(set(tags.ids))
    assert set(tags.refers) <= set(tags.ids)
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|https?://", text)
    assert "alert(&#34;x&#34;)" in text
    assert "<script" not in text


def test_every_timeline_has_words_for_who_does_not_see_it() -> None:
    text = html.render(record(), judgement())
    pictures = re.findall(r'<svg class="timeline".*?</svg>', text, re.DOTALL)
    with_marks = [one for one in record().measured if len(one.marks) > 1]
    assert sum(picture.count('class="name') for picture in pictures) == len(with_marks)
    for picture in pictures:
        assert "<title" in picture
        assert "T0 the loss is declared after 0.0 s" in picture
    (several,) = (one for one in pictures if one.count('class="name') > 1)
    assert several.count("critical path") == 2


def test_a_limit_within_the_picture_is_drawn() -> None:
    users = record().measured[0]
    assert "RTO 30 s</text>" in drawn([replace(users, rto=users.marks[-1].after / 2)], "one")
    assert "RTO 1 h</text>" not in drawn([users], "one")


def test_a_picture_of_one_mark_is_none() -> None:
    users = record().measured[0]
    assert drawn([replace(users, marks=users.marks[:1])], "one") == ""


def test_html_shows_the_hash_of_the_record_that_is_written_beside_it(tmp_path: Path) -> None:
    import hashlib

    write_results(record(), judgement(), tmp_path)
    digest = hashlib.sha256((tmp_path / "drill.json").read_bytes()).hexdigest()
    assert digest in (tmp_path / "report.html").read_text(encoding="utf-8")


# -- Markdown


def test_markdown_tables_hold_and_nobody_is_called() -> None:
    text = markdown.render(record(), judgement())
    assert NASTY not in text
    assert "@all" not in text
    assert "<script>" not in text.replace("\\<script\\>", "")
    columns = 0
    for line in text.splitlines():
        count = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not columns or not count or count == columns, line
        columns = count


def test_what_could_not_be_checked_is_told_before_what_held() -> None:
    text = markdown.render(record(), judgement())
    section = text[text.index("## ✗ orders come back") :]
    assert section.index("**did not hold**") < section.index("**not checked**") < section.index("| held |")
    assert any(one.state != MEASURED for one in record().measured)
