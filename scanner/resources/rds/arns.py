"""ARNs of RDS, made of the short names that AWS writes in one region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.arn import is_arn, place_of


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
    """Give the region of an ARN; raise ValueError where it is none."""
    return _place(arn)[0]


def account_of(arn: str) -> str:
    """Give the account of an ARN; raise ValueError where it is none."""
    return _place(arn)[1]


def _place(arn: str) -> tuple[str, str]:
    if not is_arn(arn):
        raise ValueError(f"{arn!r} is no ARN")
    return place_of(arn)
