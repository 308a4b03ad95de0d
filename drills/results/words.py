"""The words that the reports of a run share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from drills.judging import Figure, Judgement, Standing, SystemStanding, gravest
from drills.results.record import INCONCLUSIVE, NOT_TESTED, Drilled, Record
from scanner.door.text import stamp
from scanner.model.verdict import Outcome

#: A symbol and a word for each verdict, so that no reader depends on colour.
SYMBOLS = {"failed": "✗", "unknown": "?", "passed": "✓", "": "·"}
HELD = {True: "passed", False: "failed", None: "unknown"}
HELD_SAID = {True: "held", False: "did not hold", None: "not checked"}
#: What each class of evidence shows, from least to most.
EVIDENCE = {
    "simulated": "a simulation of the service, which holds no real data and counts towards nothing",
    "engine": "a real database engine on this machine, with real data",
    "sandbox": "a real account, with data made for the drill",
    "production-backup": "a backup of production, in an account of its own",
}
_LAST_DIGITS = re.compile(r"(\.\d*?)0+$")
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def measured(length: timedelta | None) -> str:
    """Say a measured length: tenths of a second where it is short."""
    if length is None:
        return "–"
    if length < _MINUTE:
        return f"{length.total_seconds():.1f} s"
    return brief(length)


def brief(length: timedelta) -> str:
    """Say a length in its two greatest units: `1 h 59 min`."""
    sign, rest = ("−", -length) if length < timedelta() else ("", length)
    parts: list[tuple[int, str]] = []
    for unit, size in (("d", _DAY), ("h", timedelta(hours=1)), ("min", _MINUTE), ("s", timedelta(seconds=1))):
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append((count, unit))
    told = [f"{count} {unit}" for count, unit in parts[:2] if count]
    return sign + (" ".join(told) or "0 s")


def figure_of(figure: Figure) -> str:
    """Say what was achieved of what the policy demands."""
    if figure.lost and figure.target is not None:
        return f"did not come back, {brief(figure.target)} demanded"
    if figure.target is None:
        return "no objective" if figure.achieved is None else f"{brief(figure.achieved)}, no objective"
    if figure.achieved is None:
        return f"not measured, {brief(figure.target)} demanded"
    return f"{brief(figure.achieved)} of {brief(figure.target)}"


def margin_of(figure: Figure) -> str:
    """Say how much better it is than demanded."""
    return "–" if figure.margin is None else brief(figure.margin)


def age_of(one: Drilled | SystemStanding, judgement: Judgement) -> str:
    """Say how long ago a drill ended, when it was judged."""
    age = judgement.at - one.ended_at
    return "just now" if age < _MINUTE else f"{brief(age)} ago"


def verdict_of(standing: Standing) -> str:
    """Say the verdict on a drill in a word: what is not known is told by why it is not."""
    if standing.outcome != "unknown":
        return standing.outcome
    state = standing.drilled.state
    return {INCONCLUSIVE: "inconclusive", NOT_TESTED: "not tested"}.get(state, "unknown")


def canaries_of(one: Drilled) -> str:
    """Say what came back of the canaries."""
    found = one.canaries
    if found is None:
        return "none written"
    return f"{found.due - found.lost} of {found.due} came back, {found.written} were written in all"


def losses_of(one: Drilled) -> Iterator[str]:
    """Say what is amiss with the canaries, one line each."""
    found = one.canaries
    if found is None:
        return
    if found.newest is not None:
        yield f"the newest without a gap is number {found.newest}" + (
            f", written {stamp(found.newest_at)}" if found.newest_at else ""
        )
    elif found.due:
        yield "not one of those that were written came back"
    if found.holes:
        yield f"missing in between: {numbers(found.holes)}"
    if found.beyond:
        yield f"written after the time restored to, and there all the same: {numbers(found.beyond)}"
    if found.strangers:
        yield f"{found.strangers} that this run did not write"


def numbers(found: Sequence[int], most: int = 12) -> str:
    """Name some numbers, and count the rest."""
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(str(one) for one in found[:most]) + more


def open_findings(standing: Standing) -> Iterator[tuple[str, str, str]]:
    """Give rule, outcome and reason of what the rules say of a drill, what needs a person first."""
    order = [Outcome.FAILED, Outcome.UNKNOWN, Outcome.PASSED]
    for one in sorted(standing.findings, key=lambda found: order.index(found.outcome)):
        yield one.rule.id, one.outcome.value, one.verdict.because


def summary_of(record: Record, judgement: Judgement) -> str:
    """Say in one sentence how it went."""
    counts = {name: sum(one.outcome == name for one in judgement.systems) for name in ("failed", "unknown", "passed")}
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    stopped = f"; it was stopped: {record.stopped}" if record.stopped else ""
    left = len(record.left_behind)
    left_said = f"; {left} {'thing was' if left == 1 else 'things were'} left behind" if left else ""
    return f"{len(judgement.systems)} systems drilled: {said or 'nothing'}{left_said}{stopped}"


def gravest_of(standings: Sequence[Standing]) -> str:
    """Give the gravest verdict of some."""
    return gravest([one.outcome for one in standings])


def seconds_of(value: object) -> str:
    """Say a length that a drill showed in seconds."""
    return measured(timedelta(seconds=value)) if isinstance(value, int | float) else "–"
