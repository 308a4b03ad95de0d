"""Cells: texts, names and places of code as Markdown that neither breaks a table nor does anything else."""

from __future__ import annotations

import re

from reports.places import block_of, spot_of
from reports.report import Report
from reports.words import flat, printable, subject_of
from scanner.model.finding import Finding
from scanner.model.reading import Spot

_TICKS = re.compile(r"`+")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def cell(text: str) -> str:
    """Make text safe inside a table and as Markdown."""
    flat = re.sub(r"\s+", " ", printable(text))
    return re.sub(r"([\\`*_\[\]<>|#]|&(?=#?\w+;))", r"\\\1", flat)


def said(text: str) -> str:
    """Write a text into a discussion: a name in it calls nobody to it."""
    return _MENTION.sub("@\N{ZERO WIDTH SPACE}", cell(text))


def code(text: str) -> str:
    """Write a name as code."""
    name = flat(text)
    if not name or ("|" in name and "\\" in name):  # a table has no certain way to write the two of them as code
        return said(name)
    ticks = "`" * (max((len(one) for one in _TICKS.findall(name)), default=0) + 1)
    gap = " " if name[0] == "`" or name[-1] == "`" else ""
    return f"{ticks}{gap}{name}{gap}{ticks}".replace("|", "\\|")


def link(report: Report, spot: Spot) -> str:
    """Write a place in the code, as a link where its page is known."""
    place = report.place_of(spot)
    page = report.repository.page(report.path_of(spot.file), spot.line) if report.repository is not None else ""
    return f"[{said(place)}]({page})" if page else code(place)


def resource(report: Report, finding: Finding) -> str:
    """Name what a finding is about: the block and its place, or the resource and its region."""
    block, spot = block_of(finding), spot_of(finding)
    name = said(subject_of(finding, report.whose(finding))) if block is None else code(block.address)
    return name if spot is None else f"{name}<br>{link(report, spot)}"
