"""Calls of functions, and `try` and `can`, which decide themselves what of their arguments is worked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scanner.iac.hcl.choices import blend, lift
from scanner.iac.hcl.coercion import kind_said
from scanner.iac.hcl.meter import CHARACTERS
from scanner.iac.hcl.nodes import Call
from scanner.iac.hcl.repetition import uncertain
from scanner.iac.hcl.stand_ins import hidden_by, unlike
from scanner.iac.hcl.values import EvaluationError, ListValue, MapValue, Namespace, Scope, SetValue
from scanner.iac.hcl.working import WAYS, gathered, settle, work
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved, unresolved_in

#: functions that only move the elements of a collection about, so that resources in it stay what they are
MOVERS: Final = frozenset(
    {
        "chunklist", "coalescelist", "compact", "concat", "distinct", "element", "flatten", "keys", "length", "lookup",
        "merge", "one", "reverse", "slice", "tolist", "tomap", "toset", "values", "zipmap",
    }
)  # fmt: skip


#: functions that look at one element or none, and those that look at no more than the elements themselves, unless all
#: of them have one type
PICKS: Final = frozenset({"coalescelist", "element", "length", "lookup", "one"})
GLANCES: Final = frozenset({"concat", "keys", "merge", "reverse", "slice", "values"})
#: functions that go through a text character by character, and those that do so for every part of a pattern
READS: Final = frozenset({"csvdecode", "strrev", "substr", "title", "urldecode", "urlencode", "yamldecode"})
MATCHES: Final = frozenset({"regex", "regexall", "replace"})


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
        doubt = rest if isinstance(rest, Unresolved) else uncertain(rest)
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
    _weigh(name, arguments, node, scope)
    found = _called(function, arguments, node, spot)
    if name not in PICKS:
        kind = type(found)
        if kind is str:
            size = len(found) // CHARACTERS
            if size:
                scope.meter.spend(size, node)
        elif isinstance(found, (dict, list)):
            scope.meter.spend(len(found) if name in GLANCES else scope.meter.weigh(found), node)
    return found


def _weigh(name: str, arguments: list[Any], node: Call, scope: Scope) -> None:
    """Count what a call costs: as much as it looks at."""
    cost = 1
    for one in arguments:
        kind = type(one)
        if kind is str:
            cost += len(one) if name in READS else len(one) // CHARACTERS
        elif isinstance(one, (dict, list)):
            alike = kind is MapValue or kind is ListValue or kind is SetValue
            if name in PICKS and not (alike and name == "lookup" and _misses(one, arguments)):
                continue
            cost += len(one) if name in GLANCES and not alike else scope.meter.weigh(one)
    if name in MATCHES and len(arguments) > 1 and all(isinstance(one, str) for one in arguments[:2]):
        text, pattern = arguments[:2] if name == "replace" else arguments[1::-1]
        if name != "replace" or (pattern.startswith("/") and pattern.endswith("/")):
            cost += len(text) * (1 + len(pattern) // 4)
    scope.meter.spend(cost, node)


def _misses(among: Any, arguments: list[Any]) -> bool:
    """Tell whether a key is not found, so that its default is made to fit all of a map."""
    key = arguments[1] if len(arguments) == 3 else ""
    return not isinstance(key, str) or (len(arguments) == 3 and key not in among)


def _opened(value: Any, spot: Spot) -> Any:
    """Open a namespace with instances, and leave the instances what they are."""
    if isinstance(value, Namespace):
        instances = value.pairs(spot)
        if instances is None:
            return value.value(spot)
        return instances if isinstance(instances, Unresolved) else gathered(instances)
    return value


def _called(function: Callable[[list[Any]], Any], arguments: list[Any], node: Call, spot: Spot) -> Any:
    name = node.name.removeprefix("core::")
    takes_unknown = getattr(function, "takes_unknown", False)

    def called(*values: Any) -> Any:
        if not takes_unknown and unresolved_in(list(values)) is not None:
            return blend(values, spot)
        try:
            found = function(list(values))
            text = hidden_by(name, values, found)
            return unlike(node.said, text, spot) if text else found
        except EvaluationError as error:
            if text := hidden_by(name, values, None):
                return unlike(node.said, text, spot)
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


WAYS[Call] = _call
