"""Type constraints: what a variable's `type` asks for, and values made to fit it as Terraform makes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from scanner.iac.hcl import coercion
from scanner.iac.hcl.values import EvaluationError, ListValue, MapValue, Namespace, Object, SetValue, Tuple
from scanner.model.late_dataclass import dataclass
from scanner.model.unresolved import Unresolved

_MARK: Final = re.compile(
    r"""(?:\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)*
    (?:(?P<name>[A-Za-z_][\w-]*) | (?P<text>"(?:[^"\\]|\\.)*") | (?P<sign>[()\[\]{}=:,]) | (?P<other>[^\s]) | \Z)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSES: Final = {"(": ")", "[": "]", "{": "}"}
_SEQUENCES: Final = {"list": ListValue, "set": SetValue}
_SIMPLE: Final[dict[str, Callable[[Any], Any]]] = {
    "string": coercion.to_text,
    "number": coercion.to_number,
    "bool": coercion.to_bool,
}
_DEEPEST: Final = 64


class NotAType(ValueError):
    """A type constraint that cannot be read."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type constraint: its name, and the types of what is inside."""

    name: str  #: any, string, number, bool, list, set, map, object, tuple
    inner: tuple[Type, ...] = ()
    names: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    #: the texts of the defaults of optional attributes, where they have any
    defaults: tuple[tuple[str, str], ...] = ()


ANY: Final = Type("any")

#: works out the text of a default
Evaluate = Callable[[str], Any]


