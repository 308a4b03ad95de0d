"""The summary on the terminal: verdicts by severity and clause, failures, unknowns, and what was not covered."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby, islice
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reports.report import Report, Tally
from reports.words import STATES, SYMBOLS, flat, lapse_of, printable, stamp, subject_of, ticket_of, waiver_of
from scanner.model.finding import Finding
from scanner.model.reading import Reason

#: How wide the summary is where it is not a terminal that says.
_PLAIN_WIDTH = 120
#: How many resources are named for one reason; the reports name them all.
_MOST_NAMES = 20
#: What is said of a rule differently from resource to resource is said so many times; the report says it all.
_MOST_SAID = 12
#: How many rules are named as the first to mend.
_MOST_RULES = 5
_PLAIN_SYMBOLS = {"failed": "x", "unknown": "?", "waived": "~", "passed": "+", "exempt": "-", "empty": "."}
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
    width = None if sys.stdout.isatty() else _PLAIN_WIDTH
    console = Console(highlight=False, width=width)
    console.print()
    if report.of_code:
        _code(console, report, output)
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
    console.print(_counts(report.tally, console))
    if output is not None:
        page = output / "report.html"
        people = f"; for people: {page}" if page.exists() else ""
        console.print(f"reports are in {output}{people}", style="dim")


def _code(console: Console, report: Report, output: Path | None) -> None:
    """Print the summary of code: what to mend first, then what is left open, and by what it would be settled."""
    for estate in report.estates:
        read = f"{estate.source.value}, {estate.count()} resources"
        console.print(Text(flat(estate.account_name), style="bold"), Text(read, style="dim"))
    console.print(f"judged by {report.policy.name} {report.policy.version}", style="dim")
    for title, findings in (("Failures", report.failures), ("Could not be judged", report.unknowns)):
        settled = [one for one in findings if one.reason is not Reason.OPEN]
        known = [one for one in settled if report.change_of(one) == "unchanged"]
        _findings(console, report, title, [one for one in settled if one not in known])
        if known:
            console.print(Text(f"\n{title} that were there before: {len(known)}", style="dim"))
    _findings(console, report, "Waived", report.waived)
    if report.mended:
        names = ", ".join(f"{one.rule.id} {subject_of(one)}" for one in report.mended[:_MOST_NAMES])
        console.print(Text(f"\nMended ({len(report.mended)}): {names}", style="green"))
    open_ = [one for one in report.unknowns if one.reason is Reason.OPEN]
    if open_:
        rules = ", ".join(sorted({one.rule.id for one in open_}))
        console.print(
            Text(
                f"\nLeft open ({len(open_)}): the code may not be all there is, so what it lacks may be elsewhere "
                f"({rules}); --whole-estate says that it is",
                style="dim",
            )
        )
    if report.left_to_live:
        asked = sum(report.left_to_live.values())
        names = ", ".join(sorted(report.left_to_live))
        console.print(Text(f"\nLeft to the scan of the account ({asked}): what no code holds ({names})", style="dim"))
    _end(console, report, output)


def _counts(tally: Tally, console: Console) -> Text:
    text = Text("\n")
    for state in STATES:
        text.append(f"{_symbol(state, console)} {getattr(tally, state)} {state}   ", style=_STYLES[state])
    return text


def _symbol(state: str, console: Console) -> str:
    """Give a state's symbol, or one that the terminal's encoding has."""
    return SYMBOLS[state] if console.encoding.lower().startswith("utf") else _PLAIN_SYMBOLS[state]


def _gravest(console: Console, report: Report) -> None:
    """Say what to mend first: the broken rules, the gravest first."""
    if not report.gravest:
        return
    console.print("\n[bold underline]Mend first[/]")
    for rule, count in report.gravest[:_MOST_RULES]:
        line = Text("  ")
        line.append(f"{rule.severity.value} {rule.id}", style=_STYLES["failed"])
        line.append(f" ({count}) {rule.promise}")
        console.print(line)
        console.print(_indented(Text(f"Fix: {rule.fix}", style="dim"), 4))


def _findings(console: Console, report: Report, title: str, findings: Sequence[Finding]) -> None:
    """Print findings by rule; those that say the same are said once, with the names they are said of."""
    if not findings:
        return
    console.print(f"\n[bold underline]{title}[/] ({len(findings)})")
    for rule, some in groupby(findings, key=lambda one: one.rule):
        head = Text("\n")
        head.append(f" {rule.severity.value} ", style=_SEVERITIES[rule.severity.value])
        head.append(f" {rule.id} ", style="bold")
        head.append(rule.promise)
        console.print(head)
        same: dict[tuple[str, str, str], list[Finding]] = {}
        for one in some:
            seen_to = "; ".join(filter(None, (waiver_of(one), ticket_of(one), lapse_of(one))))
            same.setdefault((one.verdict.observed, one.verdict.demanded, seen_to), []).append(one)
        for (observed, demanded, seen_to), alike in islice(same.items(), _MOST_SAID):
            console.print(_indented(_said(observed, demanded, seen_to), 2))
            console.print(_indented(_names(alike, report), 4))
        more = sum(len(alike) for alike in islice(same.values(), _MOST_SAID, None))
        if more:
            # Every format of the report says all of it.
            console.print(_indented(Text(f"and {more} more, each in its own way: see the report", style="dim"), 2))


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns), expand=False)


def _said(observed: str, demanded: str, seen_to: str) -> Text:
    text = Text(flat(observed))
    if demanded:
        text.append(f"; demanded: {flat(demanded)}", style="dim")
    if seen_to:
        text.append(f"; {flat(seen_to)}", style="magenta")
    return text


def _names(findings: Sequence[Finding], report: Report) -> Text:
    names = [subject_of(one, report.whose(one)) for one in findings[:_MOST_NAMES]]
    text = Text(", ".join(names), style="cyan")
    if len(findings) > _MOST_NAMES:
        text.append(f" and {len(findings) - _MOST_NAMES} more", style="dim")
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
            name = Text(f"{_symbol(tally.state, console)} {clause.id}", style=_STYLES[tally.state])
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
