"""Working out: each kind of node has its own way, and all of them meet here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.hcl.nodes import Expression
from scanner.iac.hcl.values import Namespace, Object, Scope, Tuple
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

#: how each kind of node is worked out; `scanner.iac.hcl.evaluate` sees to it that all are here
WAYS: Final[dict[type[Expression], Callable[[Any, Scope], Any]]] = {}


def work(expression: Expression, scope: Scope) -> Any:
    """Work out an expression; a mistake in it raises `EvaluationError`."""
    return WAYS[type(expression)](expression, scope)


def settle(value: Any, spot: Spot | None) -> Any:
    """Put plain data in place of every namespace in a value; what holds none stays the value that it is."""
    if isinstance(value, Namespace) or (isinstance(value, (dict, list)) and _is_nested(value)):
        return _settled(value, spot, {})
    return value


def _is_nested(value: dict[str, Any] | list[Any]) -> bool:
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, (Namespace, dict, list)):
            return True
    return False


def _settled(value: Any, spot: Spot | None, known: dict[int, tuple[Any, Any]]) -> Any:
    """Settle each part once, in however many places it is."""
    before = known.get(id(value))
    if before is not None:
        return before[1]
    made: Any = value
    if isinstance(value, Namespace):
        instances = value.pairs(spot)
        if instances is None:
            made = value.value(spot)
        elif isinstance(instances, Unresolved):
            made = instances
        else:
            made = _settled(gathered(instances), spot, known)
    elif _is_nested(value):
        names = value if isinstance(value, dict) else None
        parts = list(value.values()) if isinstance(value, dict) else value
        found = [_settled(one, spot, known) if isinstance(one, (Namespace, dict, list)) else one for one in parts]
        if any(one is not other for one, other in zip(found, parts, strict=True)):
            made = type(value)(found if names is None else zip(names, found, strict=True))
    known[id(value)] = (value, made)
    return made


def gathered(instances: list[tuple[Any, Any]]) -> Any:
    """Make an object of instances with names, and a tuple of numbered ones."""
    if instances and isinstance(instances[0][0], str):
        return Object(instances)
    return Tuple(one for _, one in instances)
