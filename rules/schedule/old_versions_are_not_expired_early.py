"""BK210."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.buckets import Bucket
from scanner.resources.s3.lifecycle import LifecycleRule


@rule("BK210", severity=Severity.HIGH, reads=[Bucket.versioning, Bucket.lifecycle], enforces=["5.1-retention"])
def old_versions_are_not_expired_early(bucket: Bucket, demand: Objective) -> Verdict:
    """Old versions are not expired early.

    The old versions are the bucket's backups; a lifecycle rule deletes them for good, and nobody is asked. A number
    of versions to keep does not help: what is written often runs through them in an hour.

    Fix: raise the days after which the lifecycle rule expires noncurrent versions.
    """
    if not bucket.versioning:
        return Verdict.exempt("it keeps no versions (see BK111)")
    wanted = demand.retention
    expiring: list[tuple[timedelta, LifecycleRule]] = []
    doubt: CouldNotCheck | None = None
    for one in bucket.lifecycle:
        try:
            if one.enabled and one.noncurrent_after is not None:
                expiring.append((max(one.noncurrent_after, timedelta()), one))
        except CouldNotCheck as stop:  # a rule that code leaves open, or its length, says nothing of the others
            doubt = doubt or stop
    after, first = min(expiring, key=lambda one: one[0], default=(wanted, None))
    if after >= wanted and doubt is not None:
        raise doubt
    if first is None:
        return Verdict.passed("no lifecycle rule expires old versions", speak(wanted))
    return Verdict.when(after >= wanted, _say(after, first), speak(wanted))


def _say(after: timedelta, first: LifecycleRule) -> str:
    part = f" ({first.part})" if first.part else ""
    beyond = f" beyond the newest {first.noncurrent_kept}" if first.noncurrent_kept else ""
    name = f"rule {first.name}" if first.name else "a rule"
    return f"{name}{part} expires old versions{beyond} after {speak(after)}"
