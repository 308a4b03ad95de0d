"""The scene: one drill at work, with all it needs to measure, and all it has measured."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from drills.measuring.canaries import Freshness
from drills.measuring.clock import Clock, Mark, Timeline
from drills.plan.model import Entry, Subject
from drills.stage.journal import Made
from drills.stage.refusals import Inconclusive, NotRestored
from drills.stage.spoken import Spoken
from drills.stage.stage import Stage
from drills.targets.target import Opened
from scanner.collect.port import CallFailed
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Reason
from scanner.resources.rehearsals import Check


@dataclass(frozen=True, slots=True)
class Demanded:
    """What the policy demands of the system, so that canaries come often enough; a drill judges nothing by it."""

    rto: timedelta | None
    rpo: timedelta | None


@dataclass(slots=True)
class Measured:
    """What one drill measured on one system. `why` is set where it could not: then nothing of it counts as held."""

    name: str
    drill: str
    system: str
    tests: tuple[str, ...]
    evidence: str
    timeline: Timeline
    subjects: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)
    freshness: Freshness | None = None
    #: None where nothing was to come back, or nobody could tell
    came_back: bool | None = None
    alert_after: timedelta | None = None
    left_behind: tuple[str, ...] | None = None
    #: why it is inconclusive
    why: str = ""
    #: why it was not tried at all, as where the target does not offer the service
    not_tested: str = ""
    #: what else is worth showing: identifiers, counts, hashes; never rows, never secrets
    shown: dict[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    #: the entry of the plan, which is on several systems where the name is not its own
    entry: str = ""
    demanded: Demanded = Demanded(None, None)
    #: each call that was made, in its order
    spoken: tuple[Spoken, ...] = ()
    #: how many more calls there were than are kept
    unspoken: int = 0


#: Refusals of who asks, not of what is asked.
_SAYS_NOTHING = (Reason.DENIED, Reason.THROTTLED, Reason.UNSUPPORTED)


class Scene:
    """One drill on one subject (or on several, which then have a scene each)."""

    def __init__(
        self,
        entry: Entry,
        subject: Subject,
        stage: Stage,
        target: Opened,
        measured: Measured,
        demanded: Demanded,
        tell: Callable[[str, str], None] = lambda _system, _phase: None,
        depends_on: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        self.entry, self.subject = entry, subject
        self.stage, self.target = stage, target
        self.measured, self.demanded = measured, demanded
        #: what each system of the configuration needs
        self.depends_on = depends_on or {}
        #: of the plan that is run, of which a sample's seed is made
        self.plan_digest = ""
        self._tell = tell

    @property
    def clock(self) -> Clock:
        """The clock that all of it is measured with."""
        return self.stage.clock

    @property
    def timeline(self) -> Timeline:
        """The marks."""
        return self.measured.timeline

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the plan says of this drill, beside what it is on."""
        return self.entry.settings

    def phase(self, says: str) -> None:
        """Show what is done now."""
        self._tell(self.measured.system or self.subject.name, says)

    def mark(self, mark: Mark, *, looked_every: timedelta = timedelta(), witness: datetime | None = None) -> datetime:
        """Stamp a mark, show it, and give its time."""
        stamp = self.timeline.mark(mark, looked_every=looked_every, witness=witness)
        self.phase(f"{mark.value} {mark.says}")
        return stamp.at

    def check(self, about: str, name: str, *, held: bool | None, detail: str = "") -> bool | None:
        """Note a check: `held` is None for one that could not be made. No rows and no secrets in its words."""
        self.measured.checks.append(Check(about, name, held, detail))
        return held

    def show(self, **told: Any) -> None:
        """Note what is worth showing."""
        self.measured.shown.update(told)

    def restore(self, kind: str, identifier: str, operation: str, *, source: str, **parameters: Any) -> Made:
        """Stamp T1 and ask for a restore; raise `NotRestored` where AWS refuses it, `Inconclusive` where we may not ask.

        A refusal is a result: with these backups, this key and these settings nothing comes back.
        """
        self.mark(Mark.REQUESTED)
        try:
            return self.stage.make(kind, identifier, operation, source=source, **parameters)
        except CallFailed as failed:
            if failed.reason in _SAYS_NOTHING:
                raise Inconclusive(f"{operation}: {failed.code}: {failed.message}") from None
            raise self.nothing_came_back(f"{operation} was refused: {failed.code}: {failed.message}") from None

    def nothing_came_back(self, why: str) -> NotRestored:
        """Note that nothing came back; raise what is given."""
        self.measured.came_back = False
        self.check("integrity", "the restore brings something back", held=False, detail=why)
        return NotRestored(why)

    def require(self, thing: object, why: str) -> None:
        """Go on only where there is something to go on with; what is missing makes the drill inconclusive."""
        if not thing:
            raise Inconclusive(why)
