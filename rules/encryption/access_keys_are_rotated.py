"""BK411."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.iam.credentials import AccessKey


@rule(
    "BK411",
    severity=Severity.MEDIUM,
    reads=[AccessKey.active, AccessKey.rotated_at],
    enforces=["6.1-rotation"],
    aliases=["access-keys-rotated"],
)
def access_keys_are_rotated(key: AccessKey, demand: Objective) -> Verdict:
    """Access keys are rotated.

    An access key works for whoever holds it until it is replaced, and the old ones lie in the most places.

    Fix: make a second key, use it, deactivate and delete the first; better, use a role and no access key.
    """
    wanted = demand.key_rotation
    if not key.active:
        return Verdict.exempt("inactive, so nobody can use it")
    rotated = key.rotated_at
    age = demand.at - rotated
    return Verdict.when(
        age <= wanted, f"created or rotated {age.days} days ago, on {rotated:%Y-%m-%d}", f"every {speak(wanted)}"
    )
