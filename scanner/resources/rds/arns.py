"""ARNs of RDS: made of the short names that AWS writes in one region, and looked up where they may be out of sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from scanner.model.errors import CouldNotCheck
from scanner.model.look import Look
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource

R = TypeVar("R", bound=Resource)


def beside(arn: str, noun: str, name: str) -> str:
    """Give the ARN of a thing in the same account and region as another; a name that is an ARN stays as it is.

    RDS names its own region's things by identifier and those of other regions by ARN.
    """
    if name.startswith("arn:"):
        return name
    partition, service, region, account = arn.split(":")[1:5]
    return f"arn:{partition}:{service}:{region}:{account}:{noun}:{name}"


def key_of(raw: Mapping[str, Any]) -> str | None:
    """Read the KMS key of a thing of RDS; it counts only where the thing is encrypted (KmsKeyId, API reference)."""
    encrypted: bool = raw["StorageEncrypted"] if "StorageEncrypted" in raw else raw["Encrypted"]
    return raw["KmsKeyId"] if encrypted else None


def region_of(arn: str) -> str:
    """Give the region of an ARN."""
    return arn.split(":")[3]


def account_of(arn: str) -> str:
    """Give the account of an ARN."""
    return arn.split(":")[4]


def sought(kind: type[R], arn: str, look: Look) -> R | None:
    """Find what an ARN names; None where it certainly does not exist; raise where its account or region is unseen."""
    if account_of(arn) != look.estate.account:
        raise CouldNotCheck(Unknown(Reason.BEYOND, f"{arn} belongs to account {account_of(arn)}, not scanned here"))
    try:
        found = look.one(kind, arn)
    except CouldNotCheck:
        # A list that is cut short in another region does not matter here.
        found = None
    if found is None and (unknown := look.gap(kind, region_of(arn))) is not None:
        raise CouldNotCheck(unknown)
    return found
