"""The summary of a run on the terminal: per system the verdict, the figures and why, then what is left behind."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drills.cli.lines import wrapped
from drills.cli.targets import SPOKEN
from drills.results.words import SYMBOLS, brief, figure_of, margin_of, verdict_of
from scanner.door.text import flat

if TYPE_CHECKING:
    from drills.judging import Figure, Judgement, Standing, SystemStanding
    from drills.results.record import Record

_COLOURS = {"failed": "red", "unknown": "yellow", "passed": "green"}
#: For terminals whose encoding has no such signs.
_PLAIN = {"failed": "x", "unknown": "?", "passed": "+", "": "."}
#: How many reasons are told of one drill; the reports tell all.
_MOST_SAID = 4


def show(record: Record, judgement: Judgement, files: Sequence[Path]) -> None:
    """Print the summary to standard output."""
    lasted = brief(record.ended_at - record.began_at)
    _print(f"{record.plan} on {SPOKEN.get(record.target, record.target)}: run {record.run}, {lasted}", 0, bold=True)
    _print(f"digest {record.digest}", 0, dim=True)
    for system in judgement.systems:
        click.echo()
        _system(system)
    click.echo()
    counted = Counter(verdict_of(one) for one in judgement.standings)
    _print(", ".join(f"{count} {verdict}" for verdict, count in counted.most_common()) or "nothing was drilled", 0)
    if record.stopped:
        _print(f"stopped before its end: {record.stopped}", 0, fg="yellow")
    for one in record.left_behind:
        _print(f"left behind: {one}", 0, fg="red")
    if record.left_behind:
        _print("`backup-drill sweep` removes it", 2)
    if files:
        page = next((f"; for people: {one}" for one in files if one.suffix == ".html"), "")
        click.secho(f"reports are in {files[0].parent}{page}", dim=True)


def _system(system: SystemStanding) -> None:
    tier = f" ({system.tier})" if system.tier else ""
    head = click.style(f"{_sign(system.outcome)} {flat(system.name)}", fg=_COLOURS.get(system.outcome), bold=True)
    click.echo(f"{head}{tier}, evidence: {', '.join(system.evidence)}")
    for one in system.standings:
        _print(f"{_sign(one.outcome)} {one.drilled.name}: {verdict_of(one)}", 2, fg=_COLOURS.get(one.outcome))
        for line in _figures(one):
            _print(line, 6)
        for reason in one.because[:_MOST_SAID]:
            _print(f"- {reason}", 4)
        if len(one.because) > _MOST_SAID:
            _print(f"- and {len(one.because) - _MOST_SAID} more: see the report", 4)


def _figures(one: Standing) -> Iterator[str]:
    for title, figure in (("recovery time", one.rto), ("data loss", one.rpo)):
        if figure.achieved is not None or (figure.target is not None and figure.outcome):
            yield f"{title} {figure_of(figure)}{_margin(figure)}"
    if one.drilled.alert_after is not None:
        yield f"the alert arrived after {brief(one.drilled.alert_after)}"


def _margin(figure: Figure) -> str:
    return "" if figure.margin is None else f" (margin {margin_of(figure)})"


def _sign(outcome: str) -> str:
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower()
    return (SYMBOLS if encoding.startswith("utf") else _PLAIN)[outcome]


def _print(text: str, indent: int, fg: str | None = None, *, bold: bool = False, dim: bool = False) -> None:
    click.secho(wrapped(text, indent, 2), fg=fg, bold=bold or None, dim=dim or None)
