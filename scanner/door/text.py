"""Text on its way to people and their programs: what somebody else wrote must not act like a part of the report."""

from __future__ import annotations

import re
from datetime import datetime

_TICKS = re.compile(r"`+")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def stamp(at: datetime) -> str:
    """Write an instant for people: `2026-11-24 02:00:00 UTC`."""
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def printable(text: str) -> str:
    """Leave out control characters, which are no XML and would steer a terminal."""
    if text.isprintable():
        return text
    return "".join(char for char in text if char in "\n\t" or char.isprintable())


def flat(text: str) -> str:
    """Put a text into one line: a name with a line break must not look like a line of ours."""
    return " ".join(printable(text).split())


def cell(text: str) -> str:
    """Make text safe inside a table and as Markdown."""
    flat = re.sub(r"\s+", " ", printable(text))
    return re.sub(r"([\\`*_\[\]<>|#]|&(?=#?\w+;))", r"\\\1", flat)


def said(text: str) -> str:
    """Write a text into a discussion: a name in it calls nobody to it."""
    return _MENTION.sub("@\N{ZERO WIDTH SPACE}", cell(text))


def code(text: str) -> str:
    """Write a name as code."""
    name = flat(text)
    if not name or ("|" in name and "\\" in name):  # a table has no certain way to write the two of them as code
        return said(name)
    ticks = "`" * (max((len(one) for one in _TICKS.findall(name)), default=0) + 1)
    gap = " " if name[0] == "`" or name[-1] == "`" else ""
    return f"{ticks}{gap}{name}{gap}{ticks}".replace("|", "\\|")
