"""Edits: a range of a file and the text that takes its place; everything else of the file stays as it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.model.reading import Spot


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replaces the characters from `start` to `end` of a file by `text`; `says` is what it does, in words."""

    file: str
    start: int
    end: int
    text: str
    says: str

    def spot(self, whole: str) -> Spot:
        """Give the place that is replaced, in the text of the file as it is now."""
        return Spot(self.file, *_place(whole, self.start), *_place(whole, self.end))


def _place(whole: str, offset: int) -> tuple[int, int]:
    line_start = whole.rfind("\n", 0, offset) + 1
    return whole.count("\n", 0, offset) + 1, offset - line_start + 1


def apply(whole: str, edits: Iterable[Edit]) -> str:
    """Give the text with the edits made; of two that touch the same characters, the first."""
    parts: list[str] = []
    done = 0
    # What begins with a blank line comes after what aligns with the line above.
    for one in sorted(set(edits), key=lambda each: (each.start, each.end, each.text[:1] in "\r\n", each.text)):
        if one.start < done:
            continue
        parts.extend((whole[done : one.start], one.text))
        done = one.end
    return "".join((*parts, whole[done:]))


def diff(file: str, before: str, after: str) -> str:
    """Give the change of a file as a unified diff."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{file}", f"b/{file}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
