"""The HTML report of a run: one file, no network, no script; works in an auditor's sandbox and on paper."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from drills.judging import Judgement, Standing
from drills.results import words
from drills.results.drawing import LEGEND, drawn
from drills.results.record import Drilled, Record
from drills.results.record_file import dump
from scanner.door.text import printable, stamp
from scanner.model.late_dataclass import dataclass

_NO_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One entry of the plan: a drill on one system, or on several with a common loss."""

    id: str
    name: str
    standings: tuple[Standing, ...]

    @property
    def drilled(self) -> tuple[Drilled, ...]:
        """What was measured in it."""
        return tuple(one.drilled for one in self.standings)

    @property
    def critical_path(self) -> tuple[str, ...]:
        """The systems that the last one waited for; none where the drill told none."""
        found = next((one.shown["critical_path"] for one in self.drilled if one.shown.get("critical_path")), ())
        return tuple(str(one) for one in found) if isinstance(found, list) else ()

    @property
    def common(self) -> bool:
        """Several systems were lost at once."""
        return len(self.standings) > 1


def render(record: Record, judgement: Judgement) -> str:
    """Write a run as one HTML file."""
    environment = Environment(
        loader=PackageLoader("drills.results"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(stamp=stamp, printable=printable, shown=shown)
    return environment.get_template("drill.html.j2").render(
        record=record,
        judgement=judgement,
        chapters=chapters(judgement),
        words=words,
        drawn=drawn,
        legend=LEGEND,
        fill=fill,
        counts={
            name: sum(one.outcome == name for one in judgement.systems) for name in ("failed", "unknown", "passed")
        },
        with_canaries=[one for one in record.measured if one.canaries is not None],
        record_digest=hashlib.sha256(dump(record).encode()).hexdigest(),
    )


def chapters(judgement: Judgement) -> tuple[Chapter, ...]:
    """Put what belongs to one entry of the plan together."""
    found: dict[str, list[Standing]] = {}
    for one in judgement.standings:
        found.setdefault(one.drilled.entry, []).append(one)
    return tuple(
        Chapter(f"d{number}-{_NO_NAME.sub('-', name.lower()).strip('-')[:40]}", name, tuple(some))
        for number, (name, some) in enumerate(found.items(), 1)
    )


def fill(achieved: Any, target: Any) -> float:
    """Say how much of a limit is used up, in percent of the bar, which shows at most twice the limit."""
    return round(min(100.0, max(2.0, 50 * (achieved / target))), 1) if target else 100.0


def shown(value: Any) -> str:
    """Say a value that a drill showed."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{key} {shown(one)}" for key, one in value.items()) or "none"
        case str():
            return printable(value)
        case Sequence():
            return ", ".join(shown(one) for one in value) or "none"
    return str(value)
