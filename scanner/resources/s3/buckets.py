"""Amazon S3 buckets. One list holds those of all regions; each setting is a call of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from scanner.model.convert import flag, instant, is_, text, tuple_of
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, call, item, of
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.permissions.document import Document, document
from scanner.resources.alerting import lags
from scanner.resources.alerting.watching import watch_needs
from scanner.resources.alerting.ways import News
from scanner.resources.cloudtrail import Recorded, recorded, recorded_needs
from scanner.resources.cloudtrail_events import OBJECTS, Events
from scanner.resources.protection import Elsewhere, Recoverable
from scanner.resources.s3.account import (
    Account,
    PublicBlock,
    blocks_wholly,
    effective_block,
    grants_everyone,
    public_block,
)
from scanner.resources.s3.exports import Export, Mirror
from scanner.resources.s3.lifecycle import LifecycleRule, lifecycle_rule
from scanner.resources.s3.logs import LogArchive
from scanner.resources.s3.replication import ReplicationRule, replication_rule
from scanner.resources.tags import tags_of_type

#: The key that S3 uses for `aws:kms` where the bucket names none (GetBucketEncryption, API reference).
AWS_MANAGED_KEY = "alias/aws/s3"
_VERSIONING = call("s3:GetBucketVersioning", Bucket=of("Name"))
_ENCRYPTION = call(
    "s3:GetBucketEncryption", permission="s3:GetEncryptionConfiguration",
    nothing_on=["ServerSideEncryptionConfigurationNotFoundError"], Bucket=of("Name"),
)  # fmt: skip
_BLOCK = call(
    "s3:GetPublicAccessBlock", permission="s3:GetBucketPublicAccessBlock",
    nothing_on=["NoSuchPublicAccessBlockConfiguration"], Bucket=of("Name"),
)  # fmt: skip
_ENCRYPTS_BY = "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault"


@dataclass(frozen=True, slots=True)
class Lock:
    """Object Lock; without a default retention nothing is locked unless its writer asks for it."""

    mode: str | None = None
    kept: timedelta | None = None


def lock(raw: Mapping[str, Any]) -> Lock | None:
    """Read `ObjectLockConfiguration`."""
    if raw.get("ObjectLockEnabled") != "Enabled":
        return None
    default = (raw.get("Rule") or {}).get("DefaultRetention") or {}
    length = timedelta(days=default.get("Days", 0) + 365 * default.get("Years", 0))
    return Lock(default.get("Mode"), length or None)


def encrypts_by(raw: Mapping[str, Any]) -> str | None:
    """Read the KMS key of a default encryption; none for S3's own keys (AES256)."""
    if not raw["SSEAlgorithm"].startswith("aws:kms"):
        return None
    return raw.get("KMSMasterKeyID") or AWS_MANAGED_KEY


def replicas(bucket: Bucket, look: Look) -> Partial[Elsewhere]:
    """Give the places that hold replicas of the bucket.

    One is sound only if it holds the whole bucket: neither limited to a part, nor leaving out objects encrypted
    with KMS where the bucket encrypts so by default (user guide, "Replicating encrypted objects").
    """
    known: list[Elsewhere] = []
    missing: Unknown | None = None
    for rule in bucket.replication:
        try:
            if not rule.enabled:
                continue
            whole = not rule.part and (rule.kms_objects or not bucket.algorithm.startswith("aws:kms"))
            target = look.one(Bucket, rule.bucket)
            name = rule.bucket.rpartition(":")[2]
            owner = f"account {rule.account}" if rule.account else "another account"
        except CouldNotCheck as stop:
            missing = missing or stop.unknown
            continue
        part = f" of {rule.part}" if rule.part else "" if whole else " of what KMS does not encrypt"
        how = f"replication{part} to {name}"
        if target is not None:
            known.append(Elsewhere(target.region, target.account, how, whole))
            continue
        beyond = Unknown(Reason.BEYOND, f"replica bucket {name} is in {owner}: its region is not known")
        missing = missing or beyond
        if rule.account:
            known.append(Elsewhere("", rule.account, how, whole))
    return Partial(tuple(known), missing)


