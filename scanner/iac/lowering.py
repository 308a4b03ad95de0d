"""Lowering: what code writes is brought into the shape of the API's answers, so that the live converters read both.

A value that the code leaves open stays open, alone: it is taken out before a live converter sees it (`settled`), and
put back in the place of what the converter makes of it (`reopened`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from scanner.iac.block import ABSENT, Block
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Unknown
from scanner.model.unresolved import Unresolved, unresolved_in
from scanner.resources.alerting.patterns import LEFT_OPEN

T = TypeVar("T")
Lower = Callable[[Any], Any]
#: Which member of the API's shape an attribute becomes, and how its value is lowered.
Names = Mapping[str, "str | tuple[str, Lower]"]
#: Which members of the API's shape each field of what is made of it hangs on, as dotted paths.
Paths = Mapping[str, tuple[str, ...]]


def lowered(names: Names) -> Lower:
    """Make a function that lowers one nested block: a mapping, or the list of one that Terraform makes of it."""

    def lower(raw: Any) -> Any:
        one = sole(raw)
        if isinstance(one, Unresolved) or one is None:
            return one
        found: dict[str, Any] = {}
        for name, target in names.items():
            value = one.get(name)
            if value is None:
                continue
            key, convert = (target, None) if isinstance(target, str) else target
            if convert is not None and not isinstance(value, Unresolved):
                value = convert(value)
            if value is not None:
                found[key] = value
        return found

    return lower


def listed(convert: Lower) -> Lower:
    """Make a function that lowers every element of a list; a single block stands for a list of one."""
    return lambda raw: [one if isinstance(one, Unresolved) else convert(one) for one in many(raw)]


def sole(raw: Any) -> Any:
    """Give the nested block of which there is at most one; None where there is none."""
    if isinstance(raw, (list, tuple)):
        return raw[0] if raw else None
    return raw


def many(raw: Any) -> Any:
    """Take a list, or the single element that stands for a list of one."""
    return raw if isinstance(raw, (list, tuple)) else (raw,)


def pairs(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lower a mapping to the API's list of `Key` and `Value`."""
    return [{"Key": key, "Value": value} for key, value in raw.items()]


def settled(raw: Any) -> Any:
    """Give a value without what is open in it: members of mappings and elements of lists."""
    if isinstance(raw, Mapping):
        return {key: settled(one) for key, one in raw.items() if not isinstance(one, Unresolved)}
    if isinstance(raw, (list, tuple)):
        return [settled(one) for one in raw if not isinstance(one, Unresolved)]
    return raw


def reopened(made: T, raw: Any, paths: Paths) -> T:
    """Put what is open in a lowered value back into what was made of the rest of it."""
    found: dict[str, Unresolved] = {}
    for field, members in paths.items():
        for path in members:
            value = unresolved_in(reached(raw, path))
            if value is not None:
                found.setdefault(field, value)
    return replace(made, **found) if found else made  # type: ignore[type-var]  # a dataclass, as its fields are named


def reached(raw: Any, path: str) -> Any:
    """Follow a dotted path of members: an open value on the way is what stands at its end; None for nothing."""
    for step in path.split("."):
        if isinstance(raw, Unresolved):
            return raw
        raw = sole(raw)
        raw = raw.get(step) if isinstance(raw, Mapping) else raw if isinstance(raw, Unresolved) else None
    return raw


def named_in(block: Block, path: str) -> str:
    """Give the text at a path of a block that names something; raise where there is none, or it is open."""
    value = stopped(block.find(path).value)
    if not isinstance(value, str) or not value:
        said = "is not set" if value is ABSENT else f"is {value!r}, which is no text"
        raise CouldNotCheck(Unknown(Reason.MISSING, f"{path} of {block.address} {said}"))
    return value


def written(block: Block, path: str) -> str | None:
    """Give the JSON text at a path of a block, written as text or as the document itself; None where there is none.

    What is open in the document says so, for who matches it (`patterns.LEFT_OPEN`); raise where all of it is.
    """
    value = block.find(path).value
    if value is ABSENT:
        return None
    if isinstance(value, str):
        return value or None
    return json.dumps(stopped(told(value)), default=_left_open)


def _left_open(value: Any) -> Any:
    if isinstance(value, Unresolved):
        return {LEFT_OPEN: value.why}
    raise ValueError(f"{value!r} is nothing that JSON can hold")


def told(raw: Any) -> Any:
    """Give what is known of JSON text whose leaves are not all settled."""
    if not isinstance(raw, Unresolved):
        return raw
    from scanner.iac.hcl.values import JsonText  # noqa: PLC0415  # only Terraform makes them

    return raw.document if isinstance(raw, JsonText) else raw


def stopped(value: T) -> T:
    """Give a value that something hangs on; raise where the code leaves it open."""
    if isinstance(value, Unresolved):
        value.stop()
    return value
