"""Lifecycle rules of a bucket: what they expire, and what they move to another storage class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import days, instant
from scanner.model.late_dataclass import dataclass

#: The storage classes that are archives; Intelligent-Tiering has archive tiers too, but configured elsewhere.
ARCHIVE_CLASSES = frozenset({"GLACIER", "GLACIER_IR", "DEEP_ARCHIVE"})


@dataclass(frozen=True, slots=True)
class Transition:
    """A move to another storage class, of current objects or of old versions."""

    storage_class: str
    after: timedelta | None = None
    noncurrent: bool = False

    @property
    def archives(self) -> bool:
        """Whether it moves to an archive class."""
        return self.storage_class in ARCHIVE_CLASSES


@dataclass(frozen=True, slots=True)
class LifecycleRule:
    """One rule; `part` says in words to which part of the bucket it is limited, "" for all of it."""

    name: str = ""
    enabled: bool = True
    part: str = ""
    expires_after: timedelta | None = None
    expires_on: datetime | None = None
    noncurrent_after: timedelta | None = None
    noncurrent_kept: int = 0
    transitions: tuple[Transition, ...] = ()
    uploads_aborted_after: timedelta | None = None


def lifecycle_rule(raw: Mapping[str, Any]) -> LifecycleRule:
    """Read one rule of `GetBucketLifecycleConfiguration`."""
    expiration = raw.get("Expiration") or {}
    noncurrent = raw.get("NoncurrentVersionExpiration") or {}
    aborted = raw.get("AbortIncompleteMultipartUpload") or {}
    return LifecycleRule(
        name=raw.get("ID", ""),
        enabled=raw["Status"] == "Enabled",
        part=part_of(raw),
        expires_after=_days(expiration.get("Days")),
        expires_on=instant(expiration["Date"]) if "Date" in expiration else None,
        noncurrent_after=_days(noncurrent.get("NoncurrentDays")),
        noncurrent_kept=noncurrent.get("NewerNoncurrentVersions") or 0,
        transitions=(
            *(Transition(one["StorageClass"], _days(one.get("Days"))) for one in raw.get("Transitions") or ()),
            *(
                Transition(one["StorageClass"], _days(one.get("NoncurrentDays")), noncurrent=True)
                for one in raw.get("NoncurrentVersionTransitions") or ()
            ),
        ),
        uploads_aborted_after=_days(aborted.get("DaysAfterInitiation")),
    )


def _days(raw: Any) -> timedelta | None:
    return days(raw) if raw is not None else None


def part_of(raw: Mapping[str, Any]) -> str:
    """Say which part of a bucket a rule is limited to, lifecycle or replication; "" for all of it."""
    chosen = raw.get("Filter") or {}
    both = chosen.get("And") or chosen
    return " and ".join(_limits(raw.get("Prefix") or both.get("Prefix") or "", both))


def _limits(prefix: str, both: Mapping[str, Any]) -> Iterator[str]:
    if prefix:
        yield f"prefix {prefix}"
    for tag in (*(both.get("Tags") or ()), *([both["Tag"]] if both.get("Tag") else ())):
        yield f"tag {tag['Key']}={tag['Value']}"
    if both.get("ObjectSizeGreaterThan"):
        yield f"larger than {both['ObjectSizeGreaterThan']} bytes"
    if both.get("ObjectSizeLessThan"):
        yield f"smaller than {both['ObjectSizeLessThan']} bytes"
