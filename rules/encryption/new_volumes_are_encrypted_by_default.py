"""BK409."""

from __future__ import annotations

from rules.kit import rule
from scanner.model.errors import NotDemanded
from scanner.model.policy import Objective
from scanner.model.verdict import Severity, Verdict
from scanner.resources.ec2.settings import Settings


@rule(
    "BK409",
    severity=Severity.HIGH,
    reads=[Settings.encrypts, Settings.key_manager],
    enforces=["6.1-aes"],
    aliases=["ec2-ebs-encryption-by-default"],
)
def new_volumes_are_encrypted_by_default(settings: Settings, demand: Objective) -> Verdict:
    """New volumes are encrypted by default.

    The setting holds for each region alone, and for every volume and snapshot copy that names no key. Where the policy
    demands keys that the customer manages, the default key must be one.

    Fix: turn on encryption by default for EBS in the region, with a customer-managed key.
    """
    if not settings.encrypts:
        return Verdict.failed("new volumes are not encrypted by default", "encryption by default")
    try:
        demand.only_if("customer_managed_keys")
    except NotDemanded:
        return Verdict.passed("new volumes are encrypted by default", "encryption by default")
    managed = settings.key_manager == "CUSTOMER"
    return Verdict.when(
        managed,
        f"new volumes are encrypted with a key that {'the customer' if managed else 'AWS'} manages",
        "one that the customer manages",
    )
