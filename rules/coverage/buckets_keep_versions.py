"""BK111."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.buckets import Bucket


@rule(
    "BK111",
    severity=Severity.HIGH,
    reads=[Bucket.versioning],
    enforces=["4.2-metadata-snapshots"],
    aliases=["s3-bucket-versioning-enabled"],
)
def buckets_keep_versions(bucket: Bucket, demand: Objective) -> Verdict:
    """Buckets keep versions.

    Without versions, an object that is overwritten or deleted by mistake is gone at once; replication only spreads
    the mistake.

    Fix: enable versioning on the bucket.
    """
    seen = {
        "Enabled": "versioning is on",
        "Suspended": "versioning is suspended: what is written now replaces what was there",
        "": "versioning was never turned on",
    }
    status = bucket.versioning
    return Verdict.when(status == "Enabled", seen.get(status, f"versioning is {status}"), "it on")
