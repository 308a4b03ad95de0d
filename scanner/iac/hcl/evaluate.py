"""The evaluator: the value of an expression as Terraform works it out, or an `Unresolved` that says why there is none.

Nothing is guessed: what depends on something that the code does not settle is not settled either, except where every
possible value of it leads to the same result.
"""

from __future__ import annotations

from typing import Any, Final

from scanner.iac.hcl import arithmetic, calls, operators, repetition
from scanner.iac.hcl.choices import blend, choose, lift
from scanner.iac.hcl.coercion import kind_said, to_number, to_text
from scanner.iac.hcl.meter import CHARACTERS, LONGEST, TooLong
from scanner.iac.hcl.nodes import (
    Attributed,
    Expression,
    Index,
    Join,
    Literal,
    Malformed,
    ObjectOf,
    Template,
    Traversal,
    TupleOf,
)
from scanner.iac.hcl.stand_ins import hidden_key, unlike
from scanner.iac.hcl.values import EvaluationError, Namespace, Object, Scope, SetValue, Tuple, normal
from scanner.iac.hcl.working import WAYS, settle, work
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

#: characters that a text has for nothing
_SHORT: Final = 1_000

__all__ = ["calls", "evaluate", "operators", "repetition", "settle", "step", "work"]


def evaluate(expression: Expression, scope: Scope, *, settled: bool = True) -> Any:
    """Give the value of an expression; a mistake in it gives an `Unresolved` that says what is wrong.

    Unless `settled`, a whole resource or module in the result stays a `Namespace`, for who looks further into it.
    """
    meter = scope.meter
    before = meter.begin()
    try:
        value = work(expression, scope)
        return settle(value, expression.spot) if settled else value
    except EvaluationError as error:
        return Unresolved(f"{expression.said}: {error.message}", (), error.spot or expression.spot)
    except CouldNotCheck as stop:
        return Unresolved(stop.unknown.detail, (), expression.spot, (), stop.unknown.reason)
    except RecursionError:
        return Unresolved(f"{expression.said}: it depends on too long a chain of other values", (), expression.spot)
    finally:
        meter.end(before)


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
            if text := hidden_key(value, name):
                return unlike(f"the element {name}", text, spot)
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


def _template(node: Template, scope: Scope) -> Any:
    pieces = [work(one, scope) for one in node.pieces]
    for place, one in enumerate(pieces):
        if isinstance(one, Namespace):
            pieces[place] = settle(one, node.spot)
    _weigh(pieces, node, scope)
    if any(isinstance(one, Unresolved) for one in pieces):
        found = lift(_joined, pieces, node.spot)
        if isinstance(found, Unresolved) and not found.choices:
            from scanner.iac.hcl.json_text import read_document  # noqa: PLC0415  # documents are few

            return read_document(pieces, found)
        return found
    return _joined(*pieces)


def _weigh(pieces: list[Any], node: Expression, scope: Scope) -> None:
    """Count what a text costs that grows."""
    size = sum([len(one) for one in pieces if type(one) is str])
    if size > _SHORT:
        scope.meter.spend(size // CHARACTERS, node)
        if size > LONGEST:
            raise TooLong(f"{node.said} would have more than {LONGEST:,} characters")


def _joined(*pieces: Any) -> str:
    for one in pieces:
        if one is None:
            raise EvaluationError("null cannot be part of a text")
    return normal("".join([to_text(one) for one in pieces]))


def _join(node: Join, scope: Scope) -> Any:
    texts = work(node.texts, scope)
    if isinstance(texts, list):
        _weigh(texts, node, scope)
    return texts if isinstance(texts, Unresolved) else lift(_joined, texts, node.spot)


def _tuple(node: TupleOf, scope: Scope) -> Any:
    return Tuple([work(one, scope) for one in node.items])


def _object(node: ObjectOf, scope: Scope) -> Any:
    made = Object()
    for key, value in node.items:
        name = (
            key.value
            if type(key) is Literal and type(key.value) is str
            else lift(to_text, [work(key, scope)], key.spot)
        )
        if isinstance(name, Unresolved):
            return blend([name])
        made[name] = work(value, scope)
    return made


WAYS.update(
    {
        Literal: _literal,
        Malformed: _malformed,
        Traversal: _traversal,
        Attributed: _attributed,
        Index: _index,
        Template: _template,
        Join: _join,
        TupleOf: _tuple,
        ObjectOf: _object,
    }
)
