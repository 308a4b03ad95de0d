"""Terraform's functions of maps and objects: they look through unsettled values as far as that decides something."""

from __future__ import annotations

from typing import Any

from scanner.iac.hcl.functions.collections import listed, one_of, sequence
from scanner.iac.hcl.functions.definition import Functions, blur, first_unsettled, nullable, unsettled_in
from scanner.iac.hcl.functions.strings import texts
from scanner.iac.hcl.functions.unification import Mismatch, convert, text, type_of, unify
from scanner.iac.hcl.values import EvaluationError, ListValue, MapValue, Object, SetValue, Tuple, identity
from scanner.model.unresolved import Unresolved

FUNCTIONS = Functions()


def mapping(value: Any) -> Any:
    """Take a map or an object."""
    if not isinstance(value, dict):
        raise EvaluationError("a map is required" if value is not None else "it is null")
    return value


@FUNCTIONS.define("keys", mapping, takes_unknown=True)
def keys(values: Any) -> Any:
    """Give the keys of a map, in order."""
    if isinstance(values, Unresolved):
        return blur([values])
    return (ListValue if isinstance(values, MapValue) else Tuple)(sorted(values))


@FUNCTIONS.define("values", mapping, takes_unknown=True)
def values_of(values: Any) -> Any:
    """Give the values of a map, in the order of their keys."""
    if isinstance(values, Unresolved):
        return blur([values])
    return (ListValue if isinstance(values, MapValue) else Tuple)(values[key] for key in sorted(values))


@FUNCTIONS.define("map", rest=nullable, takes_unknown=True)
def old_map(*_: Any) -> Any:
    """Refuse: Terraform has no map() any more."""
    raise EvaluationError("Terraform has no function map() since 0.12; write tomap({…})")


@FUNCTIONS.define("lookup", mapping, text, nullable, optional=1, takes_unknown=True)
def lookup(values: Any, key: Any, *default: Any) -> Any:
    """Give the value of a key, or the default where there is none."""
    if isinstance(values, Unresolved):
        return blur([values])
    if key in values if isinstance(key, str) else False:
        return values[key]
    if default and isinstance(values, MapValue):
        default = (convert(default[0], type_of(values)[1]),)
    if isinstance(key, Unresolved):
        return one_of([key], [*values.values(), *default])
    if not default:
        raise EvaluationError(f"lookup() finds no key {key[:60]!r}, and is given no default")
    return default[0]


@FUNCTIONS.define("matchkeys", listed, listed, listed, takes_unknown=True)
def match_keys(values: Any, names: Any, wanted: Any) -> Any:
    """Give the values whose keys are among those wanted."""
    unsettled = [one for one in (values, names, wanted) if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    if len(values) != len(names):
        raise EvaluationError(f"matchkeys() is given {len(values)} values and {len(names)} keys")
    type_ = unify([type_of(names), type_of(wanted)])
    if type_ is None:
        raise Mismatch("matchkeys() is given keys of different types")
    if not wanted:
        return ListValue()
    if first_unsettled([names, wanted]) is not None:
        return unsettled_in([names, wanted])
    sought = {identity(one) for one in convert(wanted, type_)}
    return ListValue(
        value for value, name in zip(values, convert(names, type_), strict=True) if identity(name) in sought
    )


@FUNCTIONS.define("merge", rest=nullable, takes_unknown=True)
def merge(*values: Any) -> Any:
    """Put maps together; of equal keys, the last one counts."""
    unsettled = [one for one in values if isinstance(one, Unresolved)]
    given = [one for one in values if one is not None and not isinstance(one, Unresolved)]
    if any(not isinstance(one, dict) for one in given):
        raise EvaluationError("merge() takes maps only")
    if unsettled:
        return blur(unsettled)
    found = {key: value for one in given for key, value in one.items()}
    same = bool(given) and all(isinstance(one, MapValue) for one in given)
    if same and len(given) > 1:
        types = [type_of(one) for one in given if one]
        same = all(one == types[0] for one in types)
    return (MapValue if same else Object)((key, found[key]) for key in sorted(found))


@FUNCTIONS.define("transpose", mapping)
def transpose(values: Any) -> Any:
    """Turn a map of lists round: what was in the lists becomes the keys."""
    found: dict[str, list[str]] = {}
    for key, row in convert(values, ("map", ("list", "text"))).items():
        for one in row or ():
            if one is None:
                raise EvaluationError("transpose() is given a list with a null in it")
            found.setdefault(one, []).append(key)
    return MapValue((key, ListValue(sorted(found[key]))) for key in sorted(found))


@FUNCTIONS.define("zipmap", texts, sequence, takes_unknown=True)
def zip_map(names: Any, values: Any) -> Any:
    """Make a map of a list of keys and a list of values."""
    unsettled = [one for one in (names, values) if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    if isinstance(values, SetValue):
        raise EvaluationError("zipmap() takes a list of values, found a set")
    if len(names) != len(values):
        raise EvaluationError(f"zipmap() is given {len(names)} keys and {len(values)} values")
    if None in [None if one is None else 0 for one in names]:
        raise EvaluationError("zipmap() is given a key that is null")
    if first_unsettled(names) is not None:
        return unsettled_in(names)
    found = dict(zip(names, values, strict=True))
    return (MapValue if isinstance(values, ListValue) else Object)((key, found[key]) for key in sorted(found))
