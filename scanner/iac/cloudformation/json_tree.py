"""JSON templates: values by the standard library's C scanner, places looked up in the text only when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from json.decoder import JSONDecodeError, JSONDecoder, scanstring  # type: ignore[attr-defined]  # it is in no stub
from typing import Any, Final

from scanner.iac.block import Problem
from scanner.iac.cloudformation.scalars import read_integer
from scanner.iac.cloudformation.yaml_tree import Broken, repeated
from scanner.model.reading import Spot

_SPACE: Final = re.compile(r"[ \t\n\r]*")
#: half of a character, which no report can be written with
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
#: sections and their entries are walked here, so that each resource's place is known; what is in them by the scanner
_WALKED: Final = 2


class _Entry:
    """One member or item: its begin (of the key), its value's begin, its end, and what is in it, once looked up."""

    __slots__ = ("end", "inner", "start", "value_start")

    def __init__(self, start: int, value_start: int, end: int, inner: Any = None) -> None:
        self.start = start
        self.value_start = value_start
        self.end = end
        self.inner: dict[str, _Entry] | list[_Entry] | None = inner


class JsonTree:
    """A JSON text: its value, its problems, and places by path."""

    def __init__(self, text: str, spot: Callable[[int, int], Spot]) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._spot = spot
        self._repeats = False
        decoder: Any = JSONDecoder(object_pairs_hook=self._object, parse_int=read_integer, parse_constant=str)
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
        start = self._skip(0)
        try:
            self.value, self._root = self._walk(start, 0)
        except JSONDecodeError as error:
            raise Broken(f"{error.msg[:1].lower()}{error.msg[1:]}", error.pos) from error
        except RecursionError as error:
            raise Broken("values are nested too deep", start) from error
        if _SURROGATE.search(text):
            self.value = _mended(self.value)
        self._root.start = start
        rest = self._skip(self._root.end)
        if rest < len(text):
            self._note("there is more text after the end of the JSON value; it is not read", rest, rest)
        if self._repeats:
            self._find_repeats(self._root, 0)

    def find(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Give the begin and end of what stands at a path, or of the nearest above it."""
        here = self._root
        for step in path:
            inner = self._inner(here)
            if isinstance(inner, dict) and str(step) in inner:
                here = inner[str(step)]
            elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
                here = inner[step]
            else:
                break
        return here.start, here.end

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            self._repeats = True
            made = {}
            for key, value in pairs:
                again = key in made
                made[key] = repeated(key, made[key], None, value, None, depth=3)[0] if again else value
        return made

    def _skip(self, at: int) -> int:
        if self._text[at : at + 1] > " ":
            return at
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _walk(self, at: int, depth: int) -> tuple[Any, _Entry]:
        if depth >= _WALKED or self._text[at : at + 1] != "{":
            value, end = self._value(at)
            return value, _Entry(at, at, end)
        values: dict[str, Any] = {}
        inner: dict[str, _Entry] = {}
        end = at

        def take(key: str, start: int, here: int) -> int:
            value, entry = self._walk(here, depth + 1)
            entry.start = start
            if key in values:
                where = self._spot(inner[key].start, inner[key].start)
                message = f"{key} is given twice: also in line {where.line}"
                self._note(message, start, entry.end, "keep one of the two")
                value, _ = repeated(key, values[key], {}, value, {}, depth=depth + 1)
                if isinstance(inner[key].inner, dict) and isinstance(entry.inner, dict):
                    entry.inner = {**inner[key].inner, **entry.inner}  # type: ignore[dict-item]
            values[key] = value
            inner[key] = entry
            return entry.end

        end = self._members(at, take)
        return values, _Entry(at, at, end, inner)

    def _members(self, at: int, take: Callable[[str, int, int], int]) -> int:
        """Go through the members of the object at a place, and give its end."""
        text = self._text
        at = self._skip(at + 1)
        if text[at : at + 1] == "}":
            return at + 1
        while True:
            if text[at : at + 1] != '"':
                raise JSONDecodeError("expecting a name in double quotes", text, at)
            key, end = scanstring(text, at + 1, False)
            colon = self._skip(end)
            if text[colon : colon + 1] != ":":
                raise JSONDecodeError("expecting ':'", text, colon)
            end = self._skip(take(key, at, self._skip(colon + 1)))
            if text[end : end + 1] == "}":
                return end + 1
            if text[end : end + 1] != ",":
                raise JSONDecodeError("expecting ',' or '}'", text, end)
            at = self._skip(end + 1)

    def _value(self, at: int) -> tuple[Any, int]:
        try:
            return self._scan(self._text, at)
        except StopIteration as stop:
            raise JSONDecodeError("expecting a value", self._text, stop.value) from None

    def _inner(self, entry: _Entry) -> dict[str, _Entry] | list[_Entry] | None:
        if entry.inner is None:
            opened = self._text[entry.value_start : entry.value_start + 1]
            if opened == "{":
                members: dict[str, _Entry] = {}

                def take(key: str, start: int, here: int) -> int:
                    _, end = self._value(here)
                    members[key] = _Entry(start, here, end)
                    return end

                self._members(entry.value_start, take)
                entry.inner = members
            elif opened == "[":
                entry.inner = self._items(entry.value_start)
        return entry.inner

    def _items(self, at: int) -> list[_Entry]:
        items: list[_Entry] = []
        at = self._skip(at + 1)
        while self._text[at : at + 1] != "]":
            _, end = self._value(at)
            items.append(_Entry(at, at, end))
            at = self._skip(end)
            if self._text[at : at + 1] == ",":
                at = self._skip(at + 1)
        return items

    def _find_repeats(self, entry: _Entry, depth: int) -> None:
        """Tell where keys are given twice below the entries of sections; only where the scanner met any."""
        opened = self._text[entry.value_start : entry.value_start + 1]
        if opened == "{" and depth >= _WALKED:
            seen: dict[str, int] = {}

            def take(key: str, start: int, here: int) -> int:
                _, end = self._value(here)
                if key in seen:
                    where = self._spot(seen[key], seen[key])
                    self._note(f"{key} is given twice: also in line {where.line}", start, end, "keep one of the two")
                seen[key] = start
                return end

            self._members(entry.value_start, take)
        inner = self._inner(entry)
        for one in inner.values() if isinstance(inner, dict) else inner or ():
            if self._text[one.value_start] in "{[":
                self._find_repeats(one, depth + 1)

    def _note(self, message: str, start: int, end: int, hint: str = "") -> None:
        self.problems.append(Problem(message, self._spot(start, end), hint, broken=True))


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_mended(one) for one in value]
    return value
