"""AWS CloudTrail: trails, what they record, and whether they record it now.

A trail that covers all regions is shown in each of them (DescribeTrails, API reference: shadow trails); it is one
resource, in its home region. An organisation's trail is shown to its members likewise, and they may ask for its
status and its selectors by ARN (GetTrailStatus, GetEventSelectors, API reference). Event data stores of CloudTrail
Lake are no trails: their list is each region's own, so that those of regions that are not scanned are never seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from scanner.model.arn import alike
from scanner.model.convert import flag, instant, text
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, call, item, of
from scanner.model.resource import Resource
from scanner.resources.cloudtrail_events import Events, EventSelector, event_selectors, extent

#: Whose operations must be in the trail: backups, keys, databases; a snapshot of a disk is EC2's.
SOURCES = (
    "backup.amazonaws.com", "dynamodb.amazonaws.com", "ec2.amazonaws.com", "kms.amazonaws.com", "rds.amazonaws.com",
    "rdsdata.amazonaws.com",
)  # fmt: skip
_STATUS = call("cloudtrail:GetTrailStatus", Name=of("TrailARN"))


def trouble(raw: Mapping[str, Any]) -> str:
    """Read the error that S3 answered to the last log file, or digest; nothing where it answered none."""
    return str(raw.get("LatestDeliveryError") or raw.get("LatestDigestDeliveryError") or "")


def sign_of_life(raw: Mapping[str, Any]) -> datetime | None:
    """Find the last time that it delivered anything, or was started.

    A region in which nothing happens delivers no log file, but a digest every hour (user guide, "CloudTrail digest
    file structure").
    """
    names = ("LatestDeliveryTime", "LatestDigestDeliveryTime", "StartLoggingTime")
    return max((instant(raw[name]) for name in names if raw.get(name) is not None), default=None)


class Trail(Resource):
    """A trail of CloudTrail, its own or its organisation's."""

    kind = "aws.cloudtrail.trail"
    title = "trail"
    listed_by = Listing(
        call("cloudtrail:DescribeTrails"), "trailList[]", id="{TrailARN}", name="{Name}", region="HomeRegion"
    )

    all_regions: Fact[bool] = fact("It records all regions.", live=item("IsMultiRegionTrail", flag))
    validated: Fact[bool] = fact(
        "Digests tell whether its files were altered.", live=item("LogFileValidationEnabled", flag)
    )
    key: Fact[str | None] = fact(
        # CloudTrail takes no key that AWS manages (user guide, "Encrypting CloudTrail log files ... with AWS KMS keys").
        "The customer's KMS key that encrypts its files; none for S3's own keys.",
        live=item("KmsKeyId", text, absent=None),
    )  # fmt: skip
    bucket: Fact[str] = fact("The bucket it delivers to.", live=item("S3BucketName", text, absent=""))
    of_organization: Fact[bool] = fact(
        "It is its organisation's.", live=item("IsOrganizationTrail", flag, absent=False)
    )
    logging: Fact[bool] = fact("It records now.", live=_STATUS.at("IsLogging", flag))
    error: Fact[str] = fact("What S3 answered to its last delivery, if that failed.", live=_STATUS.at("@", trouble))
    heard_at: Fact[datetime | None] = fact(
        "When it last delivered anything, or was started.", live=_STATUS.at("@", sign_of_life, absent=None)
    )
    selectors: Fact[tuple[EventSelector, ...]] = fact(
        "What it records.", live=call("cloudtrail:GetEventSelectors", TrailName=of("TrailARN")).at("@", event_selectors)
    )


@dataclass(frozen=True, slots=True)
class TrailState:
    """A trail as the account's verdict needs it; `logging` none where it did not matter and could not be seen."""

    name: str
    all_regions: bool
    validated: bool
    key: str | None
    logging: bool | None
    error: str = ""
    heard_at: datetime | None = None


def _state(trail: Trail) -> Iterable[TrailState]:
    try:
        status: tuple[bool | None, str, datetime | None] = trail.logging, trail.error, trail.heard_at
    except CouldNotCheck:
        if trail.all_regions and trail.validated:
            raise
        # Whatever its status, it is not the trail that is looked for.
        status = None, "", None
    return (TrailState(trail.name, trail.all_regions, trail.validated, trail.key, *status),)


class Account(Resource):
    """CloudTrail in the account."""

    kind = "aws.cloudtrail.account"
    title = "CloudTrail"
    listed_by = Listing(None, id="arn:{partition}:cloudtrail::{account}:trails", name="CloudTrail", everywhere=True)

    trails: Fact[Partial[TrailState]] = derived(
        "The trails that record something of the account.",
        needs=lambda _: [Trail.all_regions, Trail.validated, Trail.key, Trail.logging, Trail.error, Trail.heard_at],
        by=lambda _, look: gathered(look.every(Trail), _state),
    )


@dataclass(frozen=True, slots=True)
class Recorded:
    """How much of the reads and of the writes of one thing a trail records: all, part or none."""

    what: str
    trail: str
    reads: str
    writes: str


def recorded(region: str, what: Sequence[tuple[str, Events]], look: Look) -> Partial[Recorded]:
    """Give what the trails that record a region now record of some events there, and why there may be more."""

    def taken(trail: Trail) -> Iterator[Recorded]:
        if not (trail.all_regions or trail.region == region) or not trail.logging:
            return
        for name, events in what:
            reads, writes = (extent(trail.selectors, events, read_only=only) for only in (True, False))
            if (reads, writes) != ("none", "none"):
                yield Recorded(name, trail.name, reads, writes)

    return gathered(_trails(region, look), taken)


def recorded_needs() -> list[Fact[Any]]:
    """Name the facts that `recorded` reads."""
    return [Trail.all_regions, Trail.logging, Trail.selectors]


def _trails(region: str, look: Look) -> Iterator[Trail]:
    """Yield all trails, then raise where one of this region may not have been seen.

    A trail of another region matters only if it covers all of them, and then this region shows it.
    """
    yield from (trail for trail in look.found(Trail) if not alike(trail.region, region))
    yield from look.every(Trail, region=region)


def _management(region: RegionRecord, look: Look) -> Partial[Recorded]:
    wanted = tuple((source, Events("Management", source)) for source in SOURCES)
    return recorded(region.region, wanted, look)


class RegionRecord(Resource):
    """What trails record of the operations in one region."""

    kind = "aws.cloudtrail.region"
    title = "record of operations"
    listed_by = Listing(
        None, id="arn:{partition}:cloudtrail:{region}:{account}:management-events", name="CloudTrail in {region}"
    )

    operations: Fact[Partial[Recorded]] = derived(
        "What trails record of backup, key and database operations.",
        needs=lambda _: recorded_needs(),
        by=_management,
    )
