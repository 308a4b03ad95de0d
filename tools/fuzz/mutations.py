"""Mutations: small harm done to a file or a JSON tree, as a careless hand or a broken program does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any, Final

_TOKEN: Final = re.compile(r"\s+|\w+|.", re.DOTALL)
WEIRD: Final = (
    "{", "}", "[", "]", "(", ")", '"', "'", "${", "%{", "}}", "=", ":", ",", ".", "<<A", "\n", "\r", "\t", "\x00", "\ufeff",
    "\u2028", "\U0001f4a9", "*a", "&a", "!Sub", "!Ref", "Ref", "null", "~", "true", "-", "? ", "- ", "|", ">", "#", "//",
    "/*", "0", "-1", "1e999", "9" * 40, "for", "in", "if", "each.key", "count.index", "var.x", "local.x", "...", "?",
    "dynamic", "for_each", "module", "Fn::If", "Fn::ForEach::X", "AWS::NoValue", "{{resolve:ssm:x}}", "aws_", "arn:", "*",
)  # fmt: skip
VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 7, 0.5, 10**400, 1e308, "", "x", "7", "true", "arn:aws:iam::1:role/x", "*", "\x00", "\ud800",
    "?", "?region", "{{resolve:ssm:x}}", [], [None], [[]], {}, {"": None}, {"Ref": "x"}, {"Fn::If": []}, {"Fn::GetAtt": 7},
    {"Fn::Sub": ["${x}", 7]}, "x" * 3000, ["x"] * 50,
)  # fmt: skip


def harm(text: str, random: Random, times: int) -> str:
    """Harm a text some times."""
    for _ in range(times):
        text = random.choice(_HARMS)(text, random)
    return text


def harm_bytes(data: bytes, random: Random) -> bytes:
    """Put a few bytes in the place of others."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(changed) + 1)
        changed[at : at + random.randint(0, 3)] = random.randbytes(random.randint(0, 3))
    return bytes(changed)


def _tokens(text: str, random: Random) -> str:
    """Take a token away, double it, put it elsewhere, or put another in its place."""
    parts = _TOKEN.findall(text)
    if not parts:
        return text
    at, other, what = random.randrange(len(parts)), random.randrange(len(parts)), random.randrange(5)
    if what == 0:
        del parts[at]
    elif what == 1:
        parts.insert(at, parts[at])
    elif what == 2:
        parts[at], parts[other] = parts[other], parts[at]
    elif what == 3:
        parts[at] = random.choice(WEIRD)
    else:
        parts.insert(at, random.choice(WEIRD))
    return "".join(parts)


def _lines(text: str, random: Random) -> str:
    """Take lines away, double them, change two of them, or indent them otherwise."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    begin = random.randrange(len(lines))
    end = min(len(lines), begin + random.choice((1, 1, 1, 2, 5, 20)))
    what, other = random.randrange(4), random.randrange(len(lines))
    if what == 0:
        del lines[begin:end]
    elif what == 1:
        lines[other:other] = lines[begin:end]
    elif what == 2:
        lines[begin], lines[other] = lines[other], lines[begin]
    else:
        lines[begin:end] = [random.choice((" ", "  ", "\t", "- ")) + one for one in lines[begin:end]]
    return "".join(lines)


def _blocks(text: str, random: Random) -> str:
    """Take a block away or put it elsewhere: a line, and all below it that is indented further."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    begin = random.randrange(len(lines))
    depth = len(lines[begin]) - len(lines[begin].lstrip())
    end = begin + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth):
        end += 1
    block = lines[begin:end]
    if random.random() < 0.5:
        del lines[begin:end]
    if random.random() < 0.7:
        other = random.randrange(len(lines) + 1)
        lines[other:other] = block
    return "".join(lines)


def _cut(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] if random.random() < 0.7 else text[at:]


_HARMS: Final[tuple[Callable[[str, Random], str], ...]] = (
    _tokens,
    _tokens,
    _tokens,
    _lines,
    _lines,
    _blocks,
    _blocks,
    _cut,
)


def harm_tree(tree: Any, random: Random, times: int) -> Any:
    """Harm a JSON tree some times: other values, entries that are missing, there twice, or somewhere else."""
    tree = deepcopy(tree)
    for _ in range(times):
        holders = [one for one in _holders(tree) if one]
        if not holders:
            return random.choice(VALUES)
        holder = random.choice(holders)
        places: Sequence[Any] = list(holder) if isinstance(holder, dict) else range(len(holder))
        place = random.choice(places)
        what = random.randrange(6)
        if what <= 1:
            holder[place] = deepcopy(random.choice(VALUES))
        elif what == 2:
            del holder[place]
        elif what == 3:
            holder[place] = [holder[place]] if random.random() < 0.5 else {"x": holder[place]}
        elif what == 4:
            other = random.choice(holders)
            holder[place] = deepcopy(random.choice([*(other.values() if isinstance(other, dict) else other)]))
        elif isinstance(holder, dict):
            holder[random.choice(("x", "", "Type", "address", "values", "Ref", "Fn::If"))] = holder.pop(place)
        else:
            holder.append(deepcopy(holder[place]))
    return tree


def _holders(tree: Any) -> list[Any]:
    """Give every mapping and list in a tree."""
    found, waiting = [], [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            found.append(one)
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return found
