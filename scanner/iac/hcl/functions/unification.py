"""Unification: the type that values of several types have in common, and the values turned into it.

A type is one of the words `text`, `number`, `bool`, `null` (of no type yet) and `unknown` (unsettled), or a tuple:
`("list" | "set" | "map", type of the elements)`, `("tuple", types)`, `("object", types by name)`. The element type
`any` asks for whatever the elements have in common. What one element leaves open, the others may settle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import isfinite
from typing import Any, Final

from scanner.iac.hcl.arithmetic import BITS, number_of
from scanner.iac.hcl.coercion import kind_said, to_bool, to_number, to_text
from scanner.iac.hcl.values import (
    Decimal,
    EvaluationError,
    ListValue,
    MapValue,
    Namespace,
    Object,
    SetValue,
    Tuple,
    identity,
)
from scanner.model.unresolved import Unresolved

Type = Any  #: see above

_MOST_TYPES: Final = 200
_LONGEST_NUMBER: Final = 1_000
_LOOSE: Final = ("null", "unknown", "any")


class Unsure(Exception):
    """What Terraform answers here is not worked out; a function makes `Unresolved` of it."""


class Mismatch(EvaluationError):
    """Types that do not go together; what is unsettled among the values might have made them."""


# --- types


def type_of(value: Any) -> Type:
    """Give the type of a value; a plain list or dict is taken for a tuple or an object."""
    if isinstance(value, str):
        return "text"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, SetValue):
        return ("set", _element_type(value))
    if isinstance(value, ListValue):
        return ("list", _element_type(value))
    if isinstance(value, MapValue):
        return ("map", _element_type(value.values()))
    if isinstance(value, dict):
        return ("object", {name: type_of(one) for name, one in value.items()})
    if isinstance(value, (list, tuple)):
        return ("tuple", tuple(type_of(one) for one in value))
    if isinstance(value, (Unresolved, Namespace)):
        return "unknown"
    raise EvaluationError("it cannot be used as a value")


def _element_type(elements: Iterable[Any]) -> Type:
    found: Type = "any"
    for one in elements:
        found = _merged(found, type_of(one))
    return found


def _merged(one: Type, other: Type) -> Type:
    """Fill what one of two equal types leaves open with what the other says."""
    if one in _LOOSE:
        return one if other in _LOOSE and one == "unknown" else other
    if other in _LOOSE or one == other or isinstance(one, str) or isinstance(other, str) or one[0] != other[0]:
        return one
    if one[0] == "object":
        return ("object", {name: _merged(of, other[1].get(name, "any")) for name, of in one[1].items()})
    if one[0] == "tuple":
        if len(one[1]) != len(other[1]):
            return one
        return ("tuple", tuple(_merged(*pair) for pair in zip(one[1], other[1], strict=True)))
    return (one[0], _merged(one[1], other[1]))


def unify(types: list[Type]) -> Type | None:
    """Give the type that values of several types are converted to where they meet; None if there is none."""
    solid: list[Type] = []
    for one in types:
        if one not in _LOOSE and one not in solid:
            solid.append(one)
            if len(solid) > _MOST_TYPES:
                raise Unsure("its elements have too many different types")
    if not solid:
        return next((word for word in ("unknown", "null") if word in types), "any")
    families = {one if isinstance(one, str) else one[0] for one in solid}
    if all(isinstance(one, str) for one in solid):
        # a number and a bool can stand together only if what is unsettled is a text
        return solid[0] if len(solid) == 1 else ("text" if "text" in families or "unknown" in types else None)
    if not all(isinstance(one, tuple) for one in solid):
        return None
    if "null" in types and "unknown" not in types and len(families) == 1:
        return "any"  # Terraform gives up on the type where null stands beside a structure
    return solid[0] if len(solid) == 1 else _unify_structures(solid, families)


def _unify_structures(types: list[Type], families: set[str]) -> Type | None:
    if families in ({"map"}, {"list"}, {"set"}):
        return _of(types[0][0], unify([one[1] for one in types]))
    if families == {"object"}:
        names = types[0][1].keys()
        if all(one[1].keys() == names for one in types):
            parts = {name: unify([one[1][name] for one in types]) for name in names}
            return None if None in parts.values() else ("object", parts)
        return _of("map", unify([part for one in types for part in _parts(one)]))
    if families == {"tuple"}:
        if len({len(one[1]) for one in types}) == 1:
            columns = [unify(list(column)) for column in zip(*(one[1] for one in types), strict=True)]
            return None if None in columns else ("tuple", tuple(columns))
        return _of("list", unify([part for one in types for part in _parts(one)]))
    if families == {"map", "object"}:
        return _of("map", unify([part for one in types for part in _parts(one)]))
    if families <= {"list", "tuple", "set"}:
        if "set" in families:
            raise Unsure("a list and a set meet, and their common type is not worked out")
        return _of("list", unify([part for one in types for part in _parts(one)]))
    return None


def _parts(type_: Type) -> list[Type]:
    if type_[0] == "object":
        return list(type_[1].values())
    return list(type_[1]) if type_[0] == "tuple" else [type_[1]]


def _of(family: str, element: Type | None) -> Type | None:
    return None if element is None else (family, element)


def common_type(values: Iterable[Any]) -> Type:
    """Give the type that all values are to have in one collection; an error if they have none in common."""
    values = list(values)
    types = [type_of(one) for one in values]
    found = unify(types)
    if found is None or (found == "any" and any(one not in _LOOSE for one in types)):
        names = dict.fromkeys(map(kind_said, values))
        raise Mismatch(f"all elements must have one type, found {', '.join(names)}")
    return found


# --- values


def convert(value: Any, to: Type) -> Any:
    """Turn a value into one of another type; null stays null, and what is unsettled stays unsettled."""
    if value is None or to in _LOOSE or isinstance(value, (Unresolved, Namespace)):
        return value
    if isinstance(to, str):
        kind: Callable[[Any], Any] = {"text": text, "number": number, "bool": boolean}[to]
        try:
            return kind(value)
        except EvaluationError as error:
            raise Mismatch(error.message) from None
    family, inner = to
    if family in ("list", "set"):
        return _convert_sequence(value, family, inner)
    if family == "map":
        return _convert_map(value, inner)
    if family == "tuple":
        if isinstance(value, (SetValue, ListValue)) or not isinstance(value, (list, tuple)) or len(value) != len(inner):
            raise Mismatch(f"a tuple of {len(inner)} is required, found {kind_said(value)}")
        return Tuple(convert(one, of) for one, of in zip(value, inner, strict=True))
    if not isinstance(value, dict):
        raise Mismatch(f"an object is required, found {kind_said(value)}")
    missing = next((name for name in inner if name not in value), None)
    if missing is not None:
        raise Mismatch(f"an object with the attribute {missing} is required")
    return Object((name, convert(value[name], of)) for name, of in inner.items())


def _convert_sequence(value: Any, family: str, inner: Type) -> Any:
    if not isinstance(value, (list, tuple)):
        raise Mismatch(f"a {family} is required, found {kind_said(value)}")
    if inner == "any" and not isinstance(value, (ListValue, SetValue)):
        inner = common_type(value)
    if family == "set":
        return SetValue(convert(one, inner) for one in value)
    if not ordered(value):
        raise Unsure("a set with unsettled elements has no settled order")
    return ListValue(convert(one, inner) for one in value)


def _convert_map(value: Any, inner: Type) -> Any:
    if not isinstance(value, dict):
        raise Mismatch(f"a map is required, found {kind_said(value)}")
    if inner == "any" and not isinstance(value, MapValue):
        inner = common_type(value.values())
    return MapValue((key, convert(value[key], inner)) for key in sorted(value))


def ordered(value: Any) -> bool:
    """Say whether the number and the order of the elements are settled: not in a set where two may be equal."""
    if not isinstance(value, SetValue) or len(value) < 2:
        return True
    return all(identity(one) is not None for one in value)


def text(value: Any) -> str:
    """Turn a text, a number or a bool into a text."""
    if isinstance(value, int) and value.bit_length() > BITS:
        raise Unsure("a number is too large to be written out")
    return to_text(settle(value) if type(value) is float else value)


def number(value: Any) -> int | float:
    """Turn a number, or a text that is the decimal form of one, into a number."""
    if isinstance(value, str) and len(value) > _LONGEST_NUMBER:
        raise Unsure("a number is too long to be worked with")
    found = settle(to_number(value))
    if found == 0 and isinstance(value, str) and value.startswith("-"):
        raise Unsure("Terraform has a zero below zero, which is not worked out")
    return found


def settle(value: float) -> int | float:
    """Give a number as Terraform keeps it; a plain float is the decimal that it is written as."""
    if isinstance(value, (int, Decimal)):
        return value
    if not isfinite(value):
        raise Unsure("a number that is not finite is not worked out")
    return number_of(Fraction(repr(value)))


def whole(value: Any) -> int:
    """Turn a value into a whole number."""
    found = number(value)
    if isinstance(found, float):
        raise EvaluationError(f"a whole number is required, found {text(found)[:40]}")
    return found


def boolean(value: Any) -> bool:
    """Turn a bool, or a text that says one, into a bool."""
    return to_bool(value)
