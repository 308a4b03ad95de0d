"""The second opinion as a section of a report: where checkov and we say different things first, and why that may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reports.cells import cell, code, link
from reports.report import Report
from reports.words import flat
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from scanner.iac.second_opinion.opinions import Opinion, SecondOpinion, Stand

TITLE = "Second opinion: checkov"
_MOST_SHOWN = 200
_MOST_SAID = 12


@dataclass(frozen=True, slots=True)
class Group:
    """The pairs that stand to each other in one way, with the words for it."""

    said: str
    opinions: tuple[Opinion, ...]


def _words() -> dict[Stand, str]:
    from scanner.iac.second_opinion.opinions import Stand  # noqa: PLC0415  # only where checkov was asked

    return {
        Stand.THEY_PASS: "checkov passes what we fail",
        Stand.WE_PASS: "checkov fails what we pass",
        Stand.OPEN: "checkov decides what the code leaves open",
        Stand.SKIPPED: "a comment skips it in checkov, and not here",
        Stand.NOT_DEMANDED: "checkov fails what the policy does not demand here",
    }


def disagreements(opinion: SecondOpinion) -> list[Group]:
    """Give the pairs that say different things, by the way in which they do."""
    groups = [
        Group(said, tuple(one for one in opinion.opinions if one.stand is stand)) for stand, said in _words().items()
    ]
    return [group for group in groups if group.opinions]


def counted(opinion: SecondOpinion) -> str:
    """Say in one line how often the two agree."""
    from scanner.iac.second_opinion.opinions import Stand  # noqa: PLC0415

    counts = Counter(one.stand for one in opinion.opinions)
    return (
        f"{len(opinion.disagreements)} disagreements, {counts[Stand.AGREE]} agreements, "
        f"{counts[Stand.ONLY_THEIRS]} only by checkov, {counts[Stand.ONLY_OURS]} failures only here"
    )


def lines(opinion: SecondOpinion) -> Iterator[str]:
    """Tell it on a terminal, each a line."""
    source = f" ({flat(opinion.source)})" if opinion.source else ""
    yield f"{TITLE}{f' {opinion.version}' if opinion.version else ''}{source}"
    if opinion.trouble:
        yield f"  no whole answer: {flat(opinion.trouble)}; nothing of it counts as passed"
    yield f"  {counted(opinion)}"
    for group in disagreements(opinion):
        yield f"  {group.said} ({len(group.opinions)})"
        for one in group.opinions[:_MOST_SAID]:
            place = f" ({one.spot.said})" if one.spot is not None else ""
            yield f"    {flat(f'{one.rule} {one.address}{place}: {one.because}')}"
            yield f"      {one.check} {one.theirs}: it tests {flat(one.tests)}"
        if len(group.opinions) > _MOST_SAID:
            yield f"    and {len(group.opinions) - _MOST_SAID} more; the reports hold them all"
    for note in opinion.notes:
        yield f"  {flat(note)}"


def markdown(opinion: SecondOpinion, report: Report) -> list[str]:
    """Write it as lines of Markdown; the source and every name are somebody else's text."""
    version = f" {cell(opinion.version)}" if opinion.version else ""
    parts = [f"## {TITLE}{version}", ""]
    if opinion.trouble:
        parts += [f"**No whole answer**: {cell(opinion.trouble)}. Nothing of it counts as passed.", ""]
    source = f" ({code(opinion.source)})" if opinion.source else ""
    parts += [f"{counted(opinion)}{source}.", ""]
    for group in disagreements(opinion):
        shown = group.opinions[:_MOST_SHOWN]
        parts += [f"### {group.said[:1].upper()}{group.said[1:]} ({len(group.opinions)})", ""]
        parts += ["| Rule | Resource | Here | checkov | What it really tests |", "|---|---|---|---|---|"]
        parts += [f"| {' | '.join(_row(one, report))} |" for one in shown]
        parts.append("")
        if len(shown) < len(group.opinions):
            parts += [f"… and {len(group.opinions) - len(shown)} more.", ""]
    parts += [f"- {cell(note)}" for note in opinion.notes]
    return [*parts, *([""] if opinion.notes else [])]


def _row(one: Opinion, report: Report) -> Sequence[str]:
    place = f"<br>{link(report, one.spot)}" if one.spot is not None else ""
    comment = f": {cell(one.comment)}" if one.comment else ""
    return (
        one.rule, f"{code(one.address)}{place}", f"{one.ours}: {cell(one.because)}",
        f"{cell(one.check)} {one.theirs}{comment}", cell(one.tests),
    )  # fmt: skip
