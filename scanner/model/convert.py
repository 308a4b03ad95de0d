"""Converters: from what AWS writes to what a rule reads. Each raises ValueError on what it cannot read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from scanner.model.errors import CouldNotCheck
from scanner.model.unresolved import Unresolved

T = TypeVar("T")


def _unlike(raw: Any, expected: str) -> Exception:
    if isinstance(raw, Unresolved):
        return CouldNotCheck(raw.unknown)
    return ValueError(f"expected {expected}, found {raw!r}")


def text(raw: Any) -> str:
    """Take a string as it is."""
    if not isinstance(raw, str):
        raise _unlike(raw, "text")
    return raw


def flag(raw: Any) -> bool:
    """Take a boolean; the strings true and false count."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in ("true", "false"):
        return raw.lower() == "true"
    raise _unlike(raw, "true or false")


def whole(raw: Any) -> int:
    """Take a whole number; digits in a string count."""
    if isinstance(raw, bool):
        raise ValueError("expected a number, found a boolean")
    return int(raw)


def number(raw: Any) -> float:
    """Take a number."""
    return float(raw)


def days(raw: Any) -> timedelta:
    """Take a number of days."""
    return timedelta(days=float(raw))


def minutes(raw: Any) -> timedelta:
    """Take a number of minutes."""
    return timedelta(minutes=float(raw))


def instant(raw: Any) -> datetime:
    """Take an instant: aware, in UTC; epoch seconds and ISO 8601 count."""
    if isinstance(raw, datetime):
        return raw.astimezone(UTC) if raw.tzinfo else raw.replace(tzinfo=UTC)
    if isinstance(raw, (int, float)):
        return datetime.fromtimestamp(raw, UTC)
    return datetime.fromisoformat(str(raw)).astimezone(UTC)


def is_(*values: str) -> Callable[[Any], bool]:
    """Make a converter that is true of these values and false of any other."""
    return lambda raw: raw in values


def tuple_of(convert: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """Make a converter for lists."""
    return lambda raw: tuple(convert(one) for one in raw)


def tag_list(raw: Any) -> Mapping[str, str]:
    """Take AWS's list of `Key` and `Value` (or `TagKey`/`TagValue`) pairs as a mapping."""
    if isinstance(raw, Mapping):
        return {str(key): str(value) for key, value in raw.items()}
    found: dict[str, str] = {}
    for one in raw:
        key = one.get("Key", one.get("TagKey", one.get("key")))
        if key is None:
            raise ValueError(f"a tag without key: {one!r}")
        value = one.get("Value", one.get("TagValue", one.get("value")))
        found[str(key)] = str(value if value is not None else "")
    return found
