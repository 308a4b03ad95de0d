"""Versions of TLS: read from the many ways in which AWS writes them, and put in order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any


class Version(StrEnum):
    """A version of TLS, by its number, or of what came before it."""

    SSL2 = "SSL 2"
    SSL3 = "SSL 3"
    TLS10 = "1.0"
    TLS11 = "1.1"
    TLS12 = "1.2"
    TLS13 = "1.3"


# TLSv1, TLSv1.2, TLSv1.2_2021, TLS_1_2, SSLv3 and 1.2 are all in use; what follows the number is a year.
_WRITTEN = re.compile(
    r"(?:SSLv(?P<ssl>[23])|(?:TLSv|TLS_|TLS )?(?P<major>\d)(?:[._](?P<minor>\d))?)(?:_\d{4})?", re.ASCII
)


def version(raw: Any) -> Version:
    """Read one version: `TLSv1.2` and `TLS_1_2` are 1.2, `SSLv3` is SSL 3."""
    found = _WRITTEN.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        raise ValueError(f"no version of TLS: {raw!r}")
    return Version(f"SSL {found['ssl']}" if found["ssl"] else f"{found['major']}.{found['minor'] or 0}")


def versions(raw: Iterable[Any]) -> tuple[Version, ...]:
    """Read several versions, the oldest first; `SSLv2Hello` is no version but an old way to begin."""
    return tuple(sorted({version(one) for one in raw if one != "SSLv2Hello"}, key=rank))


def since(oldest: str) -> tuple[Version, ...]:
    """Give a version and all that are newer."""
    return tuple(one for one in Version if rank(one) >= rank(oldest))


def rank(one: str) -> tuple[int, int]:
    """Say where a version stands among the others; what a policy demands may be newer than all that there are."""
    if one.startswith("SSL"):
        return 0, int(one[4:])
    major, _, minor = one.partition(".")
    return int(major), int(minor or 0)


def ordered(some: Iterable[Version]) -> tuple[Version, ...]:
    """Give versions, the oldest first, each once."""
    return tuple(sorted(set(some), key=rank))


def older(accepted: Iterable[Version], demanded: str) -> tuple[Version, ...]:
    """Give those that are older than what is demanded."""
    return tuple(one for one in accepted if rank(one) < rank(demanded))


def speak(some: Iterable[Version]) -> str:
    """Say versions in words: `SSL 3, TLS 1.0 and 1.1`."""
    words = [one.value for one in some]
    first = next((number for number, one in enumerate(words) if not one.startswith("SSL")), None)
    if first is not None:
        words[first] = f"TLS {words[first]}"
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "no version of TLS"
