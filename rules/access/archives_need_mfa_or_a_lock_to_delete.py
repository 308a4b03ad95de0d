"""BK604."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import tentative
from scanner.model.look import any_of
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.buckets import Bucket
from scanner.resources.s3.deletion import refused_without_mfa


def _locked(bucket: Bucket) -> str:
    lock = bucket.lock
    return f"locks its objects ({(lock.mode or 'default').lower()} mode)" if lock is not None and lock.kept else ""


def _asks_for_mfa(bucket: Bucket) -> str:
    # In a bucket whose versioning is suspended, a plain DELETE still destroys the version that has no id, without MFA.
    kept = bucket.versioning == "Enabled"
    return "asks for MFA to delete a version" if bucket.mfa_delete and kept else ""


def _denies(bucket: Bucket) -> str:
    policy = bucket.policy
    if policy is None:
        return ""
    arn = tentative(bucket.id, bucket)
    # What is denied of both ways to delete is denied whether or not versions are kept.
    if refused_without_mfa(policy, arn, kept=False) or (
        refused_without_mfa(policy, arn, kept=True) and bucket.versioning == "Enabled"
    ):
        return "denies deletion without MFA to everyone by its policy"
    return ""


@rule(
    "BK604",
    severity=Severity.HIGH,
    reads=[Bucket.archives, Bucket.lock, Bucket.mfa_delete, Bucket.versioning, Bucket.policy],
    enforces=["6.2-mfa"],
    aliases=["s3-bucket-mfa-delete-enabled"],
)
def archives_need_mfa_or_a_lock_to_delete(bucket: Bucket, demand: Objective) -> Verdict:
    """Archive buckets need MFA or a lock to delete.

    An access key that leaks has no second factor. An archive that yields to a key alone is deleted by whoever finds
    it. Object Lock with a default retention refuses everyone; MFA delete, or a bucket policy that denies deletion
    where `aws:MultiFactorAuthPresent` is false or missing, refuses whoever has a key only. A policy that tests for
    `false` alone does nothing: requests with long-term keys lack the condition key.

    Fix: turn on Object Lock with a default retention; or have the bucket's policy deny `s3:DeleteObject` and
    `s3:DeleteObjectVersion` to everyone with `BoolIfExists: {aws:MultiFactorAuthPresent: false}`.
    """
    demand.only_if("mfa")
    archives = bucket.archives
    if not archives.known:
        archives.whole()
        return Verdict.exempt("nothing is archived in it")
    holds = f"it holds {archives.known[0]}"
    found: list[str] = []

    def refuses(way: object) -> bool:
        assert callable(way)
        found.append(way(bucket))
        return bool(found[-1])

    if any_of((_locked, _asks_for_mfa, _denies), refuses):
        return Verdict.passed(f"{holds} and {found[-1]}")
    return Verdict.failed(f"{holds} and lets objects be deleted without MFA", "MFA or a lock to delete")
