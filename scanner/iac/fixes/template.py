"""Edits of CloudFormation's YAML: a property of a resource gets another value, or is written where it was not set."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from scanner.iac.fixes.edit import Edit

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9/_.-]*")


def edit_yaml(text: str, file: str, logical_id: str, path: str, value: Any) -> Edit | None:
    """Set a property, by its dotted path, of a resource; None where that is not certain.

    It is not where the value is an intrinsic function, an alias or in flow style, and where the template is JSON.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return None
    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return None
    here = _at(_at(node, "Resources"), logical_id)
    if not isinstance(here, yaml.MappingNode):
        return None
    steps = ["Properties", *path.split(".")]
    for depth, step in enumerate(steps):
        if not isinstance(here, yaml.MappingNode) or here.flow_style or here.tag != "tag:yaml.org,2002:map":
            return None
        there = _at(here, step)
        if there is None:
            return _insert(text, file, here, steps[depth:], value)
        here = there
    if (
        not isinstance(here, yaml.ScalarNode)
        or not here.tag.startswith("tag:yaml.org,2002:")
        or here.style in ("|", ">")
    ):
        return None
    start, end = here.start_mark.index, here.end_mark.index
    if text[start:end].startswith(("*", "&", "!")):
        return None
    return Edit(file, start, end, _written(value), f"set {path} to {_written(value)}")


def _at(node: Any, key: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode) and name.value == key:
                return value
    return None


def _insert(text: str, file: str, mapping: yaml.MappingNode, steps: list[str], value: Any) -> Edit | None:
    """Write a key, with the mappings above it, as the first of a mapping in block style."""
    if not mapping.value:
        return None
    start = mapping.value[0][0].start_mark.index
    line_start = text.rfind("\n", 0, start) + 1
    margin = text[line_start:start]
    if margin.strip():
        return None  # the mapping begins on the line of something else, such as a dash
    ending = "\r\n" if text.find("\r\n") >= 0 else "\n"
    lines = [
        f"{margin}{'  ' * depth}{step}:{f' {_written(value)}' if depth == len(steps) - 1 else ''}{ending}"
        for depth, step in enumerate(steps)
    ]
    return Edit(file, line_start, line_start, "".join(lines), f"add {'.'.join(steps)}: {_written(value)}")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in (
            "true",
            "false",
            "yes",
            "no",
            "on",
            "off",
            "null",
            "y",
            "n",
        )
        return value if plain else json.dumps(value, ensure_ascii=False)
    return str(value)
