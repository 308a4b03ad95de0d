"""Durations as people write them (`30d`, `1h30m`) and as they say them (`30 days`)."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_SPOKEN = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_WRITTEN = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
#: From here on, fractions of a second say nothing.
_FINE = timedelta(minutes=1)
EXPECTED = "whole numbers with w, d, h, m or s, largest first, such as 30d, 5m or 1h30m"


def parse_duration(text: str) -> timedelta:
    """Read a written duration; raise ValueError naming what was found and what was expected."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r} is not a duration; expected {EXPECTED}")
    try:
        parts = (unit * int(count or 0) for unit, count in zip(_UNITS.values(), match.groups(), strict=True))
        return sum(parts, timedelta())
    except (OverflowError, ValueError):
        raise ValueError(f"{text!r} is too long for a duration; expected {EXPECTED}") from None


@lru_cache(maxsize=256)
def speak(length: timedelta) -> str:
    """Say a duration in days, hours, minutes and seconds, leaving out what is zero."""
    if length < timedelta():
        return f"minus {speak(-length)}"
    if length >= _FINE:
        length = timedelta(seconds=round(length.total_seconds()))
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    rest = length.days * 86_400 + length.seconds
    words: list[str] = []
    for name, size in _SPOKEN:
        count, rest = divmod(rest, size)
        decimals = fraction if size == 1 else ""
        if count or decimals:
            words.append(f"{count}{decimals} {name}{'' if count == 1 and not decimals else 's'}")
    return " ".join(words) or "0 seconds"
