"""The summary of code on the terminal: what to mend and where, what is left open and by what it would be settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, islice

from rich.console import Console
from rich.text import Text

from reports.places import settled_by, spot_of
from reports.report import Report
from reports.repository import shown
from reports.words import flat, lapse_of, waiver_of
from scanner.cli.look import MOST_NAMES, MOST_SAID, SEVERITIES, STYLES, counts, indented
from scanner.model.finding import Finding
from scanner.model.reading import Reason
from scanner.resources.code import CodePart

#: So many roots are named; of more, each source is counted.
_MOST_ROOTS = 5
_MOST_PROBLEMS = 20


def show_code(console: Console, report: Report) -> None:
    """Print the summary: what could not be read first, because it may hide anything."""
    _roots(console, report)
    _problems(console, report)
    failures = [one for one in report.failures if one.subject.kind != CodePart.kind]
    unknowns = [one for one in report.unknowns if one.subject.kind != CodePart.kind]
    open_ = [one for one in unknowns if _open(report, one)]
    settled = [one for one in unknowns if not _open(report, one)]
    _failures(console, report, _new(report, failures))
    _unknowns(console, report, _new(report, settled))
    _waived(console, report)
    _before(console, report, (*failures, *settled))
    if report.mended:
        names = ", ".join(f"{one.rule.id} {_address(one)}" for one in report.mended[:MOST_NAMES])
        more = f" and {len(report.mended) - MOST_NAMES} more" if len(report.mended) > MOST_NAMES else ""
        console.print(Text(f"\nMended ({len(report.mended)}): {names}{more}", style="green"))
    if open_:
        rules = ", ".join(sorted({one.rule.id for one in open_}))
        console.print(
            Text(
                f"\nLeft open ({len(open_)}), which fails nothing: the code may not be all there is, so what it lacks "
                f"may be elsewhere ({rules}); --whole-estate says that it is all",
                style="dim",
            )
        )
    if report.left_to_live:
        asked = sum(report.left_to_live.values())
        names = ", ".join(sorted(report.left_to_live))
        console.print(Text(f"\nLeft to the scan of the account ({asked}): what no code holds ({names})", style="dim"))
    if report.second_opinion is not None:
        from reports.second_opinion import lines  # noqa: PLC0415  # only where somebody was asked

        console.print()
        for line in lines(report.second_opinion):
            console.print(Text(line), soft_wrap=True)
    console.print(counts(report.tally, console))
    _end(console, report, len(open_))


def _open(report: Report, finding: Finding) -> bool:
    """Say whether a verdict is left open only because there may be more code, which is nobody's fault."""
    return finding.reason is Reason.OPEN and report.change_of(finding) != "worsened"


def _new(report: Report, findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if report.change_of(one) != "unchanged"]


def _roots(console: Console, report: Report) -> None:
    resources: Counter[str] = Counter()
    for estate in report.estates:
        for kind, some in estate.resources.items():
            if kind != CodePart.kind:
                resources[estate.account_name] += len({one.declaration.address for one in some if one.declaration})
    sources = {estate.account_name: estate.source.value for estate in report.estates}
    if len(sources) <= _MOST_ROOTS:
        for name, source in sources.items():
            where = shown(report.path_of(name)) if ", " not in name else shown(name)
            said = f"{source}, {resources[name]} resource{'' if resources[name] == 1 else 's'} that the rules know"
            console.print(Text(flat(where), style="bold").append(f" {said}", style="not bold dim"))
    else:
        by_source = Counter(sources.values())
        told = ", ".join(f"{count} of {name}" for name, count in sorted(by_source.items()))
        console.print(Text(f"{len(sources)} roots: {told}, {sum(resources.values())} resources", style="bold"))
    console.print(f"judged by {report.policy.name} {report.policy.version}", style="dim")


def _title(console: Console, title: str, count: int) -> None:
    console.print(f"\n[bold underline]{title}[/] ({count})")


def _problems(console: Console, report: Report) -> None:
    if not report.problems:
        return
    _title(console, "Could not be read", len(report.problems))
    for one in report.problems[:_MOST_PROBLEMS]:
        line = Text("  ").append(report.place_of(one.spot), style="cyan")
        line.append(f"  {flat(one.message)}", style="bold red" if one.broken else "yellow")
        console.print(line, soft_wrap=True)
        if one.hint:
            console.print(indented(Text(flat(one.hint), style="dim"), 4))
    if len(report.problems) > _MOST_PROBLEMS:
        console.print(f"  and {len(report.problems) - _MOST_PROBLEMS} more: see the report", style="dim")


