"""Patterns of policies: `*` is any run of characters, `?` any one. Not shell globs: brackets mean themselves."""

from __future__ import annotations

import re
from functools import lru_cache


class _Pattern:
    """One pattern, cut at its stars. Each part is sought from left to right, so that no pattern takes exponential time."""

    __slots__ = ("first", "last", "least", "middle", "open")

    def __init__(self, pattern: str, *, fold: bool) -> None:
        flags = re.DOTALL | (re.IGNORECASE if fold else 0)
        parts = ["".join("." if one == "?" else re.escape(one) for one in part) for part in pattern.split("*")]
        self.open = len(parts) > 1
        self.first = re.compile(parts[0], flags)
        self.last = re.compile(parts[-1], flags)
        self.middle = [re.compile(part, flags) for part in parts[1:-1] if part]
        self.least = len(pattern.rpartition("*")[2])

    def fits(self, value: str) -> bool:
        if not self.open:
            return self.first.fullmatch(value) is not None
        start = self.first.match(value)
        if start is None:
            return False
        position, end = start.end(), len(value) - self.least
        for part in self.middle:
            found = part.search(value, position)
            if found is None:
                return False
            position = found.end()
        return position <= end and self.last.fullmatch(value, end) is not None


@lru_cache(maxsize=65536)
def _compiled(pattern: str, fold: bool) -> _Pattern:  # noqa: FBT001  # the cache's key
    return _Pattern(pattern, fold=fold)


def matches(pattern: str, value: str) -> bool:
    """Say whether a pattern fits, minding case: resources, ARNs, values of StringLike."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == value
    return pattern == "*" or _compiled(pattern, False).fits(value)


def matches_action(pattern: str, action: str) -> bool:
    """Say whether a pattern fits an action; IAM minds no case there (user guide, "Action")."""
    return pattern == "*" or _compiled(pattern, True).fits(action)
