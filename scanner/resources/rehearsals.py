"""What drills measured, and what the policy wants rehearsed. Nothing of it is in AWS: drills leave records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import flag, instant, text, tuple_of
from scanner.model.duration import parse_duration, speak
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, those
from scanner.model.origin import Listing, item
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource

#: From least to most: what a measurement was taken on (design, "Drills"). A simulation holds no data, and shows nothing.
EVIDENCE_CLASSES = ("simulated", "engine", "sandbox", "production-backup")
#: The tests in which a system comes back as a whole; how long a file takes says nothing of that.
RECOVERIES = frozenset({"database", "full", "multi-system", "continuity"})
#: What is checked of what came back, before it counts as recovered (T4).
VERIFICATIONS = ("integrity", "freshness", "configuration")
#: All that is checked of what came back; a copy that opens what was closed is not like the original.
OF_THE_COPY = (*VERIFICATIONS, "consistency", "query", "performance", "must-allow", "must-deny")
#: All that checks are about: beside these, the hops of an alert.
ABOUT = (*OF_THE_COPY, "alert")


@dataclass(frozen=True, slots=True)
class Check:
    """One check of what came back: what it was about, and whether it held; `none` for one that could not be made."""

    about: str
    name: str
    held: bool | None
    detail: str = ""


def check(raw: Any) -> Check:
    """Read one check of a record."""
    return Check(raw["about"], raw["name"], raw["held"], raw.get("detail", ""))


def length(raw: Any) -> timedelta:
    """Read a duration, as records write it."""
    return raw if isinstance(raw, timedelta) else parse_duration(raw)


class Measurement(Resource):
    """What one drill measured on one system, or on none where the system does not matter."""

    kind = "drill.measurement"
    title = "drill measurement"
    listed_by = Listing(
        None, declared="measurements", everywhere=True, measured=True, id="drill:{run}/{name}", name="{name}"
    )
    member_of = "system"

    system: Fact[str | None] = fact("The declared system that was recovered.", live=item("system", text, absent=None))
    tests: Fact[tuple[str, ...]] = fact("The kinds of test that it was.", live=item("tests", tuple_of(text)))
    evidence: Fact[str] = fact(
        "What it was taken on: simulated, engine, sandbox or production-backup.", live=item("evidence", text)
    )
    ended_at: Fact[datetime] = fact("When it ended.", live=item("ended_at", instant))
    came_back: Fact[bool | None] = fact(
        "What was lost came back; none where nothing was to come back.", live=item("came_back", flag, absent=None)
    )
    recovery_time: Fact[timedelta | None] = fact(
        "The time from the loss declared (T0) to the validated recovery (T4); none where it was not measured.",
        live=item("recovery_time", length, absent=None),
    )
    data_loss: Fact[timedelta | None] = fact(
        "The time between the newest contiguous canary that came back and the loss; none where none was looked for.",
        live=item("data_loss", length, absent=None),
    )
    resolution: Fact[timedelta] = fact(
        "The time between two looks: no figure is finer.", live=item("resolution", length)
    )
    checks: Fact[tuple[Check, ...]] = fact("The checks of what came back.", live=item("checks", tuple_of(check)))
    left_behind: Fact[tuple[str, ...] | None] = fact(
        "What the drill made and did not remove; none where nobody looked.",
        live=item("left_behind", tuple_of(text), absent=None),
    )
    alert_after: Fact[timedelta | None] = fact(
        "How long a synthetic failure took to reach its subscriber; none where it never did, or was not sent.",
        live=item("alert_after", length, absent=None),
    )
    inconclusive: Fact[str | None] = fact(
        "Why nothing can be said by it; none where it was measured.", live=item("inconclusive", text, absent=None)
    )


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One measurement, as the rules weigh it."""

    name: str
    system: str | None
    tests: tuple[str, ...]
    evidence: str
    ended_at: datetime
    came_back: bool | None
    recovery_time: timedelta | None
    data_loss: timedelta | None
    resolution: timedelta
    checks: tuple[Check, ...]
    left_behind: tuple[str, ...] | None
    alert_after: timedelta | None
    #: why nothing can be said by it; none where it was measured
    inconclusive: str | None = None

    @property
    def of_the_whole(self) -> bool:
        """It brought a system back as a whole."""
        return not RECOVERIES.isdisjoint(self.tests)

    @property
    def trouble(self) -> str:
        """Say how it ended badly; "" where nothing that it tried failed."""
        if self.came_back is False:
            return "nothing came back"
        broken = [one.name for one in self.checks if one.held is False]
        return f"{len(broken)} of {len(self.checks)} checks did not hold: {', '.join(broken[:3])}" if broken else ""

    def counts_for(self, least: str) -> bool:
        """Say whether it was taken on something that shows as much as is demanded."""
        return EVIDENCE_CLASSES.index(self.evidence) >= EVIDENCE_CLASSES.index(least)

    def failed(self, about: Iterable[str]) -> tuple[Check, ...]:
        """Give the checks about these that did not hold."""
        return tuple(one for one in self.checks if one.about in about and one.held is False)

    def lacking(self, about: Iterable[str]) -> tuple[str, ...]:
        """Give what of these no check that was made is about."""
        made = {one.about for one in self.checks if one.held is not None}
        return tuple(one for one in about if one not in made)


