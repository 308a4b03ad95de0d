"""The evaluator: the value of an expression as Terraform works it out, or an `Unresolved` that says why there is none.

Nothing is guessed: what depends on something that the code does not settle is not settled either, except where every
possible value of it leads to the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.hcl import arithmetic
from scanner.iac.hcl.choices import blend, choose, lift
from scanner.iac.hcl.coercion import convert, kind_said, same, to_bool, to_number, to_text, type_of, unify
from scanner.iac.hcl.nodes import (
    Attributed,
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Item,
    Join,
    Literal,
    Malformed,
    ObjectOf,
    Splat,
    Template,
    Traversal,
    TupleOf,
    Unary,
)
from scanner.iac.hcl.values import EvaluationError, Namespace, Object, Scope, SetValue, Tuple, exact
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved, unresolved_in

#: functions that only move the elements of a collection about, so that resources in it stay what they are
MOVERS: Final = frozenset(
    "chunklist coalescelist compact concat distinct element flatten keys length lookup merge one reverse slice tolist "
    "tomap toset values zipmap".split()
)


def evaluate(expression: Expression, scope: Scope, *, settled: bool = True) -> Any:
    """Give the value of an expression; a mistake in it gives an `Unresolved` that says what is wrong.

    Unless `settled`, a whole resource or module in the result stays a `Namespace`, for who looks further into it.
    """
    try:
        value = work(expression, scope)
        return settle(value, expression.spot) if settled else value
    except EvaluationError as error:
        return Unresolved(f"{expression.said}: {error.message}", (), error.spot or expression.spot)
    except CouldNotCheck as stop:
        return Unresolved(stop.unknown.detail, (), expression.spot, (), stop.unknown.reason)
    except RecursionError:
        return Unresolved(f"{expression.said}: it depends on too long a chain of other values", (), expression.spot)


def work(expression: Expression, scope: Scope) -> Any:
    """Work out an expression; a mistake in it raises `EvaluationError`."""
    return _WORK[type(expression)](expression, scope)


def settle(value: Any, spot: Spot | None) -> Any:
    """Put plain data in place of every namespace in a value."""
    if isinstance(value, Namespace):
        instances = value.pairs(spot)
        if instances is None:
            return value.value(spot)
        if isinstance(instances, Unresolved):
            return instances
        return settle(_gathered(instances), spot)
    if isinstance(value, dict):
        if any(isinstance(one, (Namespace, dict, list)) for one in value.values()):
            made = type(value)()
            for key, one in value.items():
                made[key] = settle(one, spot)
            return made
    elif isinstance(value, list) and any(isinstance(one, (Namespace, dict, list)) for one in value):
        return type(value)([settle(one, spot) for one in value])
    return value


def _gathered(instances: list[tuple[Any, Any]]) -> Any:
    """Make an object of instances with names, and a tuple of numbered ones."""
    if instances and isinstance(instances[0][0], str):
        return Object(instances)
    return Tuple(one for _, one in instances)


class _Bound(Scope):
    """A scope with the names of a `for` or a splat in front."""

    __slots__ = ("names", "parent")

    def __init__(self, parent: Scope, names: dict[str, Any]) -> None:
        self.parent = parent
        self.names = names

    def get(self, name: str) -> Any:
        return self.names[name] if name in self.names else self.parent.get(name)

    def function(self, name: str) -> Any:
        return self.parent.function(name)


def step(value: Any, key: Any, spot: Spot | None, *, index: bool) -> Any:
    """Go one step into a value: `.key`, or `[key]`."""
    if isinstance(value, Namespace):
        return value.index(key, spot) if index else value.attribute(key, spot)
    if isinstance(value, Unresolved) or isinstance(key, Unresolved):
        if isinstance(key, Unresolved) and not key.choices and isinstance(value, (dict, list)) and value:
            return choose(key, value.values() if isinstance(value, dict) else value)
        return lift(lambda one, at: step(one, at, spot, index=index), [value, key], spot)
    if isinstance(value, dict):
        name = to_text(key)
        if name not in value:
            raise EvaluationError(f"there is no attribute {name}", spot)
        return value[name]
    if isinstance(value, list) and not isinstance(value, SetValue):
        at = to_number(key)
        if isinstance(at, int) and 0 <= at < len(value):
            return value[at]
        raise EvaluationError(f"there is no element {arithmetic.written(at)} in a list of {len(value)}", spot)
    raise EvaluationError(f"{kind_said(value)} has no attributes or elements to name", spot)


def _literal(node: Literal, _: Scope) -> Any:
    return node.value


def _malformed(node: Malformed, _: Scope) -> Any:
    return Unresolved(f"{node.place.source.strip()[:40] or 'the expression'}: {node.message}", (), node.spot)


def _traversal(node: Traversal, scope: Scope) -> Any:
    value = scope.get(node.root)
    if node.steps:
        spot = node.spot
        for one in node.steps:
            value = step(value, one.key, spot, index=one.index)
    return value


def _attributed(node: Attributed, scope: Scope) -> Any:
    return step(work(node.of, scope), node.name, node.spot, index=False)


def _index(node: Index, scope: Scope) -> Any:
    return step(work(node.of, scope), work(node.key, scope), node.spot, index=True)


def _item(_: Item, scope: Scope) -> Any:
    return scope.get("*")


def _splat(node: Splat, scope: Scope) -> Any:
    return _splatted(node, scope, work(node.of, scope))


def _splatted(node: Splat, scope: Scope, value: Any) -> Any:
    if isinstance(value, Unresolved):
        return lift(lambda one: _splatted(node, scope, one), [value])
    if isinstance(value, Namespace):
        instances = value.pairs(node.spot)
        if isinstance(instances, Unresolved):
            return instances
        value = Tuple([value]) if instances is None else _gathered(instances)
    if value is None:
        return Tuple()
    if not isinstance(value, list):
        value = Tuple([value])
    doubt = _uncertain(value)
    if doubt is not None:
        return doubt
    found = [work(node.each, _Bound(scope, {"*": one})) for one in value]
    return Tuple(found) if isinstance(value, Tuple) else found


def _uncertain(value: Any) -> Unresolved | None:
    """Tell that the number of a set's elements is not certain, because some of them may be equal."""
    if isinstance(value, SetValue) and len(value) > 1 and unresolved_in(value) is not None:
        return blend([value])
    return None


