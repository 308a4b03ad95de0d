"""Amazon Data Lifecycle Manager: policies that take, keep, copy and delete EBS snapshots and images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any

from scanner.model.arn import place_of, somewhere
from scanner.model.convert import flag, text, tuple_of
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import legible
from scanner.model.origin import Listing, call, item, of
from scanner.model.resource import Resource
from scanner.model.schedule import Schedule
from scanner.resources.alerting.backup_news import policy_copies, policy_failures
from scanner.resources.alerting.routes import route_needs
from scanner.resources.alerting.ways import News

#: The lengths that DLM equates: "100 years, 1200 months, 5200 weeks, or 36500 days" (RetainRule, API reference);
#: a month is taken as 30 days, the whole days that are certain.
_UNITS = {
    "HOURS": timedelta(hours=1), "DAYS": timedelta(days=1), "WEEKS": timedelta(weeks=1),
    "MONTHS": timedelta(days=30), "YEARS": timedelta(days=365),
}  # fmt: skip
_YEAR, _FAR = timedelta(days=366), timedelta(days=366 * 40)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RegionCopy:
    """A copy that a schedule makes: where to (a region or an Outpost's ARN), and how long it is kept there."""

    target: str
    kept: timedelta | None = None
    encrypted: bool = False
    key: str = ""

    @property
    def region(self) -> str:
        """The region of the target."""
        return place_of(self.target)[0] if self.target.startswith("arn:") else somewhere(self.target)


@dataclass(frozen=True, slots=True)
class SnapshotSchedule:
    """One schedule: when it runs (every so often, or by cron, in UTC), and how many or how long it keeps.

    `archived` and `archived_count` are what the archive tier keeps after that.
    """

    name: str = ""
    every: timedelta | None = None
    starts: str = ""
    cron: str = ""
    count: int | None = None
    kept: timedelta | None = None
    archived: timedelta | None = None
    archived_count: int | None = None
    copies: tuple[RegionCopy, ...] = ()
    copies_tags: bool = False
    adds_tags: tuple[str, ...] = ()

    def clock(self) -> Schedule:
        """Say when it runs; raise ValueError where DLM's words cannot be read."""
        if self.cron:
            return Schedule.parse({"CronExpression": self.cron})
        if self.every is None:
            raise ValueError("CreateRule: found neither Interval nor CronExpression")
        # Default policies count in days (CreateInterval), custom ones in hours up to 24.
        if self.every > _DAY:
            return Schedule(f"every {self.every.days} days", every=self.every)
        times = [self.starts] if self.starts else []
        return Schedule.parse({"Interval": int(self.every / _UNITS["HOURS"]), "IntervalUnit": "HOURS", "Times": times})


@lru_cache(maxsize=4096)
def longest_gap(schedule: SnapshotSchedule, at: datetime) -> timedelta | None:
    """Measure the longest stretch between two runs in the year after `at`; None when it never runs."""
    with legible("schedule"):
        return schedule.clock().longest_gap(at, at + _YEAR)


def lifetime(schedule: SnapshotSchedule, at: datetime) -> timedelta | None:
    """Say how long it keeps each snapshot at least; None where it never deletes any.

    A snapshot kept by count lives until that many later ones exist: count × interval, and where a cron is uneven,
    the shortest stretch that so many runs span.
    """
    return _lifetime(schedule, at, min)


def longest_lifetime(schedule: SnapshotSchedule, at: datetime) -> timedelta | None:
    """Say how long it keeps any snapshot at most: where a cron is uneven, the longest stretch of so many runs."""
    return _lifetime(schedule, at, max)


@lru_cache(maxsize=4096)
def _lifetime(
    schedule: SnapshotSchedule, at: datetime, which: Callable[[list[timedelta]], timedelta]
) -> timedelta | None:
    count = (schedule.count or 0) + (schedule.archived_count or 0)
    aged = (schedule.kept or timedelta()) + (schedule.archived or timedelta())
    if not count:
        return aged or None
    with legible("schedule"):
        clock = schedule.clock()
    if clock.every is not None:
        return clock.every * count + aged
    runs = list(islice(clock.occurrences(at, at + _FAR), count + 400))
    spans = [late - early for early, late in zip(runs, runs[count:], strict=False)]
    if spans:
        return which(spans) + aged
    # It runs too seldom to fill its count within decades, or ends before.
    gaps = [late - early for early, late in pairwise(runs)]
    return (which(gaps) if gaps else _YEAR) * count + aged


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What a policy leaves out of what it targets."""

    boot_volumes: bool = False
    volume_types: tuple[str, ...] = ()
    #: tags of resources (default policies) or of data volumes (policies that target instances)
    tags: tuple[tuple[str, str], ...] = ()

    def name(self, tags: Mapping[str, str]) -> bool:
        """Say whether one of these tags is excluded."""
        return any(tags.get(key) == value for key, value in self.tags)


def pairs(raw: Any) -> tuple[tuple[str, str], ...]:
    """Read a list of tags as pairs."""
    return tuple((one["Key"], one.get("Value") or "") for one in raw or ())


def schedules(details: Mapping[str, Any]) -> tuple[SnapshotSchedule, ...]:
    """Read the schedules of `PolicyDetails`, or the one that a default policy amounts to; none of an event policy."""
    if details.get("PolicyType") == "EVENT_BASED_POLICY":
        return ()
    # The defaults of default policies: every day, kept 7 days (PolicyDetails, API reference).
    if details.get("PolicyLanguage") == "SIMPLIFIED" or (details.get("ResourceType") and not details.get("Schedules")):
        kept = timedelta(days=details.get("RetainInterval") or 7)
        return (
            SnapshotSchedule(
                name="default",
                every=timedelta(days=details.get("CreateInterval") or 1),
                kept=kept,
                copies=tuple(
                    RegionCopy(one["TargetRegion"], kept) for one in details.get("CrossRegionCopyTargets") or ()
                ),
                copies_tags=bool(details.get("CopyTags")),
            ),
        )
    return tuple(_schedule(one) for one in details.get("Schedules") or ())


def _schedule(raw: Mapping[str, Any]) -> SnapshotSchedule:
    made, kept = raw.get("CreateRule") or {}, raw.get("RetainRule") or {}
    archive = ((raw.get("ArchiveRule") or {}).get("RetainRule") or {}).get("RetentionArchiveTier") or {}
    found = SnapshotSchedule(
        name=raw.get("Name") or "",
        every=_length(made),
        starts=(made.get("Times") or [""])[0],
        cron=made.get("CronExpression") or "",
        count=kept.get("Count"),
        kept=_length(kept),
        archived=_length(archive),
        archived_count=archive.get("Count"),
        copies=tuple(_copies(raw.get("CrossRegionCopyRules"))),
        copies_tags=bool(raw.get("CopyTags")),
        adds_tags=tuple(key for name in ("TagsToAdd", "VariableTags") for key, _ in pairs(raw.get(name))),
    )
    # Words that cannot be read make the fact unknown here, rather than break a rule later.
    found.clock()
    return found


def _length(raw: Mapping[str, Any]) -> timedelta | None:
    return raw["Interval"] * _UNITS[raw.get("IntervalUnit") or "HOURS"] if raw.get("Interval") else None


def _copies(raw: Iterable[Mapping[str, Any]] | None) -> Iterable[RegionCopy]:
    for one in raw or ():
        sealed = one.get("EncryptionConfiguration") or one
        # Snapshot policies say Target, image policies TargetRegion (CrossRegionCopyRule, API reference).
        yield RegionCopy(
            one.get("Target") or one["TargetRegion"], _length(one.get("RetainRule") or {}),
            bool(sealed.get("Encrypted")), sealed.get("CmkArn") or "",
        )  # fmt: skip


def copies(details: Mapping[str, Any]) -> tuple[RegionCopy, ...]:
    """Read every copy that a policy makes: by its schedules, or when an event tells it of a shared snapshot."""
    actions = details.get("Actions") or ()
    scheduled = (copy for one in schedules(details) for copy in one.copies)
    return (*scheduled, *(copy for one in actions for copy in _copies(one.get("CrossRegionCopy"))))


def target_types(details: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the kinds a policy targets: VOLUME, INSTANCE; a default policy names one of them elsewhere."""
    return tuple(details.get("ResourceTypes") or ()) or tuple(filter(None, [details.get("ResourceType")]))


def exclusions(details: Mapping[str, Any]) -> Exclusions:
    """Read what a policy leaves out; custom and default policies write it in different places."""
    custom, default = details.get("Parameters") or {}, details.get("Exclusions") or {}
    return Exclusions(
        bool(custom.get("ExcludeBootVolume") or default.get("ExcludeBootVolumes")),
        tuple(default.get("ExcludeVolumeTypes") or ()),
        pairs(custom.get("ExcludeDataVolumeTags")) + pairs(default.get("ExcludeTags")),
    )


_GET = call("dlm:GetLifecyclePolicy", PolicyId=of("PolicyId"))
_DETAILS = "Policy.PolicyDetails"


class Policy(Resource):
    """A policy of Data Lifecycle Manager."""

    kind = "aws.dlm.policy"
    title = "lifecycle policy"
    # The list holds custom and default policies; only it says which are which.
    listed_by = Listing(
        call("dlm:GetLifecyclePolicies"), "Policies[]",
        id="arn:{partition}:dlm:{region}:{account}:policy/{PolicyId}", name="{PolicyId}",
    )  # fmt: skip

    policy_id: Fact[str] = fact("Its short id.", live=item("PolicyId", text))
    description: Fact[str] = fact("What people say of it.", live=item("Description", text, absent=""))
    state: Fact[str] = fact("Its state: ENABLED, DISABLED or ERROR.", live=item("State", text))
    type: Fact[str] = fact(
        # "The default is EBS_SNAPSHOT_MANAGEMENT" (PolicyDetails, API reference).
        "What it manages: EBS_SNAPSHOT_MANAGEMENT, IMAGE_MANAGEMENT or EVENT_BASED_POLICY.",
        live=item("PolicyType", text, absent="EBS_SNAPSHOT_MANAGEMENT"),
    )
    default: Fact[bool] = fact(
        "It is a default policy, which takes every resource without a recent backup.",
        live=item("DefaultPolicy", flag, absent=False),
    )
    target_types: Fact[tuple[str, ...]] = fact("The kinds it targets.", live=_GET.at(_DETAILS, target_types))
    target_tags: Fact[tuple[tuple[str, str], ...]] = fact(
        # Default policies have none; the others need at least one.
        "The tags of which one suffices to be targeted.", live=_GET.at(f"{_DETAILS}.TargetTags", pairs, absent=())
    )  # fmt: skip
    excludes: Fact[Exclusions] = fact("What it leaves out.", live=_GET.at(_DETAILS, exclusions))
    schedules: Fact[tuple[SnapshotSchedule, ...]] = fact(
        "Its schedules: when they run, what they keep and copy.", live=_GET.at(_DETAILS, schedules)
    )
    copies: Fact[tuple[RegionCopy, ...]] = fact("Every copy that it makes.", live=_GET.at(_DETAILS, copies))
    locations: Fact[tuple[str, ...]] = fact(
        "Where its targets are: CLOUD, OUTPOST, LOCAL_ZONE.",
        live=_GET.at(f"{_DETAILS}.ResourceLocations", tuple_of(text), absent=()),
    )
    role: Fact[str] = fact("The role it acts as.", live=_GET.at("Policy.ExecutionRoleArn", text))
    failures_told: Fact[tuple[News, ...]] = derived(
        "Whom its failures reach.",
        needs=lambda kind: [kind.type, kind.target_types, *route_needs()],
        by=policy_failures,
    )
    copies_told: Fact[tuple[News, ...]] = derived(
        "Whom its failed copies reach.", needs=lambda kind: [kind.copies, *route_needs()], by=policy_copies
    )
