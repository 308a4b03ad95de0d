"""Comments as they are written in code, each with the block it belongs to; what only looks like one in a text is none."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scanner.model.late_dataclass import dataclass

_HCL = (".tf", ".tofu")
_YAML = (".yaml", ".yml", ".template")


@dataclass(frozen=True, slots=True)
class Range:
    """The lines of a block, both ends in it."""

    first: int
    last: int

    def holds(self, line: int) -> bool:
        """Say whether a line is in it."""
        return self.first <= line <= self.last


@dataclass(frozen=True, slots=True)
class Line:
    """One comment that holds what was looked for, and the block that it stands in, or right above of."""

    number: int
    text: str
    block: Range | None


def lines_of(path: Path, name: str, mark: str) -> Iterator[Line]:
    """Find the comments of a file that hold a text; none in a file that cannot be read, or has no comments at all."""
    if not name.endswith((*_HCL, *_YAML)):
        return
    try:
        if not path.is_file():  # a pipe would be waited for
            return
        raw = path.read_bytes()
    except (OSError, ValueError):
        return
    if mark.encode() not in raw and mark.encode("utf-16-le") not in raw and mark.encode("utf-16-be") not in raw:
        return
    yield from (_of_hcl if name.endswith(_HCL) else _of_yaml)(raw, name, mark)


def _of_hcl(raw: bytes, name: str, mark: str) -> Iterator[Line]:
    from scanner.iac.hcl.syntax import parse  # noqa: PLC0415  # few files hold what is looked for

    try:
        document = parse(raw.decode("utf-8-sig"), name)
    except (UnicodeDecodeError, RecursionError):
        return
    blocks = [Range(one.spot.line, one.spot.end_line) for one in document.body.blocks]
    for number, text in sorted(document.comments.items()):
        if mark in text:
            below = number
            while below in document.alone:
                below += 1
            yield Line(number, text, _above(blocks, number, below) or _around(blocks, number))


def _above(blocks: Sequence[Range], number: int, below: int) -> Range | None:
    """Give the block whose first line is the first below a comment that is no comment."""
    return next((one for one in blocks if one.first == below), None) if below > number else None


def _around(blocks: Sequence[Range], number: int) -> Range | None:
    return next((one for one in blocks if one.holds(number)), None)


def _of_yaml(raw: bytes, name: str, mark: str) -> Iterator[Line]:
    import yaml  # noqa: PLC0415  # as above

    from scanner.iac.cloudformation.document import parse  # noqa: PLC0415  # as above

    document = parse(raw, name)
    resources = document.value.get("Resources") if isinstance(document.value, dict) else None
    if not isinstance(resources, dict) or document.text.lstrip()[:1] in ("{", "["):
        return
    text = document.text
    try:
        spans = _texts(text, yaml)
    except yaml.YAMLError:
        return  # what is wrong with it is told by its reader
    entries = [document.spot(("Resources", key)) for key in resources]
    blocks = sorted((Range(one.line, max(one.line, one.end_line)) for one in entries), key=lambda one: one.first)
    columns = {one.line: one.column for one in entries}
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    at = text.find(mark)
    while at >= 0:
        row = bisect_right(starts, at) - 1
        begin = _begin(text, starts[row], at, spans)
        if begin >= 0:
            yield Line(row + 1, text[begin : starts[row + 1] - 1].strip(), _of_entry(blocks, columns, lines, row + 1))
        at = text.find(mark, starts[row + 1])


def _texts(text: str, yaml: Any) -> list[tuple[int, int]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [
        (one.start_mark.index, one.end_mark.index)
        for one in yaml.scan(text, Loader=loader)
        if isinstance(one, yaml.ScalarToken)
    ]


def _begin(text: str, start: int, at: int, spans: Sequence[tuple[int, int]]) -> int:
    """Give where the comment begins that a place of a line is in: after a blank, and in no text; -1 where in none."""
    place = text.find("#", start, at)
    while place >= 0:
        after = place == start or text[place - 1] in " \t"
        index = bisect_right(spans, (place, len(text))) - 1
        if after and (index < 0 or spans[index][1] <= place):
            return place
        place = text.find("#", place + 1, at)
    return -1


def _of_entry(blocks: Sequence[Range], columns: dict[int, int], lines: Sequence[str], number: int) -> Range | None:
    """Give the entry that a comment stands right above of, or in: as long as it is indented as what is in it."""
    below = number
    while below <= len(lines) and lines[below - 1].lstrip().startswith("#"):
        below += 1
    found = _above(blocks, number, below) or _around(blocks, number)
    if found is not None:
        return found
    before = [one for one in blocks if one.first < number]
    indented = len(lines[number - 1]) - len(lines[number - 1].lstrip(" ")) + 1
    return before[-1] if before and indented > columns[before[-1].first] and _last(lines, before[-1], number) else None


def _last(lines: Sequence[str], block: Range, number: int) -> bool:
    """Say whether nothing but comments and blank lines is between a block and a line."""
    return all(not one.strip() or one.lstrip().startswith("#") for one in lines[block.last : number - 1])