def _template(node: Template, scope: Scope) -> Any:
    pieces = [work(one, scope) for one in node.pieces]
    for place, one in enumerate(pieces):
        if isinstance(one, Namespace):
            pieces[place] = settle(one, node.spot)
    if any(isinstance(one, Unresolved) for one in pieces):
        found = lift(_joined, pieces, node.spot)
        if isinstance(found, Unresolved) and not found.choices:
            from scanner.iac.hcl.json_text import read_document  # noqa: PLC0415  # documents are few

            return read_document(pieces, found)
        return found
    return _joined(*pieces)


def _joined(*pieces: Any) -> str:
    for one in pieces:
        if one is None:
            raise EvaluationError("null cannot be part of a text")
    return "".join([to_text(one) for one in pieces])


def _join(node: Join, scope: Scope) -> Any:
    texts = work(node.texts, scope)
    return texts if isinstance(texts, Unresolved) else lift(_joined, texts, node.spot)


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
        return lift(lambda one, other: _equal(one, other, node), [left, right], node.spot)
    return lift(_OPERATORS[operator], [left, right], node.spot)


def _divided(operation: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    """Divide; by nothing it is infinity in Terraform, no mistake that `try` would catch, and no number of ours."""
    return operation(one, other) if other else Unresolved("it divides by zero")


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
            return Unresolved(f"{node.said}: whether both are of the same type of collection does not show", (), node.spot)
        return inside
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
    wanted = unify([type_of(value), type_of(other)])
    if wanted is None:
        return Unresolved(f"{node.said}: its branches are values of different types", (), node.spot)
    return convert(value, wanted)


def _attempt(node: Expression, scope: Scope) -> Any:
    try:
        return work(node, scope)
    except EvaluationError as error:
        return error


def _for(node: For, scope: Scope) -> Any:
    return _for_each(node, scope, work(node.of, scope))


def _for_each(node: For, scope: Scope, source: Any) -> Any:
    if isinstance(source, Namespace):
        instances = source.pairs(node.spot)
        source = settle(source, node.spot) if instances is None else instances
        if isinstance(source, list):
            source = _gathered(source)
    if isinstance(source, Unresolved):
        return lift(lambda one: _for_each(node, scope, one), [source])
    doubt = _uncertain(source)
    if doubt is not None:
        return doubt
    items: Any
    if isinstance(source, dict):
        items = [(key, source[key]) for key in sorted(source)]
    elif isinstance(source, SetValue):
        items = [(one, one) for one in source]
    elif isinstance(source, list):
        items = enumerate(source)
    else:
        raise EvaluationError(f"a for goes over a list, a set or a map, and this is {kind_said(source)}", node.of.spot)
    found: Any = Tuple() if node.key_value is None else Object()
    for key, one in items:
        inner = _Bound(scope, {node.key: key, node.name: one})
        if node.condition is not None:
            wanted = lift(to_bool, [work(node.condition, inner)], node.condition.spot)
            if isinstance(wanted, Unresolved):
                return blend([wanted])
            if not wanted:
                continue
        if node.key_value is None:
            found.append(work(node.value, inner))
            continue
        name = lift(to_text, [work(node.key_value, inner)], node.key_value.spot)
        if isinstance(name, Unresolved):
            return blend([name])
        value = work(node.value, inner)
        if node.group:
            found.setdefault(name, Tuple()).append(value)
        elif name in found:
            raise EvaluationError("two elements have the same key", node.key_value.spot)
        else:
            found[name] = value
    return found


def _tuple(node: TupleOf, scope: Scope) -> Any:
    return Tuple([work(one, scope) for one in node.items])


def _object(node: ObjectOf, scope: Scope) -> Any:
    made = Object()
    for key, value in node.items:
        name = key.value if type(key) is Literal and type(key.value) is str else lift(to_text, [work(key, scope)], key.spot)
        if isinstance(name, Unresolved):
            return blend([name])
        made[name] = work(value, scope)
    return made


def _call(node: Call, scope: Scope) -> Any:
    name = node.name.removeprefix("core::")
    if name in ("try", "can"):
        return _try(node, scope) if name == "try" else _can(node, scope)
    function = scope.function(name)
    if function is None:
        from scanner.iac.hcl.functions import find  # noqa: PLC0415  # most expressions call nothing

        function = find(name)
    if function is None:
        said = "is a function of a provider, and no provider is run" if "::" in name else "is not known"
        return Unresolved(f"function {name} {said}", (), node.spot)
    arguments = [work(one, scope) for one in node.arguments]
    if node.expand:
        rest = arguments.pop()
        rest = settle(rest, node.spot) if isinstance(rest, Namespace) else rest
        doubt = rest if isinstance(rest, Unresolved) else _uncertain(rest)
        if doubt is not None:
            return blend([doubt], node.spot)
        if not isinstance(rest, list):
            raise EvaluationError(f"only a list can be expanded with ..., and this is {kind_said(rest)}", node.spot)
        arguments.extend(rest)
    spot = node.spot
    if name in MOVERS:
        arguments = [_opened(one, spot) for one in arguments]
    else:
        arguments = [settle(one, spot) for one in arguments]
    return _called(function, arguments, node, spot)


def _opened(value: Any, spot: Spot) -> Any:
    """Open a namespace with instances, and leave the instances what they are."""
    if isinstance(value, Namespace):
        instances = value.pairs(spot)
        if instances is None:
            return value.value(spot)
        return instances if isinstance(instances, Unresolved) else _gathered(instances)
    return value


def _called(function: Callable[[list[Any]], Any], arguments: list[Any], node: Call, spot: Spot) -> Any:
    takes_unknown = getattr(function, "takes_unknown", False)

    def called(*values: Any) -> Any:
        if not takes_unknown and unresolved_in(list(values)) is not None:
            return blend(values, spot)
        try:
            return function(list(values))
        except EvaluationError as error:
            error.spot = error.spot or spot
            raise
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            # a function met a value it was not written for; it is no mistake of the code that `try` might catch
            return Unresolved(f"{node.said}: it cannot be worked out here ({type(error).__name__})", (), spot)

    if any(isinstance(one, Unresolved) for one in arguments):
        found = lift(called, arguments, spot)
        if not takes_unknown or not isinstance(found, Unresolved) or found.choices:
            return found
    return called(*arguments)


def _try(node: Call, scope: Scope) -> Any:
    last: EvaluationError | None = None
    for one in node.arguments:
        try:
            return work(one, scope)
        except EvaluationError as error:
            last = error
    raise EvaluationError("none of the expressions of try can be worked out", last.spot if last else node.spot)


def _can(node: Call, scope: Scope) -> Any:
    if len(node.arguments) != 1:
        raise EvaluationError("can takes one expression", node.spot)
    try:
        value = work(node.arguments[0], scope)
    except EvaluationError:
        return False
    return blend([value]) if isinstance(value, Unresolved) else True


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": lambda one, other: arithmetic.number_of(exact(to_number(one)) + exact(to_number(other))),
    "-": lambda one, other: arithmetic.number_of(exact(to_number(one)) - exact(to_number(other))),
    "*": lambda one, other: arithmetic.number_of(exact(to_number(one)) * exact(to_number(other))),
    "/": lambda one, other: _divided(arithmetic.divide, to_number(one), to_number(other)),
    "%": lambda one, other: _divided(arithmetic.remainder, to_number(one), to_number(other)),
    "<": lambda one, other: exact(to_number(one)) < exact(to_number(other)),
    "<=": lambda one, other: exact(to_number(one)) <= exact(to_number(other)),
    ">": lambda one, other: exact(to_number(one)) > exact(to_number(other)),
    ">=": lambda one, other: exact(to_number(one)) >= exact(to_number(other)),
}
_WORK: Final[dict[type[Expression], Callable[[Any, Scope], Any]]] = {
    Literal: _literal,
    Malformed: _malformed,
    Traversal: _traversal,
    Attributed: _attributed,
    Index: _index,
    Item: _item,
    Splat: _splat,
    Template: _template,
    Join: _join,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    For: _for,
    TupleOf: _tuple,
    ObjectOf: _object,
    Call: _call,
}