def held_in(bucket: Bucket, look: Look) -> Partial[str]:
    """Say what the configuration puts into a bucket."""
    known: list[str] = []
    missing: Unknown | None = None
    for kind in (Mirror, Export, LogArchive):
        declared: Partial[str] = gathered(look.where(kind, kind.facts["bucket"], bucket.name), _called)
        known.extend(declared.known)
        missing = missing or declared.missing
    return Partial(tuple(known), missing)


def archived_in(bucket: Bucket, look: Look) -> Partial[str]:  # noqa: ARG001  # the shape of a derived fact
    """Say what makes a bucket an archive: what the configuration puts there, a lifecycle that archives."""
    holds = bucket.holds
    try:
        moves = (move for rule in bucket.lifecycle if rule.enabled for move in rule.transitions)
        classes = {move.storage_class for move in moves if move.archives}
    except CouldNotCheck as stop:
        return Partial(holds.known, holds.missing or stop.unknown)
    moved = (f"objects that its lifecycle moves to {name}" for name in sorted(classes))
    return Partial((*holds.known, *moved), holds.missing)


def object_events(bucket: Bucket, look: Look) -> Partial[Recorded]:
    """Give what trails record of the reads and writes of the bucket's objects."""
    events = Events("Data", "s3.amazonaws.com", OBJECTS, f"{bucket.id}/")
    return recorded(bucket.region, (("objects", events),), look)


def _called(declared: Resource) -> Iterable[str]:
    return (f"{declared.title} {declared.name}",)


