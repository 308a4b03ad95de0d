"""Buckets into which a drill restores objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drills.stage.makeable.bucket import Bucket


class ScratchBucket(Bucket):
    """A bucket of the run, private from birth; it is removed with all that was copied into it."""

    kind: ClassVar[str] = "s3:bucket"
    made_by: ClassVar[Mapping[str, str]] = {
        "s3:CreateBucket": "Bucket",
        # The name stands in the metadata of the job.
        "backup:StartRestoreJob": "",
    }
    changed_by: ClassVar[tuple[str, ...]] = ("s3:CopyObject", "s3:PutBucketTagging")
    busy: ClassVar[tuple[str, ...]] = ("BucketNotEmpty", "OperationAborted")
