"""The sweep: takes away what runs have left, and nothing that merely looks like it.

A thing is removed only where its journal names it, its name begins as that run named things, it carries that run's tag
(where its service tags at creation), it was made after the run began, and it is not what the run restored from. All
else is told, and left alone.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from drills.stage.hearing import heard
from drills.stage.journal import JournalError, Made, Trace, journals, named_ever, note_gone, trace_of
from drills.stage.lock import holders
from drills.stage.makeable import Seen, makeable
from drills.stage.run import PREFIX, TAG_RUN
from drills.stage.stage import GOING, leaving
from drills.stage.strangers import Stranger, strangers
from scanner.collect.aws import is_loopback
from scanner.collect.port import CallFailed
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Reason

if TYPE_CHECKING:
    from drills.measuring.clock import Clock
    from drills.stage.port import Calls

#: AWS accepts a signature that is five minutes off, so clocks may differ by so much (IAM user guide, "Signature").
SKEW = timedelta(minutes=5)
#: A call that was on its way when its process was killed may still make something.
APPEARS = timedelta(minutes=5)


class Fate(Enum):
    """What came of one thing that a journal names."""

    REMOVED = "removed"
    WOULD_REMOVE = "would be removed"
    GONE = "gone already"
    #: not found, but its making may still be under way
    AWAITED = "may yet appear"
    #: it does not pass for the run's own
    KEPT = "kept"
    FAILED = "not removed"
    #: it is at another endpoint, in another account, or of a run that is at work
    ELSEWHERE = "not looked at"


#: Fates that leave nothing to do.
_SETTLED = (Fate.REMOVED, Fate.GONE)


@dataclass(frozen=True, slots=True)
class Swept:
    """One thing that a journal names, and what came of it."""

    run: str
    made: Made
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What came of a sweep."""

    swept: tuple[Swept, ...]
    strangers: tuple[Stranger, ...]
    #: what could not be looked for, each with why
    unseen: tuple[str, ...]
    executed: bool

    @property
    def left(self) -> tuple[Swept, ...]:
        """What is not known to be gone."""
        return tuple(one for one in self.swept if one.fate not in _SETTLED)


def sweep(
    folder: Path,
    calls_to: Callable[[str], Calls],
    clock: Clock,
    *,
    endpoint: str = "",
    regions: Sequence[str] = (),
    guard: Callable[[], None] = lambda: None,
    execute: bool = False,
    every: timedelta = timedelta(seconds=5),
) -> Sweep:
    """Take away what the runs of a folder's journals have left in one account; only show it unless `execute` is set.

    `calls_to` gives the calls to a region of the account that `regions` names at least one of; `guard` is asked before
    every removal, and raises where nothing more may be removed.
    """
    found, harmed = _read(folder)
    busy = {holder.run for holder in holders(folder) if not holder.over(clock.now())}
    broom = _Broom(calls_to, clock, guard, execute=execute)
    swept: list[Swept] = []
    for trace in found:
        if trace.run in busy:
            swept += [Swept(trace.run, made, Fate.ELSEWHERE, "its run is at work") for made in trace.left]
        elif trace.endpoint != endpoint:
            where = trace.endpoint or "AWS"
            if _ended(trace.endpoint):
                swept += broom.forget(trace, f"the emulation at {where} has ended, and all that it held with it")
                continue
            swept += [Swept(trace.run, made, Fate.ELSEWHERE, f"it was made at {where}") for made in trace.left]
        else:
            swept += broom.sweep(trace, every)
    if execute:
        _unlock(folder, swept, clock.now())
    places = {*regions, *(made.region for trace in found for made in trace.left if trace.endpoint == endpoint)}
    left = {made.id for trace in found for made in trace.left}
    unknown, unseen = strangers((calls_to(region) for region in sorted(places)), left, named_ever(folder))
    return Sweep(tuple(swept), unknown, (*harmed, *unseen), execute)


def _read(folder: Path) -> tuple[list[Trace], tuple[str, ...]]:
    """Read all journals; one that is harmed stops nothing, and what it names is told as not looked for."""
    found: list[Trace] = []
    harmed: list[str] = []
    for file in journals(folder):
        try:
            found.append(trace_of(file))
        except JournalError as error:
            harmed.append(f"what a journal names: {error.message}")
    return sorted(found, key=lambda one: (one.began_at, one.run)), tuple(harmed)


