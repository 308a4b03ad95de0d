"""Rules of composite alarms: `ALARM("a") AND NOT (OK(b) OR TRUE)`, read and worked out.

Source: CloudWatch API reference, PutCompositeAlarm (AlarmRule).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from scanner.permissions.truth import Doubt, Truth, all_true, any_true, opposite

_TOKEN = re.compile(
    r"""\s*(?:(?P<word>TRUE|FALSE|AND|OR|NOT)\b|(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*
    (?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<bare>[^\s()"']+))\s*\)|(?P<mark>[()]))""",
    re.VERBOSE,
)
_END = ("", "")


@lru_cache(maxsize=4096)
def _tokens(rule: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    position, end = 0, len(rule.rstrip())
    while position < end:
        token = _TOKEN.match(rule, position)
        if token is None:
            raise ValueError(f"{rule[position : position + 40]!r} is nothing that an alarm rule holds")
        if token["state"]:
            name = token["bare"] or re.sub(r"\\(.)", r"\1", token["double"] or token["single"] or "")
            found.append((token["state"], name))
        else:
            found.append((token["word"] or token["mark"], ""))
        position = token.end()
    return tuple(found)


def children(rule: str) -> tuple[str, ...]:
    """Give the alarms that a rule names, by name or ARN, as names."""
    return tuple(dict.fromkeys(_name(name) for _, name in _tokens(rule) if name))


def _name(said: str) -> str:
    return said.split(":alarm:", 1)[1] if said.startswith("arn:") and ":alarm:" in said else said


def rings(rule: str, child: str) -> Truth:
    """Say whether a rule holds when one alarm rings, whatever the others do; a doubt where it is up to them."""
    tokens = iter((*_tokens(rule), _END))
    try:
        answer, rest = _either(next(tokens), tokens, child, 0)
    except StopIteration:
        raise ValueError("an alarm rule breaks off") from None
    if rest != _END:
        raise ValueError(f"{rest[0]} stands where an alarm rule should end")
    return answer


_Step = tuple[Truth, tuple[str, str]]
_DEEPEST = 100


def _either(first: tuple[str, str], tokens: Iterator[tuple[str, str]], child: str, depth: int) -> _Step:
    answer, following = _both(first, tokens, child, depth)
    while following[0] == "OR":
        other, following = _both(next(tokens), tokens, child, depth)
        answer = any_true((answer, other))
    return answer, following


def _both(first: tuple[str, str], tokens: Iterator[tuple[str, str]], child: str, depth: int) -> _Step:
    answer, following = _one(first, tokens, child, depth)
    while following[0] == "AND":
        other, following = _one(next(tokens), tokens, child, depth)
        answer = all_true((answer, other))
    return answer, following


def _one(first: tuple[str, str], tokens: Iterator[tuple[str, str]], child: str, depth: int) -> _Step:
    kind, name = first
    if depth > _DEEPEST:
        raise ValueError("an alarm rule is nested too deeply")
    if kind == "NOT":
        answer, following = _one(next(tokens), tokens, child, depth + 1)
        return opposite(answer), following
    if kind == "(":
        answer, following = _either(next(tokens), tokens, child, depth + 1)
        if following[0] != ")":
            raise ValueError("an alarm rule lacks a bracket")
        return answer, next(tokens)
    if kind in ("TRUE", "FALSE"):
        return kind == "TRUE", next(tokens)
    if not name:
        raise ValueError(f"{kind or 'the end'} stands where an alarm rule should name an alarm")
    answer = kind == "ALARM" if _name(name) == child else Doubt(f"the state of {_name(name)}")
    return answer, next(tokens)
