"""BK410."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.kms import SYMMETRIC, Key


@rule("BK410", severity=Severity.MEDIUM, reads=[Key.spec, Key.usage, Key.protects], enforces=["6.1-aes"])
def backup_keys_are_symmetric(key: Key, demand: Objective) -> Verdict:
    """Backup keys are 256-bit symmetric KMS keys.

    AWS encrypts stored data with 256-bit AES under a symmetric key. In the regions of China the same name stands for
    SM4, whose keys have 128 bits (KMS developer guide, "Key spec reference").

    Fix: encrypt with a key of the spec SYMMETRIC_DEFAULT outside China.
    """
    spec, china = key.spec, key.region.startswith("cn-")
    if spec == SYMMETRIC and not china:
        return Verdict.passed(f"{spec}: 256-bit AES-GCM")
    if spec != SYMMETRIC and key.usage != "ENCRYPT_DECRYPT":
        return Verdict.exempt(f"{spec} for {key.usage}: it encrypts nothing")
    protects = key.protects
    if protects.known:
        what = f"{spec} is 128-bit SM4 in {key.region}" if spec == SYMMETRIC else f"{spec} is not 256-bit symmetric"
        return Verdict.failed(f"{what}, and it encrypts {protects.known[0]}", f"{SYMMETRIC} of 256 bits")
    protects.whole()
    return Verdict.exempt(f"{spec}, and it encrypts no data store, backup or vault of this account")
