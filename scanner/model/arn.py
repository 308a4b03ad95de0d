"""ARNs: arn:partition:service:region:account:resource."""

from __future__ import annotations

_COLONS = 5


def is_arn(text: str) -> bool:
    """Say whether a name is an ARN."""
    return text.startswith("arn:") and text.count(":") >= _COLONS


def place_of(text: str) -> tuple[str, str]:
    """Give the region and the account that an ARN names, each "" where it names none; both "" of what is no ARN."""
    if not is_arn(text):
        return "", ""
    region, account = text.split(":", _COLONS)[3:5]
    return region, account
