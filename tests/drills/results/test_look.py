"""The report of a drill looks like that of a scan: what both style sheets say is said alike."""

from __future__ import annotations

import re
from pathlib import Path

import drills.results
import reports

_RULE = re.compile(r"^([^@{}\s][^{}]*)\{([^{}]*)\}", re.MULTILINE)
#: What must not drift apart: ground, headings, tables, code, the first screen.
SHARED = ("*", "html", "body", "h1", "h1 span", "h2", "small", "code", "a", ".hidden", "table", "thead th", "tbody th",
          ".scroll", ".tiles a", ".tiles b", ".count", ".notice", "footer", ":focus-visible")  # fmt: skip


def _rules(package: str, name: str) -> dict[str, str]:
    text = (Path(package).parent / "templates" / name).read_text(encoding="utf-8")
    return {selector.strip(): said for selector, said in _RULE.findall(text)}


def test_both_style_sheets_say_the_same() -> None:
    ours, theirs = _rules(drills.results.__file__, "drill.css"), _rules(reports.__file__, "report.css")
    for selector in SHARED:
        assert ours[selector] == theirs[selector], selector


def test_both_have_the_same_colours() -> None:
    ours, theirs = (
        [dict(re.findall(r"--([a-z]+):(#[0-9a-f]+)", block)) for block in re.findall(r":root\{([^}]*)\}", text)]
        for text in (
            (Path(drills.results.__file__).parent / "templates" / "drill.css").read_text(encoding="utf-8"),
            (Path(reports.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8"),
        )
    )
    assert len(ours) == len(theirs) == 3  # light, dark, print
    for mine, other in zip(ours, theirs, strict=True):
        both = mine.keys() & other.keys()
        assert {"ink", "paper", "failed", "unknown", "passed"} <= both
        assert {name: mine[name] for name in both} == {name: other[name] for name in both}
