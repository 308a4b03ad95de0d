"""Markdown: the report for pull requests, wikis and chats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reports.cells import cell, code, link, resource
from reports.report import CODE, Report, Tally
from reports.words import STATES, SYMBOLS, lapse_of, stamp, ticket_of
from scanner.model.finding import Finding


def render(report: Report) -> str:
    """Write the report as Markdown."""
    policy = report.policy
    parts = [
        f"# Backup compliance: {cell(report.title)}",
        "",
        *_sources(report),
        *(f"Not scanned: {cell(one)}.  " for one in report.left_out),
        f"Judged by **{cell(policy.name)} {cell(policy.version)}** as of {stamp(report.findings.at)}.  ",
        *_grounds(report),
        "",
        f"**{_count(report.tally)}**",
        "",
        *_crashes(report),
        *_accounts(report),
        *_roots(report),
        *_problems(report),
        *_severities(report),
        *_clauses(report),
        *_findings(report, "Failures", report.failures, "Nothing failed."),
        *_findings(report, "Could not be judged", report.unknowns, "Everything could be judged."),
        *_waived(report),
        *_coverage(report),
        *_second_opinion(report),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _sources(report: Report) -> Iterator[str]:
    """Say what was read: the roots of the code, and each account."""
    coded = [estate for estate in report.estates if estate.source in CODE]
    if coded:
        kinds = ", ".join(sorted({estate.source.value for estate in coded}))
        roots = ", ".join(code(root) for root, _ in report.by_root if root) or "no root"
        read = sum(estate.count() for estate in coded)
        yield f"Code in {roots} ({kinds}): {read} resources, read {stamp(coded[0].taken_at)}.  "
    for estate in report.estates:
        if estate.source not in CODE:
            caller = f"`{estate.caller}`" if estate.caller else "nobody: it could not be entered"
            place = f"Account `{estate.account}` in {', '.join(estate.regions)}"
            yield f"{place}, read {stamp(estate.taken_at)} as {caller}.  "


def _grounds(report: Report) -> list[str]:
    """Say by which documents it was judged, and what was chosen: a part must not look like the whole."""
    files = [(report.configuration, report.configuration_digest), *report.records]
    said = ", ".join(f"{cell(name)} `{digest[:12]}`" for name, digest in files if name)
    only = "; ".join(f"{name} {cell(value)}" for name, value in report.filters.items())
    return [*([f"By the documents {said}.  "] if said else []), *([f"**Only {only}**.  "] if only else [])]


def _crashes(report: Report) -> list[str]:
    crashes = report.findings.crashes
    return (
        ["**A rule crashed.** These verdicts are unknown:", "", *(f"- {cell(one)}" for one in crashes), ""]
        if crashes
        else []
    )


def _accounts(report: Report) -> list[str]:
    if len(report.estates) == 1 or report.of_code:
        return []
    rows = [
        [cell(estate.account_name or estate.account), estate.account, *(str(getattr(tally, state)) for state in STATES)]
        for estate, tally in report.by_account
        if estate.source not in CODE
    ]
    if report.declared.total:
        rows.append(["no account", "declared", *(str(getattr(report.declared, state)) for state in STATES)])
    return ["## By account", "", *_table(["Account", "Id", *STATES], rows)]


def _roots(report: Report) -> list[str]:
    if len(report.roots) <= 1:
        return []
    rows = [
        [code(root) if root else "in no block", *(str(getattr(tally, state)) for state in STATES)]
        for root, tally in report.by_root
    ]
    return ["## By root", "", *_table(["Root", *STATES], rows)]


def _problems(report: Report) -> list[str]:
    if not report.problems:
        return []
    rows = [[link(report, one.spot), cell(one.message), cell(one.hint or "–")] for one in report.problems]
    return [f"## Could not be read ({len(rows)})", "", *_table(["Where", "What", "What to do"], rows)]


def _count(tally: Tally) -> str:
    return " · ".join(f"{SYMBOLS[state]} {getattr(tally, state)} {state}" for state in STATES)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def _severities(report: Report) -> list[str]:
    rows = [
        [severity.value, *(str(getattr(tally, state)) for state in STATES)]
        for severity, tally in report.by_severity.items()
    ]
    return ["## By severity", "", *_table(["Severity", *STATES], rows)]


def _clauses(report: Report) -> list[str]:
    rows = [
        [clause.id, cell(clause.demands), f"{SYMBOLS[tally.state]} {tally.state}",
         *(str(getattr(tally, state)) for state in STATES), " ".join(rule.id for rule in rules)]
        for clause, tally, rules in report.by_clause
        if rules
    ]  # fmt: skip
    return ["## By clause", "", *_table(["Clause", "Demands", "State", *STATES, "Rules"], rows)]


def _findings(report: Report, title: str, findings: Sequence[Finding], none: str) -> list[str]:
    if not findings:
        return [f"## {title}", "", none, ""]
    rows = [
        [one.rule.severity.value, one.rule.id, resource(report, one), cell(one.system or "–"),
         cell(one.verdict.observed), cell(one.verdict.demanded or "–"), cell(ticket_of(one) or lapse_of(one) or "–")]
        for one in findings
    ]  # fmt: skip
    head = ["Severity", "Rule", "Resource", "System", "Observed", "Demanded", "Seen to"]
    return [f"## {title} ({len(findings)})", "", *_table(head, rows)]


def _waived(report: Report) -> list[str]:
    findings = report.waived
    if not findings:
        return []
    rows = [
        [one.rule.id, resource(report, one), cell(one.verdict.because), cell(one.waiver.reason),
         cell(f"{one.waiver.owner}, approved by {one.waiver.approved_by}"), one.waiver.expires.isoformat(),
         cell(one.waiver.ticket or ticket_of(one) or "–")]
        for one in findings
        if one.waiver is not None
    ]  # fmt: skip
    head = ["Rule", "Resource", "Because", "Accepted because", "By", "Until", "Ticket"]
    return [f"## Waived ({len(findings)})", "", *_table(head, rows)]


def _second_opinion(report: Report) -> list[str]:
    if report.second_opinion is None:
        return []
    from reports import second_opinion  # noqa: PLC0415  # only where somebody was asked

    return second_opinion.markdown(report.second_opinion, report)


def _coverage(report: Report) -> list[str]:
    kinds = {kind: number for number, kind in enumerate(one.kind for one in report.coverage)}
    gaps = sorted(report.gaps, key=lambda one: kinds[one[1].kind])
    parts = ["## Not covered", ""]
    if report.unread:
        unread = [[reason.value, str(count), cell(detail)] for detail, (reason, count) in report.unread.items()]
        parts += _table(["Reason", "Facts", "What the code leaves open" if report.of_code else "Answer of AWS"], unread)
    if not gaps:
        return [*parts, "Every list that the rules need was read to its end.", ""]
    rows = [
        [cell(report.titles.get(gap.kind, gap.kind)), cell(report.place(estate, gap.region)), cell(gap.within or "–"),
         gap.unknown.reason.value, cell(gap.unknown.detail)]
        for estate, gap in gaps
    ]  # fmt: skip
    return [*parts, *_table(["Kind", "Region", "Within", "Reason", "Detail"], rows)]
