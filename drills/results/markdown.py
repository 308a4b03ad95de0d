"""Markdown of a run, for the ticket that the drill was ordered in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from drills.judging import Judgement, Standing
from drills.results.record import Drilled, Record
from drills.results.words import (
    EVIDENCE,
    HELD_SAID,
    SYMBOLS,
    age_of,
    canaries_of,
    figure_of,
    losses_of,
    margin_of,
    measured,
    summary_of,
    verdict_of,
)
from scanner.door.text import code, said, stamp


def render(record: Record, judgement: Judgement) -> str:
    """Write a run as Markdown."""
    parts = [
        f"# Drill {said(record.plan)}: {SYMBOLS[judgement.outcome]} {judgement.outcome or 'nothing was drilled'}",
        "",
        f"**{said(summary_of(record, judgement))}**",
        "",
        f"Run {code(record.run)} on {said(record.target)}, account {code(record.account)}, "
        f"{stamp(record.began_at)} to {stamp(record.ended_at)}.  ",
        f"Plan {said(record.plan)}, digest {code(record.digest)}; "
        f"{f'authorised by {said(record.authorised_by)}' if record.authorised_by else 'nobody had to authorise it'}.  ",
        f"Judged by **{said(judgement.policy)}** as of {stamp(judgement.at)}, with {said(judgement.configuration)}.",
        "",
        *_systems(judgement),
        *_left(record),
        *(line for one in judgement.standings for line in _drill(one, judgement)),
        *_limits(record, judgement),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _systems(judgement: Judgement) -> Iterator[str]:
    yield "## Systems"
    yield ""
    rows = [
        [
            said(one.name),
            f"{SYMBOLS[one.outcome]} {one.outcome}",
            figure_of(one.rto),
            margin_of(one.rto),
            figure_of(one.rpo),
            margin_of(one.rpo),
            ", ".join(one.evidence),
            said("; ".join(one.because)) or "–",
        ]
        for one in judgement.systems
    ]
    head = ("System", "Verdict", "Recovery time of RTO", "Margin", "Data loss of RPO", "Margin", "Evidence", "Because")
    yield from _table(head, rows)


def _left(record: Record) -> Iterator[str]:
    yield f"## Left behind ({len(record.left_behind)})"
    yield ""
    if record.left_behind:
        yield from (f"- {code(one)}" for one in record.left_behind)
        yield ""
        yield "`backup-drill sweep` removes what this run made and could not remove."
    else:
        yield "Nothing, as far as it was looked for."
    yield ""


def _drill(standing: Standing, judgement: Judgement) -> Iterator[str]:
    one = standing.drilled
    yield f"## {SYMBOLS[standing.outcome]} {said(one.name)}: {verdict_of(standing)}"
    yield ""
    yield (
        f"{said(one.drill)} on {said(', '.join(one.subjects)) or 'nothing'}"
        f"{f' of {said(one.system)}' if one.system else ''}; evidence {one.evidence}; ended {stamp(one.ended_at)} "
        f"({age_of(one, judgement)})."
    )
    yield ""
    if standing.because:
        yield from (f"- {said(because)}" for because in standing.because)
        yield ""
    yield from _timeline(one)
    if one.canaries is not None:
        yield f"Canaries: {canaries_of(one)}; data loss {measured(one.data_loss)}."
        yield ""
        losses = list(losses_of(one))
        yield from (f"- {loss}" for loss in losses)
        yield ""
    yield from _checks(one)


def _timeline(one: Drilled) -> Iterator[str]:
    if not one.marks:
        return
    rows = [
        [mark.mark.value, mark.mark.says, stamp(mark.at), measured(mark.after), stamp(mark.witness) if mark.witness else "–"]
        for mark in one.marks
    ]  # fmt: skip
    yield from _table(("Mark", "Event", "At", "After", "The service says"), rows)
    yield (
        f"Recovery time {measured(one.recovery_time)}, looked at every {measured(one.resolution)}; "
        f"the service's own job {measured(one.job_time)}, which is no verdict."
    )
    yield ""


def _checks(one: Drilled) -> Iterator[str]:
    if not one.checks:
        return
    rows = [
        [HELD_SAID[check.held] if check.held else f"**{HELD_SAID[check.held]}**", check.about, said(check.name),
         said(check.detail) or "–"]
        for check in sorted(one.checks, key=lambda check: (check.held is True, check.held is None))
    ]  # fmt: skip
    yield from _table(("Check", "About", "What should hold", "Seen"), rows)


def _limits(record: Record, judgement: Judgement) -> Iterator[str]:
    yield "## Method and limits"
    yield ""
    yield (
        "Recovery time is from the loss declared (T0) to every mandatory check made (T4), on a clock that nobody can "
        "set. Data loss is from the newest canary that came back without a gap to the loss. Figures that are judged "
        "are rounded up to whole seconds, and one that is within a look of its limit is unknown."
    )
    yield ""
    for name in dict.fromkeys(one.evidence for one in record.measured):
        yield f"- {name}: {EVIDENCE[name]}"
    yield f"- the policy wants at least: {judgement.least}"
    yield f"- policy {code(judgement.policy_digest)}, configuration {code(judgement.configuration_digest)}"
    yield f"- {said(record.tool)} {said(record.version)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
