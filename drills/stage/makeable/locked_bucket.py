"""Buckets in which a drill locks object versions of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drills.stage.makeable.bucket import Bucket


class LockedBucket(Bucket):
    """A bucket with Object Lock. While the lock of a version holds, neither it nor the bucket can be removed."""

    kind: ClassVar[str] = "s3:locked-bucket"
    made_by: ClassVar[Mapping[str, str]] = {"s3:CreateBucket": "Bucket"}
    changed_by: ClassVar[tuple[str, ...]] = (
        "s3:PutBucketTagging",
        "s3:PutPublicAccessBlock",
        "s3:PutObject",
        "s3:PutObjectRetention",
        "s3:DeleteObject",
    )
    busy: ClassVar[tuple[str, ...]] = ("AccessDenied", "BucketNotEmpty")
