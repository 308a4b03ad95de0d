"""Comparisons of event patterns: prefix, numeric, anything-but and the like, each a test of one value.

Source: EventBridge user guide, "Comparison operators for use in event patterns".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import eq, ge, gt, le, lt
from typing import Any

Test = Callable[[Any], bool]
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


def test_of(matcher: Any, path: str) -> Test:
    """Make the test that one entry of a pattern's list is; raise ValueError, naming its path, where it is none."""
    if not isinstance(matcher, dict):
        if isinstance(matcher, list):
            raise ValueError(f"{path} holds a list within a list")
        return lambda value: _equal(matcher, value)
    if len(matcher) != 1:
        raise ValueError(f"{path} holds {dict(matcher)!r}, which is no comparison")
    ((operator, wanted),) = matcher.items()
    if operator == "exists" and isinstance(wanted, bool):
        return lambda _: wanted
    if operator in ("prefix", "suffix", "wildcard", "equals-ignore-case"):
        return _text(operator, wanted, path)
    if operator == "anything-but":
        return _but(wanted, path)
    if operator == "numeric":
        return _numeric(wanted, path)
    if operator == "cidr":
        return _network(wanted, path)
    raise ValueError(f"{path} compares by {operator!r}, which is not known")


def _equal(wanted: Any, value: Any) -> bool:
    # Numbers are compared as they are written: 300, 300.0 and 3.0e2 differ (user guide, "Event pattern considerations").
    return type(wanted) is type(value) and bool(wanted == value)


def _text(operator: str, wanted: Any, path: str) -> Test:
    if isinstance(wanted, dict) and operator in ("prefix", "suffix") and set(wanted) == {"equals-ignore-case"}:
        folded = _said(wanted["equals-ignore-case"], path).casefold()
        if operator == "prefix":
            return lambda value: isinstance(value, str) and value.casefold().startswith(folded)
        return lambda value: isinstance(value, str) and value.casefold().endswith(folded)
    said = _said(wanted, path)
    if operator == "prefix":
        return lambda value: isinstance(value, str) and value.startswith(said)
    if operator == "suffix":
        return lambda value: isinstance(value, str) and value.endswith(said)
    if operator == "wildcard":
        parts = _parts(said)
        return lambda value: isinstance(value, str) and _fits(parts, value)
    return lambda value: isinstance(value, str) and value.casefold() == said.casefold()


def _said(raw: Any, path: str) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"{path} compares with {raw!r}, which is no text")
    return raw


def _but(wanted: Any, path: str) -> Test:
    if isinstance(wanted, dict):
        if len(wanted) != 1:
            raise ValueError(f"{path} excludes {dict(wanted)!r}, which is no comparison")
        ((operator, excluded),) = wanted.items()
        tests = [test_of({operator: one}, path) for one in _many(excluded)]
    else:
        tests = [test_of(one, path) for one in _many(wanted)]
    return lambda value: not any(test(value) for test in tests)


def _many(raw: Any) -> Sequence[Any]:
    return raw if isinstance(raw, list) else [raw]


def _numeric(wanted: Any, path: str) -> Test:
    if not isinstance(wanted, list) or not wanted or len(wanted) % 2:
        raise ValueError(f"{path} compares numbers by {wanted!r}")
    pairs = [(wanted[at], wanted[at + 1]) for at in range(0, len(wanted), 2)]
    for sign, number in pairs:
        if sign not in _COMPARE or not _is_number(number):
            raise ValueError(f"{path} compares numbers by {sign!r} {number!r}")
    return lambda value: _is_number(value) and all(_COMPARE[sign](value, number) for sign, number in pairs)


def _is_number(raw: Any) -> bool:
    return isinstance(raw, (int, float)) and not isinstance(raw, bool)


def _network(wanted: Any, path: str) -> Test:
    network = ipaddress.ip_network(_said(wanted, path), strict=False)

    def within(value: Any) -> bool:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        return address.version == network.version and address in network

    return within


def _parts(pattern: str) -> tuple[str, ...]:
    r"""Cut a wildcard at its stars; `\*` is a star and `\\` a backslash (user guide, "Using wildcard characters")."""
    parts, escaped = [""], False
    for one in pattern:
        if escaped or one not in "*\\":
            parts[-1] += one
            escaped = False
        elif one == "*":
            parts.append("")
        else:
            escaped = True
    return tuple(parts)


def _fits(parts: Iterable[str], value: str) -> bool:
    first, *rest = parts
    if not rest:
        return value == first
    *middle, last = rest
    if not value.startswith(first):
        return False
    position, end = len(first), len(value) - len(last)
    for part in middle:
        found = value.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return position <= end and value.endswith(last)
