"""The formats a report can be written in: name, file, and the writer, imported when it is used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.report import Report

FORMATS = {
    "json": ("findings.json", "reports.findings_json"),
    "junit": ("junit.xml", "reports.junit"),
    "csv": ("findings.csv", "reports.table"),
    "html": ("report.html", "reports.html"),
    "markdown": ("report.md", "reports.markdown"),
}


def render(name: str, report: Report) -> str:
    """Write a report in a format."""
    text: str = importlib.import_module(FORMATS[name][1]).render(report)
    return text
