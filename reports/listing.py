"""Listings: findings as Markdown that a build service shows, cut where it would be refused for its length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from reports.cells import link, resource, said
from reports.places import settled_by
from reports.report import Report
from reports.words import STATES, SYMBOLS, lapse_of, ticket_of, waiver_of
from scanner.model.finding import Finding

#: What is kept free for the lines that say how much is left out.
_RESERVE = 2000

Row = Sequence[str]


class Page:
    """Markdown of a limited length, as `measure` counts it: what does not fit is counted, and said."""

    def __init__(self, limit: int, measure: Callable[[str], int] = len) -> None:
        self._left = limit - _RESERVE
        self._measure = measure
        self._lines: list[str] = []

    def add(self, *lines: str) -> bool:
        """Add lines, all of them or none; say whether they fit."""
        size = sum(self._measure(line) + 1 for line in lines)
        if size > self._left:
            return False
        self._left -= size
        self._lines.extend(lines)
        return True

    def close(self, *lines: str) -> None:
        """Add lines that end what was begun, for which there is always room."""
        self._lines.extend(lines)

    def table(self, title: str, head: Row, rows: Sequence[Row], *, share: float = 1.0, counted: bool = True) -> None:
        """Add a table under a title, with as many rows as fit; a table without rows is left out.

        It takes no more than its share of the room there is, so that what comes after it is seen too.
        """
        if not rows:
            return
        count = f" ({len(rows)})" if counted else ""
        lines = [f"### {title}{count}", "", _row(head), f"|{'---|' * len(head)}"]
        if not self.add(*lines):
            self._lines.append(f"{title}: {len(rows)}, for which there is no room here; the reports hold them all.")
            return
        shown, kept = 0, int(self._left * (1 - share))
        for row in rows:
            if self._left - self._measure(_row(row)) < kept or not self.add(_row(row)):
                break
            shown += 1
        if shown < len(rows):
            self._lines += ["", f"… and {len(rows) - shown} more; the reports hold them all."]
        self._lines.append("")

    @property
    def text(self) -> str:
        """The page."""
        return "\n".join(self._lines).rstrip() + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


FAILED = ("Severity", "Rule", "Resource", "Observed", "Demanded", "Fix")
UNKNOWN = ("Severity", "Rule", "Resource", "What is missing", "What would settle it")
WAIVED = ("Rule", "Resource", "Observed", "Waiver")


def failed(report: Report, findings: Iterable[Finding]) -> list[Row]:
    """Give the rows of failures."""
    return [
        (one.rule.severity.value, said(f"{one.rule.id} {one.rule.promise}"), resource(report, one),
         said("; ".join(filter(None, (one.verdict.observed, lapse_of(one), ticket_of(one))))),
         said(one.verdict.demanded or "–"), said(one.rule.fix))
        for one in findings
    ]  # fmt: skip


def unknown(report: Report, findings: Iterable[Finding]) -> list[Row]:
    """Give the rows of what could not be judged, with what would settle it."""
    return [
        (one.rule.severity.value, said(f"{one.rule.id} {one.rule.promise}"), resource(report, one),
         said("; ".join(filter(None, (one.verdict.observed, ticket_of(one))))), said(settled_by(one) or "–"))
        for one in findings
    ]  # fmt: skip


def waived(report: Report, findings: Iterable[Finding]) -> list[Row]:
    """Give the rows of waived failures."""
    return [(one.rule.id, resource(report, one), said(one.verdict.observed), said(waiver_of(one))) for one in findings]


def problems(report: Report) -> list[Row]:
    """Give the rows of what of the code could not be read."""
    return [(link(report, one.spot), said(one.message), said(one.hint or "–")) for one in report.problems]


PROBLEMS = ("Where", "What could not be read", "What to do")


def headline(report: Report) -> str:
    """Say in one line how the judgement came out, and what a change did to it where that is known."""
    counts = report.tally
    state = "failed" if counts.failed else "unknown" if counts.unknown else "passed"
    parts = [f"{counts.failed} failed", f"{counts.unknown} unknown"]
    if report.changes is not None:
        made = [report.change_of(one) for one in (*report.failures, *report.unknowns)]
        parts = [f"{made.count('added')} added", f"{made.count('worsened')} worsened", f"{len(report.mended)} mended"]
        state = "failed" if any(report.change_of(one) in NEW for one in report.failures) else state
        state = "passed" if not set(made) & set(NEW) else state
    return f"{SYMBOLS[state]} Backup compliance of {said(report.title)}: {', '.join(parts)}"


#: What a change did that it must answer for.
NEW = ("added", "worsened")


def split(report: Report, findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Part findings into those that a change added or worsened and the others; all are the former without a comparison."""
    if report.changes is None:
        return list(findings), []
    mine = [one for one in findings if report.change_of(one) in NEW]
    mine.sort(key=lambda one: NEW.index(report.change_of(one)))
    return mine, [one for one in findings if report.change_of(one) not in NEW]


def counts(report: Report) -> str:
    """Say how many verdicts of each kind there are, by which policy."""
    tally = report.tally
    told = " · ".join(f"{SYMBOLS[state]} {getattr(tally, state)} {state}" for state in STATES)
    return f"{told} — {said(f'{report.policy.name} {report.policy.version}')}"
