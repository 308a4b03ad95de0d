"""The HTML report: one file, no network, no script; works in an auditor's sandbox and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import second_opinion
from reports.places import settled_by, spot_of
from reports.report import Report, Tally, state_of, tally
from reports.words import STATES, SYMBOLS, lapse_of, printable, stamp, ticket_of, waiver_of
from scanner.model.codec import speak_value
from scanner.model.finding import Finding
from scanner.model.reading import Reason
from scanner.model.rule import Rule
from scanner.model.verdict import Severity

Group = tuple[Rule, Sequence[Finding]]


def render(report: Report) -> str:
    """Write the report as one HTML file."""
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(stamp=stamp, printable=printable, value=speak_value, sentence=sentence)
    environment.filters.update(breakable=breakable, language=language)
    template = environment.get_template("scan.html.j2")
    open_ = [one for one in report.unknowns if one.reason is Reason.OPEN and one.subject.declaration is not None]
    judged = [one for one in report.unknowns if one.reason is not Reason.OPEN or one.subject.declaration is None]
    return template.render(
        report=report,
        policy=report.policy,
        states=STATES,
        symbols=SYMBOLS,
        severities=tuple(Severity),
        state_of=state_of,
        tally=tally,
        share=share,
        lapse_of=lapse_of,
        settled_by=settled_by,
        opinions=second_opinion,
        spot_of=spot_of,
        ticket_of=ticket_of,
        waiver_of=waiver_of,
        failures=grouped(report.failures),
        unknowns=grouped(judged),
        open=grouped(open_),
        open_count=len(open_),
        waived=grouped(report.waived),
        passes=grouped(report.passes),
        exempted=grouped(report.exempted),
        kinds=report.titles,
        tiers=any(report.by_tier),
        calls=sum(report.calls.values()),
        resources=sum(estate.count() for estate in report.estates),
    )


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """Put findings under their rules, in the order in which they come."""
    return [(rule, list(some)) for rule, some in groupby(findings, key=lambda one: one.rule)]


def sentence(text: str) -> str:
    """Begin with a capital letter, and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def share(tally: Tally, state: str) -> float:
    """Give the part of a tally that is in a state, in percent of what was judged."""
    judged = tally.total - tally.exempt
    return round(100 * getattr(tally, state) / judged, 2) if judged else 0.0


def breakable(text: str, after: str = "/") -> Markup:
    """Let a path break after its slashes, an address after its dots, and nowhere else before it must."""
    return (escape(after) + Markup("<wbr>")).join(escape(part) for part in text.split(after))  # the parts are escaped


def language(source: str) -> str:
    """Name what code is written in as its makers do."""
    return {"terraform": "Terraform", "cloudformation": "CloudFormation"}.get(source, source)
