"""The summary on the terminal: verdicts by severity and clause, failures, unknowns, and what was not covered."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby, islice
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.report import Report
from reports.words import STATES, flat, lapse_of, printable, stamp, subject_of, ticket_of, waiver_of
from scanner.cli.look import MOST_NAMES, MOST_SAID, SEVERITIES, STYLES, counts, harmless, indented, symbol
from scanner.model.finding import Finding

#: How wide the summary is where it is not a terminal that says.
_PLAIN_WIDTH = 120
#: How many rules are named as the first to mend.
_MOST_RULES = 5


def show(report: Report, output: Path | None) -> None:
    """Print the summary to standard output."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
    with console.capture() as said:
        _show(console, report, output)
    click.echo(harmless(said.get()), nl=False)


def _show(console: Console, report: Report, output: Path | None) -> None:
    console.print()
    if report.of_code:
        from scanner.cli.code_summary import show_code  # noqa: PLC0415  # a scan of an account needs none of it

        show_code(console, report)
        _reports(console, output)
        return
    for estate in report.estates:
        console.print(Text(f"{estate.account_name or estate.account}", style="bold"), end=" ")
        read = f"read {stamp(estate.taken_at)}" if estate.caller or estate.count() else "not entered"
        console.print(
            f"account {estate.account}, {', '.join(estate.regions)}, {read}, {estate.count()} resources, "
            f"judged by {report.policy.name} {report.policy.version}",
            style="dim",
        )
    for one in report.left_out:
        console.print(Text(f"not scanned: {printable(one)}", style="yellow"))
    _findings(console, report, "Failures", report.failures)
    _findings(console, report, "Could not be judged", report.unknowns)
    _findings(console, report, "Waived", report.waived)
    _gaps(console, report)
    _clauses(console, report)
    _severities(console, report)
    _gravest(console, report)
    _end(console, report, output)


def _end(console: Console, report: Report, output: Path | None) -> None:
    console.print(counts(report.tally, console))
    _reports(console, output)


def _reports(console: Console, output: Path | None) -> None:
    if output is not None:
        page = output / "report.html"
        people = f"; for people: {page}" if page.exists() else ""
        console.print(f"reports are in {output}{people}", style="dim")


def _gravest(console: Console, report: Report) -> None:
    """Say what to mend first: the broken rules, the gravest first."""
    if not report.gravest:
        return
    console.print("\n[bold underline]Mend first[/]")
    for rule, count in report.gravest[:_MOST_RULES]:
        line = Text("  ")
        line.append(f"{rule.severity.value} {rule.id}", style=STYLES["failed"])
        line.append(f" ({count}) {rule.promise}")
        console.print(line)
        console.print(indented(Text(f"Fix: {rule.fix}", style="dim"), 4))


def _findings(console: Console, report: Report, title: str, findings: Sequence[Finding]) -> None:
    """Print findings by rule; those that say the same are said once, with the names they are said of."""
    if not findings:
        return
    console.print(f"\n[bold underline]{title}[/] ({len(findings)})")
    for rule, some in groupby(findings, key=lambda one: one.rule):
        head = Text("\n")
        head.append(f" {rule.severity.value} ", style=SEVERITIES[rule.severity.value])
        head.append(f" {rule.id} ", style="bold")
        head.append(rule.promise)
        console.print(head)
        same: dict[tuple[str, str, str], list[Finding]] = {}
        for one in some:
            seen_to = "; ".join(filter(None, (waiver_of(one), ticket_of(one), lapse_of(one))))
            same.setdefault((one.verdict.observed, one.verdict.demanded, seen_to), []).append(one)
        for (observed, demanded, seen_to), alike in islice(same.items(), MOST_SAID):
            console.print(indented(_said(observed, demanded, seen_to), 2))
            console.print(indented(_names(alike, report), 4))
        more = sum(len(alike) for alike in islice(same.values(), MOST_SAID, None))
        if more:
            # Every format of the report says all of it.
            console.print(indented(Text(f"and {more} more, each in its own way: see the report", style="dim"), 2))


def _said(observed: str, demanded: str, seen_to: str) -> Text:
    text = Text(flat(observed))
    if demanded:
        text.append(f"; demanded: {flat(demanded)}", style="dim")
    if seen_to:
        text.append(f"; {flat(seen_to)}", style="magenta")
    return text


def _names(findings: Sequence[Finding], report: Report) -> Text:
    names = [subject_of(one, report.whose(one)) for one in findings[:MOST_NAMES]]
    text = Text(", ".join(names), style="cyan")
    if len(findings) > MOST_NAMES:
        text.append(f" and {len(findings) - MOST_NAMES} more", style="dim")
    return text


def _gaps(console: Console, report: Report) -> None:
    gaps = report.gaps
    console.print("\n[bold underline]Not covered[/]")
    if not gaps and not report.unread:
        console.print("  everything that the rules need was read", style="dim")
    for detail, (_, count) in report.unread.items():
        facts = "1 fact" if count == 1 else f"{count} facts"
        console.print(Text(f"  {facts}: {printable(detail)}", style="yellow"))
    for estate, gap in gaps:
        title = report.titles.get(gap.kind, gap.kind)
        within = f" of {gap.within}" if gap.within else ""
        console.print(
            Text(
                f"  {title}{within} in {report.place(estate, gap.region)}: {printable(gap.unknown.detail)}",
                style="yellow",
            )
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
            name = Text(f"{symbol(tally.state, console)} {clause.id}", style=STYLES[tally.state])
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
