"""Event patterns of EventBridge, and the filter policies of SNS, which share their grammar.

Source: EventBridge user guide, "Amazon EventBridge event patterns" and "Comparison operators for use in event
patterns". Events here may hold `ANY` where AWS puts what nobody can foretell: an answer that hangs on it is a doubt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from scanner.model.arn import Somewhere, alike
from scanner.permissions.truth import Doubt, Truth, all_true, any_true
from scanner.resources.alerting.comparisons import Test, test_of


class _Any:
    """A value that cannot be foretold; it is there, and is no object."""

    def __repr__(self) -> str:
        return "ANY"


class Open(dict[str, Any]):
    """An object of which only some members are foretold: any other may be there or not."""


ANY: Final = _Any()
#: The one member of an object that stands in a pattern of code for what the code leaves open; it says why.
LEFT_OPEN: Final = "$open"
_ABSENT: Final = object()


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> Mapping[str, Any]:
    """Read a pattern; raise ValueError, saying where, for what is none."""
    try:
        raw = json.loads(text)
        _check(raw, "")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return raw  # type: ignore[no-any-return]  # checked to be a mapping


def matches_pattern(pattern: Mapping[str, Any], event: Any) -> Truth:
    """Say whether an event matches a pattern that `read_pattern` has read."""
    return _object(pattern, event, "")


def mismatch(pattern: Mapping[str, Any], event: Any) -> str:
    """Give the path by which an event does not match a pattern; "" where that is a choice of several."""
    return _mismatch(pattern, event, "")


def _mismatch(pattern: Mapping[str, Any], event: Any, where: str) -> str:
    for key, wanted in pattern.items():
        if _member(key, wanted, event, where) is False:
            path = f"{where}.{key}".lstrip(".")
            deeper = _get(event, key)
            if key == "$or":
                return ""
            return (
                _mismatch(wanted, deeper, path) if isinstance(wanted, dict) and not isinstance(deeper, list) else path
            )
    return where


def _check(raw: Any, where: str) -> None:
    if not isinstance(raw, dict) or not raw:
        raise ValueError(f"{where or 'the pattern'} is no object with members")
    for key, value in raw.items():
        path = f"{where}.{key}".lstrip(".")
        if _left_open(value):
            continue
        if key == "$or" and isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for one in value:
                if not _left_open(one):
                    _check(one, path)
        elif isinstance(value, dict):
            _check(value, path)
        elif isinstance(value, list) and value:
            for one in value:
                if not _left_open(one):
                    test_of(one, path)
        else:
            raise ValueError(f"{path} is neither an object nor a list of values")


def _left_open(raw: Any) -> str:
    """Say why code leaves a part of a pattern open; "" for one that it does not."""
    return str(raw[LEFT_OPEN]) if isinstance(raw, dict) and LEFT_OPEN in raw else ""


# -- matching ------------------------------------------------------------------------------------------------


def _object(pattern: Mapping[str, Any], event: Any, where: str) -> Truth:
    if why := _left_open(pattern):
        return Doubt(f"{where}: {why}")
    return all_true(_member(key, wanted, event, where) for key, wanted in pattern.items())


def _member(key: str, wanted: Any, event: Any, where: str) -> Truth:
    if why := _left_open(wanted):
        return Doubt(f"{where}.{key}".lstrip(".") + f": {why}")
    if key == "$or" and all(isinstance(one, dict) for one in wanted):
        return any_true(_object(one, event, where) for one in wanted)
    path = f"{where}.{key}".lstrip(".")
    value = _get(event, key)
    if isinstance(wanted, dict):
        if isinstance(value, list):  # of objects: one of them must match (user guide, "array matching")
            return any_true(_object(wanted, one, path) for one in value)
        return _object(wanted, value, path)
    return any_true(_leaf(one, value, path) for one in wanted)


def _get(event: Any, key: str) -> Any:
    if isinstance(event, dict):
        return event.get(key, _PERHAPS if isinstance(event, Open) else _ABSENT)
    return event if event in (ANY, _PERHAPS) else _ABSENT


_PERHAPS: Final = object()


def _leaf(matcher: Any, value: Any, path: str) -> Truth:
    if why := _left_open(matcher):
        return Doubt(f"{path}: {why}")
    exists = matcher.get("exists") if isinstance(matcher, dict) else None
    if value is _PERHAPS:
        return Doubt(path)
    if exists is not None:
        # Exists works on leaves only: an object there is none (user guide, "Exists matching").
        there = value is ANY or not (value is _ABSENT or isinstance(value, dict) or value == [])
        return there is exists
    if value is ANY:
        return Doubt(path)
    if value is _ABSENT or isinstance(value, dict):
        return False
    test = test_of(matcher, path)
    but = isinstance(matcher, dict) and "anything-but" in matcher
    return any_true(
        Doubt(path) if one is ANY else _tried(test, matcher, one, path, but=but)
        for one in (value if isinstance(value, list) else (value,))
    )


def _tried(test: Test, matcher: Any, value: Any, path: str, *, but: bool) -> Truth:
    """Test a value; of one that code leaves open it is certain only what holds of its words, such as `*`."""
    if not isinstance(value, Somewhere):
        # The pattern may leave a place open as well.
        unsettled = isinstance(value, str) and isinstance(matcher, str) and alike(matcher, value) is None
        return Doubt(path) if unsettled else test(value)
    return Doubt(path) if but or not test(str(value)) else True
