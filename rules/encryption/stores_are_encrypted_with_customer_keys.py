"""BK401."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import NotDemanded
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.kms import AWS
from scanner.resources.store import DataStore

_DEMANDED = "a KMS key that the customer manages"
#: Kinds whose encryption is judged elsewhere.
_ELSEWHERE = {
    "aws.ec2.instance": "its data lies on its volumes, which are judged themselves",
    "aws.secretsmanager.secret": "BK412 judges the keys of secrets",
}


@rule(
    "BK401",
    severity=Severity.HIGH,
    reads=[DataStore.encrypted, DataStore.key, DataStore.key_manager],
    enforces=["4.2-kms", "6.1-aes"],
    aliases=["rds-storage-encrypted", "encrypted-volumes"],
)
def stores_are_encrypted_with_customer_keys(store: DataStore, demand: Objective) -> Verdict:
    """Data stores are encrypted with a KMS key the customer manages.

    Only a key of one's own can be given to some and refused to others, rotated as the policy says, and shared with
    another account so that a copy can be restored there. Keys that AWS owns or manages allow none of it.

    Fix: encrypt the store with a customer managed KMS key; most kinds need a copy or a restore to change their key.
    """
    if store.kind in _ELSEWHERE:
        return Verdict.exempt(_ELSEWHERE[store.kind])
    if not store.encrypted:
        return Verdict.failed("not encrypted at rest", _DEMANDED)
    try:
        demand.only_if("customer_managed_keys")
    except NotDemanded:
        return Verdict.passed("encrypted at rest", "encryption")
    manager = store.key_manager
    if manager is None:
        owned = "SSE-S3, a key that AWS owns" if store.kind == "aws.s3.bucket" else "a key that AWS owns"
        return Verdict.failed(f"encrypted with {owned}", _DEMANDED)
    if manager == AWS:
        return Verdict.failed(f"encrypted with {store.key}, which AWS manages", _DEMANDED)
    return Verdict.passed(f"encrypted with {store.key}, which the customer manages")
