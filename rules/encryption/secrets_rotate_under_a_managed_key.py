"""BK412."""

from __future__ import annotations

from datetime import timedelta

from rules.kit import rule
from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck, NotDemanded
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.kms import AWS
from scanner.resources.secretsmanager import Secret, longest_gap

#: Secrets Manager rotates within a window of up to a day (user guide, "Rotation schedule").
_LATE = timedelta(days=1)


@rule(
    "BK412",
    severity=Severity.MEDIUM,
    reads=[
        Secret.key, Secret.key_manager, Secret.rotates, Secret.rotation, Secret.rotated_at, Secret.created_at,
        Secret.managed_by, Secret.primary_region,
    ],
    enforces=["5.1-secrets"],
    aliases=["secretsmanager-rotation-enabled-check", "secretsmanager-using-cmk"],
)  # fmt: skip
def secrets_rotate_under_a_managed_key(secret: Secret, demand: Objective) -> Verdict:
    """Secrets rotate and are encrypted with a managed key.

    A password that never changes is known to everyone who ever restored a copy of the system. A secret under the key
    that AWS manages cannot be shared with the account that must recover it.

    Fix: turn on rotation for the secret, see that its function succeeds, and choose a customer managed key.
    """
    service = secret.managed_by
    if service is not None and not secret.rotates:
        return Verdict.exempt(f"made and managed by {service}, which offers no rotation of it")
    doubt: CouldNotCheck | None = None
    for problem in (_key, _rotation, _age):
        try:
            if found := problem(secret, demand):
                return Verdict.failed(*found)
        except CouldNotCheck as stop:
            doubt = doubt or stop
        except NotDemanded:
            continue
    if doubt is not None:
        raise doubt
    if _is_replica(secret):
        return Verdict.passed(f"a replica, rotated where its original is, in {secret.primary_region}; its key is fit")
    return Verdict.passed("it rotates as often as demanded, and its key is fit")


def _is_replica(secret: Secret) -> bool:
    return secret.primary_region not in (None, secret.region)


def _key(secret: Secret, demand: Objective) -> tuple[str, str] | None:
    # The service that manages a secret chooses its key where the customer did not.
    demand.only_if("customer_managed_keys")
    if secret.key_manager != AWS:
        return None
    return f"encrypted with {secret.key}, which AWS manages", "a KMS key that the customer manages"


def _rotation(secret: Secret, demand: Objective) -> tuple[str, str] | None:
    if _is_replica(secret):
        return None
    if not secret.rotates:
        return "automatic rotation is off", "it on"
    wanted, schedule = demand.key_rotation, secret.rotation
    if schedule is None:
        return "rotation is on, but without a schedule", f"every {speak(wanted)}"
    gap = longest_gap(schedule, demand.at)
    if gap is None or gap > wanted + _LATE:
        return f"rotates by {schedule}", f"every {speak(wanted)}"
    return None


def _age(secret: Secret, demand: Objective) -> tuple[str, str] | None:
    if _is_replica(secret):
        return None
    wanted, rotated = demand.key_rotation, secret.rotated_at
    if demand.at - (rotated or secret.created_at) <= wanted + _LATE:
        return None
    created = f"created on {secret.created_at:%Y-%m-%d} and never rotated"
    return f"last rotated on {rotated:%Y-%m-%d}" if rotated else created, f"every {speak(wanted)}"
