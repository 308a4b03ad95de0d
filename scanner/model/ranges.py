"""Ranges of addresses: when together they are as good as the whole internet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

#: Broader than this is everyone: "values broader than /8 for IPv4 and /32 for IPv6 (excluding RFC1918 private ranges)"
#: (S3 user guide, "Blocking public access to your Amazon S3 storage", the meaning of "public").
BROADEST = {4: 8, 6: 32}
_PRIVATE = tuple(IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_LOCAL = (IPv6Network("fc00::/7"), IPv6Network("fe80::/10"))


@lru_cache(maxsize=65536)
def network(text: str) -> IPv4Network | IPv6Network:
    """Read a range as AWS writes it, a single address too; raise ValueError where it is none."""
    return ip_network(text.strip(), strict=False)


def broad(ranges: Iterable[str]) -> str:
    """Give the broadest part of what these ranges cover together, if it is as good as everyone; "" otherwise.

    Ranges are summed first: 0.0.0.0/1 and 128.0.0.0/1 are the whole internet.
    """
    found = [network(one) for one in set(ranges)]
    fours = collapse_addresses(one for one in found if isinstance(one, IPv4Network))
    sixes = collapse_addresses(one for one in found if isinstance(one, IPv6Network))
    wide: list[IPv4Network | IPv6Network] = [one for one in fours if _is_broad(one)]
    wide += [one for one in sixes if _is_broad(one)]
    return str(min(wide, key=lambda one: (one.prefixlen, one.version))) if wide else ""


def overlap(one: str, other: str) -> bool:
    """Say whether two ranges have an address in common."""
    first, second = network(one), network(other)
    if isinstance(first, IPv4Network) and isinstance(second, IPv4Network):
        return first.overlaps(second)
    return isinstance(first, IPv6Network) and isinstance(second, IPv6Network) and first.overlaps(second)


def _is_broad(one: IPv4Network | IPv6Network) -> bool:
    if isinstance(one, IPv4Network):
        return one.prefixlen < BROADEST[4] and not any(one.subnet_of(private) for private in _PRIVATE)
    return one.prefixlen < BROADEST[6] and not any(one.subnet_of(local) for local in _LOCAL)
