"""Patterns of policies: `*` is any run of characters, `?` any one. Not shell globs: brackets mean themselves.

Where a policy's variable puts a star into a pattern, that star is a star and nothing else: `literal` marks it so with a
code point that no text of AWS can hold (half of a surrogate pair).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_MARKS: Final = {"*": "\udc2a", "?": "\udc3f"}
_MARK = str.maketrans(_MARKS)
_PLAIN = str.maketrans({mark: sign for sign, mark in _MARKS.items()})


def literal(text: str) -> str:
    """Mark the stars and question marks of a text as meaning themselves."""
    return text.translate(_MARK)


def plain(pattern: str) -> str:
    """Take the marks off: the text that a pattern without wildcards stands for."""
    return pattern if pattern.isascii() else pattern.translate(_PLAIN)


def wild_at(pattern: str) -> int:
    """Find the first wildcard of a pattern; -1 where it has none."""
    star, mark = pattern.find("*"), pattern.find("?")
    return max(star, mark) if star < 0 or mark < 0 else min(star, mark)


class _Pattern:
    """One pattern, cut at its stars. Each part is sought from left to right, so that no pattern takes exponential time."""

    __slots__ = ("first", "last", "least", "middle", "open")

    def __init__(self, pattern: str, *, fold: bool) -> None:
        flags = re.DOTALL | (re.IGNORECASE if fold else 0)
        parts = ["".join("." if one == "?" else re.escape(plain(one)) for one in part) for part in pattern.split("*")]
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
        return plain(pattern) == value
    return pattern == "*" or _compiled(pattern, False).fits(value)


def matches_action(pattern: str, action: str) -> bool:
    """Say whether a pattern fits an action; IAM minds no case there (user guide, "Action")."""
    return pattern == "*" or _compiled(pattern, True).fits(action)
