"""What exists already: the ARN and the name that AWS gave a resource, and the place that these tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from scanner.iac.block import Block
from scanner.iac.forms import forms_of

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+")
_ACCOUNT: Final = re.compile(r"\d{12}")
_ZONE: Final = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]")


def partition_of(region: str) -> str:
    """Give the partition of a region."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def is_region(value: Any) -> bool:
    """Tell whether a value is the name of a region."""
    return isinstance(value, str) and _REGION.fullmatch(value) is not None


def place_of_arn(arn: Any) -> tuple[str, str, str]:
    """Give the partition, the region and the account that an ARN names; each empty where it names none."""
    parts = arn.split(":", 5) if isinstance(arn, str) else []
    if len(parts) != 6 or parts[0] != "arn" or not parts[1].startswith("aws"):
        return "", "", ""
    return parts[1], parts[3] if is_region(parts[3]) else "", parts[4] if _ACCOUNT.fullmatch(parts[4]) else ""


def region_of_zone(zone: Any) -> str:
    """Give the region of an availability zone."""
    found = _ZONE.fullmatch(zone) if isinstance(zone, str) else None
    return found.group(1) if found else ""


def recognise(block: Block, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Take a block's ARN, name and place from what is known of it now, or was before the change."""
    arn = _first("arn", values, before)
    partition, region, account = place_of_arn(arn)
    if partition:
        block.known_arn = str(arn)
        block.partition = partition
        block.region = region or block.region
        block.account = account or block.account
    identifier = _first("id", values, before)
    # where an attribute holds the name, that is it: the id of aws_db_instance is not its identifier
    if isinstance(identifier, str) and identifier and not identifier.startswith("arn:") and not _named(block):
        block.known_name = identifier


def _named(block: Block) -> bool:
    for form in forms_of(block.type):
        for path in (form.name,) if isinstance(form.name, str) else form.name:
            if path and isinstance(block.find(path).value, str):
                return True
    return False


def _first(name: str, *places: Mapping[str, Any]) -> Any:
    for one in places:
        if isinstance(one.get(name), str) and one[name]:
            return one[name]
    return None
