"""Edits of CloudFormation's YAML: a property of a resource gets another value, or is written where it was not set."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Final

import yaml

from scanner.iac.fixes.edit import Edit
from scanner.model.reading import Spot

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9/_.-]*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_YAML = "tag:yaml.org,2002:"
_MAPPING = f"{_YAML}map"


class _Unsure:
    """What is there, but not as text that could be edited: a shared node, or a key that is given twice."""


_UNSURE: Final = _Unsure()


def edit_yaml(text: str, block: Spot, logical_id: str, path: str, value: Any) -> Edit | None:
    """Set a property, by its dotted path, of a resource; None where that is not certain.

    It is not where the value is an intrinsic function, shared by an anchor or in flow style, and where the template is
    JSON.
    """
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return None
    bare = text.removeprefix("\ufeff")
    shift = len(text) - len(bare)
    here = _at(bare, _at(bare, _composed(bare), "Resources"), logical_id)
    if not isinstance(here, yaml.MappingNode) or here.start_mark.line + 1 < block.line:
        return None
    steps = ["Properties", *path.split(".")]
    for depth, step in enumerate(steps):
        if not isinstance(here, yaml.MappingNode) or here.flow_style or here.tag != _MAPPING:
            return None
        there = _at(bare, here, step)
        if there is _UNSURE:
            return None
        if there is None:
            return _insert(bare, block.file, here, steps[depth:], value, f"{path} of {logical_id}", shift)
        here = there
    if not isinstance(here, yaml.ScalarNode) or not here.tag.startswith(_YAML) or here.style in ("|", ">"):
        return None
    start, end = here.start_mark.index, here.end_mark.index
    if start == end or bare[start:end].startswith(("*", "&", "!")):
        return None
    said = f"set {path} of {logical_id} to {_written(value)}"
    return Edit(block.file, start + shift, end + shift, _written(value), said)


@lru_cache(maxsize=2)
def _composed(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        return None


def _at(text: str, node: Any, key: str) -> Any:
    """Give the value of a key; what is shared with other places by an anchor is not this one's to edit."""
    if not isinstance(node, yaml.MappingNode):
        return None
    found = [(name, value) for name, value in node.value if isinstance(name, yaml.ScalarNode) and name.value == key]
    if not found:
        return None
    name, value = found[0]
    begin = name.end_mark.index
    first = value
    while isinstance(first, yaml.MappingNode) and first.value:
        first = first.value[0][0]
    if len(found) > 1 or value.start_mark.index < begin or re.search(r"[:\s]&\S", text[begin : first.start_mark.index]):
        return _UNSURE
    return value


def _insert(
    text: str, file: str, mapping: yaml.MappingNode, steps: list[str], value: Any, what: str, shift: int
) -> Edit | None:
    """Write a key, with the mappings above it, among the first of a mapping in block style."""
    if not mapping.value:
        return None
    key, first = mapping.value[0]
    start = key.start_mark.index
    line_start = text.rfind("\n", 0, start) + 1
    margin = text[line_start:start]
    if margin.strip():
        return None  # the mapping begins on the line of something else, such as a dash
    ending = "\r\n" if "\r\n" in text else "\n"
    at = line_start
    single = isinstance(first, yaml.ScalarNode) and first.style not in ("|", ">")
    if single and first.start_mark.line == first.end_mark.line == key.start_mark.line:
        after = text.find("\n", first.end_mark.index) + 1
        at = after or line_start  # a `Type` stays the first
    lines = [
        f"{margin}{'  ' * depth}{step}:{f' {_written(value)}' if depth == len(steps) - 1 else ''}{ending}"
        for depth, step in enumerate(steps)
    ]
    return Edit(file, at + shift, at + shift, "".join(lines), f"add {what}: {_written(value)}")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain else json.dumps(value, ensure_ascii=False)
    return str(value)
