"""Performance: whether the copy answers the user's queries as fast as the source did.

A volume that is restored from a snapshot is read from S3 block by block when it is first touched, so a copy that is
available may still be slow (EBS user guide, "Initialize Amazon EBS volumes").
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from drills.measuring.clock import Mark
from drills.stage.refusals import Inconclusive
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    import psycopg

    from drills.plan.model import OwnCheck
    from drills.scene import Scene

#: How often each query is asked: of 20 answers, the second slowest is the 95th percentile.
ROUNDS = 20
#: Below this no difference can be told from noise.
FLOOR = timedelta(milliseconds=20)


@dataclass(frozen=True, slots=True)
class Pace:
    """The 95th percentile of the time that an answer takes, over all queries."""

    p95: timedelta
    answers: int


def pace(connection: psycopg.Connection[Any], checks: Sequence[OwnCheck], rounds: int = ROUNDS) -> Pace | None:
    """Ask the user's queries and time them; None where there is none that can be asked."""
    import psycopg  # noqa: PLC0415  # only a drill of a database needs it

    taken: list[float] = []
    for check in checks:
        if not check.sql:
            continue
        for _ in range(rounds):
            began = perf_counter()
            try:
                connection.execute(check.sql.encode()).fetchall()
            except psycopg.Error:
                break
            taken.append(perf_counter() - began)
    return Pace(percentile(taken), len(taken)) if taken else None


def percentile(taken: Sequence[float], share: float = 0.95) -> timedelta:
    """Give the least time that this share of all did not exceed."""
    ordered = sorted(taken)
    index = max(-int(-len(ordered) * share // 1) - 1, 0)
    return timedelta(seconds=ordered[index])


def await_pace(
    scene: Scene,
    connection: psycopg.Connection[Any],
    before: Pace | None,
    within: float,
    *,
    every: timedelta,
    longest: timedelta,
) -> None:
    """Wait until the copy answers within so many times of what the source took (T5)."""
    name = "the copy answers as fast as the source did"
    if before is None:
        scene.check("performance", name, held=None, detail="the plan has no query to time")
        return
    limit = max(before.p95 * within, FLOOR)
    measured: list[timedelta] = []

    def fast() -> Pace | None:
        found = pace(connection, scene.subject.checks)
        if found is None:
            return None
        measured.append(found.p95)
        return found if found.p95 <= limit else None

    try:
        found = scene.stage.wait("an answer as fast as before", fast, every=every, longest=longest)
    except Inconclusive:
        told = f"p95 {_ms(measured[-1])}, expected {_ms(limit)} or less" if measured else "no query was answered"
        scene.check("performance", name, held=False, detail=told)
        return
    scene.mark(Mark.PERFORMING, looked_every=every)
    scene.check("performance", name, held=True, detail=f"p95 {_ms(found.p95)}, the source {_ms(before.p95)}")


def _ms(length: timedelta) -> str:
    return f"{length / timedelta(milliseconds=1):.1f} ms"
