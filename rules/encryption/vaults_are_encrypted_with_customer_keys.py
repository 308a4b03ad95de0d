"""BK403."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.aws_backup.vaults import Vault
from scanner.resources.kms import AWS

_DEMANDED = "a KMS key that the customer manages"


@rule("BK403", severity=Severity.HIGH, reads=[Vault.key, Vault.key_manager], enforces=["6.1-kms"])
def vaults_are_encrypted_with_customer_keys(vault: Vault, demand: Objective) -> Verdict:
    """Vaults are encrypted with a customer-managed key.

    The vault's key encrypts the recovery points of most kinds. With the key that AWS manages they cannot be copied to
    another account, and nobody but AWS decides who may use it.

    Fix: make a vault with a customer managed KMS key and let the plans write to it; a vault's key cannot be changed.
    """
    demand.only_if("customer_managed_keys")
    manager = vault.key_manager
    if manager is None:
        return Verdict.failed("encrypted with a key that AWS owns", _DEMANDED)
    if manager == AWS:
        return Verdict.failed(f"encrypted with {vault.key}, which AWS manages", _DEMANDED)
    return Verdict.passed(f"encrypted with {vault.key}, which the customer manages")
