"""Properties: the values of a block, each worked out when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scanner.iac.block import Path
from scanner.iac.cloudformation.evaluation import EMPTY, Env, entries, evaluate, trace
from scanner.iac.cloudformation.values import NO_VALUE
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.cloudformation.stack import Stack

#: a value as the template has it, where it stands, and what holds there
Field = tuple[Any, Path, Env]
ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "Metadata")


class Fields(dict[str, Field]):
    """The properties of a resource as they are written; `open` says why there may be more of them."""

    open: Unresolved | None = None


class Properties(Mapping[str, Any]):
    """What a resource is given: its properties and, beside them, the attributes that say what happens to it."""

    __slots__ = ("_doing", "_fields", "_known", "_make", "_stack")

    def __init__(self, stack: Stack, make: Callable[[], Fields]) -> None:
        self._stack = stack
        self._make = make
        self._fields: Fields | None = None
        self._known: dict[str, Any] = {}
        self._doing: set[str] = set()

    @property
    def fields(self) -> Fields:
        """The properties as they are written."""
        if self._fields is None:
            self._fields = self._make()
        return self._fields

    def get(self, key: str, default: Any = None) -> Any:
        """Give a property's value; what is unresolved where there may be more properties than are written."""
        value = self._value(key)
        return default if value is NO_VALUE else value

    def __getitem__(self, key: str) -> Any:
        value = self._value(key)
        if value is NO_VALUE:
            raise KeyError(key)
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._value(key) is not NO_VALUE

    def __iter__(self) -> Iterator[str]:
        return (key for key in self.fields if self._value(key) is not NO_VALUE)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _value(self, key: str) -> Any:
        if key in self._known:
            return self._known[key]
        field = self.fields.get(key)
        if field is None:
            value = self.fields.open
            return NO_VALUE if value is None or key in ATTRIBUTES else value
        raw, at, env = field
        if key in self._doing:
            return self._stack.unresolved(f"{key} refers to itself", at)
        self._doing.add(key)
        try:
            found = evaluate(self._stack, raw, at, env)
        except RecursionError:
            found = self._stack.unresolved(f"{key} is nested too deep", at)
        finally:
            self._doing.discard(key)
        self._known[key] = found
        return found

    def place(self, path: Path) -> Spot | None:
        """Give the place of what stands at a path, or of the nearest above it that is written."""
        field = self.fields.get(str(path[0])) if path else None
        if field is None:
            return None
        raw, at, env = field
        return self._stack.place(trace(self._stack, raw, at, env, path[1:])) if at else None


def written(stack: Stack, resource: dict[str, Any], at: Path, env: Env) -> Fields:
    """Give the properties of a resource as the template has them, and its attributes beside them."""
    fields = Fields()
    raw = resource.get("Properties")
    where = (*at, "Properties")
    if isinstance(raw, dict):
        _take(stack, fields, raw, where, env)
    elif raw is not None:
        fields.open = (
            stack.because(raw, where)
            if isinstance(raw, Unresolved)
            else stack.unresolved("Properties is no mapping", where)
        )
    for name in ATTRIBUTES:
        if name in resource and (name != "Metadata" or name not in fields):
            fields[name] = (resource[name], (*at, name), env)
    if stack.tags is not None:
        fields["StackTags"] = (stack.tags, (), EMPTY)
    return fields


def _take(stack: Stack, fields: Fields, raw: dict[str, Any], where: Path, env: Env) -> None:
    only = next(iter(raw)) if len(raw) == 1 else ""
    if (only.startswith(("Fn::", "!")) or only == "Ref") and not only.startswith("Fn::ForEach::"):
        found = evaluate(stack, raw, where, env)
        if isinstance(found, dict):
            fields.update({key: (value, (*where, key), EMPTY) for key, value in found.items()})
        elif found is not NO_VALUE:
            fields.open = (
                stack.because(found, where)
                if isinstance(found, Unresolved)
                else stack.unresolved("Properties is no mapping", where)
            )
        return
    for key, one, place, inner in entries(stack, raw, where, env):
        if key == "Fn::Transform":
            fields.open = evaluate(stack, {key: one}, where, env)
            if not _includes(one):  # a macro may change what is beside it
                for name in list(fields):
                    del fields[name]
                return
        elif inner.doubt is not None and inner.doubt is not env.doubt:
            fields.open = stack.at(inner.doubt, place)
        elif key.startswith("Fn::"):
            fields.open = stack.unresolved(f"{key} is no property", place)
        else:
            fields[key] = (one, place, inner)


def _includes(raw: Any) -> bool:
    return isinstance(raw, dict) and raw.get("Name") == "AWS::Include"
