"""Terraform's collection functions: they look through unsettled elements as far as that decides something."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from scanner.iac.hcl.arithmetic import number_of
from scanner.iac.hcl.coercion import same as equal
from scanner.iac.hcl.functions import graphemes
from scanner.iac.hcl.functions.definition import (
    MOST,
    Functions,
    anything,
    blur,
    first_unsettled,
    nullable,
    unsettled_in,
)
from scanner.iac.hcl.functions.strings import texts
from scanner.iac.hcl.functions.unification import (
    Mismatch,
    Unsure,
    convert,
    number,
    ordered,
    type_of,
    unify,
    whole,
)
from scanner.iac.hcl.values import (
    EvaluationError,
    JsonText,
    ListValue,
    Namespace,
    SetValue,
    Tuple,
    exact,
    identity,
)
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
    return len(value) if ordered(value) else unsettled_in(value)


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
        raise Mismatch("coalesce() is given values that have no type in common")
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
        raise Unsure(f"concat() would give more than {MOST:,} elements")
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
    # in a list, something unsettled that is a text makes texts of all numbers, which then equal none
    of_one_type = isinstance(values, (ListValue, SetValue)) and not isinstance(value, str)
    if True in answers and not (of_one_type and None in answers):
        return True
    return unsettled_in([values, value]) if None in answers else False


@FUNCTIONS.define("distinct", listed, takes_unknown=True)
def distinct(values: Any) -> Any:
    """Leave out elements that are there already."""
    if isinstance(values, Unresolved):
        return blur([values])
    if len(values) > 1 and first_unsettled(values) is not None:
        return unsettled_in(values)
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
        return one_of([place], list(values))
    if place < 0:
        raise Unsure("the place of an element is counted from the end, which depends on Terraform's version")
    return values[place % len(values)]


def one_of(unsettled: list[Unresolved], values: list[Any]) -> Unresolved:
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
        return unsettled_in(values)
    for one in values:
        if isinstance(one, (list, tuple)):
            found = _flatten(one, into)
            if found is not None:
                return found
        elif isinstance(one, Namespace):
            doubt = _flatten_instances(one, into)
            if doubt is not None:
                return doubt
        elif isinstance(one, Unresolved) and not isinstance(one, JsonText) and not _is_no_list(one):
            return one
        else:
            into.append(one)
            if len(into) > MOST:
                raise Unsure(f"flatten() would give more than {MOST:,} elements")
    return None


def _flatten_instances(value: Namespace, into: list[Any]) -> Unresolved | None:
    """Collect a resource or a module; with `count` it is a list of its instances."""
    instances = value.pairs(None)
    if isinstance(instances, Unresolved):
        return instances
    if instances is None or (instances and isinstance(instances[0][0], str)):
        into.append(value)
        return None
    if not instances:
        return Unresolved("whether a resource without instances is a list or a map does not show")
    return _flatten([one for _, one in instances], into)


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
            return unsettled_in([one, value])
        if answer:
            return place
    raise EvaluationError("index() finds no such element")


@FUNCTIONS.define("list", rest=nullable, takes_unknown=True)
def old_list(*_: Any) -> Any:
    """Refuse: Terraform has no list() any more."""
    raise EvaluationError("Terraform has no function list() since 0.12; write tolist([…])")


@FUNCTIONS.define("one", sequence, takes_unknown=True)
def only(values: Any) -> Any:
    """Give the only element of a list, or null if it is empty."""
    if isinstance(values, Unresolved):
        return blur([values])
    if not ordered(values):
        return unsettled_in(values)
    if len(values) > 1:
        raise EvaluationError(f"one() is given {len(values)} elements, it takes none or one")
    return values[0] if values else None


@FUNCTIONS.define("range", rest=number)
def count(*bounds: Any) -> Any:
    """Give numbers from a start up or down to an end, which is left out."""
    exacts = [Fraction(exact(one)) for one in bounds]
    if not 1 <= len(exacts) <= 3:
        raise EvaluationError(f"range() is given {len(exacts)} arguments, it takes 1 to 3")
    start, end = (Fraction(0), exacts[0]) if len(exacts) == 1 else exacts[:2]
    step = exacts[2] if len(exacts) == 3 else Fraction(-1 if end < start else 1)
    if step == 0:
        raise EvaluationError("range() is given the step 0")
    if (end > start) if step < 0 else (end < start):
        raise EvaluationError("range() is given a step that leads away from its end")
    if abs(end - start) > abs(step) * _LONGEST_RANGE:
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
        return unsettled_in(values)
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
