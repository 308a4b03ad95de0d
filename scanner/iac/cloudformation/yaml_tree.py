"""YAML templates composed from libyaml's events: plain values, and where each of them is written.

PyYAML's own composer recurses in C without a limit (200,000 brackets end the process) and makes three objects a node;
this one keeps a stack of its own, shares what aliases name instead of copying it, and counts what they would expand to.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any, Final

import yaml

from scanner.iac.block import Problem
from scanner.iac.cloudformation.scalars import read_plain
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

#: where an entry (from its key) or an item begins and ends, and the places inside it
Place = tuple[int, int, Any]

_DEEPEST: Final = 200
#: what aliases may expand to; the largest template that CloudFormation takes has some 100,000 values
_EXPANDED: Final = 1_000_000

_FUNCTIONS: Final = {
    f"!{name}": f"Fn::{name}"
    for name in (
        *("Base64", "Cidr", "FindInMap", "GetAtt", "GetAZs", "ImportValue", "Join", "Select", "Split", "Sub"),
        *("Transform", "If", "And", "Or", "Not", "Equals", "Length", "ToJsonString", "ForEach", "GetStackOutput"),
        *("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll"),
    )
} | {"!Ref": "Ref", "!Condition": "Condition"}
_YAML: Final = "tag:yaml.org,2002:"


class Broken(Exception):
    """The text is no YAML, or none that can be read within bounds: why, where, and what to do."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


class _Frame:
    """A mapping or sequence that is being read."""

    __slots__ = ("as_key", "count", "end", "key", "key_start", "mergeable", "merges", "opening", "places", "value")

    def __init__(self, opening: Any, value: dict[str, Any] | list[Any], *, as_key: bool = False) -> None:
        self.opening = opening
        self.value = value
        self.places: Any = {} if isinstance(value, dict) else []
        self.as_key = as_key
        self.count = 1
        self.end = 0
        self.key: Any = None
        self.key_start = 0
        self.mergeable = False
        self.merges: list[tuple[Any, Any]] = []


_NO_KEY: Final = object()


