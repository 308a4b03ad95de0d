"""Paths into answers: plain dotted ones are walked, anything else is JMESPath; each is compiled once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][\w]*(\.[A-Za-z_]\w*)*")


@cache
def getter(path: str) -> Callable[[Any], Any]:
    """Compile a path; a plain walk is many times faster than a JMESPath search."""
    if path == "@":
        return lambda data: data
    if not _PLAIN.fullmatch(path):
        import jmespath  # noqa: PLC0415  # only odd paths need it

        search: Callable[[Any], Any] = jmespath.compile(path).search
        return search
    keys = path.split(".")
    if len(keys) == 1:
        only = keys[0]
        return lambda data: data.get(only) if isinstance(data, dict) else None

    def walk(data: Any) -> Any:
        for key in keys:
            if not isinstance(data, dict):
                return None
            data = data.get(key)
        return data

    return walk