class _Broom:
    def __init__(
        self, calls_to: Callable[[str], Calls], clock: Clock, guard: Callable[[], None], *, execute: bool
    ) -> None:
        self._calls_to, self._clock = calls_to, clock
        self._guard, self._execute = guard, execute

    def sweep(self, trace: Trace, every: timedelta) -> list[Swept]:
        """Sweep what one run has left: look at each, and ask for the removal of all that is its own."""
        told: list[Swept] = []
        pending: list[Made] = []
        for made in leaving([one for one in trace.left if one.kind in makeable()]):
            fate, why = self._judged(trace, made)
            if fate is Fate.WOULD_REMOVE and self._execute:
                pending.append(made)
                continue
            told.append(Swept(trace.run, made, fate, why))
            if fate is Fate.GONE and self._execute:
                note_gone(trace.file, made, self._clock.now())
        unknown = [one for one in trace.left if one.kind not in makeable()]
        told += [Swept(trace.run, one, Fate.KEPT, f"this version knows no {one.kind}") for one in unknown]
        return [*told, *self._remove(trace, pending, every)]

    def forget(self, trace: Trace, why: str) -> list[Swept]:
        """Note of all that a run has left that it is gone."""
        if self._execute:
            for made in trace.left:
                note_gone(trace.file, made, self._clock.now())
        return [Swept(trace.run, made, Fate.GONE, why) for made in trace.left]

    def _judged(self, trace: Trace, made: Made) -> tuple[Fate, str]:
        calls = self._calls_to(made.region)
        if made.account != calls.account:
            return Fate.ELSEWHERE, f"it is in account {made.account}"
        try:
            seen = heard(lambda: makeable()[made.kind].look(calls, made.id))
        except CallFailed as failed:
            return Fate.FAILED, f"it could not be looked at: {failed.code}"
        if seen is not None:
            why = foreign(trace, made, seen)
            return (Fate.KEPT, why) if why else (Fate.WOULD_REMOVE, "")
        intended = trace.unconfirmed.get(made)
        if intended is not None and self._clock.now() < intended + APPEARS:
            return Fate.AWAITED, f"nobody noted that it was made; sweep again after {intended + APPEARS:%H:%M:%S} UTC"
        return Fate.GONE, ""

    def _remove(self, trace: Trace, pending: list[Made], every: timedelta) -> list[Swept]:
        """Ask for removals again and again: what holds another, or is still being made, is refused at first."""
        told: list[Swept] = []
        refused: dict[Made, CallFailed] = {}
        asked: set[Made] = set()
        until = self._clock.elapsed() + GOING
        while pending:
            for made in [one for one in pending if one not in asked]:
                # It is looked at again each time: between two looks it may have become somebody else's.
                fate, why = self._judged(trace, made)
                if fate is Fate.KEPT:
                    pending.remove(made)
                    told.append(Swept(trace.run, made, fate, why))
                elif fate is Fate.WOULD_REMOVE:
                    self._guard()
                    self._ask(made, asked, refused)
            for made in [one for one in pending if self._gone(one)]:
                pending.remove(made)
                note_gone(trace.file, made, self._clock.now())
                told.append(Swept(trace.run, made, Fate.REMOVED))
            for made in [one for one in pending if one in refused and refused[one].reason is Reason.DENIED]:
                pending.remove(made)
                told.append(Swept(trace.run, made, Fate.FAILED, f"{refused[made].code}: {refused[made].message}"))
            if not pending or self._clock.elapsed() + every > until:
                break
            self._clock.sleep(every)
        late = "it is still there"
        told += [Swept(trace.run, one, Fate.FAILED, refused[one].code if one in refused else late) for one in pending]
        return told

    def _ask(self, made: Made, asked: set[Made], refused: dict[Made, CallFailed]) -> None:
        try:
            heard(lambda: makeable()[made.kind].remove(self._calls_to(made.region), made.id))
        except CallFailed as failed:
            refused[made] = failed
            return
        asked.add(made)
        refused.pop(made, None)

    def _gone(self, made: Made) -> bool:
        try:
            return heard(lambda: makeable()[made.kind].look(self._calls_to(made.region), made.id)) is None
        except CallFailed:
            return False


def foreign(trace: Trace, made: Made, seen: Seen) -> str:
    """Say why something is not what a run has made; "" where it is."""
    known, prefix = makeable()[made.kind], f"{PREFIX}{trace.run}-"
    if made not in trace.left:
        return "the journal does not name it"
    if not made.id.startswith(prefix) or seen.id != made.id:
        return f"its name {seen.id} does not begin with {prefix}"
    if made.source and made.source in (seen.id, seen.arn):
        return "it is what the run restored from"
    tagged = seen.tags.get(TAG_RUN)
    if tagged is not None and tagged != trace.run:
        return f"it carries the tag of run {tagged}"
    if tagged is None and known.tagged:
        return f"it does not carry the tag {TAG_RUN}"
    if seen.made_at is None:
        # RDS does not tell it before an instance is there; the run's tag does instead.
        return "" if tagged or not known.dated else "it is not known when it was made"
    if seen.made_at < trace.began_at - SKEW:
        return f"it was made {seen.made_at:%Y-%m-%d %H:%M}, before the run began"
    return ""


def _ended(endpoint: str) -> bool:
    """Tell whether an emulation on this machine has ended: nothing listens where it was, and it kept nothing."""
    place = urlsplit(endpoint)
    if not is_loopback(endpoint) or not place.port:
        return False
    try:
        socket.create_connection((place.hostname or "", place.port), timeout=2).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def _readable(file: Path) -> bool:
    try:
        trace_of(file)
    except JournalError:
        return False
    return True


def _unlock(folder: Path, swept: Iterable[Swept], now: datetime) -> None:
    """Take away the lock of every process that has ended, where nothing is left of its run."""
    left = {one.run for one in swept if one.fate not in _SETTLED}
    left |= {file.stem for file in journals(folder) if not _readable(file)}
    for holder in holders(folder):
        if holder.over(now) and holder.run not in left:
            holder.file.unlink(missing_ok=True)
