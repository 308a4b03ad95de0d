"""The summary on the terminal: verdicts by severity and clause, failures, unknowns, and what was not covered."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.report import Report, Tally
from reports.words import STATES, SYMBOLS, printable, stamp, subject_of
from scanner.model.finding import Finding

_STYLES = {
    "failed": "bold red",
    "unknown": "yellow",
    "waived": "magenta",
    "passed": "green",
    "exempt": "dim",
    "empty": "dim",
}
_SEVERITIES = {"critical": "bold white on red", "high": "bold red", "medium": "yellow", "low": "cyan"}


def show(report: Report, output: Path | None) -> None:
    """Print the summary to standard output."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    estate = report.estate
    console.print()
    console.print(Text(f"{estate.account_name or estate.account}", style="bold"), end=" ")
    console.print(
        f"account {estate.account}, {', '.join(estate.regions)}, read {stamp(estate.taken_at)}, "
        f"{estate.count()} resources, judged by {report.policy.name} {report.policy.version}",
        style="dim",
    )
    _failures(console, "Failures", report.failures)
    _failures(console, "Could not be judged", report.unknowns)
    _failures(console, "Waived", report.waived)
    _gaps(console, report)
    _clauses(console, report)
    _severities(console, report)
    console.print(_counts(report.tally))
    if output is not None:
        console.print(f"reports are in {output}", style="dim")


def _counts(tally: Tally) -> Text:
    text = Text("\n")
    for state in STATES:
        text.append(f"{SYMBOLS[state]} {getattr(tally, state)} {state}   ", style=_STYLES[state])
    return text


def _failures(console: Console, title: str, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    console.print(f"\n[bold underline]{title}[/] ({len(findings)})")
    for rule, some in groupby(findings, key=lambda one: one.rule):
        head = Text("\n")
        head.append(f" {rule.severity.value} ", style=_SEVERITIES[rule.severity.value])
        head.append(f" {rule.id} ", style="bold")
        head.append(rule.promise)
        console.print(head)
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 1), expand=False)
        table.add_column(overflow="fold", ratio=2)
        table.add_column(overflow="fold", ratio=3)
        for one in some:
            because = Text(printable(one.verdict.observed))
            if one.verdict.demanded:
                because.append(f"; demanded: {printable(one.verdict.demanded)}", style="dim")
            if one.waiver is not None:
                because.append(f"; waived until {one.waiver.expires} by {one.waiver.approved_by}", style="magenta")
            table.add_row(Text(subject_of(one), style="cyan"), because)
        console.print(table)


def _gaps(console: Console, report: Report) -> None:
    gaps = report.estate.gaps
    console.print("\n[bold underline]Not covered[/]")
    if not gaps and not report.unread:
        console.print("  everything that the rules need was read", style="dim")
    for detail, (_, count) in report.unread.items():
        facts = "1 fact" if count == 1 else f"{count} facts"
        console.print(Text(f"  {facts}: {printable(detail)}", style="yellow"))
    for gap in gaps:
        title = report.titles.get(gap.kind, gap.kind)
        within = f" of {gap.within}" if gap.within else ""
        console.print(
            Text(f"  {title}{within} in {gap.region or 'all regions'}: {printable(gap.unknown.detail)}", style="yellow")
        )


def _clauses(console: Console, report: Report) -> None:
    table = Table(
        title="\nBy clause", title_justify="left", title_style="bold underline", box=None, padding=(0, 2, 0, 0)
    )
    table.add_column("clause")
    for state in STATES:
        table.add_column(state, justify="right")
    for clause, tally, rules in report.by_clause:
        if rules and tally.total:
            name = Text(f"{SYMBOLS[tally.state]} {clause.id}", style=_STYLES[tally.state])
            table.add_row(name, *(str(getattr(tally, state) or "") for state in STATES))
    console.print(table)


def _severities(console: Console, report: Report) -> None:
    table = Table(
        title="\nBy severity", title_justify="left", title_style="bold underline", box=None, padding=(0, 2, 0, 0)
    )
    table.add_column("severity")
    for state in STATES:
        table.add_column(state, justify="right")
    for severity, tally in report.by_severity.items():
        table.add_row(severity.value, *(str(getattr(tally, state) or "") for state in STATES))
    console.print(table)