class Bucket(Recoverable):
    """An S3 bucket."""

    kind = "aws.s3.bucket"
    title = "S3 bucket"
    backup_type = "S3"
    listed_by = Listing(
        # The list names regions only when asked with a parameter (Bucket, API reference).
        call("s3:ListBuckets", permission="s3:ListAllMyBuckets", MaxBuckets=1000), "Buckets[]",
        id="arn:{partition}:s3:::{Name}", name="{Name}", everywhere=True, region="BucketRegion",
        located_by=call("s3:GetBucketLocation", Bucket=of("Name")).at(
            "LocationConstraint", text, absent="us-east-1"
        ),
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("s3"),
    )
    created_at: Fact[datetime] = fact(
        # S3 may move it when the bucket's policy is edited (ListBuckets, API reference): never too early.
        "When it was created.", live=item("CreationDate", instant)
    )  # fmt: skip
    encrypted: Fact[bool] = fact(
        # S3 encrypts all since January 2023; only the key differs (user guide, "Default encryption FAQ").
        "Its data is encrypted at rest.", live=item("Name", bool)
    )  # fmt: skip
    algorithm: Fact[str] = fact(
        "How new objects are encrypted by default: AES256, aws:kms or aws:kms:dsse.",
        live=_ENCRYPTION.at(f"{_ENCRYPTS_BY}.SSEAlgorithm", text, absent="AES256"),
    )
    key: Fact[str | None] = fact(
        "The KMS key for new objects, as AWS names it, alias/aws/s3 for AWS's own; none for S3's own keys.",
        live=_ENCRYPTION.at(_ENCRYPTS_BY, encrypts_by, absent=None),
    )
    # A bucket that never had versioning answers with neither member (GetBucketVersioning, API reference).
    versioning: Fact[str] = fact(
        "Whether it keeps versions: Enabled, Suspended, or nothing where it never did.",
        live=_VERSIONING.at("Status", text, absent=""),
    )
    mfa_delete: Fact[bool] = fact(
        "Deleting a version takes a second factor.",
        live=_VERSIONING.at("MFADelete", is_("Enabled"), absent=False),
    )
    policy: Fact[Document | None] = fact(
        "Its access policy; none where it has none.",
        live=call("s3:GetBucketPolicy", nothing_on=["NoSuchBucketPolicy"], Bucket=of("Name")).at(
            "Policy", document, absent=None
        ),
    )
    lifecycle: Fact[tuple[LifecycleRule, ...]] = fact(
        "The rules by which it expires and moves objects.",
        live=call(
            "s3:GetBucketLifecycleConfiguration", permission="s3:GetLifecycleConfiguration",
            nothing_on=["NoSuchLifecycleConfiguration"], Bucket=of("Name"),
        ).at("Rules", tuple_of(lifecycle_rule), absent=()),
    )  # fmt: skip
    replication: Fact[tuple[ReplicationRule, ...]] = fact(
        "The rules by which it is replicated.",
        live=call(
            "s3:GetBucketReplication", permission="s3:GetReplicationConfiguration",
            nothing_on=["ReplicationConfigurationNotFoundError"], Bucket=of("Name"),
        ).at("ReplicationConfiguration.Rules", tuple_of(replication_rule), absent=()),
    )  # fmt: skip
    lag_told: Fact[tuple[News, ...]] = derived(
        "Whom it reaches that its replicas lag behind.",
        needs=lambda kind: [kind.replication, *watch_needs()],
        by=lags.of_bucket,
    )
    lock: Fact[Lock | None] = fact(
        "Its Object Lock; none where it has none.",
        live=call(
            "s3:GetObjectLockConfiguration", permission="s3:GetBucketObjectLockConfiguration",
            nothing_on=["ObjectLockConfigurationNotFoundError"], Bucket=of("Name"),
        ).at("ObjectLockConfiguration", lock, absent=None),
    )  # fmt: skip
    public_block: Fact[PublicBlock] = fact(
        "Its own block on public access.",
        live=_BLOCK.at("PublicAccessBlockConfiguration", public_block, absent=PublicBlock()),
    )
    blocks: Fact[bool] = fact(
        "Its own block on public access is on in all four parts.",
        live=_BLOCK.at("PublicAccessBlockConfiguration", blocks_wholly, absent=False),
    )
    # Whether it is open is asked only where its own block is not whole.
    policy_public: Fact[bool] = fact(
        "S3 calls its policy public, and its own block does not keep that out.",
        live=call("s3:GetBucketPolicyStatus", nothing_on=["NoSuchBucketPolicy"], Bucket=of("Name")).at(
            "PolicyStatus.IsPublic", flag, absent=False, given=("blocks", False)
        ),
    )
    acl_public: Fact[bool] = fact(
        # With ownership enforced, the default, S3 answers with the owner's grant alone (GetBucketAcl, API reference).
        "Its access control list lets everyone in, and its own block does not keep that out.",
        live=call("s3:GetBucketAcl", Bucket=of("Name")).at(
            "Grants", grants_everyone, absent=False, given=("blocks", False)
        ),
    )  # fmt: skip
    effective_block: Fact[PublicBlock] = derived(
        "The block on public access that holds for it: its own and the account's together.",
        needs=lambda kind: [kind.public_block, Account.public_block],
        by=effective_block,
    )
    holds: Fact[Partial[str]] = derived(
        "What the configuration puts in it: mirrors, exports and logs.",
        needs=lambda _: [Mirror.bucket, Export.bucket, LogArchive.bucket],
        by=held_in,
    )
    archives: Fact[Partial[str]] = derived(
        "What is archived in it: what the configuration puts there, and what its lifecycle archives.",
        needs=lambda kind: [kind.holds, kind.lifecycle],
        by=archived_in,
    )
    object_events: Fact[Partial[Recorded]] = derived(
        "What trails record of the reads and writes of its objects.",
        needs=lambda _: recorded_needs(),
        by=object_events,
    )
    native: Fact[bool] = derived(
        "It keeps every version of its objects, so that what is overwritten or deleted can be had back.",
        needs=lambda kind: [kind.versioning],
        by=lambda bucket, _: bucket.versioning == "Enabled",
    )
    native_loss: Fact[timedelta | None] = derived(
        "The most data that its own versions can lose: none at all, for every write is a version.",
        needs=lambda kind: [kind.versioning],
        by=lambda bucket, _: timedelta() if bucket.versioning == "Enabled" else None,
    )
    elsewhere: Fact[Partial[Elsewhere]] = derived(
        "Where replicas of the bucket are.",
        needs=lambda kind: [kind.replication, kind.algorithm],
        by=replicas,
    )
