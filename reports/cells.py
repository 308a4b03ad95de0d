"""Cells: texts, names and places of code as Markdown that neither breaks a table nor does anything else."""

from __future__ import annotations

from reports.places import block_of, spot_of
from reports.report import Report
from reports.words import subject_of
from scanner.door.text import cell, code, said
from scanner.model.finding import Finding
from scanner.model.reading import Spot

__all__ = ["cell", "code", "link", "resource", "said"]


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
