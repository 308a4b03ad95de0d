"""What is the same of every bucket that a drill makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls

_NONE = ("404", "NoSuchBucket", "NotFound")


class Bucket(Makeable):
    """A bucket of the run; it is removed with every version in it, and what is locked still is refused."""

    seen_by: ClassVar[tuple[str, ...]] = ("s3:GetBucketTagging", "s3:ListBuckets", "s3:ListObjectVersions")
    removed_by: ClassVar[tuple[str, ...]] = ("s3:DeleteBucket", "s3:DeleteObject")
    # It is tagged by a call of its own, after it is there.
    tagged: ClassVar[bool] = False

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        return next((one for one in self.all_named(calls, identifier) if one.id == identifier), None)

    def remove(self, calls: Calls, identifier: str) -> None:
        """Delete every version in it, and then itself."""
        for version in _versions(calls, identifier):
            calls.one("s3:DeleteObject", Bucket=identifier, Key=version["Key"], VersionId=version["VersionId"])
        calls.unless(*_NONE, operation="s3:DeleteBucket", Bucket=identifier)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        return [
            Seen(one["Name"], f"arn:aws:s3:::{one['Name']}", one.get("CreationDate"), _tags(calls, one["Name"]))
            for one in calls.every("s3:ListBuckets", "Buckets")
            if one["Name"].startswith(prefix)
        ]


def _versions(calls: Calls, bucket: str) -> Iterator[Mapping[str, Any]]:
    for page in calls.pages("s3:ListObjectVersions", Bucket=bucket):
        yield from (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))


def _tags(calls: Calls, bucket: str) -> dict[str, str]:
    told = calls.unless("NoSuchTagSet", *_NONE, operation="s3:GetBucketTagging", Bucket=bucket)
    return {tag["Key"]: tag["Value"] for tag in (told or {}).get("TagSet", ())}
