"""BK407."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.kms import DYING, USABLE, Key

_FINE = USABLE | {"Creating"}


@rule(
    "BK407",
    severity=Severity.CRITICAL,
    reads=[Key.state, Key.deleted_at, Key.protects],
    enforces=["6.1-key-storage"],
    aliases=["kms-cmk-not-scheduled-for-deletion"],
)
def keys_in_use_stay_usable(key: Key, demand: Objective) -> Verdict:
    """No key that protects data or backups is disabled or about to be deleted.

    A backup whose key is disabled cannot be restored; once the key is deleted, it can never be.

    Fix: cancel the deletion or enable the key; delete a key only after everything under it has moved or expired.
    """
    state = key.state
    if state in _FINE:
        return Verdict.passed(f"its state is {state}")
    protects = key.protects
    if protects.known:
        when = key.deleted_at if state in DYING else None
        until = f", to be deleted on {when:%Y-%m-%d}" if when else ""
        first, more = protects.known[0], len(protects.known) - 1
        also = f" and {more} more" if more else ""
        return Verdict.failed(f"its state is {state}{until}, and it encrypts {first}{also}", "it enabled")
    protects.whole()
    return Verdict.exempt(f"its state is {state}, and it encrypts no data store, backup or vault of this account")
