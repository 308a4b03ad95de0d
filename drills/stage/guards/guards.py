"""All guards together: before a run every one of them, and at every step those that can cease to hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from drills.stage.guards.consent import Authorised, Confirmed, Consent
from drills.stage.guards.guard import Broken, Guard
from drills.stage.guards.identity import RightAccount, RightEndpoint, SeparateRoles
from drills.stage.guards.isolation import Isolated
from drills.stage.guards.limits import Affordable, InTime, NotFrozen, NotStopped
from drills.stage.guards.making import (
    Marked,
    NeverInPlace,
    NothingLeft,
    OneAtATime,
    OwnKey,
    SparingCanaries,
    WrittenFirst,
)
from drills.stage.guards.ready import Ready
from drills.stage.guards.situation import Situation
from drills.stage.hearing import each
from drills.stage.refusals import DrillRefused, Stopped
from drills.stage.run import Run
from scanner.collect.port import CallFailed
from scanner.model.errors import BackupScanError
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from drills.measuring.clock import Clock
    from drills.plan.model import DrillPlan
    from drills.targets.target import Opened

#: In the order in which they are told. Where a drill is and who runs it comes first: nothing else is asked of AWS where
#: that is not as it should be.
FIRST: tuple[Guard, ...] = (RightEndpoint(), RightAccount())
OTHERS: tuple[Guard, ...] = (
    Confirmed(),
    Authorised(),
    SeparateRoles(),
    Marked(),
    WrittenFirst(),
    NothingLeft(),
    Affordable(),
    NeverInPlace(),
    Isolated(),
    OwnKey(),
    NotStopped(),
    InTime(),
    OneAtATime(),
    Ready(),
    SparingCanaries(),
    NotFrozen(),
)
GUARDS: tuple[Guard, ...] = (*FIRST, *OTHERS)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking at one guard: it holds where nothing is broken; None where the target does not need it."""

    guard: Guard
    broken: tuple[Broken, ...] | None


class Guards:
    """The guards of one run. Calling it asks those again that can cease to hold, as `Stage` does at every step."""

    def __init__(self, situation: Situation) -> None:
        self._now = situation

    def looked(self) -> tuple[Looked, ...]:
        """Look at all of them; in the wrong place, nothing more is asked of AWS."""
        found: list[Looked] = []
        wrong_place = False
        for guard in GUARDS:
            if not (wrong_place and guard.asks):
                found.append(self._look(guard))
                wrong_place |= guard in FIRST and bool(found[-1].broken)
        return tuple(found)

    def demand(self) -> None:
        """Raise `DrillRefused` with everything that does not hold, and what to do about each."""
        wrong = [(one.guard, broken) for one in self.looked() for broken in one.broken or ()]
        if not wrong:
            return
        lines = [f"  {guard.number} {guard.name}: {broken.says}\n      -> {broken.do}" for guard, broken in wrong]
        count = f"{len(wrong)} guards do" if len(wrong) > 1 else "a guard does"
        raise DrillRefused("\n".join((f"nothing was done: {count} not hold", *lines)))

    def __call__(self) -> None:
        """Raise `Stopped` where one of those does not hold any more that can cease to."""
        for guard in GUARDS:
            if guard.always and guard.needed(self._now):
                for broken in _every(partial(guard.again, self._now)):
                    raise Stopped(f"{guard.number} {guard.name}: {broken.says}")

    def _look(self, guard: Guard) -> Looked:
        if not guard.needed(self._now):
            return Looked(guard, None)
        return Looked(guard, tuple(_every(partial(guard.broken, self._now))))


def in_place(plan: DrillPlan, target: Opened, state: Path, clock: Clock) -> Callable[[], None]:
    """Give what a sweep asks before every removal: it raises `Stopped` in any place but the plan's.

    No kill switch, time or cost stops a sweep: it cleans up after what they stopped.
    """
    run = Run.begin(clock.now(), "sweep", plan.limits.keeps)
    now = Situation(plan, target, run, clock, state, Consent(), clock.elapsed(), environment=dict(os.environ))

    def ask() -> None:
        for guard in FIRST:
            if guard.needed(now):
                for broken in _every(partial(guard.again, now)):
                    raise Stopped(f"{guard.number} {guard.name}: {broken.says}")

    return ask


def _every(broken: Callable[[], Iterator[Broken]]) -> Iterator[Broken]:
    """Give what is broken; what could not be told is, because no guard holds by default."""
    try:
        yield from each(broken())
    except CallFailed as failed:
        yield Broken(f"it could not be told: {failed.code}: {failed.message}", "let the role read it, and try again")
    except BackupScanError as error:
        yield Broken(f"it could not be told: {error.message}", error.hint or "mend it, and try again")
