"""Replication rules of a bucket: what they copy, and where to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.late_dataclass import dataclass
from scanner.resources.s3.lifecycle import part_of


@dataclass(frozen=True, slots=True)
class ReplicationRule:
    """One rule; `bucket` is an ARN, `account` is named only where the owner of replicas changes."""

    bucket: str
    name: str = ""
    enabled: bool = True
    part: str = ""
    account: str = ""
    storage_class: str = ""
    kms_objects: bool = False
    replica_key: str | None = None
    within_15_minutes: bool = False
    metrics: bool = False
    delete_markers: bool = False


def replication_rule(raw: Mapping[str, Any]) -> ReplicationRule:
    """Read one rule of `GetBucketReplication`."""
    to = raw["Destination"]
    chosen = raw.get("SourceSelectionCriteria") or {}
    return ReplicationRule(
        bucket=to["Bucket"],
        name=raw.get("ID", ""),
        enabled=raw["Status"] == "Enabled",
        part=part_of(raw),
        account=to.get("Account", ""),
        storage_class=to.get("StorageClass", ""),
        kms_objects=_on(chosen.get("SseKmsEncryptedObjects")),
        replica_key=(to.get("EncryptionConfiguration") or {}).get("ReplicaKmsKeyID"),
        within_15_minutes=_on(to.get("ReplicationTime")),
        metrics=_on(to.get("Metrics")),
        delete_markers=_on(raw.get("DeleteMarkerReplication")),
    )


def _on(raw: Any) -> bool:
    return (raw or {}).get("Status") == "Enabled"
