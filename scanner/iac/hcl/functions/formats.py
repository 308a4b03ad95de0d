"""Terraform's `format` and `formatlist`: Go's verbs, for exact numbers."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from scanner.iac.hcl.arithmetic import number_of
from scanner.iac.hcl.functions.definition import LONGEST, MOST, Functions, blur, first_unsettled, nullable, unsettled_in
from scanner.iac.hcl.functions.graphemes import graphemes, length
from scanner.iac.hcl.functions.json_text import write_json
from scanner.iac.hcl.functions.unification import Unsure, boolean, number, ordered, text
from scanner.iac.hcl.values import EvaluationError, ListValue, exact, normal
from scanner.model.unresolved import Unresolved

FUNCTIONS = Functions()
_WIDEST: Final = 1_000_000
_PIECE = re.compile(
    r"%%|%(?P<flags>[0#+ -]*)(?P<width>[1-9][0-9]*)?(?:\.(?P<precision>[0-9]*))?"
    r"(?:\[(?P<argument>[1-9][0-9]*)\])?(?P<verb>[a-zA-Z])|(?P<wrong>%)"
)


class _Verb:
    """One verb of a format: how one argument is written."""

    __slots__ = ("letter", "precision", "raw", "sharp", "sign", "to_left", "width", "zero")

    def __init__(self, found: re.Match[str]) -> None:
        flags = found["flags"]
        self.raw = found[0]
        self.letter = found["verb"]
        self.sharp = "#" in flags
        self.zero = "0" in flags
        self.to_left = "-" in flags
        self.sign = "+" if "+" in flags else (" " if " " in flags else "")
        self.width = _small(found["width"])
        self.precision = None if found["precision"] is None else _small(found["precision"])

    def pad(self, done: str) -> str:
        """Fill a text up to the width."""
        missing = self.width - length(done) if self.width else 0
        if missing <= 0:
            return done
        filled = ("0" if self.zero else " ") * missing
        return done + filled if self.to_left else filled + done

    def pad_number(self, negative: bool, done: str, *, zero: bool) -> str:  # noqa: FBT001  # a sign is no option
        """Put the sign before digits and fill them up to the width."""
        sign = "-" if negative else self.sign
        missing = self.width - len(sign) - len(done)
        if missing <= 0:
            return sign + done
        if self.to_left:
            return sign + done + " " * missing
        return sign + "0" * missing + done if zero else " " * missing + sign + done


def _small(found: str | None) -> int:
    if found and (len(found) > 7 or int(found) > _WIDEST):
        raise Unsure(f"format() is asked for a width of {found[:20]}, the most is {_WIDEST:,}")
    return int(found or 0)


@FUNCTIONS.define("format", text, rest=nullable)
def write(template: str, *arguments: Any) -> str:
    """Write arguments where a template has its verbs."""
    parts: list[str] = []
    done = used = size = 0
    following = 1
    for found in _PIECE.finditer(template):
        parts.append(template[done : found.start()])
        done = found.end()
        if found["wrong"]:
            raise EvaluationError(f"the format is wrong from its character {found.start() + 1}")
        if found[0] == "%%":
            parts.append("%")
            continue
        place = _small(found["argument"]) or following
        used, following = max(used, place), place + 1
        if place > len(arguments):
            raise EvaluationError(f"{found[0]!r} asks for argument {place}, format() is given {len(arguments)}")
        parts.append(_write_one(_Verb(found), arguments[place - 1]))
        size += len(parts[-1])
        if size > LONGEST:
            raise Unsure(f"the text would have more than {LONGEST:,} characters")
    if used < len(arguments):
        raise EvaluationError(f"format() is given {len(arguments)} arguments, {used} are used")
    return normal("".join([*parts, template[done:]]))


def _write_one(verb: _Verb, argument: Any) -> str:
    if verb.letter == "v":
        return verb.pad(_as_is(verb, argument))
    if argument is None:
        raise EvaluationError(f"{verb.raw!r} cannot write null")
    if verb.letter == "t":
        return "true" if boolean(argument) else "false"
    if verb.letter in "sq":
        written = text(argument)
        if verb.precision:
            written = "".join(graphemes(written)[: verb.precision])
        return verb.pad(write_json(written) if verb.letter == "q" else written)
    if verb.letter in "bdoxX":
        return _write_whole(verb, exact(number(argument)))
    if verb.letter in "eEfgG":
        return _write_number(verb, exact(number(argument)))
    raise EvaluationError(f"there is no verb {verb.raw!r}")


def _as_is(verb: _Verb, argument: Any) -> str:
    if verb.sharp or isinstance(argument, bool) or not isinstance(argument, (str, int, float)):
        return write_json(argument)
    return argument if isinstance(argument, str) else _general(exact(argument), None)


def _write_whole(verb: _Verb, value: int | Fraction) -> str:
    if not isinstance(value, int):
        raise EvaluationError(f"{verb.raw!r} writes whole numbers only")
    written = format(abs(value), verb.letter)
    if verb.precision is not None:
        written = "" if verb.precision == 0 and value == 0 else written.rjust(verb.precision, "0")
    if verb.sharp:
        written = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}.get(verb.letter, "") + written
        if verb.zero and not verb.to_left and verb.precision is None:
            prefix = len(written) - len(format(abs(value), verb.letter))
            room = verb.width - len(written) - len("-" if value < 0 else verb.sign)
            written = written[:prefix] + "0" * room + written[prefix:]
    return verb.pad_number(value < 0, written, zero=verb.zero and verb.precision is None)


def _write_number(verb: _Verb, value: int | Fraction) -> str:
    size = abs(Fraction(value))
    if verb.letter == "f":
        written = _fixed(size, 6 if verb.precision is None else verb.precision)
    elif verb.letter in "eE":
        written = _scientific(size, 6 if verb.precision is None else verb.precision)
    else:
        written = _general(size, verb.precision)
    return verb.pad_number(value < 0, written.upper() if verb.letter in "EG" else written, zero=verb.zero)


def _fixed(value: int | Fraction, places: int) -> str:
    scaled = str(round(Fraction(value) * 10**places)).rjust(places + 1, "0")
    return f"{scaled[:-places]}.{scaled[-places:]}" if places else scaled


def _scientific(value: int | Fraction, places: int) -> str:
    found, point = _digits(value, places + 1) if value else ("0" * (places + 1), 1)
    return _with_exponent(found, point - 1)


def _with_exponent(found: str, exponent: int) -> str:
    fraction = f".{found[1:]}" if len(found) > 1 else ""
    return f"{found[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _general(value: int | Fraction, precision: int | None) -> str:
    """Write a number the shorter way: with an exponent where it is very large or very small."""
    if value < 0:
        return "-" + _general(-value, precision)
    if value == 0:
        return "0"
    if precision is None:
        found, point = _shortest(value)
        limit = 6
    else:
        found, point = _digits(value, precision or 1)
        limit = precision or 1
        found = found.rstrip("0")
        if limit > len(found) >= point:
            limit = len(found)
    if point - 1 < -4 or point - 1 >= limit:
        return _with_exponent(found, point - 1)
    if point <= 0:
        return f"0.{'0' * -point}{found}"
    if point >= len(found):
        return found + "0" * (point - len(found))
    return f"{found[:point]}.{found[point:]}"


def _shortest(value: int | Fraction) -> tuple[str, int]:
    """Give the fewest digits that tell a positive number from all others, and where its decimal point is."""
    whole, _, fraction = text(number_of(value)).partition(".")
    found = (whole + fraction).lstrip("0")
    return found.rstrip("0") or "0", len(found) - len(fraction)


def _digits(value: int | Fraction, count: int) -> tuple[str, int]:
    """Give the first digits of a positive number, the last one rounded, and where its decimal point is."""
    top, bottom = value.numerator, value.denominator
    point = len(str(top)) - len(str(bottom))
    point += (top >= bottom * 10**point) if point >= 0 else (top * 10**-point >= bottom)
    shift = count - point
    scaled = round(Fraction(top * 10**shift, bottom) if shift >= 0 else Fraction(top, bottom * 10**-shift))
    if scaled >= 10**count:
        return str(scaled // 10), point + 1
    return str(scaled).rjust(count, "0"), point


@FUNCTIONS.define("formatlist", text, rest=nullable, takes_unknown=True)
def write_each(template: Any, *arguments: Any) -> Any:
    """Write a template once for each element of the lists among the arguments."""
    unsettled = [one for one in (template, *arguments) if isinstance(one, Unresolved)]
    if unsettled:
        return blur(unsettled)
    for one in arguments:
        if not ordered(one):
            return unsettled_in(one)
    lists = {place: one for place, one in enumerate(arguments) if isinstance(one, (list, tuple))}
    sizes = {len(one) for one in lists.values()}
    if len(sizes) > 1:
        raise EvaluationError(f"formatlist() is given lists of {', '.join(map(str, sorted(sizes)))} elements")
    count = sizes.pop() if sizes else 1
    if count > MOST:
        raise Unsure(f"formatlist() would give more than {MOST:,} elements")
    answers: list[Any] = []
    size = 0
    for turn in range(count):
        row = [lists[place][turn] if place in lists else one for place, one in enumerate(arguments)]
        found = first_unsettled(row)
        answers.append(write(template, *row) if found is None else blur([found]))
        size += 0 if found is not None else len(answers[-1])
        if size > LONGEST:
            raise Unsure(f"the texts would have more than {LONGEST:,} characters")
    return ListValue(answers)
