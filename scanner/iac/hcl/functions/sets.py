"""Terraform's set functions."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

from scanner.iac.hcl.functions.collections import sequence
from scanner.iac.hcl.functions.definition import MOST, Functions, blur, unsettled_in
from scanner.iac.hcl.functions.unification import Mismatch, Unsure, common_type, convert, ordered, type_of, unify
from scanner.iac.hcl.values import EvaluationError, ListValue, SetValue, Tuple, identity
from scanner.model.unresolved import Unresolved

FUNCTIONS = Functions()


def as_set(value: Any) -> Any:
    """Take what can become a set."""
    return convert(sequence(value), ("set", "any"))


def _united(sets: tuple[Any, ...]) -> list[Any]:
    """Give the sets with elements of one type."""
    type_ = unify([type_of(one) for one in sets])
    if type_ is None:
        raise Mismatch("the sets have elements of different types")
    return [convert(one, type_) for one in sets]


@FUNCTIONS.define("setunion", as_set, rest=as_set, takes_unknown=True)
def union(*sets: Any) -> Any:
    """Give what is in any of the sets."""
    unsettled = [one for one in sets if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    return SetValue(one for part in _united(sets) for one in part)


@FUNCTIONS.define("setintersection", as_set, rest=as_set)
def intersection(*sets: Any) -> Any:
    """Give what is in all of the sets."""
    first, *others = _united(sets)
    marks = [{identity(one) for one in part} for part in others]
    return SetValue(one for one in first if all(identity(one) in part for part in marks))


@FUNCTIONS.define("setsubtract", as_set, as_set)
def difference(*sets: Any) -> Any:
    """Give what is in the first set and not in the second."""
    first, other = _united(sets)
    marks = {identity(one) for one in other}
    return SetValue(one for one in first if identity(one) not in marks)


@FUNCTIONS.define("setproduct", rest=sequence, takes_unknown=True)
def combinations(*sets: Any) -> Any:
    """Give every way to take one element of each."""
    if len(sets) < 2:
        raise EvaluationError(f"setproduct() is given {len(sets)} sets, it takes 2 or more")
    unsettled = [one for one in sets if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    whole = next((one for one in sets if not ordered(one)), None)
    if whole is not None:
        return unsettled_in(whole)
    if prod(map(len, sets)) > MOST:
        raise Unsure(f"setproduct() would give more than {MOST:,} elements")
    types = [common_type(one) for one in sets]
    rows = (Tuple(convert(one, of) for one, of in zip(row, types, strict=True)) for row in product(*sets))
    if not any(isinstance(one, SetValue) for one in sets):
        return ListValue(rows)
    return SetValue(rows)
