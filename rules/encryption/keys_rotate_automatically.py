"""BK404."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.kms import Key, beyond_rotation, fixed


@rule(
    "BK404",
    severity=Severity.MEDIUM,
    reads=[Key.manager, Key.state, Key.spec, Key.origin, Key.rotatable, Key.rotates, Key.rotation_period],
    enforces=["4.2-rotation"],
    aliases=["cmk-backing-key-rotation-enabled"],
)
def keys_rotate_automatically(key: Key, demand: Objective) -> Verdict:
    """Keys rotate automatically.

    What must be done by hand is forgotten one day; KMS does it unasked and keeps the old material for old data.

    Fix: turn on automatic rotation; data under a key with imported material or in a custom key store must move to a key
    whose material KMS makes.
    """
    if exempt := beyond_rotation(key):
        return Verdict.exempt(exempt)
    if why := fixed(key):
        return Verdict.failed(why, "automatic rotation")
    if not key.rotates:
        return Verdict.failed("automatic rotation is off", "it on")
    period = key.rotation_period
    rotates = Verdict.passed(f"rotates by itself every {speak(period)}" if period else "rotates by itself")
    return rotates.by(Key.rotates)
