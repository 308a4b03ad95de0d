"""What becomes of an operation on values that are not settled: another one, with its choices where they can be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from math import prod
from typing import Any, Final

from scanner.iac.hcl.values import EvaluationError, identity
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved, unresolved_in

MOST: Final = 16


def blend(values: Iterable[Any], spot: Spot | None = None) -> Unresolved:
    """Make one unresolved value of all that are in some values: the first one's reason, and the names of all."""
    found = [one for one in map(unresolved_in, values) if one is not None]
    if not found:
        return Unresolved("it is not settled by the code", (), spot)
    first = found[0]
    refs = tuple(dict.fromkeys(ref for one in found for ref in one.refs))
    return Unresolved(first.why, refs, first.spot or spot, (), first.reason)


def choose(reason: Unresolved, candidates: Iterable[Any]) -> Any:
    """Give what is one of some values: the value, if all are equal, and otherwise `reason` with them as choices."""
    found: list[Any] = []
    seen: set[Any] = set()
    for one in candidates:
        options = one.choices if isinstance(one, Unresolved) else (one,)
        if not options:
            return Unresolved(reason.why, _refs(reason, one), reason.spot, (), reason.reason)
        for option in options:
            key = identity(option)
            if key is None or key not in seen:
                found.append(option)
            if key is not None:
                seen.add(key)
    if len(found) == 1 and seen:
        return found[0]
    return Unresolved(reason.why, reason.refs, reason.spot, tuple(found) if len(found) <= MOST else (), reason.reason)


def _refs(reason: Unresolved, other: Unresolved) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*reason.refs, *other.refs)))


def lift(operation: Callable[..., Any], values: list[Any], spot: Spot | None = None) -> Any:
    """Do an operation on values, any of which may be unresolved; with choices, it is done on each of them."""
    open_ones = [one for one in values if isinstance(one, Unresolved)]
    if not open_ones:
        return operation(*values)
    reason = blend(open_ones, spot)
    if not all(one.choices for one in open_ones) or prod(len(one.choices) for one in open_ones) > MOST:
        return reason
    options = [one.choices if isinstance(one, Unresolved) else (one,) for one in values]
    try:
        return choose(reason, [operation(*chosen) for chosen in product(*options)])
    except EvaluationError:  # one of the choices is a mistake: nothing is certain of the value
        return reason
