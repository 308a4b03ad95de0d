"""Comparing two judgements of code: what a change added, what it made worse, and what it mended.

A finding is the same one before and after by its fingerprint (rule, root, address), never by lines. What was observed
is kept with it, so that a failure that gets worse is not hidden by the one that was accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scanner.model.finding import Finding
from scanner.model.verdict import Outcome

ADDED, WORSENED, UNCHANGED = "added", "worsened", "unchanged"
_AMOUNT = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change did: by fingerprint to what is there now, and the failures that are there no more."""

    changes: Mapping[str, str]
    mended: tuple[Finding, ...]


def compare(before: Iterable[Finding], after: Iterable[Finding]) -> Comparison:
    """Compare the findings on two states of the same code."""
    old = {one.fingerprint: one for one in before}
    changes: dict[str, str] = {}
    seen: set[str] = set()
    for one in after:
        seen.add(one.fingerprint)
        if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN):
            changes[one.fingerprint] = _change(old.get(one.fingerprint), one)
    still = {mark for mark in changes if mark in old}
    mended = tuple(one for mark, one in old.items() if one.outcome is Outcome.FAILED and mark not in still)
    return Comparison(changes, mended)


def _change(old: Finding | None, new: Finding) -> str:
    if old is None or old.outcome in (Outcome.PASSED, Outcome.EXEMPT):
        return ADDED
    if new.outcome is Outcome.UNKNOWN:
        # A failure that is put where nobody can see it is no improvement.
        return UNCHANGED if old.outcome is Outcome.UNKNOWN else WORSENED
    if old.outcome is Outcome.UNKNOWN:
        return ADDED
    if old.waiver is not None and new.waiver is None:
        return WORSENED
    return WORSENED if _worse(old, new) else UNCHANGED


def _worse(old: Finding, new: Finding) -> bool:
    """Say whether what is observed got worse: anything that changed, unless it came nearer to what is demanded."""
    was, now = old.verdict.observed, new.verdict.observed
    if was == now:
        return False
    if _AMOUNT.sub("#", was) != _AMOUNT.sub("#", now):
        return True
    wanted = [float(one) for one in _AMOUNT.findall(new.verdict.demanded)]
    pairs = [
        (float(one), float(other))
        for one, other in zip(_AMOUNT.findall(was), _AMOUNT.findall(now), strict=True)
        if one != other
    ]
    if len(wanted) != 1 or len(pairs) != 1 or _units(new.verdict.demanded) != _units(now):
        return True
    (before, after), goal = pairs[0], wanted[0]
    return abs(after - goal) >= abs(before - goal) or (before < goal) != (after < goal)


def _units(text: str) -> list[str]:
    """Give the words after the amounts of a text: only days can be held against days."""
    return [word.rstrip("s") for word in re.findall(r"\d\s+([a-z]+)", text)]
