"""BK406."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.kms import Key


@rule(
    "BK406",
    severity=Severity.CRITICAL,
    reads=[Key.origin, Key.state, Key.material_expires_at],
    enforces=["5.2-key-expiry"],
)
def imported_keys_do_not_expire_unseen(key: Key, demand: Objective) -> Verdict:
    """Imported key material does not expire unseen.

    When imported material expires, KMS deletes it, and everything under the key is unreadable until the very same
    material is imported again.

    Fix: import the material again, with a later expiry or with none.
    """
    warning = demand.key_expiry_warning
    if key.origin != "EXTERNAL":
        return Verdict.exempt("its material was not imported, so it does not expire")
    demanded = f"{speak(warning)} or more left"
    if key.state == "PendingImport":
        return Verdict.failed("its material has expired, was deleted, or was never imported", demanded)
    expires = key.material_expires_at
    if expires is None:
        return Verdict.passed("its imported material does not expire")
    left = expires - demand.at
    if left.total_seconds() <= 0:
        return Verdict.failed(f"its imported material expired on {expires:%Y-%m-%d}", demanded)
    return Verdict.when(
        left >= warning, f"its imported material expires on {expires:%Y-%m-%d}, {left.days} days left", demanded
    )
