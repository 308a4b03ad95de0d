"""Edits of HCL: an attribute of a block gets another value, or is written where it was not set."""

from __future__ import annotations

import json
from typing import Any

from scanner.iac.fixes.edit import Edit
from scanner.iac.hcl.nodes import Literal
from scanner.iac.hcl.syntax import parse
from scanner.iac.hcl.tree import Body, HclBlock

_STEP = "  "


def edit_hcl(text: str, file: str, line: int, path: str, value: Any) -> Edit | None:
    """Set an attribute, by its dotted path, of the block whose header is on a line; None where that is not certain.

    It is not where the value is an expression, where the block is made dynamically or stands there several times, and
    where the file has mistakes.
    """
    document = parse(text, file)
    if document.wrong:
        return None
    block = next((one for one in document.body.blocks if one.header.line == line), None)
    if block is None:
        return None
    *outer, name = path.split(".")
    for depth, part in enumerate(outer):
        if (
            any(one.labels and one.labels[0] == part for one in block.body.blocks_of("dynamic"))
            or part in block.body.attributes
        ):
            return None
        inner = list(block.body.blocks_of(part))
        if len(inner) > 1:
            return None
        if not inner:
            return _insert(text, file, block, _nested(outer[depth:], name, value))
        block = inner[0]
    attribute = block.body.attributes.get(name)
    if attribute is None:
        return _insert(text, file, block, [f"{name} = {_written(value)}"])
    if not isinstance(attribute.expression, Literal):
        return None
    return Edit(file, attribute.offset, attribute.end, _written(value), f"set {path} to {_written(value)}")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    return str(value)


def _nested(outer: list[str], name: str, value: Any) -> list[str]:
    lines = [f"{name} = {_written(value)}"]
    for part in reversed(outer):
        lines = [f"{part} {{", *(f"{_STEP}{line}" for line in lines), "}"]
    return lines


def _insert(text: str, file: str, block: HclBlock, lines: list[str]) -> Edit | None:
    """Write lines at the end of a block, or after its last attribute, in the indentation of its neighbours."""
    close = block.end - 1
    line_start = text.rfind("\n", 0, close) + 1
    if text[line_start:close].strip():
        return None  # a block on one line would have to be written anew
    own = text[text.rfind("\n", 0, block.start) + 1 : block.start]
    margin = (own if not own.strip() else "") + _STEP
    ending = "\r\n" if text[max(line_start - 2, 0) : line_start] == "\r\n" else "\n"
    if len(lines) == 1:
        lines = [_aligned(lines[0], block.body)]
    blank = ending if len(lines) > 1 and not _empty(block.body) else ""
    said = blank + "".join(f"{margin}{line}{ending}" for line in lines)
    return Edit(file, line_start, line_start, said, f"add {' '.join(line.strip() for line in lines)}")


def _empty(body: Body) -> bool:
    return not body.attributes and not body.blocks


def _aligned(line: str, body: Body) -> str:
    """Put the equals sign under that of the attribute right above, where the file aligns them."""
    if not body.attributes or body.blocks:
        return line
    last = max(body.attributes.values(), key=lambda one: one.start)
    text = last.lines.text
    column = text.find("=", last.start, last.offset) - last.start
    name, _, value = line.partition(" = ")
    return f"{name.ljust(column - 1)} = {value}" if column > len(last.name) + 1 and len(name) < column else line
