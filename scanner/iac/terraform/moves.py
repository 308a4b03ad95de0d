"""Moves: the address that a resource had before a `moved` block gave it its present one."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.iac.block import Block
from scanner.iac.terraform.module import Module


def moves_of(module: Module) -> list[tuple[str, str]]:
    """Give the moves of a module and of all below it, with addresses as the root sees them."""
    found = []
    waiting = [module]
    while waiting:
        here = waiting.pop()
        found += [(here.within(old), here.within(new)) for old, new in here.configuration.moved]
        for call in here.calls.values():
            waiting += call.modules()
    return found


def former(blocks: Iterable[Block], moves: list[tuple[str, str]]) -> dict[str, str]:
    """Give, by its present address, the address that each moved block had before; of several moves, step by step."""
    made: dict[str, str] = {}
    if not moves:
        return made
    by_new: dict[str, list[str]] = {}
    for old, new in moves:
        by_new.setdefault(new, []).append(old)
    for block in blocks:
        here = block.address
        for _ in range(len(moves)):
            before = _before(here, by_new)
            if not before or before in made or before == here:
                break
            made[here] = before
            here = before
    return made


def _before(address: str, by_new: dict[str, list[str]]) -> str:
    """Give the former address: by the longest part of the address that was moved."""
    for end in reversed([*_ends(address), len(address)]):
        olds = by_new.get(address[:end])
        if olds:
            return olds[0] + address[end:]
    return ""


def _ends(address: str) -> list[int]:
    """Give the offsets at which a part of an address may end: before a dot or a bracket that is in no key."""
    found = []
    inside = False
    at = 0
    while at < len(address):
        sign = address[at]
        if inside and sign == "\\":
            at += 1
        elif sign == '"':
            inside = not inside
        elif not inside and sign in ".[" and at:
            found.append(at)
        at += 1
    return found
