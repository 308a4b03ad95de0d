"""A comment for a pull request: what the change adds first, then what could not be judged and why, then counts.

Its first line is hidden and tells whose comment it is, so that the next run replaces it and adds no second one.
"""

from __future__ import annotations

from reports import listing
from reports.report import Report
from reports.repository import encoded

#: GitHub refuses a longer one.
LONGEST = 65_536


def render(report: Report) -> str:
    """Write the comment."""
    page = listing.Page(LONGEST)
    page.add(marker(report.prefix), f"## {listing.headline(report)}", "")
    mine, others = listing.split(report, report.failures)
    open_, older = listing.split(report, report.unknowns)
    title = "Failures" if report.changes is None else "Added or worsened by this change"
    page.table(title, listing.FAILED, listing.failed(report, mine), share=0.6)
    page.table("Could not be read", listing.PROBLEMS, listing.problems(report), share=0.3)
    page.table("Could not be judged", listing.UNKNOWN, listing.unknown(report, open_), share=0.7)
    mended = [row[:3] for row in listing.failed(report, report.mended)]
    page.table("Mended by this change", listing.FAILED[:3], mended, share=0.5)
    page.close(listing.counts(report), "")
    if (others or older) and page.add("<details><summary>What was there before this change</summary>", ""):
        page.table("Failures", listing.FAILED, listing.failed(report, others), share=0.6)
        page.table("Could not be judged", listing.UNKNOWN, listing.unknown(report, older))
        page.close("</details>", "")
    if report.waived and page.add("<details><summary>Waived</summary>", ""):
        page.table("Waived", listing.WAIVED, listing.waived(report, report.waived))
        page.close("</details>", "")
    if report.second_opinion is not None and report.second_opinion.disagreements:
        from reports import second_opinion  # noqa: PLC0415  # only where somebody was asked

        page.add(f"Second opinion of checkov: {second_opinion.counted(report.second_opinion)}.", "")
    return page.text


def marker(key: str = "") -> str:
    """Give the hidden line by which a run finds the comment of the one before; `key` tells several gates apart."""
    return f"<!-- backup-scan{f' {encoded(key)}' if key else ''} -->"
