"""BK405."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.reading import Reason, Unknown
from scanner.model.verdict import Severity, Verdict
from scanner.resources.kms import Key, beyond_rotation, fixed

#: KMS rotates on the day, not to the minute.
_LATE = timedelta(days=1)
#: The shortest period that KMS offers (EnableKeyRotation, API reference).
_SHORTEST = timedelta(days=90)


@rule(
    "BK405",
    severity=Severity.MEDIUM,
    reads=[
        Key.manager, Key.state, Key.spec, Key.origin, Key.rotatable, Key.rotates, Key.rotation_period, Key.rotated_at,
        Key.created_at,
    ],
    enforces=["6.1-rotation"],
)  # fmt: skip
def keys_rotate_often_enough(key: Key, demand: Objective) -> Verdict:
    """Keys rotate at least as often as the policy demands.

    The longer one key encrypts, the more a leak of it gives away. KMS rotates every year unless told otherwise, and
    counts from the day on which rotation was turned on, so the last rotation counts as well as the period.

    Fix: set the rotation period, and rotate once on demand where the material is already too old.
    """
    wanted = demand.key_rotation
    if exempt := beyond_rotation(key):
        return Verdict.exempt(exempt)
    demanded = f"every {speak(wanted)}"
    if wanted < _SHORTEST:
        demanded += f" (KMS itself rotates every {speak(_SHORTEST)} at most; more only on demand)"
    if why := fixed(key):
        if key.origin != "EXTERNAL":
            return Verdict.failed(why, demanded)
        rotated = key.rotated_at
        if rotated is None:
            return Verdict.failed(f"{why}, and it was never rotated on demand", demanded)
        return Verdict.when(demand.at - rotated <= wanted, f"rotated on demand on {rotated:%Y-%m-%d}", demanded)
    doubt: CouldNotCheck | None = None
    for problem in (_period, _age):
        try:
            if found := problem(key, demand):
                return Verdict.failed(found, demanded)
        except CouldNotCheck as stop:
            doubt = doubt or stop
    if doubt is not None:
        raise doubt
    period, rotated = key.rotation_period, key.rotated_at
    last = f"last on {rotated:%Y-%m-%d}" if rotated else f"first due after its creation on {key.created_at:%Y-%m-%d}"
    return Verdict.passed(f"rotates every {speak(period or wanted)}, {last}", demanded)


def _period(key: Key, demand: Objective) -> str:
    if not key.rotates:
        return "automatic rotation is off"
    period = key.rotation_period
    if period is None:
        raise CouldNotCheck(Unknown(Reason.MISSING, "KMS tells that it rotates, but not how often"))
    return f"rotates every {speak(period)}" if period > demand.key_rotation else ""


def _age(key: Key, demand: Objective) -> str:
    rotated = key.rotated_at
    if rotated is not None:
        late = demand.at - rotated > demand.key_rotation + _LATE
        return f"last rotated on {rotated:%Y-%m-%d}" if late else ""
    late = demand.at - key.created_at > demand.key_rotation + _LATE
    return f"created on {key.created_at:%Y-%m-%d} and never rotated" if late else ""
