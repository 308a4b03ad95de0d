"""The formats a report can be written in: name, file, and the writer, imported when it is used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.report import Report

#: What is written where nobody says otherwise.
FORMATS = {
    "json": ("findings.json", "reports.findings_json"),
    "junit": ("junit.xml", "reports.junit"),
    "csv": ("findings.csv", "reports.table"),
    "html": ("report.html", "reports.html"),
    "markdown": ("report.md", "reports.markdown"),
    "sarif": ("findings.sarif", "reports.sarif"),
}
#: What build services show of a judgement; they are written when they are asked for.
GATES = {
    "github": ("annotations.txt", "reports.github"),
    "step-summary": ("step-summary.md", "reports.step_summary"),
    "comment": ("comment.md", "reports.comment"),
    "gitlab": ("gl-code-quality-report.json", "reports.gitlab"),
}
ALL = {**FORMATS, **GATES}


def render(name: str, report: Report) -> str:
    """Write a report in a format."""
    text: str = importlib.import_module(ALL[name][1]).render(report)
    return text
