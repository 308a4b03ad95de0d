"""Stand-ins: texts that name what AWS, or the provider, will only tell later, such as the ARN of what is not there yet.

They join blocks (`aws_kms_key.k.arn` is the same text wherever it stands) and are no values: what compares one with
another text, measures it or takes it apart does not get an answer that holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

from scanner.model.arn import OPEN, alike, is_open
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

#: an address in the place of a name: `aws_kms_key.k`, `module.m["a"].aws_kms_key.k[0]`
_ADDRESS: Final = r"(?:^|[:/])(?:module\.[^:/]+\.)?aws_[a-z0-9_]+\.[A-Za-z_]"
#: functions that hand texts on as they are, or put them into others
_HANDS_ON: Final = frozenset(
    {
        "chomp", "chunklist", "coalesce", "coalescelist", "compact", "concat", "distinct", "element", "flatten", "format",
        "formatlist", "indent", "issensitive", "join", "jsondecode", "jsonencode", "keys", "list", "map", "merge",
        "nonsensitive", "one", "reverse", "sensitive", "setproduct", "setunion", "slice", "templatefile",
        "templatestring", "tolist", "tomap", "toset", "tostring", "transpose", "trimspace", "values", "yamldecode",
        "yamlencode", "zipmap",
    }
)  # fmt: skip
#: functions whose yes is certain: what they look for stands in the part that is known
_FINDS: Final = frozenset({"contains", "endswith", "startswith", "strcontains"})


def is_stand_in(value: Any) -> bool:
    """Tell whether a value is a text that stands for another, in whole or in part."""
    if not isinstance(value, str):
        return False
    return (OPEN in value and is_open(value)) or _has_address(value)


def hidden_in(one: Any, other: Any) -> str:
    """Give the stand-in for which two values that are not the same may be so all the same; "" for none."""
    if isinstance(one, list) and isinstance(other, list):
        return _first(zip(one, other, strict=True)) if len(one) == len(other) else ""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() == other.keys():
            return _first((one[key], other[key]) for key in one)
        return next((key for key in (*one, *other) if is_stand_in(key)), "") if len(one) == len(other) else ""
    # What it stands for is there, and is not empty.
    if not (isinstance(one, str) and isinstance(other, str) and one and other):
        return ""
    if _has_address(one) or _has_address(other):
        return one if is_stand_in(one) else other
    return "" if alike(one, other) is False else one if is_stand_in(one) else other


def _first(pairs: Iterable[tuple[Any, Any]]) -> str:
    """Give the first stand-in for which pairs may be the same; "" where one of them certainly is not."""
    found = ""
    for one, other in pairs:
        # What is open does not make them differ: another pair does.
        if not isinstance(one, Unresolved) and not isinstance(other, Unresolved) and one != other:
            text = hidden_in(one, other)
            if not text:
                return ""
            found = found or text
    return found


def hidden_by(name: str, arguments: Sequence[Any], found: Any) -> str:
    """Give the stand-in for which what a function gave does not hold; "" where it does."""
    if not arguments or name in _HANDS_ON or (name in _FINDS and found is True):
        return ""
    if name == "length" and not isinstance(arguments[0], str):
        return ""
    if name == "split" and arguments[0] in (":", "/"):  # these part names, and are in none
        return ""
    if name == "lookup" and len(arguments) > 1:
        return hidden_key(arguments[0], arguments[1])
    return next((str(text) for one in arguments for text in _inside(one) if is_stand_in(text)), "")


def hidden_key(among: Any, key: Any) -> str:
    """Give the stand-in for which a key that a map lacks may be one of it; "" where it is there, or certainly not."""
    if not isinstance(among, dict) or key in among:
        return ""
    return next((str(one) for one in (key, *among) if is_stand_in(one)), "")


def unlike(said: str, text: str, spot: Spot | None) -> Unresolved:
    """Say that something hangs on what only stands for a text."""
    return Unresolved(f"{said}: what {text} is, shows when it is made", (text,), spot)


def _has_address(text: str) -> bool:
    return "aws_" in text and _address().search(text) is not None


@cache
def _address() -> re.Pattern[str]:
    return re.compile(_ADDRESS)  # when it is first needed


def _inside(value: Any) -> Iterable[Any]:
    """Give what stands directly in a collection: deeper down nothing is compared but in whole."""
    if isinstance(value, dict):
        return (*value.keys(), *value.values())
    return value if isinstance(value, list) else (value,)
