"""The summary of a build's step: the whole judgement as Markdown that GitHub shows on the page of the run."""

from __future__ import annotations

from reports import listing
from reports.cells import said
from reports.report import Report
from reports.words import STATES, stamp

#: GitHub refuses a longer one, in bytes.
LONGEST = 1024 * 1024


def render(report: Report) -> str:
    """Write the summary."""
    page = listing.Page(LONGEST, lambda line: len(line.encode("utf-8", "replace")))
    page.add(f"## {listing.headline(report)}", "", listing.counts(report), "")
    page.add(f"Judged as of {stamp(report.findings.at)} by policy `{report.policy.digest[:12]}`.", "")
    if report.filters:
        only = "; ".join(f"{name} {value}" for name, value in report.filters.items())
        page.add(f"**Only {said(only)}.**", "")
    for crash in report.findings.crashes:
        page.add(f"**A rule failed**, and its verdict is unknown: {said(crash)}", "")
    page.table("By severity", ["Severity", *STATES], [
        (severity.value, *(str(getattr(tally, state)) for state in STATES))
        for severity, tally in report.by_severity.items()
        if tally.total
    ], counted=False)  # fmt: skip
    mine, others = listing.split(report, report.failures)
    open_, older = listing.split(report, report.unknowns)
    if report.changes is not None:
        page.table("Added or worsened by this change", listing.FAILED, listing.failed(report, mine), share=0.6)
        page.table("Could not be judged, and new", listing.UNKNOWN, listing.unknown(report, open_), share=0.7)
        page.table("Mended by this change", listing.FAILED, listing.failed(report, report.mended))
        mine, open_ = others, older
    page.table("Could not be read", listing.PROBLEMS, listing.problems(report), share=0.3)
    page.table(
        "Failures" if report.changes is None else "Failures before", listing.FAILED, listing.failed(report, mine)
    )
    page.table("Could not be judged", listing.UNKNOWN, listing.unknown(report, open_), share=0.7)
    page.table("Waived", listing.WAIVED, listing.waived(report, report.waived))
    if report.second_opinion is not None:
        from reports import second_opinion  # noqa: PLC0415  # only where somebody was asked

        page.add(*second_opinion.markdown(report.second_opinion, report))
    return page.text
