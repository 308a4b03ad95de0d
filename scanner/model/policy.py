"""The policy: what is demanded, per tier, and the clauses and controls behind each demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, time, timedelta
from typing import Any, Generic, Self, TypeVar, overload

from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Unknown

T = TypeVar("T")


class Figure(Generic[T]):
    """One figure of the policy; reading it where the policy sets none raises `NotDemanded`."""

    __slots__ = ("name", "title")

    def __init__(self, title: str) -> None:
        self.title = title
        self.name = ""

    def __set_name__(self, owner: type[Objective], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, objective: None, owner: type[Objective]) -> Self: ...
    @overload
    def __get__(self, objective: Objective, owner: type[Objective]) -> T: ...
    def __get__(self, objective: Objective | None, owner: type[Objective]) -> Self | T:
        if objective is None:
            return self
        return objective.figure(self.name, self.title)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Scope:
    """What the configuration allows: regions, accounts, and the roles that may touch backups.

    `own_accounts` are those it scans; the allowed ones beside them may be somebody else's.
    """

    allowed_regions: frozenset[str] = frozenset()
    allowed_accounts: frozenset[str] = frozenset()
    backup_roles: tuple[str, ...] = ()
    own_accounts: frozenset[str] = frozenset()
    #: tags that show that code made a resource; patterns are shell globs, and all of a mapping must match
    code_tags: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Objective:
    """The demands on one resource: those of its tier, or the policy's base figures where it has none.

    Where the resource's system could not be determined, `candidates` holds every tier it may be in: a figure on
    which they agree is known all the same, any other raises `CouldNotCheck`.
    """

    policy: Policy
    at: datetime
    candidates: tuple[Mapping[str, Any], ...]
    system: str = ""
    tier: str = ""
    unknown: Unknown | None = None
    scope: Scope = Scope()
    systems: tuple[str, ...] = ()
    #: the tiers of these systems, in their order
    tiers: tuple[str, ...] = ()

    retention = Figure[timedelta]("retention")
    snapshot_every = Figure[timedelta]("snapshot interval")
    snapshot_lateness = Figure[timedelta]("snapshot lateness")
    window_opens = Figure[time]("backup window")
    window_lasts = Figure[timedelta]("backup window")
    log_capture = Figure[timedelta]("log capture interval")
    key_rotation = Figure[timedelta]("key rotation period")
    key_expiry_warning = Figure[timedelta]("key expiry warning")
    catalogue_tags = Figure[tuple[str, ...]]("catalogue tags")
    hold_tags = Figure[tuple[str, ...]]("hold tags")
    overstay = Figure[timedelta]("overstay")
    copies_in_regions = Figure[int]("number of regions")
    mirror_freshness = Figure[timedelta]("mirror freshness")
    export_freshness = Figure[timedelta]("export freshness")
    drift_checked_every = Figure[timedelta]("drift check interval")
    record_freshness = Figure[timedelta]("record freshness")
    log_retention = Figure[timedelta]("log retention")
    usual_duration_factor = Figure[float]("usual duration")
    usual_size_factor = Figure[float]("usual size")
    usual_samples = Figure[int]("usual range samples")
    rehearsed_every = Figure[timedelta]("rehearsal interval")
    rehearsal_evidence = Figure[str]("rehearsal evidence")
    unused_after = Figure[timedelta]("unused credentials")
    session_lasts = Figure[timedelta]("session length")
    rto = Figure[timedelta]("RTO")
    rpo = Figure[timedelta]("RPO")
    tls = Figure[str]("TLS version")

    def figure(self, name: str, title: str) -> Any:
        """Give a figure by name; raise `NotDemanded` where there is none, `CouldNotCheck` where tiers disagree."""
        value = self.candidates[0].get(name)
        if len(self.candidates) > 1 and any(other.get(name) != value for other in self.candidates[1:]):
            raise CouldNotCheck(self.unknown)  # type: ignore[arg-type]  # several candidates have a reason
        if value is None:
            tier = f"tier {self.tier}" if self.tier else "the policy"
            raise NotDemanded(f"no {title} objective set for {tier}")
        return value

    def memberships(self) -> tuple[str, ...]:
        """Give the declared systems that pick the resource; raise where none does for certain and one may."""
        if not self.systems and self.unknown is not None:
            raise CouldNotCheck(self.unknown)
        return self.systems

    def only_if(self, name: str) -> None:
        """Go on only where the policy makes this demand; the rule is exempt where it does not."""
        title = name.replace("_", " ")
        if self.figure(name, title) is not True:
            tier = f"tier {self.tier}" if self.tier else "the policy"
            raise NotDemanded(f"{title} is not demanded by {tier}")


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of systems with its own figures; `figures` holds the overrides only."""

    name: str
    title: str
    figures: Mapping[str, Any]
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """One demand of the written policy, how it is established, and the topics that map it to controls."""

    id: str
    demands: str
    established_by: tuple[str, ...]
    topics: tuple[str, ...] = ()
    #: the kind of drill that rehearses it, such as `file`
    rehearsed_as: str = ""
    #: how often people attest it, where they do
    attested_every: timedelta | None = None
    #: the clauses whose verdicts are looked at before it is attested
    reviews: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a framework: `SOC2 A1.2`."""

    framework: str
    id: str
    title: str

    def __str__(self) -> str:
        return f"{_FRAMEWORKS.get(self.framework, self.framework)} {self.id}"


_FRAMEWORKS = {"soc2": "SOC2", "iso27001": "ISO27001", "nist": "NIST"}


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy document, ready to judge by."""

    name: str
    version: str
    base: Mapping[str, Any]
    tiers: Mapping[str, Tier]
    clauses: Mapping[str, Clause]
    topics: Mapping[str, tuple[Control, ...]] = field(default_factory=dict)
    topic_titles: Mapping[str, str] = field(default_factory=dict)
    scope_classes: Mapping[str, str] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()
    digest: str = ""
    file: str = ""

    def figures(self, tier: str | None) -> Mapping[str, Any]:
        """Give the figures of a tier, or the base figures."""
        return {**self.base, **self.tiers[tier].figures} if tier else self.base

    def controls_of(self, clauses: Sequence[str]) -> tuple[Control, ...]:
        """Give the controls that these clauses support, each once, in the order of the mapping."""
        topics = (topic for clause in clauses if clause in self.clauses for topic in self.clauses[clause].topics)
        return tuple(dict.fromkeys(control for topic in topics for control in self.topics.get(topic, ())))
