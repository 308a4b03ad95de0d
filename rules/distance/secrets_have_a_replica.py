"""BK808."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.arn import least_and_most, same, unsettled
from scanner.model.errors import CouldNotCheck
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.secretsmanager import Secret

#: What AWS says of a replica that is there; it is InProgress for a moment after each change.
_THERE = ("InSync", "InProgress")


@rule(
    "BK808",
    severity=Severity.MEDIUM,
    reads=[Secret.primary_region, Secret.managed_by, Secret.replicas],
    enforces=["5.1-secrets"],
)
def secrets_have_a_replica(secret: Secret, demand: Objective) -> Verdict:
    """Secrets have a replica.

    A system that is recovered in another region needs its passwords there, and Secrets Manager has no backups.

    Fix: replicate the secret to the region where the system would be recovered.
    """
    wanted = demand.copies_in_regions
    if wanted < 2:
        return Verdict.exempt("the policy asks for one region only")
    primary = secret.primary_region
    if primary is not None and not same(primary, secret.region):
        return Verdict.exempt(f"is itself a replica of the secret in {primary}")
    if secret.managed_by is not None:
        return Verdict.exempt(f"made and managed by {secret.managed_by}, which makes another where it is needed")
    replicas = secret.replicas
    there = sorted({secret.region, *(one.region for one in replicas if one.status in _THERE)})
    broken = [f"{one.region} {one.status}" for one in replicas if one.status not in _THERE]
    said = f"in {', '.join(there)}" + (f" (not in {', '.join(broken)})" if broken else "")
    least, most = least_and_most(there)
    if least < wanted <= most:
        raise CouldNotCheck(unsettled(*sorted(map(str, there), reverse=True)[-2:]))
    return Verdict.when(least >= wanted, said, f"{wanted} regions")
