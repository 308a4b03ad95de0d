"""BK516."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.s3.account import Account
from scanner.resources.s3.buckets import Bucket

_DEMANDED = "public access blocked"


@rule(
    "BK516",
    severity=Severity.CRITICAL,
    reads=[
        Bucket.effective_block, Bucket.policy_public, Bucket.acl_public, Account.public_block, Account.buckets,
    ],
    enforces=["6.1-private-subnet"],
    aliases=[
        "s3-bucket-level-public-access-prohibited", "s3-account-level-public-access-blocks", "s3-bucket-public-read-prohibited",
    ],
)  # fmt: skip
def buckets_block_public_access(bucket: Bucket | Account, demand: Objective) -> Verdict:
    """Buckets block public access.

    The block has four parts, and what is off in the bucket may be on for the whole account: S3 applies both. A bucket
    without the block that nobody can enter today is one policy away from being open. The account is judged too: its
    block is what holds for the buckets of tomorrow.

    Fix: turn on all four parts for the account; where some bucket must serve the public, for every other bucket.
    """
    if isinstance(bucket, Account):
        return _account(bucket)
    block = bucket.effective_block
    if block.whole:
        return Verdict.passed("public access is blocked")
    return Verdict.failed(f"{', '.join(block.lacking)} are not blocked{_open(bucket)}", _DEMANDED)


def _open(bucket: Bucket) -> str:
    """Say by what a bucket is open already; "" where it is not, or cannot be told."""
    block = bucket.effective_block
    for by, kept_out in (("policy_public", block.existing_policies), ("acl_public", block.existing_acls)):
        try:
            if not kept_out and getattr(bucket, by):
                return f", and its {'policy' if by == 'policy_public' else 'ACL'} lets everyone in"
        except CouldNotCheck:
            continue
    return ""


def _account(account: Account) -> Verdict:
    block = account.public_block
    if block.whole:
        return Verdict.passed("public access is blocked for all buckets")
    buckets = account.buckets
    if not buckets.known:
        buckets.whole()
        return Verdict.exempt("it has no buckets")
    return Verdict.failed(f"{', '.join(block.lacking)} are not blocked for the account", _DEMANDED)
