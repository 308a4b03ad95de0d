"""Terraform's numbers: binary floats of 512 bits, and how they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from scanner.iac.hcl.values import Decimal, exact, fraction
from scanner.model.errors import CouldNotCheck
from scanner.model.reading import Reason, Unknown

if TYPE_CHECKING:
    from fractions import Fraction

BITS: Final = 512
#: numbers of more bits than this are not worked with, nor those that are as near to zero
LARGEST: Final = 4096
_SMALLEST: Final = 1000
_NUMBER: Final = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]++))?")
_LONGEST: Final = 5_000


class TooLarge(CouldNotCheck):
    """Terraform has this number, and we have not: it is no mistake that `try` would catch."""

    def __init__(self, said: str) -> None:
        why = f"{said if len(said) <= 40 else f'{said[:40]}…'} is a number too large or too near zero to be worked with"
        super().__init__(Unknown(Reason.UNRESOLVED, why))


def number_of(value: Fraction | int) -> int | Decimal:
    """Give a number as Terraform keeps it: whole numbers as int, others rounded to 512 bits."""
    if isinstance(value, int):
        bits = value.bit_length()
        if bits > LARGEST:
            raise TooLarge("what is worked out")
        return value if bits <= BITS else int(_rounded(fraction(value)))
    if value.denominator == 1:
        return number_of(value.numerator)
    if not -_SMALLEST < value.numerator.bit_length() - value.denominator.bit_length() < LARGEST:
        raise TooLarge("what is worked out")
    rounded = _rounded(value)
    if rounded.denominator == 1:
        return rounded.numerator
    try:
        return Decimal(rounded)
    except OverflowError as error:
        raise TooLarge("what is worked out") from error


def _rounded(value: Fraction) -> Fraction:
    """Round to 512 significant bits, half to even."""
    above, below = abs(value.numerator), value.denominator
    shift = BITS - (above.bit_length() - below.bit_length())
    for move in (shift, shift + 1, shift - 1):
        scaled, rest = divmod(above << move, below) if move >= 0 else divmod(above, below << -move)
        if scaled.bit_length() == BITS:
            double = 2 * rest
            whole = below if move >= 0 else below << -move
            scaled += double > whole or (double == whole and scaled & 1)
            found = fraction(scaled, 1 << move) if move >= 0 else fraction(scaled << -move)
            return -found if value < 0 else found
    return value


def read_number(text: str) -> int | float:
    """Read a number written in decimals; ValueError if it is none."""
    found = _NUMBER.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        raise ValueError(f"{text} is no number")
    digits = (found[2] + (found[3] or "")).lstrip("0")
    if not digits:
        return 0
    written = (found[4] or "0").lstrip("+-0") or "0"
    if len(written) > 4 or int(written) > _LONGEST or len(text) > _LONGEST:
        raise TooLarge(text)
    exponent = (-int(written) if (found[4] or "").startswith("-") else int(written)) - len(found[3] or "")
    whole = _whole(digits)
    value = whole * 10**exponent if exponent >= 0 else fraction(whole, 10**-exponent)
    try:
        return number_of(-value if found[1] == "-" else value)
    except TooLarge as error:
        raise TooLarge(text) from error


def _whole(digits: str) -> int:
    """Read digits beyond the number that Python converts at once."""
    value = 0
    for start in range(0, len(digits), 4000):
        part = digits[start : start + 4000]
        value = value * 10 ** len(part) + int(part)
    return value


def written(number: float) -> str:
    """Write a number as Terraform does: as few decimals as tell it from its neighbours, and never an exponent."""
    value = exact(number)
    if isinstance(value, int):
        return _digits(value)
    value = _rounded(value)  # the decimal that a float is written as has no end in binary
    sign, value = ("-", -value) if value < 0 else ("", value)
    low, high = 1, 1
    while not _tells(value, high):
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _tells(value, middle) else (middle + 1, high)
    scaled, places = _shortened(value, low)
    text = _digits(scaled).rjust(places + 1, "0")
    return sign + (f"{text[:-places]}.{text[-places:]}".rstrip("0").rstrip(".") if places else text)


def _digits(value: int) -> str:
    if value.bit_length() < 13_000:
        return str(value)
    parts = []
    sign, value = ("-", -value) if value < 0 else ("", value)
    while value:
        value, part = divmod(value, 10**4000)
        parts.append(str(part).rjust(4000, "0"))
    return sign + "".join(reversed(parts)).lstrip("0")


def _shortened(value: Fraction, digits: int) -> tuple[int, int]:
    """Round to so many significant digits; give the number without its point, and how many places it has."""
    size = len(_digits(value.numerator // value.denominator)) if value >= 1 else 0
    if not size:
        size = 1 - len(_digits(value.denominator // value.numerator))
    places = max(digits - size, 0)
    return round(value * 10**places), places


def _tells(value: Fraction, digits: int) -> bool:
    scaled, places = _shortened(value, digits)
    return scaled != 0 and _rounded(fraction(scaled, 10**places)) == value


def divide(left: float, right: float) -> int | float:
    """Divide; what divides by zero gives no number of ours, and the caller sees to it."""
    return number_of(fraction(exact(left)) / fraction(exact(right)))


def remainder(left: float, right: float) -> int | float:
    """Give what is left of a division that is rounded towards zero: -7 % 3 is -1."""
    above, below = fraction(exact(left)), fraction(exact(right))
    times = above / below
    whole = times.numerator // times.denominator if times >= 0 else -(-times.numerator // times.denominator)
    return number_of(above - below * whole)
