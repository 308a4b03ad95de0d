"""Terraform's collection functions: they look through unsettled elements as far as that decides something."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from scanner.iac.hcl.functions.unification import (
    Unsure,
    boolean,
    convert,
    number,
    ordered,
    text,
    type_of,
    unify,
    whole,
)
from scanner.iac.hcl.arithmetic import number_of
from scanner.iac.hcl.coercion import same as equal
from scanner.iac.hcl.functions import graphemes
from scanner.iac.hcl.functions.definition import MOST, Functions, anything, blur, first_unsettled, nullable
from scanner.iac.hcl.functions.strings import texts
from scanner.iac.hcl.values import EvaluationError, JsonText, ListValue, MapValue, Object, SetValue, Tuple, exact, identity
from scanner.model.unresolved import Unresolved

FUNCTIONS = Functions()
_MOST_CHOICES: Final = 16
_LONGEST_RANGE: Final = 1024  # Terraform's own limit


def sequence(value: Any) -> Any:
    """Take a list, a tuple or a set."""
    if not isinstance(value, (list, tuple)):
        raise EvaluationError("a list is required" if value is not None else "it is null")
    return value


def listed(value: Any) -> Any:
    """Take what can become a list, its elements of one type."""
    return convert(sequence(value), ("list", "any"))


def mapping(value: Any) -> Any:
    """Take a map or an object."""
    if not isinstance(value, dict):
        raise EvaluationError("a map is required" if value is not None else "it is null")
    return value


def bools(value: Any) -> Any:
    """Take a list of bools."""
    return [convert(one, "bool") for one in sequence(value)]


@FUNCTIONS.define("length", anything, takes_unknown=True)
def length(value: Any) -> Any:
    """Count elements, or the characters of a text."""
    if isinstance(value, Unresolved):
        return blur([value])
    if isinstance(value, str):
        return graphemes.length(value)
    if not isinstance(value, (list, tuple, dict)):
        raise EvaluationError("length() takes a text, a list or a map")
    return len(value) if ordered(value) else _unsettled_in(value)


def _unsettled_in(value: Any) -> Unresolved:
    """Give why a value is not settled that is known to have something unsettled in it."""
    return blur([first_unsettled(value) or Unresolved("a set has unsettled elements")])


@FUNCTIONS.define("alltrue", bools, takes_unknown=True)
def all_true(values: Any) -> Any:
    """Say whether all elements are true; null is not."""
    if isinstance(values, Unresolved):
        return blur([values])
    if any(one is None or one is False for one in values):
        return False
    unsettled = [one for one in values if isinstance(one, Unresolved)]
    return blur(unsettled) if unsettled else True


@FUNCTIONS.define("anytrue", bools, takes_unknown=True)
def any_true(values: Any) -> Any:
    """Say whether an element is true."""
    if isinstance(values, Unresolved):
        return blur([values])
    if any(one is True for one in values):
        return True
    unsettled = [one for one in values if isinstance(one, Unresolved)]
    return blur(unsettled) if unsettled else False


@FUNCTIONS.define("chunklist", listed, whole, takes_unknown=True)
def chunk(values: Any, size: Any) -> Any:
    """Cut a list into lists of a size; 0 leaves it whole."""
    unsettled = [one for one in (values, size) if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    if size < 0:
        raise EvaluationError(f"chunklist() is given the size {size}, it takes 0 or more")
    step = size or max(len(values), 1)
    return ListValue(ListValue(values[start : start + step]) for start in range(0, len(values), step))


@FUNCTIONS.define("coalesce", rest=nullable, takes_unknown=True)
def coalesce(*values: Any) -> Any:
    """Give the first value that is neither null nor an empty text."""
    type_ = unify([type_of(one) for one in values])
    if type_ is None:
        raise EvaluationError("coalesce() is given values that have no type in common")
    for place, value in enumerate(values):
        if isinstance(value, JsonText):
            return value
        if isinstance(value, Unresolved):
            return blur([one for one in values[place:] if isinstance(one, Unresolved)])
        if value is None or (value == "" and isinstance(value, str)):
            continue
        return convert(value, type_)
    raise EvaluationError("coalesce() is given nothing but null and empty texts")


@FUNCTIONS.define("coalescelist", rest=nullable, takes_unknown=True)
def coalesce_list(*values: Any) -> Any:
    """Give the first list that is not empty."""
    for value in values:
        if isinstance(value, Unresolved):
            return blur([value])
        if value is None:
            continue
        if isinstance(value, SetValue) or not isinstance(value, (list, tuple)):
            raise EvaluationError("coalescelist() takes lists only")
        if value:
            return value
    raise EvaluationError("coalescelist() is given no list that is not empty")


@FUNCTIONS.define("compact", texts)
def compact(values: Any) -> Any:
    """Leave out null and empty texts."""
    return ListValue(one for one in values if one)


@FUNCTIONS.define("concat", rest=sequence, takes_unknown=True)
def concat(*values: Any) -> Any:
    """Put lists together."""
    if not values:
        raise EvaluationError("concat() takes at least one list")
    if any(isinstance(one, SetValue) for one in values):
        raise EvaluationError("concat() takes lists only, found a set")
    unsettled = [one for one in values if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    if sum(map(len, values)) > MOST:
        raise EvaluationError(f"concat() would give more than {MOST:,} elements")
    if all(isinstance(one, ListValue) for one in values):
        type_ = unify([type_of(one) for one in values])
        if type_ is not None:
            return ListValue(one for part in values for one in convert(part, type_))
    return Tuple(one for part in values for one in part)


@FUNCTIONS.define("contains", sequence, nullable, takes_unknown=True)
def contains(values: Any, value: Any) -> Any:
    """Say whether an element equals a value."""
    if isinstance(values, Unresolved):
        return blur([values])
    if value is None:
        raise Unsure("a list is searched for null, which depends on Terraform's version")
    answers = [equal(one, value) for one in values]
    if True in answers:
        return True
    return _unsettled_in([values, value]) if None in answers else False


@FUNCTIONS.define("distinct", listed, takes_unknown=True)
def distinct(values: Any) -> Any:
    """Leave out elements that are there already."""
    if isinstance(values, Unresolved):
        return blur([values])
    if len(values) > 1 and first_unsettled(values) is not None:
        return _unsettled_in(values)
    kept: dict[Any, Any] = {}
    for one in values:
        key = identity(one)
        if key is None and len(values) > 1:
            return Unresolved("whether two resources are equal does not show in code")
        kept.setdefault(key, one)
    return ListValue(kept.values())


@FUNCTIONS.define("element", sequence, whole, takes_unknown=True)
def element(values: Any, place: Any) -> Any:
    """Give the element at a place, counted round and round."""
    if isinstance(values, SetValue):
        raise EvaluationError("element() takes a list, found a set")
    if isinstance(values, Unresolved):
        return blur([values])
    if not values:
        raise EvaluationError("element() is given an empty list")
    if isinstance(place, Unresolved):
        return _one_of([place], list(values))
    if place < 0:
        raise EvaluationError(f"element() is given the place {place}, it takes 0 or more")
    return values[place % len(values)]


def _one_of(unsettled: list[Unresolved], values: list[Any]) -> Unresolved:
    """Give what is one of several values, it is not settled which."""
    few = len(values) <= _MOST_CHOICES and first_unsettled(values) is None
    return blur(unsettled, tuple(values) if few else ())


@FUNCTIONS.define("flatten", sequence, takes_unknown=True)
def flatten(values: Any) -> Any:
    """Put the elements of lists in a list in their place, however deep."""
    if isinstance(values, Unresolved):
        return blur([values])
    flat: list[Any] = []
    found = _flatten(values, flat)
    return Tuple(flat) if found is None else blur([found])


def _flatten(values: Any, into: list[Any]) -> Unresolved | None:
    """Collect what is no list; what is unsettled may be one, and is given back."""
    if not ordered(values):
        return _unsettled_in(values)
    for one in values:
        if isinstance(one, (list, tuple)):
            found = _flatten(one, into)
            if found is not None:
                return found
        elif isinstance(one, Unresolved) and not isinstance(one, JsonText) and not _is_no_list(one):
            return one
        else:
            into.append(one)
            if len(into) > MOST:
                raise EvaluationError(f"flatten() would give more than {MOST:,} elements")
    return None


def _is_no_list(value: Unresolved) -> bool:
    return bool(value.choices) and not any(isinstance(one, (list, tuple, Unresolved)) for one in value.choices)


@FUNCTIONS.define("index", sequence, anything, takes_unknown=True)
def index(values: Any, value: Any) -> Any:
    """Give the place of the first element that equals a value."""
    if isinstance(values, SetValue):
        raise EvaluationError("index() takes a list, found a set")
    if isinstance(values, Unresolved):
        return blur([values])
    for place, one in enumerate(values):
        answer = equal(one, value)
        if answer is None:
            return _unsettled_in([one, value])
        if answer:
            return place
    raise EvaluationError("index() finds no such element")


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


@FUNCTIONS.define("list", rest=nullable, takes_unknown=True)
def old_list(*_: Any) -> Any:
    """Refuse: Terraform has no list() any more."""
    raise EvaluationError("Terraform has no function list() since 0.12; write tolist([…])")


@FUNCTIONS.define("map", rest=nullable, takes_unknown=True)
def old_map(*_: Any) -> Any:
    """Refuse: Terraform has no map() any more."""
    raise EvaluationError("Terraform has no function map() since 0.12; write tomap({…})")


@FUNCTIONS.define("lookup", mapping, text, nullable, optional=1, takes_unknown=True)
def lookup(values: Any, key: Any, *default: Any) -> Any:
    """Give the value of a key, or the default where there is none."""
    if isinstance(values, Unresolved):
        return blur([values])
    if default and isinstance(values, MapValue):
        default = (convert(default[0], type_of(values)[1]),)
    if isinstance(key, Unresolved):
        return _one_of([key], [*values.values(), *default])
    if key in values:
        return values[key]
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
        raise EvaluationError("matchkeys() is given keys of different types")
    if not wanted:
        return ListValue()
    if first_unsettled([names, wanted]) is not None:
        return _unsettled_in([names, wanted])
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


@FUNCTIONS.define("one", sequence, takes_unknown=True)
def only(values: Any) -> Any:
    """Give the only element of a list, or null if it is empty."""
    if isinstance(values, Unresolved):
        return blur([values])
    if not ordered(values):
        return _unsettled_in(values)
    if len(values) > 1:
        raise EvaluationError(f"one() is given {len(values)} elements, it takes none or one")
    return values[0] if values else None


@FUNCTIONS.define("range", rest=number)
def count(*bounds: Any) -> Any:
    """Give numbers from a start up or down to an end, which is left out."""
    exacts = [exact(one) for one in bounds]
    if not 1 <= len(exacts) <= 3:
        raise EvaluationError(f"range() is given {len(exacts)} arguments, it takes 1 to 3")
    start, end = (0, exacts[0]) if len(exacts) == 1 else exacts[:2]
    step = exacts[2] if len(exacts) == 3 else (-1 if end < start else 1)
    if step == 0:
        raise EvaluationError("range() is given the step 0")
    if (end > start) if step < 0 else (end < start):
        raise EvaluationError("range() is given a step that leads away from its end")
    if abs(Fraction(end) - start) > abs(step) * _LONGEST_RANGE:
        raise EvaluationError(f"range() would give more than {_LONGEST_RANGE:,} numbers")
    found: list[Any] = []
    while (start > end) if step < 0 else (start < end):
        found.append(number_of(start))
        start = start + step
    return ListValue(found)


@FUNCTIONS.define("reverse", sequence, takes_unknown=True)
def reverse(values: Any) -> Any:
    """Give a list in the opposite order."""
    if isinstance(values, Unresolved):
        return blur([values])
    if not ordered(values):
        return _unsettled_in(values)
    return (ListValue if isinstance(values, (ListValue, SetValue)) else Tuple)(reversed(values))


@FUNCTIONS.define("slice", sequence, whole, whole, takes_unknown=True)
def cut(values: Any, start: Any, end: Any) -> Any:
    """Give the elements from one place up to another."""
    if isinstance(values, SetValue):
        raise EvaluationError("slice() takes a list, found a set")
    unsettled = [one for one in (values, start, end) if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    if not 0 <= start <= end <= len(values):
        raise EvaluationError(f"slice() is asked for {start} to {end} of {len(values)} elements")
    return (ListValue if isinstance(values, ListValue) else Tuple)(values[start:end])


@FUNCTIONS.define("sort", texts)
def sort(values: Any) -> Any:
    """Give texts in the order of their characters."""
    if None in values:
        raise EvaluationError("sort() is given a list with a null in it")
    return ListValue(sorted(values))


@FUNCTIONS.define("sum", sequence)
def total(values: Any) -> Any:
    """Add numbers up."""
    if not values:
        raise EvaluationError("sum() is given an empty list")
    if None in values:
        raise EvaluationError("sum() is given a list with a null in it")
    return number_of(sum((exact(number(one)) for one in values), start=Fraction(0)))


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
        return _unsettled_in(names)
    found = dict(zip(names, values, strict=True))
    return (MapValue if isinstance(values, ListValue) else Object)((key, found[key]) for key in sorted(found))