class _Reader:
    """Reads a constraint from its text; it is not an expression of the language, though it looks like one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        found = _MARK.match(self.text, self.at)
        return found.group(found.lastgroup) if found and found.lastgroup else ""

    def take(self, wanted: str = "") -> str:
        found = _MARK.match(self.text, self.at)
        mark: str = found.group(found.lastgroup) if found and found.lastgroup else ""
        if not mark or (wanted and mark != wanted):
            raise NotAType(f"{wanted or 'a type'} was expected, not {mark or 'the end'}")
        self.at = found.end() if found else self.at
        return mark

    def type(self) -> Type:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise NotAType("the type is nested too deeply")
        made = self._type()
        self.depth -= 1
        return made

    def _type(self) -> Type:
        name = self.take()
        if name.startswith('"'):  # Terraform 0.11 wrote types as texts, and so does JSON
            reader = _Reader(name[1:-1].replace('\\"', '"'))
            return reader.whole()
        if self.peek() != "(":
            if name in ("list", "map", "set"):
                return Type(name, (ANY,))
            if name not in ("any", "string", "number", "bool"):
                raise NotAType(f"{name} is not a type")
            return Type(name)
        self.take("(")
        if name in ("list", "set", "map"):
            made = Type(name, (self.type(),))
        elif name == "object":
            made = self._object()
        elif name == "tuple":
            made = self._tuple()
        else:
            raise NotAType(f"{name} is not a type")
        if self.peek() == ",":
            self.take()
        self.take(")")
        return made

    def whole(self) -> Type:
        made = self.type()
        if self.peek():
            raise NotAType(f"{self.peek()} was not expected")
        return made

    def _tuple(self) -> Type:
        self.take("[")
        inner = []
        while self.peek() != "]":
            inner.append(self.type())
            if self.peek() == ",":
                self.take()
        self.take("]")
        return Type("tuple", tuple(inner))

    def _object(self) -> Type:
        self.take("{")
        inner: dict[str, Type] = {}
        optional = set()
        defaults: dict[str, str] = {}
        while self.peek() != "}":
            name = self.take().strip('"')
            if self.take() not in ("=", ":"):
                raise NotAType(f"= was expected after {name}")
            if self.peek() == "optional":
                optional.add(name)
                self.take()
                self.take("(")
                inner[name] = self.type()
                if self.peek() == ",":
                    self.take()
                    if text := self._expression():
                        defaults[name] = text
                self.take(")")
            else:
                inner[name] = self.type()
            if self.peek() == ",":
                self.take()
        self.take("}")
        return Type("object", tuple(inner.values()), tuple(inner), frozenset(optional), tuple(defaults.items()))

    def _expression(self) -> str:
        """Take the text up to the bracket that closes what surrounds it."""
        start = self.at
        open_: list[str] = []
        while True:
            before = self.at
            mark = self.take()
            if mark in _CLOSES:
                open_.append(_CLOSES[mark])
            elif mark in ")]}":
                if not open_:
                    self.at = before
                    return self.text[start:before].strip().rstrip(",")
                if open_.pop() != mark:
                    raise NotAType("brackets do not match")


@lru_cache(maxsize=1024)  # every instance of a module asks for the types of its variables
def parse_type(text: str) -> Type:
    """Read a type constraint."""
    return _Reader(text).whole()


def convert(value: Any, type_: Type, evaluate: Evaluate, where: str) -> Any:
    """Give a value as the type has it; raises `EvaluationError` where Terraform would refuse it.

    What is not settled stays so, leaf by leaf. `where` is the path of the value, for the message.
    """
    if isinstance(value, Unresolved):
        if not value.choices:
            return value
        choices = tuple(convert(one, type_, evaluate, where) for one in value.choices)
        return Unresolved(value.why, value.refs, value.spot, choices, value.reason)
    if value is None or type_.name == "any":
        return value
    if isinstance(value, Namespace):
        value = _gathered(value, type_)
        if isinstance(value, Unresolved):
            return value
    if type_.name == "object":
        return _object(value, type_, evaluate, where)
    if type_.name in _SIMPLE:
        return _simply(value, type_, where)
    if type_.name == "map":
        if not isinstance(value, dict):
            raise EvaluationError(f"{where}: a map is required, and this is {coercion.kind_said(value)}")
        inner = type_.inner[0]
        made = {key: convert(value[key], inner, evaluate, f'{where}["{key}"]') for key in sorted(value)}
        return MapValue(zip(made, _alike(list(made.values()), inner, where), strict=True))
    return _sequence(value, type_, evaluate, where)


def _sequence(value: Any, type_: Type, evaluate: Evaluate, where: str) -> Any:
    if not isinstance(value, (list, tuple)):
        raise EvaluationError(f"{where}: a {type_.name} is required, and this is {coercion.kind_said(value)}")
    if type_.name == "tuple":
        if len(value) != len(type_.inner):
            raise EvaluationError(
                f"{where}: a tuple of {len(type_.inner)} is required, and this has {len(value)} elements"
            )
        inners = type_.inner
    else:
        inners = type_.inner * len(value)
    items = [
        convert(one, inner, evaluate, f"{where}[{at}]")
        for at, (one, inner) in enumerate(zip(value, inners, strict=True))
    ]
    return Tuple(items) if type_.name == "tuple" else _SEQUENCES[type_.name](_alike(items, type_.inner[0], where))


def _simply(value: Any, type_: Type, where: str) -> Any:
    try:
        return _SIMPLE[type_.name](value)
    except EvaluationError as error:
        raise EvaluationError(f"{where}: {error.message}", error.spot) from None


def _alike(items: list[Any], inner: Type, where: str) -> list[Any]:
    """Give the elements of a collection of any type the one type that they have in common."""
    if inner.name != "any":
        return items
    common = coercion.unify([coercion.type_of(one) for one in items])
    if common is None:
        raise EvaluationError(f"{where}: its elements have no type in common")
    return [coercion.convert(one, common) for one in items]


def _gathered(value: Namespace, type_: Type) -> Any:
    """Give what a whole resource or module holds, as far as the type asks for it."""
    pairs = value.pairs(None)
    if isinstance(pairs, Unresolved):
        return pairs
    if pairs is not None:
        return dict(pairs) if type_.name in ("map", "object") else [one for _, one in pairs]
    if type_.name == "object":
        return {name: value.attribute(name, None) for name in type_.names}
    return value.value(None)


def _object(value: Any, type_: Type, evaluate: Evaluate, where: str) -> Any:
    if not isinstance(value, dict):
        raise EvaluationError(f"{where}: an object is required, and this is {coercion.kind_said(value)}")
    made = Object()
    defaults = dict(type_.defaults)
    for name, inner in zip(type_.names, type_.inner, strict=True):
        one = value.get(name)
        if one is None and name in defaults:
            one = evaluate(defaults[name])
        elif name not in value and name not in type_.optional:
            raise EvaluationError(f"{where}: the attribute {name} is required")
        made[name] = convert(one, inner, evaluate, f"{where}.{name}")
    return made