class YamlTree:
    """The first document of a YAML text that holds anything: its value, its problems, and places by path."""

    def __init__(self, text: str, spot: Callable[[int, int], Spot]) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._spot = spot
        self._anchors: dict[str, tuple[Any, Any, int]] = {}
        root = _Frame(None, [])
        self._frames = [root]
        collecting = gc.isenabled()
        gc.disable()  # only new objects are made, none of them in a cycle: looking for garbage doubles the time
        try:
            self._compose(root)
        finally:
            if collecting:
                gc.enable()
        self.value: Any = next(iter(root.value), None)
        self._places: tuple[int, int, Any] = root.places[0] if root.value else (0, 0, None)

    def find(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Give the begin and end of what stands at a path, or of the nearest above it."""
        start, end, inner = self._places
        for step in path:
            try:
                start, end, inner = inner[step]
            except (LookupError, TypeError):  # it is not there, or nothing is inside
                break
        return start, end

    def _events(self) -> Iterator[Any]:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        parser = loader(self._text)
        try:
            while parser.check_event():
                yield parser.get_event()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = " ".join(part for part in (error.context, error.problem) if part)
            tab = mark is not None and self._text[mark.index : mark.index + 1] == "\t"
            hint = "indent with spaces" if tab else ""
            raise Broken(said, mark.index if mark else 0, hint) from error
        except yaml.reader.ReaderError as error:
            raise Broken(f"{error.reason}", max(0, self._text.find(_character(error))), "") from error
        finally:
            parser.dispose()

    def _compose(self, root: _Frame) -> None:
        for event in self._events():
            kind = event.__class__
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, {})
            elif kind is yaml.SequenceStartEvent:
                self._open(event, [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(event)
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent and root.value:
                if next(iter(root.value)) is not None:
                    start = event.start_mark.index
                    message = "a second document in this file is not read: CloudFormation takes one"
                    self._note(message, start, start, "put each template into a file of its own")
                    return
                root.value.clear()
                root.places.clear()

    def _scalar(self, event: Any) -> None:
        frame = self._frames[-1]
        start = event.start_mark.index
        text = event.value
        if frame.key is None and isinstance(frame.value, dict):
            frame.key, frame.key_start = text, start
            frame.mergeable = text == "<<" and event.implicit[0]
            if event.anchor:
                self._anchors[event.anchor] = (text, None, 1)
            return
        end = event.end_mark.index
        if event.style in ("|", ">"):
            while end > start and self._text[end - 1] in " \t\r\n":
                end -= 1
        tag = event.tag
        inner: Any = None
        value: Any
        if tag is None or tag == "!":
            value = read_plain(text) if event.implicit[0] else text
            if isinstance(value, Unresolved):
                value = Unresolved(value.why, spot=self._spot(start, end), choices=value.choices)
        else:
            value = self._tagged(tag, text, start, end)
            if isinstance(value, dict):
                inner = {next(iter(value)): (start, end, None)}
        if event.anchor:
            self._anchors[event.anchor] = (value, inner, 1)
        self._put(value, start, end, inner, 1)

    def _tagged(self, tag: str, value: Any, start: int, end: int) -> Any:
        if not tag.startswith(_YAML):
            return {_FUNCTIONS.get(tag, tag if tag.startswith("!") else f"!{tag}"): value}
        kind = tag[len(_YAML) :]
        if kind in ("str", "timestamp", "map", "seq") or not isinstance(value, str):
            return value
        if kind in ("int", "float", "bool", "null"):
            return read_plain(value)
        return Unresolved(f"CloudFormation does not support the tag !!{kind}", spot=self._spot(start, end))

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        frame = self._frames[-1]
        if len(self._frames) > _DEEPEST:
            raise Broken(f"values are nested more than {_DEEPEST} deep", event.start_mark.index)
        self._frames.append(_Frame(event, value, as_key=frame.key is None and isinstance(frame.value, dict)))

    def _close(self, event: Any) -> None:
        frame = self._frames.pop()
        opening = frame.opening
        start = opening.start_mark.index
        # a block collection ends where the next token begins, maybe lines below: its last entry tells better
        end = event.end_mark.index if opening.flow_style or not frame.end else frame.end
        if frame.as_key:
            self._note("a mapping or list is used as a key; its entry is not read", start, end, "use a text as the key")
            self._frames[-1].key = _NO_KEY
            return
        value: Any = frame.value
        inner = frame.places
        for merged, places in frame.merges:
            self._merge(value, inner, merged, places)
        if opening.tag is not None and opening.tag != "!":
            tagged = self._tagged(opening.tag, value, start, end)
            if tagged is not value:
                value, inner = tagged, {next(iter(tagged)): (start, end, inner)}
        if opening.anchor:
            self._anchors[opening.anchor] = (value, inner, frame.count)
        self._put(value, start, end, inner, frame.count)

    def _alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        known = self._anchors.get(event.anchor)
        if known is None:
            message = f"*{event.anchor} names no value above it"
            self._note(message, start, end, "an alias needs an anchor before it, and not around it")
            known = (Unresolved(message, spot=self._spot(start, end)), None, 1)
        value, inner, count = known
        frame = self._frames[-1]
        if frame.key is None and isinstance(frame.value, dict):
            frame.key, frame.key_start, frame.mergeable = value if isinstance(value, str) else _NO_KEY, start, False
            return
        self._put(value, start, end, inner, count)

    def _put(self, value: Any, start: int, end: int, inner: Any, count: int) -> None:
        frame = self._frames[-1]
        frame.end = end
        frame.count += count
        if frame.count > _EXPANDED:
            raise Broken(f"aliases expand to more than {_EXPANDED:,} values", start)
        if not isinstance(frame.value, dict):
            frame.value.append(value)
            frame.places.append((start, end, inner))
            return
        key, frame.key = frame.key, None
        if key is _NO_KEY:
            return
        if frame.mergeable:
            frame.mergeable = False
            frame.merges.append((value, inner))
            return
        start = frame.key_start
        if key in frame.value:
            other = frame.places[key]
            where = self._spot(other[0], other[0])
            self._note(f"{key} is given twice: also in line {where.line}", start, end, "keep one of the two")
            value, inner = repeated(key, frame.value[key], other[2], value, inner, depth=len(self._frames) - 1)
        frame.value[key] = value
        frame.places[key] = (start, end, inner)

    def _merge(self, value: dict[str, Any], inner: dict[str, Any], merged: Any, places: Any) -> None:
        if isinstance(merged, list):
            for one, place in zip(merged, places, strict=True):
                self._merge(value, inner, one, place[2])
        elif isinstance(merged, dict):
            for key, one in merged.items():
                if key not in value:
                    value[key] = one
                    inner[key] = places[key]
        else:
            start, end, _ = next(iter(inner.values()), (0, 0, None))
            self._note("<< merges what is no mapping", start, end)

    def _note(self, message: str, start: int, end: int, hint: str = "") -> None:
        self.problems.append(Problem(message, self._spot(start, end), hint, broken=True))


def repeated(key: str, first: Any, first_inner: Any, second: Any, second_inner: Any, *, depth: int) -> tuple[Any, Any]:
    """Give what a key that is given twice stands for: sections together, the last resource, else nothing certain."""
    if depth == 1 and isinstance(first, dict) and isinstance(second, dict):
        return {**first, **second}, {**(first_inner or {}), **(second_inner or {})}
    if depth <= 2:  # an entry of a section: a resource, an output, a condition
        return second, second_inner
    scalar = (str, int, float, bool)
    choices = (first, second) if isinstance(first, scalar) and isinstance(second, scalar) else ()
    return Unresolved(f"{key} is given twice", choices=choices), None


def _character(error: Any) -> str:
    character = error.character
    if isinstance(character, int):
        return chr(character)
    return character.decode("latin-1") if isinstance(character, bytes) else str(character)
