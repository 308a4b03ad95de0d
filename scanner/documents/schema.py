"""Documents held against their JSON Schema, and what is wrong with them in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.yaml_file import Document, JsonPath

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_COUNTS = {
    "minItems": ("entry", "entries"),
    "minProperties": ("entry", "entries"),
    "minLength": ("character", "characters"),
}
#: How much of a text is repeated in a message.
_LONGEST = 200
_BOUNDS = {
    "const": "exactly",
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "uniqueItems": "every entry once",
}


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Load a schema of this package: `policy` or `config`."""
    schema: dict[str, Any] = json.loads(Path(__file__).with_name(f"{name}.schema.json").read_bytes())
    return schema


def schema_text(name: str) -> str:
    """Give a published schema as it is: `policy`, `config`, `findings` or `estate`."""
    return Path(__file__).with_name(f"{name}.schema.json").read_text(encoding="utf-8")


def check(document: Document, name: str) -> None:
    """Hold a document against its schema; raise DocumentError with every violation, sorted by line."""
    if found := violations(document, name):
        raise DocumentError.of(document.file, (problem for some in found.values() for problem in some))


def violations(document: Document, name: str) -> dict[str, list[Problem]]:
    """Find what violates the schema, by the part of the document that it is in; "" is the document as a whole."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # 60 ms that most commands never need

    schema = load_schema(name)
    found: dict[str, list[Problem]] = {}
    for error in Draft202012Validator(schema).iter_errors(document.data):
        part = str(next(iter(error.absolute_path), ""))
        found.setdefault(part, []).extend(_problems(document, schema, error))
    return found


def say_path(path: JsonPath) -> str:
    """Say where in a document something stands: `systems[0].tier`."""
    said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return said.removeprefix(".") or "the document"


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or which there are."""
    options = {option.lower(): option for option in known}
    meant = get_close_matches(word.lower(), options, n=1)
    expected = f"expected {_any_of(sorted(options.values()))}" if options else "expected nothing here"
    return f"{expected}; did you mean {options[meant[0]]}?" if meant else expected


def _problems(document: Document, schema: Mapping[str, Any], error: Any) -> Iterator[Problem]:
    path, found, rule = tuple(error.absolute_path), error.instance, error.schema
    if error.validator == "additionalProperties":
        for key in (key for key in found if key not in rule["properties"]):
            message = f"found unknown property {key!r} in {say_path(path)}"
            yield document.problem((*path, key), message, nearest(key, rule["properties"]))
    elif error.validator == "required":
        for key in (key for key in error.validator_value if key not in found):
            meaning = _resolve(schema, rule["properties"][key])["title"]
            yield document.problem(path, f"found no {key!r} in {say_path(path)}", f"expected {meaning}")
    else:
        message = f"found {_say(found)} for {say_path(path)}"
        yield document.problem(path, message, f"expected {_expected(error.validator, found, rule)}")


def _expected(keyword: str, found: Any, rule: Mapping[str, Any]) -> str:
    value = rule[keyword]
    if keyword == "pattern" or (keyword == "type" and "pattern" in rule):
        return str(rule["title"])
    if keyword == "type":
        wanted = [value] if isinstance(value, str) else value
        quotes = " in quotes" if "string" in wanted and isinstance(found, bool | int | float) else ""
        return _any_of([_TYPES[kind] for kind in wanted]) + quotes
    if keyword == "enum":
        return nearest(str(found), value).removeprefix("expected ")
    if keyword in _COUNTS:
        return f"at least {value} {_COUNTS[keyword][value != 1]}"
    return f"{_BOUNDS.get(keyword, keyword)}{'' if value is True else f' {value}'}"


def _resolve(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a local reference; what stands beside it counts more."""
    if "$ref" not in part:
        return part
    target: Any = schema
    for step in part["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return {**_resolve(schema, target), **part}


def _say(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return repr(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…")
    kind = "list" if isinstance(value, list) else "mapping"
    return f"a {kind}" if value else f"an empty {kind}"


def _any_of(options: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(options[:-1]), options[-1]]))
