"""Checks of the user's own: a query, a page, a command, and what is expected of the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drills.plan.model import OwnCheck

#: An answer is repeated in a report only where it is a number: anything else may be a row.
_SHOWN = (int, float)


def fits(check: OwnCheck, answer: object) -> tuple[bool, str]:
    """Say whether an answer is what a check expects, and what it was as far as it may be shown."""
    expected = check.expect
    shown = str(answer) if isinstance(answer, _SHOWN) and not isinstance(answer, bool) else "an answer"
    if answer is None:
        return False, "no answer"
    held = (
        ("equals" not in expected or _same(answer, expected["equals"]))
        and ("at_least" not in expected or (_number(answer) is not None and _number(answer) >= expected["at_least"]))
        and ("at_most" not in expected or (_number(answer) is not None and _number(answer) <= expected["at_most"]))
        and ("matches" not in expected or re.search(str(expected["matches"]), str(answer)) is not None)
    )
    return held, f"{shown}, expected {_expected(expected)}" if expected else shown


def _same(answer: object, wanted: object) -> bool:
    number = _number(answer)
    return number == wanted if number is not None and isinstance(wanted, _SHOWN) else str(answer) == str(wanted)


def _number(answer: object) -> float | None:
    try:
        return float(str(answer))
    except ValueError:
        return None


def _expected(expected: Mapping[str, Any]) -> str:
    return " and ".join(f"{name.replace('_', ' ')} {value}" for name, value in expected.items())
