"""Terraform's numeric functions."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from scanner.iac.hcl.arithmetic import number_of
from scanner.iac.hcl.functions.definition import Functions, anything, blur
from scanner.iac.hcl.functions.unification import Unsure, number, settle, text, whole
from scanner.iac.hcl.values import EvaluationError, exact
from scanner.model.unresolved import Unresolved

FUNCTIONS = Functions()
_EXACT_FLOAT = 2**53


@FUNCTIONS.define("abs", number)
def magnitude(value: float) -> float:
    """Give a number without its sign."""
    return number_of(abs(Fraction(exact(value))))


@FUNCTIONS.define("ceil", number)
def ceiling(value: float) -> int:
    """Give the next whole number that is not smaller."""
    return math.ceil(exact(value))


@FUNCTIONS.define("floor", number)
def floor(value: float) -> int:
    """Give the next whole number that is not larger."""
    return math.floor(exact(value))


@FUNCTIONS.define("log", number, number)
def logarithm(value: float, base: float) -> float:
    """Give the logarithm to a base, in floating point as Terraform has it."""
    if value <= 0 or base <= 0 or base == 1:
        raise Unsure(f"there is no finite logarithm of {text(value)} to the base {text(base)}")
    return _from_float(math.log(float(value)) / math.log(float(base)))


@FUNCTIONS.define("pow", number, number)
def power(value: float, exponent: float) -> float:
    """Give a power, in floating point as Terraform has it."""
    if value == 0 and exponent < 0:
        raise Unsure("0 has no finite negative power")
    found = math.pow(float(value), float(exponent))
    if abs(found) >= _EXACT_FLOAT:
        raise Unsure("it is larger than what floating point keeps exactly")
    return _from_float(found)


def _from_float(value: float) -> float:
    if not math.isfinite(value):
        raise Unsure("its result is not a finite number")
    return settle(value)


@FUNCTIONS.define("max", rest=number, takes_unknown=True)
def largest(*values: Any) -> Any:
    """Give the largest number."""
    return _best(values, largest=True)


@FUNCTIONS.define("min", rest=number, takes_unknown=True)
def smallest(*values: Any) -> Any:
    """Give the smallest number."""
    return _best(values, largest=False)


def _best(values: tuple[Any, ...], *, largest: bool) -> Any:
    """Give the largest or smallest; of unsettled ones with choices, what each choice comes to."""
    if not values:
        raise EvaluationError("at least one number is required")
    unsettled = [one for one in values if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    return (max if largest else min)(values, key=exact)


@FUNCTIONS.define("parseint", anything, whole)
def parse_whole(source: Any, base: int) -> int:
    """Read a whole number written in a base from 2 to 62."""
    if not isinstance(source, str):
        raise EvaluationError("its first argument must be a text")
    if not 2 <= base <= 62:
        raise EvaluationError(f"the base is {base}, it must be from 2 to 62")
    found = re.fullmatch(r"([+-]?)([0-9A-Za-z]+)", source)
    values = [_digit(one, base) for one in found[2]] if found else [base]
    if found is None or max(values) >= base:
        raise EvaluationError(f"{source[:40]!r} is no whole number of base {base}")
    if len(values) > 400:
        raise Unsure("a number is too large to be worked with")
    total = 0
    for value in values:
        total = total * base + value
    return -total if found[1] == "-" else total


def _digit(one: str, base: int) -> int:
    """Give the value of a digit; above base 36, small letters come before capital ones."""
    if base <= 36 or one < "A":
        return int(one, 36)
    return ord(one) - ord("a") + 10 if one >= "a" else ord(one) - ord("A") + 36


@FUNCTIONS.define("signum", whole)
def sign(value: int) -> int:
    """Give -1, 0 or 1."""
    return (value > 0) - (value < 0)
