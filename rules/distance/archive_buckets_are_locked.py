"""BK806."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.buckets import Bucket


@rule(
    "BK806",
    severity=Severity.HIGH,
    reads=[Bucket.archives, Bucket.lock],
    enforces=["2-layers"],
    aliases=["s3-bucket-default-lock-enabled"],
)
def archive_buckets_are_locked(bucket: Bucket, demand: Objective) -> Verdict:
    """Archive buckets are locked.

    Whoever can write to an archive can usually delete from it too, unless the objects themselves refuse. A bucket is
    an archive where the configuration puts mirrors, exports or logs in it, or where its lifecycle moves objects to
    an archive class. Object Lock without a default retention locks only what its writer asks for, so it proves
    nothing.

    Fix: turn on Object Lock with a default retention as long as the policy demands.
    """
    demand.only_if("locked")
    archives = bucket.archives
    if not archives.known:
        archives.whole()
        return Verdict.exempt("nothing is archived in it")
    holds = f"it holds {archives.known[0]}"
    wanted, lock = demand.retention, bucket.lock
    demanded = f"a lock of {speak(wanted)}"
    if lock is None:
        return Verdict.failed(f"{holds} and has no Object Lock", demanded)
    if lock.kept is None:
        return Verdict.failed(f"{holds} and its Object Lock has no default retention", demanded)
    mode = (lock.mode or "default").lower()
    return Verdict.when(lock.kept >= wanted, f"{holds} and locks it for {speak(lock.kept)} ({mode} mode)", demanded)
