"""What is done for each element: `for`, splats, and the loops of templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.iac.hcl.choices import blend, lift
from scanner.iac.hcl.coercion import kind_said, to_bool, to_text
from scanner.iac.hcl.meter import cost_of
from scanner.iac.hcl.nodes import For, Item, Splat
from scanner.iac.hcl.values import EvaluationError, ListValue, Namespace, Object, Scope, SetValue, Tuple
from scanner.iac.hcl.working import WAYS, gathered, settle, work
from scanner.model.unresolved import Unresolved, unresolved_in


class Bound(Scope):
    """A scope with the names of a `for` or a splat in front."""

    __slots__ = ("meter", "names", "parent")

    def __init__(self, parent: Scope, names: dict[str, Any]) -> None:
        self.parent = parent
        self.meter = parent.meter
        self.names = names

    def get(self, name: str) -> Any:
        """Give a bound name, or what it stands for outside."""
        return self.names[name] if name in self.names else self.parent.get(name)

    def function(self, name: str) -> Any:
        """Give what the scope outside gives."""
        return self.parent.function(name)


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
        value = Tuple([value]) if instances is None else gathered(instances)
    if value is None:
        return Tuple()
    if not isinstance(value, list):
        value = Tuple([value])
    doubt = uncertain(value)
    if doubt is not None:
        return doubt
    scope.meter.spend(len(value) * cost_of(node), node)
    found = [work(node.each, Bound(scope, {"*": one})) for one in value]
    if isinstance(value, (ListValue, SetValue)):
        return ListValue(found)
    return Tuple(found) if isinstance(value, Tuple) else found


def uncertain(value: Any) -> Unresolved | None:
    """Tell that the number of a set's elements is not certain, because some of them may be equal."""
    if isinstance(value, SetValue) and len(value) > 1 and unresolved_in(value) is not None:
        return blend([value])
    return None


def _for(node: For, scope: Scope) -> Any:
    return _for_each(node, scope, work(node.of, scope))


def _for_each(node: For, scope: Scope, source: Any) -> Any:
    if isinstance(source, Unresolved):
        return lift(lambda one: _for_each(node, scope, one), [source])
    if isinstance(source, Namespace):
        instances = source.pairs(node.spot)
        return _for_each(node, scope, gathered(instances) if isinstance(instances, list) else settle(source, node.spot))
    doubt = uncertain(source)
    if doubt is not None:
        return doubt
    found: Any = Tuple() if node.key_value is None else Object()
    cost, spend = cost_of(node), scope.meter.spend
    for key, one in _items(node, source):
        spend(cost, node)
        inner = Bound(scope, {node.key: key, node.name: one})
        if node.condition is not None:
            wanted = lift(to_bool, [work(node.condition, inner)], node.condition.spot)
            if isinstance(wanted, Unresolved):
                return blend([wanted])
            if not wanted:
                continue
        if node.key_value is None:
            found.append(work(node.value, inner))
        else:
            name = lift(to_text, [work(node.key_value, inner)], node.key_value.spot)
            if isinstance(name, Unresolved):
                return blend([name])
            _put(node, found, name, work(node.value, inner))
    return found


def _items(node: For, source: Any) -> Iterable[tuple[Any, Any]]:
    """Give keys and elements, in the order in which Terraform goes over them."""
    if isinstance(source, dict):
        return [(key, source[key]) for key in sorted(source)]
    if isinstance(source, SetValue):
        return [(one, one) for one in source]
    if isinstance(source, list):
        return enumerate(source)
    raise EvaluationError(f"a for goes over a list, a set or a map, and this is {kind_said(source)}", node.of.spot)


def _put(node: For, found: Object, name: str, value: Any) -> None:
    if node.group:
        found.setdefault(name, Tuple()).append(value)
    elif name in found:
        raise EvaluationError("two elements have the same key", (node.key_value or node).spot)
    else:
        found[name] = value


WAYS.update({Item: _item, Splat: _splat, For: _for})