def rehearsal(one: Measurement) -> Rehearsal:
    """Read a measurement whole."""
    if one.evidence not in EVIDENCE_CLASSES:
        raise ValueError(f"unknown class of evidence {one.evidence!r}")
    return Rehearsal(
        one.name, one.system, one.tests, one.evidence, one.ended_at, one.came_back, one.recovery_time, one.data_loss, one.resolution,
        one.checks, one.left_behind, one.alert_after, one.inconclusive,
    )  # fmt: skip


def reads() -> tuple[Fact[Any], ...]:
    """Give what `rehearsal` reads."""
    return tuple(Measurement.facts.values())


def latest(found: Partial[Measurement]) -> Partial[Rehearsal]:
    """Give the measurements whole, the newest first."""
    return Partial(
        tuple(sorted((rehearsal(one) for one in found.known), key=lambda one: one.ended_at, reverse=True)),
        found.missing,
    )


def of_system(system: Resource, look: Look) -> Partial[Rehearsal]:
    """Give what was measured on a declared system, the newest first."""
    return latest(those(look.where(Measurement, Measurement.system, system.name)))


class DemandedTest(Resource):
    """A kind of test that a clause of the policy names."""

    kind = "policy.test"
    title = "test that the policy names"
    listed_by = Listing(None, declared="tests", everywhere=True, id="policy:test/{test}", name="{test}")
    about = "clause"

    clause: Fact[str] = fact("The clause that names it.", live=item("clause", text))
    rehearsals: Fact[Partial[Rehearsal]] = derived(
        "The measurements of such tests, the newest first.",
        needs=lambda _: reads(),
        by=lambda test, look: latest(those(look.every(Measurement), lambda one: test.name in one.tests)),
    )


NOT_YET = "not rehearsed yet"


def held_by(found: Iterable[Rehearsal], at: datetime) -> tuple[Rehearsal, ...]:
    """Give what was held by then: a drill that is still to come, or that came to no end, has shown nothing."""
    return tuple(one for one in found if one.ended_at <= at and one.inconclusive is None)


def not_shown(found: Iterable[Rehearsal], demand: Objective, done: str = "rehearsed") -> str:
    """Say why none of these shows what is asked: taken on too little, inconclusive, or never done."""
    ended = [one for one in found if one.ended_at <= demand.at]
    if held := held_by(ended, demand.at):
        return f"only {done} as {held[0].evidence}"
    if ended:
        return f"tried on {ended[0].ended_at:%Y-%m-%d}, which was inconclusive: {ended[0].inconclusive}"
    return NOT_YET


def telling(
    found: Partial[Rehearsal],
    demand: Objective,
    says: Callable[[Rehearsal], bool] = lambda _: True,
    what: str = "",
) -> Rehearsal:
    """Give the newest measurement that was taken on what shows enough, and that says something of what is asked.

    Raise `CouldNotCheck` where there is none. One that is inconclusive says nothing.
    """
    least = demand.rehearsal_evidence
    whole = held_by(found.whole(), demand.at)
    shown = [one for one in whole if one.counts_for(least)]
    for one in shown:
        if says(one):
            return one
    if shown:
        told = f"rehearsed on {shown[0].ended_at:%Y-%m-%d}, and {what}"
    else:
        told = not_shown(found.known, demand) + (f", which shows less than {least}" if whole else "")
    raise CouldNotCheck(Unknown(Reason.BEYOND, told))


def leaving(found: Partial[Rehearsal], demand: Objective) -> Rehearsal:
    """Give the newest measurement that tells what was left behind: one that is inconclusive may have left it all the same.

    Raise `CouldNotCheck` where there is none.
    """
    least = demand.rehearsal_evidence
    for one in found.whole():
        if one.ended_at <= demand.at and one.counts_for(least) and (one.inconclusive is None or one.left_behind):
            return one
    return telling(found, demand)


def kept_within(figure: timedelta, limit: timedelta, drill: Rehearsal, told: str) -> bool:
    """Say whether a measured figure is within its limit; raise `CouldNotCheck` where it is within one look of it."""
    if abs(figure - limit) <= drill.resolution:
        near = f"{told}, within {speak(drill.resolution)} of the {speak(limit)} demanded: too near to tell"
        raise CouldNotCheck(Unknown(Reason.BEYOND, near))
    return figure < limit
