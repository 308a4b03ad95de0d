"""What keeps, moves and copies the objects of a bucket: lifecycle and replication rules, Object Lock, encryption.

Each is brought into the shape of the API's answers, for the live converters. Terraform has two ways to write most of it:
blocks of their own, and arguments of the bucket, which came first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from scanner.iac.block import ABSENT, Block
from scanner.iac.lowering import Lower, Paths, listed, lowered, many, pairs, reopened, settled, sole
from scanner.model.convert import flag, text, whole
from scanner.model.unresolved import Unresolved, unresolved_in
from scanner.resources.s3.buckets import Lock, encrypts_by, lock
from scanner.resources.s3.lifecycle import LifecycleRule, lifecycle_rule
from scanner.resources.s3.replication import ReplicationRule, replication_rule

_LIFECYCLE: Final[Paths] = {
    "name": ("ID",),
    "enabled": ("Status",),
    "part": ("Prefix", "Filter"),
    "expires_after": ("Expiration.Days",),
    "expires_on": ("Expiration.Date",),
    "noncurrent_after": ("NoncurrentVersionExpiration.NoncurrentDays",),
    "noncurrent_kept": ("NoncurrentVersionExpiration.NewerNoncurrentVersions",),
    "transitions": ("Transitions", "NoncurrentVersionTransitions"),
    "uploads_aborted_after": ("AbortIncompleteMultipartUpload.DaysAfterInitiation",),
}
_REPLICATION: Final[Paths] = {
    "bucket": ("Destination.Bucket",),
    "name": ("ID",),
    "enabled": ("Status",),
    "part": ("Prefix", "Filter"),
    "account": ("Destination.Account",),
    "storage_class": ("Destination.StorageClass",),
    "kms_objects": ("SourceSelectionCriteria.SseKmsEncryptedObjects.Status",),
    "replica_key": ("Destination.EncryptionConfiguration.ReplicaKmsKeyID",),
    "within_15_minutes": ("Destination.ReplicationTime.Status",),
    "metrics": ("Destination.Metrics.Status",),
    "delete_markers": ("DeleteMarkerReplication.Status",),
}
_LOCK: Final[Paths] = {
    "mode": ("Rule.DefaultRetention.Mode",),
    "kept": ("Rule.DefaultRetention.Days", "Rule.DefaultRetention.Years"),
}
_CHOSEN: Final = "it is not written, and S3 then chooses the id of the rule"


# -- how values are written ------------------------------------------------------------------------------------------


def _count(raw: Any) -> int | None:
    """Read a number; 0, as states write it, and the empty text are none."""
    return whole(raw) or None if raw not in (None, "") else None


def _days(raw: Any) -> int | None:
    """Read a number of days, of which 0 is one."""
    return whole(raw) if raw not in (None, "") else None


def _date(raw: Any) -> str | None:
    """Read a date: the time is always midnight UTC, and may be left out."""
    said = text(raw)
    return f"{said}T00:00:00+00:00" if said and "T" not in said else said or None


def _status(raw: Any) -> str:
    return "Enabled" if flag(raw) else "Disabled"


def _said(raw: Any) -> str | None:
    """Read a text; states write the empty one for none."""
    return text(raw) or None


def _status_of(raw: Any) -> Any:
    """Read a nested block that holds a status alone."""
    one = sole(raw)
    if one is None or isinstance(one, Unresolved):
        return one
    return {"Status": one.get("status", one.get("Status"))}


def _tag(key: str, value: str) -> Lower:
    return lowered({key: "Key", value: "Value"})


def _if_any(lower: Lower) -> Lower:
    """Lower a nested block of which nothing may be written."""
    return lambda raw: lower(raw) or None


# -- lifecycle -------------------------------------------------------------------------------------------------------

_SIZES: Final = {
    "object_size_greater_than": ("ObjectSizeGreaterThan", _count),
    "object_size_less_than": ("ObjectSizeLessThan", _count),
}
_FILTER: Final = _if_any(lowered({
    "prefix": ("Prefix", _said),
    "tag": ("Tag", _if_any(_tag("key", "value"))),
    **_SIZES,
    "and": ("And", _if_any(lowered({"prefix": ("Prefix", _said), "tags": ("Tags", pairs), **_SIZES}))),
}))  # fmt: skip
_MOVE: Final = lowered(
    {"storage_class": "StorageClass", "days": ("Days", _days), "noncurrent_days": ("NoncurrentDays", _days)}
)
_EXPIRY: Final = lowered({"days": ("Days", _count), "date": ("Date", _date)})
_OLD_EXPIRY: Final = {
    "noncurrent_days": ("NoncurrentDays", _count), "newer_noncurrent_versions": ("NewerNoncurrentVersions", _count),
}  # fmt: skip
#: A rule of `aws_s3_bucket_lifecycle_configuration`.
_RULE: Final = lowered({
    "id": "ID", "status": "Status", "prefix": ("Prefix", _said), "filter": ("Filter", _FILTER),
    "expiration": ("Expiration", _EXPIRY),
    "noncurrent_version_expiration": ("NoncurrentVersionExpiration", lowered(_OLD_EXPIRY)),
    "transition": ("Transitions", listed(_MOVE)),
    "noncurrent_version_transition": ("NoncurrentVersionTransitions", listed(_MOVE)),
    "abort_incomplete_multipart_upload": (
        "AbortIncompleteMultipartUpload", lowered({"days_after_initiation": ("DaysAfterInitiation", _count)}),
    ),
})  # fmt: skip
_OLD_MOVE: Final = lowered({"storage_class": "StorageClass", "days": ("NoncurrentDays", _days)})
#: A rule of the argument `lifecycle_rule` of `aws_s3_bucket`.
_INLINE_RULE: Final = lowered({
    "id": "ID", "enabled": ("Status", _status), "prefix": ("Prefix", _said),
    "tags": ("Filter", lambda raw: {"And": {"Tags": pairs(raw)}} if raw else None),
    "expiration": ("Expiration", _EXPIRY),
    "noncurrent_version_expiration": ("NoncurrentVersionExpiration", lowered({"days": ("NoncurrentDays", _count)})),
    "transition": ("Transitions", listed(_MOVE)),
    "noncurrent_version_transition": ("NoncurrentVersionTransitions", listed(_OLD_MOVE)),
    "abort_incomplete_multipart_upload_days": (
        "AbortIncompleteMultipartUpload", lambda raw: {"DaysAfterInitiation": _count(raw)} if _count(raw) else None,
    ),
})  # fmt: skip


def _template_rule(raw: Any) -> Any:
    """Lower a rule of `LifecycleConfiguration`, whose older members hold one where the newer hold a list."""
    if isinstance(raw, Unresolved):
        return raw
    found = _TEMPLATE_RULE(raw)
    for name, members in (
        ("Filter", {"And": _TEMPLATE_FILTER(raw)}),
        ("Expiration", _TEMPLATE_EXPIRY(raw)),
        ("NoncurrentVersionExpiration", _TEMPLATE_OLD_EXPIRY(raw) or None),
    ):
        if members and any(one for one in members.values()):
            found.setdefault(name, members)
    return found


_TEMPLATE_MOVE: Final = lowered({"StorageClass": "StorageClass", "TransitionInDays": ("Days", _days)})
_TEMPLATE_OLD_MOVE: Final = lowered({"StorageClass": "StorageClass", "TransitionInDays": ("NoncurrentDays", _days)})
_TEMPLATE_RULE: Final = lowered({
    "Id": "ID", "Status": "Status", "Prefix": ("Prefix", _said),
    "Transitions": ("Transitions", listed(_TEMPLATE_MOVE)), "Transition": ("Transitions", listed(_TEMPLATE_MOVE)),
    "NoncurrentVersionTransitions": ("NoncurrentVersionTransitions", listed(_TEMPLATE_OLD_MOVE)),
    "NoncurrentVersionTransition": ("NoncurrentVersionTransitions", listed(_TEMPLATE_OLD_MOVE)),
    "NoncurrentVersionExpiration": ("NoncurrentVersionExpiration", lowered({
        "NoncurrentDays": ("NoncurrentDays", _count), "NewerNoncurrentVersions": ("NewerNoncurrentVersions", _count),
    })),
    "AbortIncompleteMultipartUpload": (
        "AbortIncompleteMultipartUpload", lowered({"DaysAfterInitiation": ("DaysAfterInitiation", _count)}),
    ),
})  # fmt: skip
_TEMPLATE_FILTER: Final = lowered({
    "TagFilters": ("Tags", listed(_tag("Key", "Value"))), "ObjectSizeGreaterThan": ("ObjectSizeGreaterThan", _count),
    "ObjectSizeLessThan": ("ObjectSizeLessThan", _count),
})  # fmt: skip
_TEMPLATE_EXPIRY: Final = lowered({"ExpirationInDays": ("Days", _count), "ExpirationDate": ("Date", _date)})
_TEMPLATE_OLD_EXPIRY: Final = lowered({"NoncurrentVersionExpirationInDays": ("NoncurrentDays", _count)})


def _one_lifecycle(raw: Any) -> Any:
    if isinstance(raw, Unresolved):
        return raw
    return reopened(lifecycle_rule(_with(raw, "Status", "")), raw, _LIFECYCLE)


def _with(raw: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """Give what is settled, as far as converters can read it; what is taken out is opened again after them.

    `name` is a member that they demand, with what stands for it where it is open.
    """
    found: dict[str, Any] = settled(raw)
    if isinstance(raw.get(name), Unresolved):
        found[name] = value
    for member in ("Filter", "Transitions", "NoncurrentVersionTransitions"):
        if member in found and unresolved_in(raw[member]) is not None:
            del found[member]
    return found


def _rules(lower: Lower, convert: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read(raw: Any) -> tuple[Any, ...]:
        return tuple(convert(lower(one)) for one in many(raw))

    return read


lifecycle: Final[Callable[[Any], tuple[LifecycleRule, ...]]] = _rules(_RULE, _one_lifecycle)
inline_lifecycle: Final = _rules(_INLINE_RULE, _one_lifecycle)
template_lifecycle: Final = _rules(_template_rule, _one_lifecycle)


# -- replication -----------------------------------------------------------------------------------------------------

_KEY: Final = lowered({"replica_kms_key_id": ("ReplicaKmsKeyID", _said), "ReplicaKmsKeyID": "ReplicaKmsKeyID"})
#: A rule of `aws_s3_bucket_replication_configuration`.
_COPY: Final = lowered({
    "id": ("ID", _said), "status": "Status", "prefix": ("Prefix", _said), "filter": ("Filter", _FILTER),
    "destination": ("Destination", lowered({
        "bucket": "Bucket", "account": ("Account", _said), "storage_class": ("StorageClass", _said),
        "encryption_configuration": ("EncryptionConfiguration", _KEY),
        "replication_time": ("ReplicationTime", _status_of), "metrics": ("Metrics", _status_of),
    })),
    "source_selection_criteria": (
        "SourceSelectionCriteria", lowered({"sse_kms_encrypted_objects": ("SseKmsEncryptedObjects", _status_of)}),
    ),
    "delete_marker_replication": ("DeleteMarkerReplication", _status_of),
})  # fmt: skip


def _switched(raw: Any) -> Any:
    one = sole(raw)
    if one is None or isinstance(one, Unresolved):
        return one
    on = one.get("enabled")
    return {"Status": on if isinstance(on, Unresolved) else _status(on)}


def _inline_copy(raw: Any) -> Any:
    """Lower a rule of the argument `replication_configuration` of `aws_s3_bucket`."""
    if isinstance(raw, Unresolved):
        return raw
    found = _INLINE_COPY(raw)
    key = _INLINE_KEY(sole(raw.get("destination")) or {})
    if key and isinstance(found.get("Destination"), dict):
        found["Destination"]["EncryptionConfiguration"] = key
    return found


_INLINE_KEY: Final = lowered({"replica_kms_key_id": ("ReplicaKmsKeyID", _said)})
_INLINE_COPY: Final = lowered({
    "id": ("ID", _said), "status": "Status", "prefix": ("Prefix", _said),
    "filter": ("Filter", _if_any(lowered({
        "prefix": ("Prefix", _said), "tags": ("And", lambda raw: {"Tags": pairs(raw)} if raw else None),
    }))),
    "destination": ("Destination", lowered({
        "bucket": "Bucket", "account_id": ("Account", _said), "storage_class": ("StorageClass", _said),
        "replication_time": ("ReplicationTime", _status_of), "metrics": ("Metrics", _status_of),
    })),
    "source_selection_criteria": (
        "SourceSelectionCriteria", lowered({"sse_kms_encrypted_objects": ("SseKmsEncryptedObjects", _switched)}),
    ),
    "delete_marker_replication_status": ("DeleteMarkerReplication", lambda raw: {"Status": raw}),
})  # fmt: skip
_TEMPLATE_TAGS: Final = listed(_tag("Key", "Value"))
_TEMPLATE_COPY: Final = lowered({
    "Id": "ID", "Status": "Status", "Prefix": ("Prefix", _said),
    "Filter": ("Filter", _if_any(lowered({
        "Prefix": ("Prefix", _said), "TagFilter": ("Tag", _tag("Key", "Value")),
        "And": ("And", lowered({"Prefix": ("Prefix", _said), "TagFilters": ("Tags", _TEMPLATE_TAGS)})),
    }))),
    "Destination": ("Destination", lowered({
        "Bucket": "Bucket", "Account": "Account", "StorageClass": "StorageClass",
        "EncryptionConfiguration": (
            "EncryptionConfiguration", lowered({"ReplicaKmsKeyID": "ReplicaKmsKeyID", "ReplicaKmsKeyId": "ReplicaKmsKeyID"}),
        ),
        "ReplicationTime": ("ReplicationTime", _status_of), "Metrics": ("Metrics", _status_of),
    })),
    "SourceSelectionCriteria": (
        "SourceSelectionCriteria", lowered({"SseKmsEncryptedObjects": ("SseKmsEncryptedObjects", _status_of)}),
    ),
    "DeleteMarkerReplication": ("DeleteMarkerReplication", _status_of),
})  # fmt: skip


def _one_replication(raw: Any) -> ReplicationRule | Unresolved:
    if isinstance(raw, Unresolved):
        return raw
    if raw.get("ID") is None:
        raw = {**raw, "ID": Unresolved(_CHOSEN)}
    known = _with(raw, "Status", "")
    to = raw.get("Destination")
    if isinstance(to, Unresolved):
        known["Destination"] = {"Bucket": ""}
    elif isinstance(to, Mapping):
        known["Destination"] = _with(to, "Bucket", "")
    return reopened(replication_rule(known), raw, _REPLICATION)


replication: Final[Callable[[Any], tuple[ReplicationRule, ...]]] = _rules(_COPY, _one_replication)
inline_replication: Final = _rules(_inline_copy, _one_replication)
template_replication: Final = _rules(_TEMPLATE_COPY, _one_replication)


# -- Object Lock -----------------------------------------------------------------------------------------------------

_RETENTION: Final = lowered({
    "mode": "Mode", "days": ("Days", _count), "years": ("Years", _count),
    "Mode": "Mode", "Days": ("Days", _count), "Years": ("Years", _count),
})  # fmt: skip
_LOCKED_BY: Final = lowered(
    {"default_retention": ("DefaultRetention", _RETENTION), "DefaultRetention": ("DefaultRetention", _RETENTION)}
)


def _lock(enabled: Any, rule: Any) -> Lock | None:
    if isinstance(enabled, Unresolved):
        enabled.stop()
    raw = {"ObjectLockEnabled": enabled, "Rule": _LOCKED_BY(rule)}
    made = lock(settled(raw))
    return None if made is None else reopened(made, raw, _LOCK)


def configured_lock(raw: Mapping[str, Any]) -> Lock | None:
    """Read `aws_s3_bucket_object_lock_configuration`; `object_lock_enabled` defaults to Enabled."""
    enabled = raw.get("object_lock_enabled")
    return _lock("Enabled" if enabled is None else enabled, raw.get("rule"))


def inline_lock(block: Block) -> Lock | None:
    """Read the argument `object_lock_configuration`, or the switch beside it, by which nothing is locked by default."""
    inside = sole(block.values.get("object_lock_configuration"))
    if isinstance(inside, Unresolved):
        inside.stop()
    enabled = (inside or {}).get("object_lock_enabled")
    if enabled is None or enabled == "":
        enabled = _switch(block.find("object_lock_enabled").value)
    return _lock(enabled, (inside or {}).get("rule"))


def template_lock(block: Block) -> Lock | None:
    """Read `ObjectLockConfiguration`, which has no effect where `ObjectLockEnabled` of the bucket is off."""
    inside = block.find("ObjectLockConfiguration").value
    if isinstance(inside, Unresolved):
        inside.stop()
    inside = {} if inside is ABSENT else inside
    enabled = inside.get("ObjectLockEnabled")
    if enabled is None:
        enabled = _switch(block.find("ObjectLockEnabled").value)
    return _lock(enabled, inside.get("Rule"))


def _switch(raw: Any) -> Any:
    if isinstance(raw, Unresolved):
        return raw
    return "Enabled" if raw is not ABSENT and flag(raw) else ""


# -- encryption ------------------------------------------------------------------------------------------------------

_DEFAULT: Final = lowered({
    "sse_algorithm": "SSEAlgorithm", "kms_master_key_id": ("KMSMasterKeyID", _said), "SSEAlgorithm": "SSEAlgorithm",
    "KMSMasterKeyID": ("KMSMasterKeyID", _said),
})  # fmt: skip


def encrypting_key(raw: Any) -> str | None:
    """Read the KMS key of a default encryption."""
    return encrypts_by(_DEFAULT(raw))
