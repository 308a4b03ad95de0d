"""Values between the code and its deployment: nothing at all, what may be nothing, texts, and two values made one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, Final

from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved


class _NoValue:
    """What `AWS::NoValue` stands for: the property, or the item of a list, is not there."""

    def __repr__(self) -> str:
        return "NO_VALUE"


NO_VALUE: Final = _NoValue()


class Perhaps(Unresolved):
    """A value that may be none at all: in a list it is not even certain to be an item."""

    __slots__ = ()


_MOST_CHOICES: Final = 16
_MARKS: Final = ("?region", "?account")
Scalar = str | int | float | bool


def is_settled(text: str) -> bool:
    """Tell whether a text is wholly known: it names no region or account that the code leaves open."""
    return "?" not in text or not any(mark in text for mark in _MARKS)


def text_of(value: Any) -> str | None:
    """Give a scalar as CloudFormation writes it into a text; None for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    return None


def may_choose(value: Any) -> bool:
    """Tell whether a value can be among the choices of another: a path into it would lead past its inside."""
    if isinstance(value, list):
        return all(isinstance(one, (str, int, float)) and may_choose(one) for one in value)
    return isinstance(value, (int, float)) or (isinstance(value, str) and "{{" not in value)


def open_value(
    first: Unresolved, spot: Spot | None, others: Sequence[Unresolved] = (), choices: tuple[Any, ...] = ()
) -> Unresolved:
    """Give what is unresolved because of others, told by the first of them, at a place of its own."""
    refs = tuple(dict.fromkeys(ref for one in (first, *others) for ref in one.refs))
    return Unresolved(first.why, refs, spot or first.spot, choices, first.reason)


def settle(made: Callable[[list[Any]], Any], parts: Sequence[Any], spot: Callable[[], Spot | None]) -> Any:
    """Make a value of parts, also where some of them are one of few values; it is unresolved with them."""
    unknown = [part for part in parts if isinstance(part, Unresolved)]
    if not unknown:
        return made(list(parts))
    choices: list[Any] = []
    if all(one.choices for one in unknown) and math.prod(len(one.choices) for one in unknown) <= _MOST_CHOICES:
        for chosen in product(*(part.choices if isinstance(part, Unresolved) else (part,) for part in parts)):
            value = made(list(chosen))
            if not may_choose(value):
                choices.clear()
                break
            if not any(same(value, one) for one in choices):
                choices.append(value)
    if len(choices) == 1:
        return choices[0]
    return open_value(unknown[0], spot(), unknown[1:], tuple(choices))


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are certainly the same; whatever is unresolved is not."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Unresolved) or isinstance(other, (Unresolved, dict, list)):
        return False
    return type(one) is type(other) and bool(one == other)


def unify(one: Any, other: Any, why: Unresolved, spot: Spot | None) -> Any:
    """Give what is one of two values: wherever they agree that is certain, and only the rest is unresolved."""
    if one is NO_VALUE and other is NO_VALUE:
        return NO_VALUE
    if one is NO_VALUE or other is NO_VALUE:
        return Perhaps(why.why, why.refs, spot, (), why.reason)
    if isinstance(one, dict) and isinstance(other, dict):
        keys = dict.fromkeys((*one, *other))
        return {key: unify(one.get(key, NO_VALUE), other.get(key, NO_VALUE), why, spot) for key in keys}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other) and not _shifts((one, other)):
        return [unify(left, right, why, spot) for left, right in zip(one, other, strict=True)]
    if same(one, other):
        return one
    if isinstance(one, Perhaps) or isinstance(other, Perhaps):
        return Perhaps(why.why, why.refs, spot, (), why.reason)
    choices: list[Any] = []
    for value in (one, other):
        if isinstance(value, Unresolved) and not value.choices:
            return open_value(why, spot, [value])
        for each in value.choices if isinstance(value, Unresolved) else (value,):
            if not may_choose(each):
                return open_value(why, spot)
            if not any(same(each, known) for known in choices):
                choices.append(each)
    if len(choices) == 1:
        return choices[0]
    return open_value(why, spot, (), tuple(choices) if len(choices) <= _MOST_CHOICES else ())


def _shifts(lists: Sequence[list[Any]]) -> bool:
    return any(isinstance(one, Perhaps) for each in lists for one in each)
