"""Edits: a range of a file and the text that takes its place; everything else of the file stays as it is."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from scanner.model.reading import Spot

#: How many lines are shown around what changes.
_CONTEXT = 3
_SECRET = re.compile(
    r"""(?i)(?:passw|secret|token|credential|api_?key|access_?key|private_?key|license_?key|user_?data|noecho|auth)
    [\w"'-]*\s*[=:{]""",
    re.VERBOSE,
)
_HEREDOC = re.compile(r"<<[-~]?(\w+)\s*$")


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


def secret_lines(lines: Iterable[str]) -> set[int]:
    """Give the lines, counted from 0, that set what is called a secret, with all that is indented below them.

    A diff goes into logs: it shows none of them as context.
    """
    hidden: set[int] = set()
    depth, marker = -1, ""
    for at, line in enumerate(lines):
        bare = line.strip()
        if marker:
            hidden.add(at)
            marker = "" if bare == marker else marker
            continue
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and (not bare or indent > depth):
            hidden.add(at)
            continue
        depth = -1
        if _SECRET.search(line):
            hidden.add(at)
            depth = indent
            opened = _HEREDOC.search(line)
            marker = opened[1] if opened else ""
    return hidden


def _place(whole: str, offset: int) -> tuple[int, int]:
    line_start = whole.rfind("\n", 0, offset) + 1
    return whole.count("\n", 0, offset) + 1, offset - line_start + 1


def apply(whole: str, edits: Iterable[Edit]) -> str:
    """Give the text with the edits made; of two that touch the same characters, the first."""
    parts: list[str] = []
    done = 0
    for one in _ordered(edits):
        if one.start < done:
            continue
        parts.extend((whole[done : one.start], one.text))
        done = one.end
    return "".join((*parts, whole[done:]))


def _ordered(edits: Iterable[Edit]) -> list[Edit]:
    # What begins with a blank line comes after what aligns with the line above.
    return sorted(set(edits), key=lambda each: (each.start, each.end, each.text[:1] in "\r\n", each.text))


@dataclass(slots=True)
class _Part:
    """Lines that change: the first of them, the first after them, counted from 0, and what they become."""

    first: int
    after: int
    edits: list[Edit]


def diff(file: str, whole: str, edits: Iterable[Edit]) -> str:
    """Give what edits change of a file as a unified diff, in time linear in the file."""
    starts = [0, *(found.end() for found in re.finditer("\n", whole))]
    if starts[-1] < len(whole):
        starts.append(len(whole))
    parts: list[_Part] = []
    for one in _ordered(edits):
        first = bisect_right(starts, one.start, 0, len(starts) - 1) - 1
        after = bisect_left(starts, one.end)
        if one.start == one.end == starts[-1]:
            first = after = len(starts) - 1
        if parts and (first < parts[-1].after or first == parts[-1].first):
            parts[-1].after = max(parts[-1].after, after)
            parts[-1].edits.append(one)
        else:
            parts.append(_Part(first, after, [one]))
    lines = [whole[begin:end] for begin, end in pairwise(starts)]
    told: list[str] = []
    shift = 0
    hidden = secret_lines(lines)
    for hunk in _hunks(parts, hidden):
        begin, end = max(hunk[0].first - _CONTEXT, 0), min(hunk[-1].after + _CONTEXT, len(lines))
        begin = max((at + 1 for at in range(begin, hunk[0].first) if at in hidden), default=begin)
        end = min((at for at in range(hunk[-1].after, end) if at in hidden), default=end)
        body: list[str] = []
        added = 0
        place = begin
        for part in hunk:
            offset = starts[part.first]
            old = whole[offset : starts[part.after]]
            new = apply(old, (replace(one, start=one.start - offset, end=one.end - offset) for one in part.edits))
            made = re.findall(r"[^\n]*\n|[^\n]+", new)
            body += [f" {line}" for line in lines[place : part.first]]
            body += [f"-{line}" for line in lines[part.first : part.after]] + [f"+{line}" for line in made]
            added += len(made) - (part.after - part.first)
            place = part.after
        body += [f" {line}" for line in lines[place:end]]
        told.append(f"@@ -{_range(begin, end - begin)} +{_range(begin + shift, end - begin + added)} @@\n")
        told += [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in body]
        shift += added
    return "".join((f"--- a/{file}\n+++ b/{file}\n", *told)) if told else ""


def _range(begin: int, count: int) -> str:
    return f"{begin + 1 if count else begin},{count}"


def _hunks(parts: Iterable[_Part], hidden: Container[int]) -> Iterator[list[_Part]]:
    """Put parts together whose lines of context would touch."""
    hunk: list[_Part] = []
    for one in parts:
        apart = range(hunk[-1].after, one.first) if hunk else ()
        if len(apart) > 2 * _CONTEXT or any(at in hidden for at in apart):
            yield hunk
            hunk = []
        hunk.append(one)
    if hunk:
        yield hunk
