"""Workflow commands: findings as annotations of a pull request's files, as GitHub's runner reads them from the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from reports import listing
from reports.places import block_of, settled_by, spot_of
from reports.report import Report
from reports.repository import shown
from reports.words import lapse_of, printable, subject_of
from scanner.model.finding import Finding
from scanner.model.reading import Reason, Spot
from scanner.resources.code import CodePart

#: The runner keeps so many of each level in a step, and drops the others without a word.
MOST = 10
#: It cuts a longer message.
LONGEST = 4_000


class Note(NamedTuple):
    """One annotation: its level, title and text, and its place, where it has one."""

    level: str
    title: str
    text: str
    spot: Spot | None


def render(report: Report) -> str:
    """Write the annotations: failures as errors, the gravest first, what is unknown or could not be read as warnings.

    What was there before a change fails nothing, so it is counted only: an error beside a check that passed misleads.
    """
    failed, failed_before = listing.split(report, report.failures)
    unknown, unknown_before = listing.split(report, report.unknowns)
    unknown.sort(
        key=lambda one: one.reason is Reason.OPEN and report.change_of(one) != "worsened"
    )  # these fail nothing
    told = {spot_of(one) for one in report.findings.findings if one.subject.kind == CodePart.kind}
    problems = [Note("warning", "could not be read", "; ".join(filter(None, (one.message, one.hint))), one.spot)
                for one in report.problems if one.spot not in told]  # fmt: skip
    errors = [_note(report, "error", one) for one in failed]
    warnings = [*problems, *(_note(report, "warning", one) for one in unknown)]
    lines = [*_lines(report, errors), *_lines(report, warnings)]
    left = _counted(len(errors) - MOST, len(warnings) - MOST, "more ")
    if left:
        lines.append(_notice(report, f"{left}; the reports hold them all"))
    before = _counted(len(failed_before), len(unknown_before))
    if before:
        lines.append(_notice(report, f"there before this change, and not shown: {before}"))
    return "".join(f"{line}\n" for line in lines)


def _counted(failures: int, warnings: int, more: str = "") -> str:
    counts = ((failures, "failure"), (warnings, "warning"))
    return " and ".join(f"{count} {more}{what}{'' if count == 1 else 's'}" for count, what in counts if count > 0)


def _notice(report: Report, text: str) -> str:
    return _command(report, Note("notice", "backup-scan", text, None))


def _note(report: Report, level: str, finding: Finding) -> Note:
    block, rule = block_of(finding), finding.rule
    name = subject_of(finding, report.whose(finding)) if block is None else block.address
    text = [f"{name}: {finding.verdict.because}"]
    text += [one for one in (settled_by(finding), lapse_of(finding)) if one]
    text += [f"fix: {rule.fix}"] if level == "error" else []
    return Note(level, f"{rule.id} {rule.severity.value}: {rule.promise}", "\n".join(text), spot_of(finding))


def _lines(report: Report, notes: Iterable[Note]) -> list[str]:
    return [_command(report, one) for one, _ in zip(notes, range(MOST), strict=False)]


def _command(report: Report, note: Note) -> str:
    told: dict[str, str] = {}
    spot = note.spot
    if spot is not None:
        told["file"] = shown(report.path_of(spot.file))
        told["line"] = str(max(spot.line, 1))
        if spot.end_line > spot.line:  # GitHub takes columns of one line only
            told["endLine"] = str(spot.end_line)
        elif spot.end_line == spot.line:
            told |= {"endLine": str(spot.end_line), "col": str(spot.column), "endColumn": str(spot.end_column)}
    told["title"] = note.title
    properties = ",".join(f"{name}={_property(text)}" for name, text in told.items())
    return f"::{note.level} {properties}::{_message(note.text)}"


def _message(text: str) -> str:
    cut = printable(text)
    cut = cut if len(cut) <= LONGEST else f"{cut[: LONGEST - 1]}…"
    return cut.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
