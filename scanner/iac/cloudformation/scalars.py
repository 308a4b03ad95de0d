"""Plain scalars of YAML 1.1 as CloudFormation takes them: what is a number, a boolean, nothing, or just text.

Dates stay text (`Version: 2012-10-17`). Where YAML 1.1 and a reader of the template see different numbers (a leading
zero, `23:45` in base 60) no side is taken: the value is unresolved, with both readings as its choices.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from scanner.model.unresolved import Unresolved

_CONSTANTS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)\Z")
_FLOAT: Final = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?\Z")
_OTHER_BASE: Final = re.compile(r"[-+]?0(?:b[01_]+|x[0-9a-fA-F_]+)\Z")
_OCTAL: Final = re.compile(r"[-+]?0[0-7_]+\Z")
_SIXTIES: Final = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+\Z")
_STARTS: Final = frozenset("+-.0123456789")
#: no number of CloudFormation is longer, and Python takes quadratic time for such
_LONGEST: Final = 400
_ACCOUNT: Final = 12


def read_plain(text: str) -> Any:
    """Give the value of a plain (unquoted, untagged) scalar."""
    if text[:1] not in _STARTS:
        return _CONSTANTS.get(text, text)
    if len(text) > _LONGEST:
        return text
    if _DECIMAL.match(text):
        return int(text.replace("_", ""))
    if _FLOAT.match(text):
        return _float(text)
    if _OTHER_BASE.match(text):
        return int(text.replace("_", ""), 0)
    if _OCTAL.match(text):
        return _leading_zero(text)
    if _SIXTIES.match(text):
        return _sixties(text)
    return text


def read_integer(text: str) -> int | str:
    """Give the integer of a JSON number, or its text where no computer needs so many digits."""
    return int(text) if len(text) <= _LONGEST else text


def _float(text: str) -> float | str:
    number = float(text.replace("_", ""))
    return number if math.isfinite(number) else text


def _leading_zero(text: str) -> Any:
    digits = text.replace("_", "")
    if len(digits) == _ACCOUNT and text.isdigit():
        return text  # an account's id
    return Unresolved(
        f"{text} has a leading zero: YAML reads it as an octal number, its readers as a decimal one; put it in quotes",
        choices=(text, int(digits, 8), int(digits)),
    )


def _sixties(text: str) -> Any:
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    total = 0
    for part in digits.replace("_", "").split(":"):
        total = total * 60 + int(part)
    return Unresolved(
        f"{text} is a number in base 60 to YAML, a time to its readers; put it in quotes", choices=(text, sign * total)
    )
