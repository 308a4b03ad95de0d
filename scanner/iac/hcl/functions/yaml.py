"""Terraform's YAML functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.hcl.arithmetic import read_number
from scanner.iac.hcl.functions.definition import LONGEST, MOST, Functions, blur, nullable
from scanner.iac.hcl.functions.json_text import shaped
from scanner.iac.hcl.functions.unification import Unsure, text
from scanner.iac.hcl.values import EvaluationError, JsonText, Object, Tuple, normal
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = Functions()

_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
}
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt](?=.*[Z:+-])| (?!.*[Z+-]))(\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_DEEPEST: Final = 100
_TAG: Final = "tag:yaml.org,2002:"
_ESCAPES: Final = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


@FUNCTIONS.define("yamldecode", text, takes_unknown=True)
def read(source: Any) -> Any:
    """Give the value that YAML says."""
    if isinstance(source, JsonText):
        return shaped(source.document)
    return blur([source]) if isinstance(source, Unresolved) else _Reader(source).value


class _Reader:
    """Reads one document from the events of the parser; an alias counts as often as it is used."""

    def __init__(self, source: str) -> None:
        import yaml  # noqa: PLC0415  # most code reads no YAML

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._left = MOST
        self._anchors: dict[str, tuple[Any, int]] = {}
        try:
            self._events: Iterator[Any] = iter(yaml.parse(source, Loader=loader))
            next(self._events)
            start = next(self._events)
            if not isinstance(start, yaml.DocumentStartEvent):
                raise EvaluationError("it is an empty YAML text")
            if start.version not in (None, (1, 1)):
                raise EvaluationError("it says that it is YAML of another version than 1.1")
            self.value = self._node(next(self._events), 0)
            next(self._events)
            if not isinstance(next(self._events), yaml.StreamEndEvent):
                raise EvaluationError("it is more than one YAML document")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" in line {mark.line + 1}" if mark is not None else ""
            raise EvaluationError(f"it is no YAML{where}") from None

    def _node(self, event: Any, depth: int) -> Any:
        kind = type(event).__name__
        if depth > _DEEPEST:
            raise Unsure("a YAML text is nested too deeply to be worked out")
        if kind == "AliasEvent":
            value, weight = self._anchors.get(event.anchor) or (None, -1)
            if weight < 0:
                raise EvaluationError(f"there is no anchor {event.anchor}, or it is not complete")
            self._spend(weight)
            return value
        before = self._left
        self._spend(1)
        self._anchors.pop(event.anchor, None)
        if kind == "ScalarEvent":
            value = _scalar(event)
        elif (event.tag or "") not in ("", "!", f"{_TAG}map", f"{_TAG}seq"):
            raise EvaluationError(f"it has the tag {event.tag}, which Terraform does not read")
        elif kind == "MappingStartEvent":
            value = self._mapping(depth)
        else:
            value = self._sequence(depth)
        if event.anchor:
            self._anchors[event.anchor] = value, before - self._left
        return value

    def _spend(self, weight: int) -> None:
        self._left -= weight
        if self._left < 0:
            raise Unsure(f"it has more than {MOST:,} values, with its aliases written out")

    def _sequence(self, depth: int) -> Tuple:
        found = Tuple()
        while type(event := next(self._events)).__name__ != "SequenceEndEvent":
            found.append(self._node(event, depth + 1))
        return found

    def _mapping(self, depth: int) -> Object:
        found: dict[str, Any] = {}
        while type(event := next(self._events)).__name__ != "MappingEndEvent":
            if type(event).__name__ != "ScalarEvent":
                raise EvaluationError("it has a key that is no text")
            value = self._node(next(self._events), depth + 1)
            if (event.value == "<<" and event.implicit[0]) or event.tag == f"{_TAG}merge":
                for part in [value] if isinstance(value, dict) else value if isinstance(value, list) else [None]:
                    if not isinstance(part, dict):
                        raise EvaluationError("it merges what is no map")
                    found.update(part)
                continue
            key = _scalar(event)
            if key is None:
                raise EvaluationError("it has a key that is null")
            found[text(key)] = value
        return Object((key, found[key]) for key in sorted(found))


def _scalar(event: Any) -> Any:
    tag, source = event.tag or "", event.value
    if tag == "!":
        tag = ""
    if not tag and event.implicit[0]:
        return _plain(source)
    kind = tag.removeprefix(_TAG)
    if kind in ("", "str"):
        return normal(source)
    if kind == "null":
        return None
    if kind in ("bool", "int", "float") and event.style not in ("'", '"'):
        found = _plain(source)
        if isinstance(found, bool) is (kind == "bool") and isinstance(found, (bool, int, float)):
            return found
        raise EvaluationError(f"{source[:40]!r} is no {kind}")
    raise Unsure(f"the YAML tag {tag[:40]} is not worked out")


def _plain(source: str) -> Any:
    """Read a scalar without quotes: a word of YAML 1.1, a number of YAML 1.2, or a text."""
    if source in _WORDS:
        return _WORDS[source]
    if source.lower() in (".nan", ".inf", "+.inf", "-.inf"):
        raise Unsure("a number that is not finite is not worked out")
    if source[4:5] == "-" and (found := _DATE.fullmatch(source)):
        return _date(found) or source
    if _WHOLE.fullmatch(source):
        if source[:2] in ("0o", "0x"):
            return int(source[2:], 8 if source[1] == "o" else 16)
        return read_number(source)
    if _REAL.fullmatch(source):
        return read_number(source)
    return normal(source)


def _date(found: re.Match[str]) -> str | None:
    """Write a date as the time that Terraform makes of it; None if there is no such time."""
    from datetime import date  # noqa: PLC0415  # few texts have dates

    year, month, day, hour, minute, second = (int(found[place] or 0) for place in range(1, 7))
    zone = found[7] or "Z"
    if "T" in found[0].upper() and not found[7]:
        return None
    try:
        date(year, month, day)
    except ValueError:
        return None
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone = "Z" if zone[1:] == "00:00" else zone
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}"


@FUNCTIONS.define("yamlencode", nullable)
def write(value: Any) -> str:
    """Give a value as YAML."""
    parts: list[str] = []
    if isinstance(value, (dict, list, tuple)):
        _write(value, 0, parts, inline=False)
    else:
        # a number alone could go on, so it is followed by the mark of the document's end
        parts.append(_atom(value, 2) + ("\n" if isinstance(value, str) else "\n...\n"))
    written = "".join(parts)
    if len(written) > LONGEST:
        raise Unsure(f"the text would have more than {LONGEST:,} characters")
    return written


def _write(value: Any, indent: int, into: list[str], *, inline: bool) -> None:
    """Write a value; `inline` where a key or a dash stands before it in the line."""
    if isinstance(value, dict) and value:
        lead = ""
        for key in sorted(value):
            if "\n" in key:
                raise Unsure("a key of several lines is not worked out")
            into.append(f"{lead}{_quoted(key)}:")
            lead = " " * indent
            _write_after(value[key], indent, into, sequence_indent=indent)
    elif isinstance(value, (list, tuple)) and value:
        lead = ""
        for one in value:
            into.append(f"{lead}-")
            lead = " " * indent
            _write_item(one, indent, into)
    else:
        into.append((" " if inline else "") + _atom(value, indent) + "\n")


def _write_after(value: Any, indent: int, into: list[str], *, sequence_indent: int) -> None:
    """Write what stands after a key."""
    if isinstance(value, dict) and value:
        into.append("\n" + " " * (indent + 2))
        _write(value, indent + 2, into, inline=False)
    elif isinstance(value, (list, tuple)) and value:
        into.append("\n" + " " * sequence_indent)
        _write(value, sequence_indent, into, inline=False)
    else:
        _write(value, indent + 2, into, inline=True)


def _write_item(value: Any, indent: int, into: list[str]) -> None:
    """Write what stands after a dash."""
    if isinstance(value, (dict, list, tuple)) and value:
        into.append(" ")
        _write(value, indent + 2, into, inline=False)
    else:
        _write(value, indent + 2, into, inline=True)


def _atom(value: Any, indent: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    if not isinstance(value, str):
        return text(value)
    if "\n" in value:
        return _literal(value, indent)
    if len(value) > 60 and " " in value:
        raise Unsure("where a long text is folded is not worked out")
    return _quoted(value)


def _literal(value: str, indent: int) -> str:
    lines = value.split("\n")
    if not value.isprintable() and not value.replace("\n", "").isprintable():
        raise Unsure("a text of several lines with control characters is not worked out")
    if any(line.endswith(" ") for line in lines) or value[0] in " \n":
        raise Unsure("a text of several lines with spaces at their ends is not worked out")
    if value.endswith("\n\n") and not indent:
        raise Unsure("a text that ends in empty lines is not worked out")
    if value.endswith("\n"):
        mark = "|+" if value.endswith("\n\n") else "|"
        lines.pop()
    else:
        mark = "|-"
    return mark + "".join("\n" + (" " * indent + line if line else "") for line in lines)


def _quoted(value: str) -> str:
    return (
        '"'
        + "".join(_ESCAPES.get(one) or (one if _is_printable(ord(one)) else _escape(ord(one))) for one in value)
        + '"'
    )


def _is_printable(code: int) -> bool:
    return 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)


def _escape(code: int) -> str:
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
