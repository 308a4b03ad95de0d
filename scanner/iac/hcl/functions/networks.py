"""Terraform's IP network functions."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Any

from scanner.iac.hcl.functions.definition import MOST, Functions
from scanner.iac.hcl.functions.unification import Unsure, text, whole
from scanner.iac.hcl.values import EvaluationError, ListValue

FUNCTIONS = Functions()
Network = tuple[int, int, int]  #: the first address, the length of the prefix, and that of an address
_V4 = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})", re.ASCII)


def _address(source: str) -> tuple[int, int]:
    """Read an address; leading zeros are decimal, as Terraform has always read them."""
    found = _V4.fullmatch(source)
    if found is not None and all(int(part) <= 255 for part in found.groups()):
        first, second, third, fourth = map(int, found.groups())
        return first << 24 | second << 16 | third << 8 | fourth, 32
    try:
        read = IPv6Address(source.replace("%", " "))  # Python would take a zone
    except ValueError:
        raise EvaluationError(f"{source[:60]!r} is no IP address") from None
    if read.ipv4_mapped:
        raise Unsure("an IPv4 address within an IPv6 address is not worked out")
    return int(read), 128


def _network(source: str) -> Network:
    address, _, prefix = source.partition("/")
    if not re.fullmatch(r"[0-9]{1,3}", prefix, re.ASCII):
        raise EvaluationError(f"{source[:60]!r} is no network in CIDR notation")
    value, bits = _address(address)
    length = int(prefix)
    if not 0 <= length <= bits:
        raise EvaluationError(f"{source[:60]!r} is no network: the prefix has {prefix} bits")
    return value >> (bits - length) << (bits - length), length, bits


def _written(address: int, bits: int) -> str:
    if bits == 32:
        return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))
    return str(IPv6Address(address))


@FUNCTIONS.define("cidrhost", text, whole)
def host(source: str, number: int) -> str:
    """Give the address of a host in a network; a negative number counts from the network's end."""
    start, length, bits = _network(source)
    room = 1 << (bits - length)
    if not -room <= number < room:
        raise EvaluationError(f"{source} has {room} addresses, number {number} is none of them")
    return _written(start + number % room, bits)


@FUNCTIONS.define("cidrnetmask", text)
def netmask(source: str) -> str:
    """Give the mask of an IPv4 network."""
    _, length, bits = _network(source)
    if bits != 32:
        raise EvaluationError("an IPv6 network has no mask")
    return _written((1 << 32) - (1 << (32 - length)), 32)


@FUNCTIONS.define("cidrsubnet", text, whole, whole)
def subnet(source: str, extra: int, number: int) -> str:
    """Give a numbered part of a network."""
    start, length, bits = _network(source)
    if extra < 0 or number < 0:
        raise Unsure("a negative number of bits or of a network is not worked out")
    if length + extra > bits:
        raise EvaluationError(f"{source} cannot be extended by {extra} bits")
    if not 0 <= number < 1 << extra:
        raise EvaluationError(f"{source} extended by {extra} bits has no network {number}")
    return f"{_written(start + (number << (bits - length - extra)), bits)}/{length + extra}"


@FUNCTIONS.define("cidrsubnets", text, rest=whole)
def subnets(source: str, *extras: int) -> Any:
    """Give consecutive parts of a network, each as large as it is asked to be."""
    start, length, bits = _network(source)
    end = start + (1 << (bits - length))
    found: list[str] = []
    if len(extras) > MOST:
        raise Unsure(f"cidrsubnets() would give more than {MOST:,} networks")
    for extra in extras:
        if not 1 <= extra <= 32 or length + extra > bits:
            raise EvaluationError(f"{source} cannot be extended by {extra} bits")
        size = 1 << (bits - length - extra)
        start = -(-start // size) * size
        if start + size > end:
            raise EvaluationError(f"{source} has no room left for a network of {length + extra} bits")
        found.append(f"{_written(start, bits)}/{length + extra}")
        start += size
    return ListValue(found)


@FUNCTIONS.define("cidrcontains", text, text)
def holds(outer: str, inner: str) -> bool:
    """Say whether an address or a network lies within a network (OpenTofu's)."""
    start, length, bits = _network(outer)
    if "/" in inner:
        first, inner_length, inner_bits = _network(inner)
    else:
        (first, inner_bits), inner_length = _address(inner), 128
    if bits != inner_bits:
        raise EvaluationError("cidrcontains() is given an IPv4 and an IPv6 address")
    return inner_length >= length and start <= first < start + (1 << (bits - length))
