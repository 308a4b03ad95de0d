"""Edits of HCL: an attribute of a block gets another value, or is written where it was not set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from scanner.iac.fixes.edit import Edit
from scanner.iac.hcl.nodes import Literal
from scanner.iac.hcl.syntax import parse
from scanner.iac.hcl.tree import Attribute, HclBlock
from scanner.model.reading import Spot

_STEP = "  "


def edit_hcl(text: str, block: Spot, path: str, value: Any, written: Spot | None = None) -> Edit | None:
    """Set an attribute, by its dotted path, of the block at a place; None where that is not certain.

    It is not where the value is an expression, where the block is made dynamically or stands there several times, where
    the value that counts stands elsewhere (`written`, an override), and where the file has mistakes.
    """
    top = _blocks(text, block.file).get(block.line)
    if top is None:
        return None
    here = top
    *outer, name = path.split(".")
    for depth, part in enumerate(outer):
        dynamic = any(one.labels[:1] == (part,) for one in here.body.blocks_of("dynamic"))
        inner = list(here.body.blocks_of(part))
        if dynamic or part in here.body.attributes or len(inner) > 1:
            return None
        if not inner:
            return None if written is not None else _insert(text, block.file, here, _nested(outer[depth:], name, value))
        here = inner[0]
    attribute = here.body.attributes.get(name)
    if attribute is None:
        return None if written is not None else _insert(text, block.file, here, [f"{name} = {_written(value)}"])
    place = attribute.spot
    if written is not None and (written.file, written.line) != (block.file, place.line):
        return None
    literal = attribute.expression
    if not isinstance(literal, Literal):
        return None
    said, start = _written(value), attribute.offset
    return Edit(block.file, start + literal.start, start + literal.end, said, f"set {path} to {said} in {_name(top)}")


@lru_cache(maxsize=2)
def _blocks(text: str, file: str) -> Mapping[int, HclBlock]:
    """Give the top blocks of a file by the lines they begin on; none of a file with mistakes."""
    document = parse(text, file)
    return {} if document.wrong else {one.header.line: one for one in document.body.blocks}


def _name(block: HclBlock) -> str:
    return ".".join(block.labels) if block.type == "resource" else ".".join((block.type, *block.labels))


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
    """Write lines after the last attribute of a block, or at its end, in the indentation of its neighbours."""
    says = f"add {' '.join(line.strip() for line in lines)} to {_name(block) if block.labels else block.type}"
    ending = "\r\n" if text.find("\r\n", 0, block.end) >= 0 else "\n"
    begin = text.rfind("\n", 0, block.start) + 1
    own = text[begin : block.start].lstrip("\ufeff")
    if own.strip():
        return None
    items: list[Attribute | HclBlock] = [*block.body.attributes.values(), *block.body.blocks]
    close = block.end - 1
    if "\n" not in text[block.header_end : close]:
        if items or text[block.header_end : close].strip():
            return None  # a block on one line would have to be written anew
        said = ending + _lines(lines, own + _STEP, ending) + own
        return Edit(file, block.header_end, close, said, says)
    first = min(items, key=lambda one: one.start, default=None)
    margin = own + _STEP
    if first is not None:
        margin = text[text.rfind("\n", 0, first.start) + 1 : first.start]
        if margin.strip():
            return None  # it stands on the line of the header
    last = max(block.body.attributes.values(), key=lambda one: one.start, default=None)
    if last is not None and len(lines) == 1:
        at = text.find("\n", last.end) + 1
        if not 0 < at <= close:
            return None
        line, blank = _beside(lines[0], last, text)
        return Edit(file, at, at, f"{ending if blank else ''}{margin}{line}{ending}", says)
    at = text.rfind("\n", 0, close) + 1
    if text[at:close].strip():
        return None
    return Edit(file, at, at, f"{ending if items else ''}{_lines(lines, margin, ending)}", says)


def _lines(lines: list[str], margin: str, ending: str) -> str:
    return "".join(f"{margin}{line}{ending}" for line in lines)


def _beside(line: str, last: Attribute, text: str) -> tuple[str, bool]:
    """Put the equals sign under that of the attribute right above, as `terraform fmt` does; say whether it cannot.

    Then a blank line keeps the two apart: no line that was there is changed for it.
    """
    begin = text.rfind("\n", 0, last.start) + 1
    if text.find("\n", last.start) < last.end:
        return line, False  # it ends on another line than it begins on, and aligns with nothing below
    column = text.find("=", last.start, last.offset) - (begin + len(text[begin : last.start]))
    name, _, value = line.partition(" = ")
    if len(name) < column:
        return f"{name.ljust(column - 1)} = {value}", False
    return line, True
