"""BK711."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.buckets import Bucket


@rule(
    "BK711",
    severity=Severity.MEDIUM,
    reads=[Bucket.archives, Bucket.object_events],
    enforces=["4.2-audit-log"],
    aliases=["cloudtrail-s3-dataevents-enabled"],
)
def reads_and_writes_of_backup_buckets_are_logged(bucket: Bucket, demand: Objective) -> Verdict:  # same for every tier
    """Reads and writes of backup buckets are logged.

    A trail records who made a bucket, but not who read or deleted the objects in it, unless it is told to. S3's own
    access logs do not count: they are delivered on best effort, and miss requests.

    Fix: add data events for AWS::S3::Object to a trail that records the bucket's region, reads and writes both.
    """
    archives = bucket.archives
    if not archives.known:
        archives.whole()
        return Verdict.exempt("nothing is archived in it")
    found = bucket.object_events
    missing = []
    for what, shares in (
        ("reads", [(one.trail, one.reads) for one in found.known]),
        ("writes", [(one.trail, one.writes) for one in found.known]),
    ):
        if not any(share == "all" for _, share in shares):
            part = ", ".join(sorted({name for name, share in shares if share == "part"}))
            missing.append(f"{what} are {f'only in part in {part}' if part else 'in no trail'}")
    names = ", ".join(sorted({one.trail for one in found.known if "all" in (one.reads, one.writes)}))
    if not missing:
        return Verdict.passed(f"reads and writes are in {names}")
    found.whole()
    return Verdict.failed(f"it holds {archives.known[0]}; {' and '.join(missing)}", "both in a trail")
