"""The record of a run: what was done and measured, whole, as a file that is read back as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from drills.measuring.clock import MARKS, Mark
from drills.stage.spoken import Spoken
from scanner import VERSION
from scanner.model.late_dataclass import dataclass
from scanner.resources.rehearsals import RECOVERIES, Check

if TYPE_CHECKING:
    from drills.running import Ran
    from drills.scene import Measured

FORMAT = "backup-scan/drill/1"
TOOL = "backup-drill"
MEASURED, INCONCLUSIVE, NOT_TESTED = "measured", "inconclusive", "not-tested"
#: What passes between two marks that follow each other.
_SEGMENTS = {
    Mark.REQUESTED: "until the restore was asked for",
    Mark.AVAILABLE: "the service restores",
    Mark.REACHABLE: "until a login",
    Mark.VALIDATED: "the checks",
    Mark.PERFORMING: "until it is as fast as before",
    Mark.CLEANED: "the clean-up",
}


@dataclass(frozen=True, slots=True)
class Stamped:
    """A mark that was reached: when, and how long after the first one on the monotonic clock."""

    mark: Mark
    at: datetime
    after: timedelta
    witness: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """What lies between two marks that follow each other."""

    first: Mark
    last: Mark
    lasted: timedelta

    @property
    def says(self) -> str:
        """Say what passed in it."""
        return _SEGMENTS[self.last]


@dataclass(frozen=True, slots=True)
class Canaries:
    """The canaries of a drill, counted."""

    written: int
    due: int
    returned: int
    newest: int | None = None
    newest_at: datetime | None = None
    holes: tuple[int, ...] = ()
    strangers: int = 0
    beyond: tuple[int, ...] = ()

    @property
    def lost(self) -> int:
        """How many did not come back that had to."""
        return max(self.due - self.returned + len(self.beyond), 0)


@dataclass(frozen=True, slots=True)
class Drilled:
    """What one drill measured on one system."""

    name: str
    entry: str
    drill: str
    system: str
    subjects: tuple[str, ...]
    tests: tuple[str, ...]
    evidence: str
    state: str
    why: str
    ended_at: datetime
    rto: timedelta | None = None
    rpo: timedelta | None = None
    marks: tuple[Stamped, ...] = ()
    resolution: timedelta = timedelta()
    recovery_time: timedelta | None = None
    job_time: timedelta | None = None
    data_loss: timedelta | None = None
    canaries: Canaries | None = None
    came_back: bool | None = None
    alert_after: timedelta | None = None
    checks: tuple[Check, ...] = ()
    left_behind: tuple[str, ...] | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[Spoken, ...] = ()
    more_calls: int = 0

    @property
    def of_the_whole(self) -> bool:
        """It brought a system back as a whole, or was to."""
        return not RECOVERIES.isdisjoint(self.tests)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What lies between its marks."""
        return tuple(Segment(one.mark, other.mark, other.after - one.after) for one, other in pairwise(self.marks))

    @property
    def broken(self) -> tuple[Check, ...]:
        """The checks that did not hold."""
        return tuple(one for one in self.checks if one.held is False)

    @property
    def unmade(self) -> tuple[Check, ...]:
        """The checks that could not be made."""
        return tuple(one for one in self.checks if one.held is None)

    @property
    def troubles(self) -> tuple[str, ...]:
        """Say what it saw go wrong, whatever it was taken on; none where nothing did."""
        said = []
        if self.came_back is False:
            said.append("nothing came back")
        said += [f"did not hold: {one.name}{f': {one.detail}' if one.detail else ''}" for one in self.broken]
        if "alert" in self.tests and self.state == MEASURED and self.alert_after is None:
            said.append("the alert did not arrive")
        if self.left_behind:
            said.append(f"left behind: {', '.join(self.left_behind)}")
        return tuple(said)


@dataclass(frozen=True, slots=True)
class Record:
    """One run of a plan."""

    run: str
    plan: str
    digest: str
    target: str
    account: str
    began_at: datetime
    ended_at: datetime
    measured: tuple[Drilled, ...]
    stopped: str = ""
    authorised_by: str = ""
    tool: str = TOOL
    version: str = VERSION

    @property
    def left_behind(self) -> tuple[str, ...]:
        """What is still there of all that it made."""
        return tuple(dict.fromkeys(left for one in self.measured for left in one.left_behind or ()))

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems that were drilled, each once."""
        return tuple(dict.fromkeys(one.system for one in self.measured if one.system))


def record_of(ran: Ran, *, authorised_by: str = "") -> Record:
    """Make the record of a run that has ended."""
    assert ran.ended_at is not None, "a run is recorded when it has ended"
    return Record(
        ran.run.id,
        ran.plan.name,
        ran.plan.digest,
        ran.target,
        ran.account,
        ran.run.began_at,
        ran.ended_at,
        tuple(_drilled(one, ran.ended_at) for one in ran.measured),
        ran.stopped,
        authorised_by,
    )


def _drilled(one: Measured, ended_at: datetime) -> Drilled:
    fresh, line = one.freshness, one.timeline
    state = NOT_TESTED if one.not_tested else INCONCLUSIVE if one.why else MEASURED
    return Drilled(
        one.name,
        one.entry or one.name,
        one.drill,
        one.system,
        one.subjects,
        one.tests,
        one.evidence,
        state,
        one.not_tested or one.why,
        one.ended_at or ended_at,
        one.demanded.rto,
        one.demanded.rpo,
        tuple(_stamped(one)),
        line.resolution,
        line.recovery_time,
        line.job_time,
        fresh.loss if fresh is not None else None,
        None
        if fresh is None
        else Canaries(
            fresh.written,
            fresh.due,
            fresh.returned,
            fresh.newest.number if fresh.newest else None,
            fresh.newest.written_at if fresh.newest else None,
            fresh.holes,
            fresh.strangers,
            fresh.beyond,
        ),
        one.came_back,
        one.alert_after,
        tuple(one.checks),
        one.left_behind,
        {name: plain(value) for name, value in sorted(one.shown.items())},
        one.spoken,
        one.unspoken,
    )


def _stamped(one: Measured) -> Iterator[Stamped]:
    stamps = one.timeline.stamps
    first = next((stamps[mark].elapsed for mark in MARKS if mark in stamps), timedelta())
    for mark in MARKS:
        if mark in stamps:
            stamp = stamps[mark]
            yield Stamped(mark, stamp.at, stamp.elapsed - first, stamp.witness)


def plain(value: Any) -> Any:
    """Give a value as JSON holds it; what is none of its kinds is only named, for nobody knows what is in it."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case timedelta():
            return value.total_seconds()
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(one) for key, one in sorted(value.items(), key=lambda item: str(item[0]))}
        case set() | frozenset():
            return [plain(one) for one in sorted(value, key=str)]
        case list() | tuple():
            return [plain(one) for one in value]
    return type(value).__name__
