"""Timelines as pictures: one line for each system on a common scale, drawn so that no screen is too narrow for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup, escape

from drills.measuring.clock import Mark
from drills.results.record import Drilled, Stamped
from drills.results.words import brief, measured
from scanner.door.text import printable

#: What passes until a mark, as the style sheet colours it.
_CLASSES = {
    Mark.REQUESTED: "waits",
    Mark.AVAILABLE: "restores",
    Mark.REACHABLE: "connects",
    Mark.VALIDATED: "checks",
    Mark.PERFORMING: "warms",
    Mark.CLEANED: "cleans",
}
LEGEND = tuple((name, said) for name, said in (
    ("waits", "until the restore is requested (T1)"),
    ("restores", "the service restores (T2)"),
    ("connects", "until a login (T3)"),
    ("checks", "the checks (T4)"),
    ("warms", "until it is as fast as before (T5)"),
    ("cleans", "cleaning up (T6)"),
))  # fmt: skip
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
_TICKS, _ROW, _TOP, _FOOT = 6, 56, 4, 22
#: Marks that are nearer than so much of the width share a label.
_NEAR = 6.0


def drawn(rows: Sequence[Drilled], name: str, critical: Sequence[str] = ()) -> Markup:
    """Draw the timelines of some drills that began with one loss; `name` is unique in the page."""
    shown = [one for one in rows if len(one.marks) > 1]
    if not shown:
        return Markup("")
    longest = max(one.marks[-1].after for one in shown)
    scale = max(longest, timedelta(milliseconds=100)) * 1.02
    height = _TOP + _ROW * len(shown) + _FOOT
    parts = [
        Markup('<svg class="timeline" role="img" aria-labelledby="{0}-t {0}-d" width="100%" height="{1}">').format(
            name, height
        ),
        Markup('<title id="{}-t">Timeline of {}</title><desc id="{}-d">{}</desc>').format(
            name, ", ".join(printable(one.system or one.name) for one in shown), name, described(shown)
        ),
        _scale(scale, height),
    ]
    for number, one in enumerate(shown):
        parts.append(_row(one, _TOP + _ROW * number, scale, critical=one.system in critical))
    limits = {one.rto for one in shown if one.rto is not None and one.rto <= scale}
    parts += [_limit(limit, scale, height) for limit in sorted(limits)]
    return Markup("").join([*parts, Markup("</svg>")])


def described(rows: Sequence[Drilled]) -> str:
    """Say in words what the picture shows."""
    return ". ".join(
        f"{printable(one.system or one.name)}: "
        + ", ".join(f"{mark.mark.value} {mark.mark.says} after {measured(mark.after)}" for mark in one.marks)
        for one in rows
    )


def _row(one: Drilled, top: int, scale: timedelta, *, critical: bool) -> Markup:
    took = "did not come back" if one.recovery_time is None else f"validated after {measured(one.recovery_time)}"
    took += f", RTO {brief(one.rto)}" if one.rto is not None else ""
    path = " · critical path" if critical else ""
    parts = [
        Markup('<text class="name{}" x="0" y="{}">{}<tspan class="soft"> {}{}</tspan></text>').format(
            " critical" if critical else "", top + 11, printable(one.system or one.name), took, path
        )
    ]
    for segment, last in zip(one.segments, one.marks[1:], strict=True):
        begins = last.after - segment.lasted
        parts.append(
            Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
                _CLASSES[segment.last], _at(begins, scale), top + 17, _at(segment.lasted, scale), 14
            )
        )
    for label, place, end in _labels(one.marks, scale):
        parts.append(
            Markup('<text class="mark" x="{}%" y="{}"{}>{}</text>').format(
                place, top + 42, Markup(' text-anchor="end"') if end else "", label
            )
        )
    parts += [
        Markup('<line class="tick" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>').format(
            _at(mark.after, scale), top + 15, top + 33
        )
        for mark in one.marks
    ]
    return Markup("").join(parts)


def _labels(marks: Sequence[Stamped], scale: timedelta) -> list[tuple[str, float, bool]]:
    """Give the labels of marks: near ones share one; the last ends where it stands, so that it is not cut off."""
    groups: list[tuple[list[str], float, float]] = []
    for mark in marks:
        place = _at(mark.after, scale)
        if groups and place - groups[-1][2] < _NEAR:
            groups[-1] = ([*groups[-1][0], mark.mark.value], groups[-1][1], place)
        else:
            groups.append(([mark.mark.value], place, place))
    return [(" ".join(names), last if last > 80 else first, last > 80) for names, first, last in groups]


def _scale(scale: timedelta, height: int) -> Markup:
    seconds = scale.total_seconds()
    step = next(
        (one for one in _STEPS if seconds / one <= _TICKS), _STEPS[-1] * max(1, int(seconds / _STEPS[-1] / _TICKS))
    )
    parts = []
    for number in range(int(seconds / step) + 1):
        place = round(100 * number * step / seconds, 2)
        parts.append(
            Markup('<line class="grid" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>').format(place, height - _FOOT + 4)
        )
        if place < 92:
            parts.append(
                Markup('<text class="axis" x="{}%" y="{}">{}</text>').format(
                    place, height - 6, "0" if not number else brief(timedelta(seconds=number * step))
                )
            )
    return Markup("").join(parts)


def _limit(limit: timedelta, scale: timedelta, height: int) -> Markup:
    place = _at(limit, scale)
    side = Markup(' text-anchor="end" dx="-4"') if place > 80 else Markup(' dx="4"')
    return Markup(
        '<line class="limit" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/><text class="limit" x="{0}%" y="{2}"{3}>RTO {4}</text>'
    ).format(place, height - _FOOT + 4, height - _FOOT + 2, side, escape(brief(limit)))


def _at(length: timedelta, scale: timedelta) -> float:
    return round(100 * (length / scale), 2)
