"""YAML as version 1.2 means it: `02:00`, `yes` and dates are text, keys are unique, values have lines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from scanner.documents.errors import DocumentError, Problem
from scanner.model.late_dataclass import dataclass

JsonPath = tuple[str | int, ...]
Lines = Mapping[JsonPath, tuple[int, int]]

# Aliases repeat what they stand for; a document that unfolds beyond this is an accident or an attack.
_MOST_NODES, _DEEPEST = 100_000, 50
_LARGEST = 32 << 20
_TOO_MANY = (f"found more than {_MOST_NODES} values", "expected fewer")
_TOO_DEEP = ("found more than 50 levels", "expected fewer")
_TAG = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
# YAML 1.2 also knows .inf and .nan: here they stay text, as no figure of a policy can be either.
_SCALARS = (
    ("null", re.compile(r"~|null|Null|NULL|"), [*"~nN", ""]),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF")),
    ("int", _INTEGER, list("-+0123456789")),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), list("-+.0123456789")),
)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes with the scalars of YAML 1.2's core schema; it never constructs an object."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _name, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(rf"(?:{_pattern.pattern})\Z"), _first)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as plain data, with the line and column of every key and item, counted from 1."""

    file: str
    data: Any
    lines: Lines
    digest: str = ""

    def problem(self, path: JsonPath, message: str, hint: str = "") -> Problem:
        """Place a problem at a path, or at the nearest thing above it that is written down."""
        while path and path not in self.lines:
            path = path[:-1]
        line, column = self.lines.get(path, (1, 1))
        return Problem(line, column, message, hint)


def load_yaml(path: Path) -> Document:
    """Load one YAML document; raise DocumentError with file and line for whatever is wrong with it."""
    try:
        with path.open("rb") as opened:
            raw = opened.read(_LARGEST + 1)  # a device has no end
    except OSError as error:
        raise DocumentError(str(path), 0, f"cannot be read: {error.strerror or error}") from None
    if len(raw) > _LARGEST:
        raise DocumentError(
            str(path), 0, f"found more than {_LARGEST >> 20} MiB", "expected a document that people write"
        )
    return parse_yaml(str(path), raw)


def parse_yaml(file: str, raw: bytes) -> Document:
    """Read one YAML document that is the content of a file, or will be; raise DocumentError as `load_yaml` does."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = raw[: error.start].count(b"\n") + 1, raw[error.start]
        raise DocumentError(file, line, f"found byte 0x{byte:02x}", "expected UTF-8 text") from None
    node = compose(file, text)
    if node is None:
        raise DocumentError(file, 1, "found an empty document", "expected a mapping")
    reading = _Reading({})
    data = reading.build(node, ())
    if reading.problems:
        raise DocumentError.of(file, reading.problems)
    return Document(file, data, reading.lines, hashlib.sha256(raw).hexdigest())


def compose(file: str, text: str) -> yaml.Node | None:
    """Read a document as nodes, which know where they begin and end."""
    try:
        # The parser in C crashes the interpreter while it composes tens of thousands of levels.
        depth = count = 0
        for event in yaml.parse(text, _Loader):
            count += isinstance(event, yaml.NodeEvent)
            if count > _MOST_NODES:  # without composing them all first
                raise DocumentError(file, _place(event)[0], *_TOO_MANY)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise DocumentError(file, _place(event)[0], *_TOO_DEEP)
        loader = _Loader(text)
        try:
            node: yaml.Node | None = loader.get_single_node()
            return node
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = f"not valid YAML: {error.problem or error.context}"
        raise DocumentError(file, line, message, error.context or "", column=column) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = f"not valid YAML: {error.reason}"
        raise DocumentError(file, line, message, "expected printable text") from None


class _Reading:
    """Turns nodes into plain data and notes where each value stands."""

    def __init__(self, lines: dict[JsonPath, tuple[int, int]]) -> None:
        self.lines = lines
        self.problems: list[Problem] = []
        self._open: set[int] = set()
        self._nodes = 0

    def build(self, node: yaml.Node, path: JsonPath) -> Any:
        """Build the value of a node and of all below it."""
        self.lines.setdefault(path, _place(node))
        self._nodes += 1
        if self._nodes == _MOST_NODES:
            self._note(node, *_TOO_MANY)
        if self._nodes >= _MOST_NODES:
            return None
        if id(node) in self._open:
            return self._note(node, "found an alias of what it stands in", "expected no circle")
        if len(path) > _DEEPEST:
            return self._note(node, *_TOO_DEEP)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
                return self._mapping(node, path)
            if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
                return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._scalar(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: JsonPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._note(key, "found a list or mapping as a key", "expected text")
            elif key.value in found:
                first = self.lines[(*path, key.value)][0]
                self._note(key, f"found {key.value!r} twice", f"first on line {first}")
            else:
                # Keys are text whatever they look like, and a problem is best shown at the key.
                self.lines[(*path, key.value)] = _place(key)
                found[key.value] = self.build(value, (*path, key.value))
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return self._note(node, f"found the tag {node.tag}", "expected plain YAML without tags")
        text, kind = str(node.value), node.tag.removeprefix(_TAG)
        if kind == "str":
            return text
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        try:
            if kind == "int" and _INTEGER.fullmatch(text):
                return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
            if kind == "float":
                return float(text)
        except ValueError:
            pass
        return self._note(node, f"found {text!r} with the tag {node.tag}", "expected plain YAML without tags")

    def _note(self, node: yaml.Node, message: str, hint: str) -> None:
        self.problems.append(Problem(*_place(node), message, hint))


def _place(part: yaml.Node | yaml.Event) -> tuple[int, int]:
    mark = part.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
