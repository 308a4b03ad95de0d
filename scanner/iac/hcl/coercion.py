"""How Terraform converts values into each other, compares them, and finds the one type of two branches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from scanner.iac.hcl.arithmetic import read_number, written
from scanner.iac.hcl.values import EvaluationError, ListValue, MapValue, Namespace, Object, SetValue, Tuple, exact
from scanner.model.unresolved import Unresolved

#: a type: the name of a scalar's, or a kind with the types of its elements
Type = str | tuple[str, list[Any]] | tuple[str, dict[str, Any]]

_KINDS: Final[dict[type, str]] = {Tuple: "tuple", ListValue: "list", SetValue: "set", Object: "object", MapValue: "map"}


def kind_said(value: Any) -> str:
    """Name what a value is, for messages: never the value itself."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, SetValue):
        return "a set"
    return "a list" if isinstance(value, (list, tuple)) else "an object"


def to_text(value: Any) -> str:
    """Convert to a string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return written(value)
    raise EvaluationError(f"a text is needed, and this is {kind_said(value)}")


def to_number(value: Any) -> int | float:
    """Convert to a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return read_number(value)
        except ValueError as error:
            raise EvaluationError("a number is needed, and this text is none") from error
    raise EvaluationError(f"a number is needed, and this is {kind_said(value)}")


def to_bool(value: Any) -> bool:
    """Convert to a boolean; the texts "1" and "0" are booleans too."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value in ("true", "1"):
            return True
        if value in ("false", "0"):
            return False
        raise EvaluationError("true or false is needed, and this text is neither")
    raise EvaluationError(f"true or false is needed, and this is {kind_said(value)}")


def same(left: Any, right: Any) -> bool | None:
    """Tell whether `==` holds between two values; None if the code does not settle it.

    Values of different types are different: `1 == "1"` and `["a"] == tolist(["a"])` are false.
    """
    if isinstance(left, Unresolved) or isinstance(right, Unresolved):
        return None
    if isinstance(left, Namespace) or isinstance(right, Namespace):
        return False if left is None or right is None else None
    if left is None or right is None:
        return left is right
    for scalar in (bool, str, (int, float)):
        if isinstance(left, scalar) or isinstance(right, scalar):
            if not (isinstance(left, scalar) and isinstance(right, scalar)):
                return False
            return exact(left) == exact(right) if scalar not in (bool, str) else bool(left == right)  # type: ignore[arg-type]
    if isinstance(left, dict) != isinstance(right, dict):
        return False
    return _same_collections(left, right)


def _same_collections(left: Any, right: Any) -> bool | None:
    kinds = _KINDS.get(type(left), ""), _KINDS.get(type(right), "")
    if "" not in kinds and kinds[0] != kinds[1]:
        return False
    if isinstance(left, SetValue) and isinstance(right, SetValue) and (len(left) != len(right)):
        settled = not any(isinstance(one, Unresolved) for one in (*left, *right))
        return False if settled else None
    if len(left) != len(right):
        return False
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        pairs: Iterable[tuple[Any, Any]] = [(left[key], right[key]) for key in left]
    else:
        pairs = zip(left, right, strict=True)
    verdicts = [same(one, other) for one, other in pairs]
    if False in verdicts:
        return None if "set" in kinds and None in verdicts else False
    if None in verdicts:
        return None
    # equal element by element, but a bare list may be a tuple or a list, and empty lists have element types too
    return True if kinds[0] in ("tuple", "object") or (left and "" not in kinds) else None


def type_of(value: Any) -> Type:
    """Give the type of a value as far as it shows."""
    if isinstance(value, (Unresolved, Namespace)) or value is None:
        return "any"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, dict):
        return _KINDS.get(type(value), "dict"), {key: type_of(one) for key, one in value.items()}
    return _KINDS.get(type(value), "sequence"), [type_of(one) for one in value]


def unify(types: list[Any]) -> Any:
    """Find the type to which values of all these types convert; None if there is none."""
    types = [one for one in types if one != "any"]
    if not types:
        return "any"
    if all(isinstance(one, str) for one in types):
        names = set(types)
        if len(names) == 1:
            return types[0]
        return "string" if "string" in names else None
    if any(isinstance(one, str) for one in types):
        return None
    kinds = {one[0] for one in types}
    if kinds <= {"tuple", "list", "sequence", "set"}:
        return _unify_sequences(types, kinds)
    if kinds <= {"object", "map", "dict"}:
        return _unify_mappings(types, kinds)
    return None


def _unify_sequences(types: list[Any], kinds: set[str]) -> Any:
    kind = kinds.pop() if len(kinds) == 1 else next((one for one in ("set", "sequence") if one in kinds), "list")
    if kind in ("tuple", "sequence") and len({len(one[1]) for one in types}) == 1:
        each = [unify(list(column)) for column in zip(*(one[1] for one in types), strict=True)]
        if None not in each:
            return kind, each
    element = unify([inner for one in types for inner in one[1]])
    if element is None:
        return None
    return (kind if kind != "tuple" else "list"), [element]


def _unify_mappings(types: list[Any], kinds: set[str]) -> Any:
    kind = "dict" if "dict" in kinds else kinds.pop() if len(kinds) == 1 else "map"
    if kind in ("object", "dict") and len({frozenset(one[1]) for one in types}) == 1:
        each = {key: unify([one[1][key] for one in types]) for key in types[0][1]}
        if None not in each.values():
            return kind, each
    element = unify([inner for one in types for inner in one[1].values()])
    if element is None:
        return None
    return (kind if kind != "object" else "map"), {"": element}


def convert(value: Any, wanted: Any) -> Any:
    """Convert a value to a type that `unify` found for it."""
    if value is None or wanted == "any" or isinstance(value, (Unresolved, Namespace)):
        return value
    if isinstance(wanted, str):
        return {"string": to_text, "number": to_number, "bool": to_bool}[wanted](value)
    kind, inner = wanted
    if isinstance(inner, dict):
        made: dict[str, Any] = {"object": Object, "map": MapValue}.get(kind, dict)()
        for key, one in value.items():
            made[key] = convert(one, inner[key] if key in inner else inner[""])
        return made
    each = inner if len(inner) == len(value) else inner * len(value)
    items = [convert(one, each[place]) for place, one in enumerate(value)]
    return {"tuple": Tuple, "list": ListValue, "set": SetValue}.get(kind, list)(items)
