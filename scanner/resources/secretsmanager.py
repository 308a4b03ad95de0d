"""AWS Secrets Manager: secrets, how they rotate, and where they are replicated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import flag, instant, tag_list, text
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import legible
from scanner.model.origin import Listing, call, item, of
from scanner.model.schedule import Schedule
from scanner.resources.store import DataStore


@dataclass(frozen=True, slots=True)
class Replica:
    """A replica of a secret: its region, what AWS says of it, and its key."""

    region: str
    status: str
    key: str | None = None


def replicas_of(raw: Iterable[Mapping[str, Any]]) -> tuple[Replica, ...]:
    """Read `ReplicationStatus`."""
    found = (Replica(one["Region"], one["Status"], one.get("KmsKeyId")) for one in raw)
    return tuple(sorted(found, key=lambda one: one.region))


def schedule(raw: Mapping[str, Any]) -> str | None:
    """Read how often a secret rotates, as a rate or cron expression; none where there is no schedule."""
    days = raw.get("AutomaticallyAfterDays")
    expression = raw.get("ScheduleExpression") or (f"rate({days} days)" if days else None)
    return None if expression is None else Schedule.parse(expression).expression


def longest_gap(expression: str, at: datetime) -> timedelta | None:
    """Give the longest time between two rotations of a schedule within the next two years; none where it ends."""
    with legible():
        return Schedule.parse(expression).longest_gap(at, at + timedelta(days=730))


class Secret(DataStore):
    """A secret."""

    kind = "aws.secretsmanager.secret"
    title = "secret"
    listed_by = Listing(call("secretsmanager:ListSecrets"), "SecretList[]", id="{ARN}", name="{Name}")

    tags: Fact[Mapping[str, str]] = fact("The tags it carries.", live=item("Tags", tag_list, absent={}))
    created_at: Fact[datetime] = fact("When it was created.", live=item("CreatedDate", instant))
    encrypted: Fact[bool] = fact(
        # Secrets Manager encrypts every secret; only the key differs (user guide, "Secret encryption").
        "Its data is encrypted at rest.", live=item("ARN", bool)
    )  # fmt: skip
    key: Fact[str | None] = fact(
        # Left out where the AWS managed key encrypts it (SecretListEntry, API reference).
        "The KMS key it is encrypted with.", live=item("KmsKeyId", text, absent="alias/aws/secretsmanager")
    )  # fmt: skip
    # Left out where rotation was never set up (SecretListEntry, API reference).
    rotates: Fact[bool] = fact("It rotates by itself.", live=item("RotationEnabled", flag, absent=False))
    rotation: Fact[str | None] = fact(
        "When it rotates, as a rate or cron expression; none where it has no schedule.",
        live=item("RotationRules", schedule, absent=None),
    )
    rotated_at: Fact[datetime | None] = fact(
        "When it was last rotated; none for never.", live=item("LastRotatedDate", instant, absent=None)
    )
    rotates_at: Fact[datetime | None] = fact(
        "When it rotates next.", live=item("NextRotationDate", instant, absent=None)
    )
    managed_by: Fact[str | None] = fact(
        "The AWS service that made it and manages it; none for one of the customer's own.",
        live=item("OwningService", text, absent=None),
    )
    primary_region: Fact[str | None] = fact(
        # Only a replicated secret names it.
        "The region of its original; none where it was never replicated.",
        live=item("PrimaryRegion", text, absent=None),
    )
    replicas: Fact[tuple[Replica, ...]] = fact(
        "Its replicas in other regions.",
        live=call("secretsmanager:DescribeSecret", SecretId=of("ARN")).at("ReplicationStatus", replicas_of, absent=()),
    )
