"""JSON texts as Terraform writes and reads them."""

from __future__ import annotations

import re
from typing import Any, Final

from scanner.iac.hcl.functions.definition import LONGEST
from scanner.iac.hcl.functions.unification import Unsure, number, text, type_of
from scanner.iac.hcl.values import EvaluationError, Object, Tuple, normal

#: Go writes these as escapes, so that JSON can stand inside HTML and JavaScript
_ESCAPED = re.compile("[\\x00-\\x1f<>&\u2028\u2029]")
_SHORT: Final = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST_EXPONENT: Final = 400
_LONGEST_NUMBER: Final = 500


def write_json(value: Any) -> str:
    """Write a value as JSON: no spaces, object keys in order."""
    parts: list[str] = []
    _write(value, parts)
    written = "".join(parts)
    if len(written) > LONGEST:
        raise Unsure(f"the text would have more than {LONGEST:,} characters")
    return written


def _write(value: Any, into: list[str]) -> None:
    if value is None:
        into.append("null")
    elif isinstance(value, str):
        into.append(quoted(value))
    elif isinstance(value, (bool, int, float)):
        into.append(text(value))
    elif isinstance(value, dict):
        mark = "{"
        for key in sorted(value):
            into.append(f"{mark}{quoted(key)}:")
            _write(value[key], into)
            mark = ","
        into.append("{}" if mark == "{" else "}")
    elif isinstance(value, (list, tuple)):
        mark = "["
        for one in value:
            into.append(mark)
            _write(one, into)
            mark = ","
        into.append("[]" if mark == "[" else "]")
    else:
        raise EvaluationError("it cannot be written as JSON")


def quoted(value: str) -> str:
    """Write a text as a JSON string."""
    if len(value) + value.count('"') + value.count("\\") > LONGEST:
        raise Unsure(f"the text would have more than {LONGEST:,} characters")
    value = _SURROGATE.sub("\ufffd", value)
    value = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _ESCAPED.sub(lambda found: _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}", value) + '"'


def read_json(source: str) -> Any:
    """Read a JSON text into a value of Terraform's language."""
    import json  # noqa: PLC0415  # most code decodes no JSON

    try:
        found = json.loads(
            source, object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise EvaluationError(f"it is no JSON text: {error.msg} at character {error.pos + 1}") from None
    return shaped(found)


def _object(pairs: list[tuple[str, Any]]) -> Object:
    found: Object = Object()
    for key, value in pairs:
        if key in found and type_of(found[key]) != type_of(value):
            raise Unsure(f"the property {key[:40]!r} stands there twice, which depends on Terraform's version")
        found[key] = value
    return found


def _number(source: str) -> int | float:
    _, _, exponent = source.lower().partition("e")
    if len(source) > _LONGEST_NUMBER or (exponent and abs(int(exponent)) > _LARGEST_EXPONENT):
        raise Unsure("a number is too large or too small to be worked with")
    return number(source)


def _constant(source: str) -> Any:
    raise EvaluationError(f"{source} is no JSON")


def shaped(value: Any) -> Any:
    """Give plain data as tuples and objects, which is what Terraform reads JSON and YAML into."""
    if isinstance(value, str):
        return normal(_SURROGATE.sub("\ufffd", value)) if not value.isascii() else value
    if isinstance(value, dict):
        return Object((shaped(key), shaped(value[key])) for key in sorted(value))
    if isinstance(value, (list, tuple)):
        return Tuple(map(shaped, value))
    return value