def _failures(console: Console, report: Report, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    _title(console, "Failures", len(findings))
    for rule, some in groupby(findings, key=lambda one: one.rule):
        head = Text("\n").append(f" {rule.severity.value} ", style=SEVERITIES[rule.severity.value])
        console.print(head.append(f" {rule.id} ", style="bold").append(rule.promise))
        same: dict[tuple[str, str], list[Finding]] = {}
        for one in some:
            same.setdefault((one.verdict.observed, one.verdict.demanded), []).append(one)
        for (observed, demanded), alike in islice(same.items(), MOST_SAID):
            text = Text(flat(observed))
            if demanded:
                text.append(f"; demanded: {flat(demanded)}", style="dim")
            console.print(indented(text, 2))
            for one in sorted(alike, key=_order)[:MOST_NAMES]:
                _place(console, report, one)
            _more(console, len(alike) - MOST_NAMES)
        _more(console, sum(len(alike) for alike in islice(same.values(), MOST_SAID, None)))
        console.print(indented(Text(f"Fix: {rule.fix}", style="dim"), 2))


def _place(console: Console, report: Report, one: Finding, said: str = "") -> None:
    """Print where a finding is, so that a terminal can open it: the place first, and on one line."""
    spot = spot_of(one)
    line = Text("    ").append(f"{report.place_of(spot)}  " if spot is not None else "", style="cyan")
    line.append(_address(one))
    notes = filter(None, (said, report.change_of(one), lapse_of(one)))
    whose = report.whose(one)
    if whose and spot is not None and not spot.file.startswith(f"{whose}/") and spot.file != whose:
        line.append(f" of {flat(whose)}", style="dim")
    for note in notes:
        line.append(f"  {flat(note)}", style="magenta")
    console.print(line, soft_wrap=True)


def _order(one: Finding) -> tuple[str, int, str]:
    spot = spot_of(one)
    return (spot.file, spot.line, one.subject.id) if spot is not None else ("", 0, one.subject.id)


def _address(one: Finding) -> str:
    block = one.subject.declaration
    return flat(block.address if block is not None else one.subject.name)


def _more(console: Console, count: int) -> None:
    if count > 0:
        console.print(indented(Text(f"and {count} more: see the report", style="dim"), 4))


def _unknowns(console: Console, report: Report, findings: Sequence[Finding]) -> None:
    """Print what could not be judged by its cause, which many rules share, with what would settle it."""
    if not findings:
        return
    _title(console, "Could not be judged", len(findings))
    causes: dict[tuple[str, str], dict[str, list[Finding]]] = {}
    for one in findings:
        cause = causes.setdefault((one.verdict.observed, settled_by(one)), {})
        cause.setdefault(_address(one), []).append(one)
    for (why, settled), blocks in islice(causes.items(), MOST_SAID):
        text = Text(flat(why))
        if settled:
            text.append(f": {settled}", style="dim")
        console.print(indented(text, 2))
        for same in islice(blocks.values(), MOST_NAMES):
            _place(console, report, same[0], ", ".join(sorted({one.rule.id for one in same})))
        _more(console, len(blocks) - MOST_NAMES)
    _more(console, sum(len(blocks) for blocks in islice(causes.values(), MOST_SAID, None)))


def _waived(console: Console, report: Report) -> None:
    if not report.waived:
        return
    _title(console, "Waived", len(report.waived))
    for one in report.waived[:MOST_NAMES]:
        _place(console, report, one, f"{one.rule.id} {waiver_of(one)}")
    _more(console, len(report.waived) - MOST_NAMES)


def _before(console: Console, report: Report, findings: Iterable[Finding]) -> None:
    """Tell in a line what was there before the change: it counts for nothing, and is not told again."""
    old = [one for one in findings if report.change_of(one) == "unchanged"]
    if old:
        rules = ", ".join(sorted({one.rule.id for one in old}))
        console.print(Text(f"\nThere before this change, and not counted ({len(old)}): {rules}", style="dim"))


def _end(console: Console, report: Report, open_: int) -> None:
    if report.changes is not None:
        told = _changed(report.changes, report.findings.findings)
        console.print(f"since then: {told}, {len(report.mended)} mended", style="dim")
    elif open_:
        console.print(f"of the unknown, {open_} are left open and do not count", style="dim")
    if report.fixes:
        console.print(f"--fix mends {len(report.fixes)} of the failures, --diff shows how", style=STYLES["passed"])


def _changed(changes: Mapping[str, str], findings: Iterable[Finding]) -> str:
    found: Counter[str] = Counter(changes.get(one.fingerprint, "") for one in findings)
    return f"{found['added']} added, {found['worsened']} worsened"
