"""Values as JSON and in words: the one codec for kept estates, example tables and reports.

Decoding follows the type that a fact's annotation declares, so the JSON needs no type marks of its own.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin

from scanner.model.duration import parse_duration, speak
from scanner.model.fact import Fact
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved

#: The mark of a value that code leaves open; no fact has a mapping with this key.
_OPEN = "$unresolved"


def encode(value: Any) -> Any:
    """Turn a fact's value into plain JSON; durations are seconds, instants ISO 8601 in UTC."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Unresolved):
        return {_OPEN: value.why, "refs": list(value.refs)}
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(one) for key, one in sorted(value.items())}
    if isinstance(value, (set, frozenset)):
        return sorted(encode(one) for one in value)
    if isinstance(value, (list, tuple)):
        return [encode(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: encode(getattr(value, one.name)) for one in fields(value)}
    raise TypeError(f"no JSON form for {type(value).__name__}")


def decode(value: Any, hint: Any) -> Any:
    """Turn plain JSON back into a value of a declared type; durations may also be written `30d`."""
    if isinstance(value, dict) and _OPEN in value:
        return Unresolved(value[_OPEN], tuple(value["refs"]))
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        choices = [one for one in args if one is not type(None)]
        return decode(value, choices[0])
    if origin in (tuple, frozenset, list):
        return origin(decode(one, args[0]) for one in value)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: decode(one, args[1]) for key, one in value.items()}
    if hint is timedelta:
        return parse_duration(value) if isinstance(value, str) else timedelta(seconds=value)
    if hint in (datetime, date, time):
        return hint.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if is_dataclass(hint):
        maker: Any = hint
        hints = _hints(maker)
        return maker(**{name: decode(one, hints[name]) for name, one in value.items()})
    if hint is float:
        return float(value)
    if isinstance(hint, type) and not isinstance(value, hint):
        raise TypeError(f"expected {hint.__name__}, found {value!r}")
    return value


def fits(value: Any, hint: Any) -> bool:
    """Tell whether a value is of a declared type; what code leaves open is of any."""
    if isinstance(value, Unresolved) or hint is Any:
        return True
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(fits(value, one) for one in args)
    if origin in (tuple, frozenset, list):
        return isinstance(value, origin) and all(fits(one, args[0]) for one in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(fits(key, args[0]) and fits(value[key], args[1]) for key in value)
    if hint is None or not isinstance(hint, type):
        return hint is not None or value is None
    if hint in (int, float) and isinstance(value, bool):
        return False
    if not isinstance(value, (int, float) if hint is float else hint):
        return False
    if is_dataclass(hint):
        hints = _hints(hint)
        return all(fits(getattr(value, one.name), hints[one.name]) for one in fields(hint))
    return True


@cache
def _hints(owner: Any) -> dict[str, Any]:
    return typing.get_type_hints(owner)


@cache
def type_of(fact: Fact[Any]) -> Any:
    """Give the type that a fact's annotation declares: `Fact[timedelta]` → `timedelta`."""
    return annotation(fact.owner, fact.name)


def annotation(owner: type[Resource], name: str) -> Any:
    """Find a fact's declared type on the class that annotates it."""
    for base in owner.__mro__:
        note = vars(base).get("__annotations__", {}).get(name)
        if note is not None:
            scope = vars(sys.modules[base.__module__])
            hint = eval(note, scope) if isinstance(note, str) else note  # noqa: S307  # our own annotations
            return get_args(hint)[0]
    raise TypeError(f"{owner.__name__}.{name} has no annotation `Fact[...]`")


def speak_value(value: Any) -> str:
    """Say a value in words: `30 days`, `yes`, `2026-11-24 02:00 UTC`, `none`."""
    if value is None:
        return "none"
    if isinstance(value, Unresolved):
        return f"unresolved: {value.why}"
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        return speak(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={speak_value(one)}" for key, one in sorted(value.items())) or "none"
    if isinstance(value, (tuple, list, set, frozenset)):
        many = sorted(map(speak_value, value)) if isinstance(value, (set, frozenset)) else map(speak_value, value)
        return ", ".join(many) or "none"
    if is_dataclass(value) and not isinstance(value, type):
        inner = ", ".join(f"{one.name} {speak_value(getattr(value, one.name))}" for one in fields(value))
        return f"({inner})"
    return str(value)
