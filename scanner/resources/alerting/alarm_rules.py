"""Rules of composite alarms: `ALARM("a") AND NOT (OK(b) OR TRUE)`, read and worked out.

Source: CloudWatch API reference, PutCompositeAlarm (AlarmRule), and user guide, "Composite alarms".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from scanner.permissions.truth import Doubt, Truth, all_true, any_true, opposite

_WRITTEN = r"""(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)'|(?P<bare>[^\s()"'%s]+))"""
_NAME, _LISTED = _WRITTEN % "", re.compile(_WRITTEN % ",")
_ONE = re.sub(r"\?P<\w+>", "?:", _LISTED.pattern)
_TOKEN = re.compile(
    rf"""\s*(?:(?P<word>TRUE|FALSE|AND|OR|NOT)\b|(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*{_NAME}\s*\)|
    AT_LEAST\s*\(\s*(?P<least>\d+%?)\s*,\s*(?P<of>(?:NOT\s+)?(?:ALARM|OK|INSUFFICIENT_DATA))\s*,
    \s*\(\s*(?P<list>{_ONE}(?:\s*,\s*{_ONE})*)\s*\)\s*\)|(?P<mark>[()]))""",
    re.VERBOSE,
)
#: A word, a mark, a state or what at least some must be, and the alarms that it is about.
_Token = tuple[str, tuple[str, ...]]
_END: _Token = ("", ())


@lru_cache(maxsize=4096)
def _tokens(rule: str) -> tuple[_Token, ...]:
    found: list[_Token] = []
    position, end = 0, len(rule.rstrip())
    while position < end:
        token = _TOKEN.match(rule, position)
        if token is None:
            raise ValueError(f"{rule[position : position + 40]!r} is nothing that an alarm rule holds")
        if token["state"]:
            found.append((token["state"], (_written(token),)))
        elif token["least"]:
            names = tuple(dict.fromkeys(map(_written, _LISTED.finditer(token["list"]))))
            found.append((f"{token['least']} {' '.join(token['of'].split())}", names))
        else:
            found.append((token["word"] or token["mark"], ()))
        position = token.end()
    return tuple(found)


def _written(token: re.Match[str]) -> str:
    return token["bare"] or re.sub(r"\\(.)", r"\1", token["double"] or token["single"] or "")


def children(rule: str) -> tuple[str, ...]:
    """Give the alarms that a rule names, by name or ARN, as names."""
    return tuple(dict.fromkeys(_name(name) for _, names in _tokens(rule) for name in names if name))


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


_Step = tuple[Truth, _Token]
_DEEPEST = 100


def _either(first: _Token, tokens: Iterator[_Token], child: str, depth: int) -> _Step:
    answer, following = _both(first, tokens, child, depth)
    while following[0] == "OR":
        other, following = _both(next(tokens), tokens, child, depth)
        answer = any_true((answer, other))
    return answer, following


def _both(first: _Token, tokens: Iterator[_Token], child: str, depth: int) -> _Step:
    answer, following = _one(first, tokens, child, depth)
    while following[0] == "AND":
        other, following = _one(next(tokens), tokens, child, depth)
        answer = all_true((answer, other))
    return answer, following


def _one(first: _Token, tokens: Iterator[_Token], child: str, depth: int) -> _Step:
    kind, names = first
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
    if not all(names) or not names:
        raise ValueError(f"{kind or 'the end'} stands where an alarm rule should name an alarm")
    least, _, state = kind.rpartition(" ")
    if least:
        return _some(least, state, [_name(name) for name in names], child), next(tokens)
    (name,) = map(_name, names)
    return (kind == "ALARM" if name == child else Doubt(f"the state of {name}")), next(tokens)


def _some(least: str, state: str, names: list[str], child: str) -> Truth:
    """Say whether enough of some alarms are in a state, or are not, when one of them rings."""
    number, _, negated = least.partition(" ")
    wanted = -(-int(number[:-1]) * len(names) // 100) if number.endswith("%") else int(number)
    sure = int(child in names and (state == "ALARM") is not bool(negated))
    others = [name for name in names if name != child]
    if sure >= wanted:
        return True
    return Doubt(f"the states of {', '.join(others)}") if sure + len(others) >= wanted else False
