"""Operators and conditions: what Terraform converts before it calculates, and what decides without the other side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.hcl import arithmetic
from scanner.iac.hcl.choices import blend, choose, lift
from scanner.iac.hcl.coercion import convert, same, to_bool, to_number, type_of, unify
from scanner.iac.hcl.nodes import Binary, Conditional, Expression, Unary
from scanner.iac.hcl.stand_ins import hidden_in, unlike
from scanner.iac.hcl.values import EvaluationError, Namespace, Scope, exact
from scanner.iac.hcl.working import WAYS, settle, work
from scanner.model.unresolved import Unresolved, unresolved_in


def _unary(node: Unary, scope: Scope) -> Any:
    return lift(_NEGATE if node.operator == "-" else _NOT, [work(node.operand, scope)], node.spot)


def _NEGATE(value: Any) -> Any:  # noqa: N802
    return arithmetic.number_of(-exact(to_number(value)))


def _NOT(value: Any) -> bool:  # noqa: N802
    return not to_bool(value)


def _binary(node: Binary, scope: Scope) -> Any:
    operator = node.operator
    left = work(node.left, scope)
    if operator in ("&&", "||"):
        return _logical(node, scope, lift(to_bool, [left], node.left.spot), decisive=operator == "||")
    right = work(node.right, scope)
    if operator in ("==", "!="):
        _weigh(left, right, node, scope)
        return lift(lambda one, other: _equal(one, other, node), [left, right], node.spot)
    if operator in ("/", "%") and not isinstance(right, Unresolved) and not to_number(right):
        # infinity in Terraform: no mistake that `try` would catch, and no number of ours
        return Unresolved(f"{node.said}: it divides by zero", (), node.spot)
    return lift(_OPERATORS[operator], [left, right], node.spot)


def _logical(node: Binary, scope: Scope, left: Any, *, decisive: bool) -> Any:
    """Work out && or ||; the decisive value on either side is the result, whatever the other side is."""
    if left is decisive:
        return left
    right = lift(to_bool, [work(node.right, scope)], node.right.spot)
    if right is decisive:
        return right
    return blend([left, right]) if isinstance(left, Unresolved) else right


def _equal(left: Any, right: Any, node: Binary) -> Any:
    found = same(left, right)
    if found is None:
        inside = blend([left, right], node.spot)
        if not inside.refs and unresolved_in([left, right]) is None:
            return Unresolved(
                f"{node.said}: whether both are of the same type of collection does not show", (), node.spot
            )
        return inside
    if not found and left is not None and right is not None and (text := hidden_in(left, right)):
        return unlike(node.said, text, node.spot)
    return found == (node.operator == "==")


def _conditional(node: Conditional, scope: Scope) -> Any:
    condition = work(node.condition, scope)
    if isinstance(condition, Unresolved):
        condition = lift(to_bool, [condition])
    if isinstance(condition, Unresolved):
        yes, no = _attempt(node.yes, scope), _attempt(node.no, scope)
        for one in (yes, no):
            if isinstance(one, EvaluationError):
                return condition if not condition.choices else blend([condition])
        _weigh(yes, no, node, scope)
        wanted = unify([type_of(yes), type_of(no)])
        if wanted is not None:
            yes, no = convert(yes, wanted), convert(no, wanted)
        return choose(condition, (settle(yes, node.spot), settle(no, node.spot)))
    decided = to_bool(condition)
    value = work(node.yes if decided else node.no, scope)
    if value is None or isinstance(value, (str, Unresolved, Namespace)):
        return value
    # both branches have one type: true ? 1 : "a" is "1"
    other = _attempt(node.no if decided else node.yes, scope)
    if isinstance(other, (EvaluationError, Unresolved)) or other is None:
        return value
    _weigh(value, other, node, scope)
    wanted = unify([type_of(value), type_of(other)])
    if wanted is None:
        return Unresolved(f"{node.said}: its branches are values of different types", (), node.spot)
    return convert(value, wanted)


def _weigh(one: Any, other: Any, node: Expression, scope: Scope) -> None:
    """Count what it costs to look at all of two values."""
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        scope.meter.spend(scope.meter.load(one) + scope.meter.load(other), node)


def _attempt(node: Expression, scope: Scope) -> Any:
    try:
        return work(node, scope)
    except EvaluationError as error:
        return error


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": lambda one, other: arithmetic.number_of(exact(to_number(one)) + exact(to_number(other))),
    "-": lambda one, other: arithmetic.number_of(exact(to_number(one)) - exact(to_number(other))),
    "*": lambda one, other: arithmetic.number_of(exact(to_number(one)) * exact(to_number(other))),
    "/": lambda one, other: arithmetic.divide(to_number(one), to_number(other)),
    "%": lambda one, other: arithmetic.remainder(to_number(one), to_number(other)),
    "<": lambda one, other: exact(to_number(one)) < exact(to_number(other)),
    "<=": lambda one, other: exact(to_number(one)) <= exact(to_number(other)),
    ">": lambda one, other: exact(to_number(one)) > exact(to_number(other)),
    ">=": lambda one, other: exact(to_number(one)) >= exact(to_number(other)),
}
WAYS.update({Unary: _unary, Binary: _binary, Conditional: _conditional})
