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
    """Put plain data in place of every namespace in a value."""
    if isinstance(value, Namespace):
        instances = value.pairs(spot)
        if instances is None:
            return value.value(spot)
        if isinstance(instances, Unresolved):
            return instances
        return settle(gathered(instances), spot)
    if isinstance(value, dict):
        if any(isinstance(one, (Namespace, dict, list)) for one in value.values()):
            made = type(value)()
            for key, one in value.items():
                made[key] = settle(one, spot)
            return made
    elif isinstance(value, list) and any(isinstance(one, (Namespace, dict, list)) for one in value):
        return type(value)([settle(one, spot) for one in value])
    return value


def gathered(instances: list[tuple[Any, Any]]) -> Any:
    """Make an object of instances with names, and a tuple of numbered ones."""
    if instances and isinstance(instances[0][0], str):
        return Object(instances)
    return Tuple(one for _, one in instances)
