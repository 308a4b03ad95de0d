"""Regular expressions as Go runs them: the same matches, in time linear in the text, and an end if that is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scanner.iac.hcl.functions.definition import MOST
from scanner.iac.hcl.functions.regular_syntax import Characters, Node, Parser
from scanner.iac.hcl.functions.unification import Unsure

_LARGEST_PROGRAM: Final = 5_000
_STEPS: Final = 500_000
_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")

Spans = list[int]
Instruction = tuple[str, int, int, "Characters | str | None"]


class Expression:
    """One regular expression; `names` are those of its groups, empty for a group without one."""

    def __init__(self, pattern: str) -> None:
        parser = Parser(pattern)
        self.names = parser.names
        self._program: list[Instruction] = [("match", 0, 0, None)]
        inner = self._emit(parser.tree, self._emit_mark(1, 0))
        self._start = self._emit_mark(0, inner)
        self._anchored = _is_anchored(parser.tree)
        self._steps = 0

    def matches(self, text: str) -> Iterator[Spans]:
        """Give the places of each match that does not overlap the one before, and of its groups; -1 for none."""
        at, end_before, count = 0, -1, 0
        while at <= len(text):
            found = self._search(text, at)
            if found is None:
                return
            empty_again = found[1] == at and found[0] == end_before
            at = at + 1 if found[1] == at else found[1]
            end_before = found[1]
            if not empty_again:
                count += 1
                if count > MOST:
                    raise Unsure(f"a pattern matches more than {MOST:,} times")
                yield found

    def replace(self, text: str, template: str, longest: int) -> str:
        """Put a template, with `$1` for groups, for each match."""
        parts: list[str] = []
        done = at = size = 0
        while at <= len(text):
            found = self._search(text, at)
            if found is None:
                break
            parts.append(text[done : found[0]])
            if found[1] > done or found[0] == 0:
                parts.append(self._expand(template, text, found))
                size += len(parts[-1])
                if size > longest:
                    raise Unsure(f"the text would have more than {longest:,} characters")
            done = found[1]
            at = max(at + 1, found[1])
        return "".join([*parts, text[done:]])

    def _expand(self, template: str, text: str, spans: Spans) -> str:
        def put(reference: re.Match[str]) -> str:
            name = reference[1] or reference[2]
            if name is None:
                return "$"
            if name.isascii() and name.isdigit():
                number = -1 if len(name) > 1 and name[0] == "0" else int(name[:9])
            else:
                number = self.names.index(name) + 1 if name in self.names else -1
            if not 0 <= number <= len(self.names) or spans[2 * number] < 0:
                return ""
            return text[spans[2 * number] : spans[2 * number + 1]]

        return _REFERENCE.sub(put, template) if "$" in template else template

    # --- the program: instructions (what, next, other next, its characters or place), built from the end

    def _add(self, what: str, after: int, other: int = 0, detail: Characters | str | None = None) -> int:
        if len(self._program) >= _LARGEST_PROGRAM:
            raise Unsure("a pattern is too large to be worked out")
        self._program.append((what, after, other, detail))
        return len(self._program) - 1

    def _emit_mark(self, slot: int, after: int) -> int:
        return self._add("mark", after, slot)

    def _emit(self, node: Node, after: int) -> int:
        what = node[0]
        if what == "one":
            return self._add("one", after, 0, node[1])
        if what == "at":
            return self._add("at", after, 0, node[1])
        if what == "cat":
            for part in reversed(node[1]):
                after = self._emit(part, after)
            return after
        if what == "group":
            inner = self._emit(node[2], self._emit_mark(2 * node[1] + 1, after))
            return self._emit_mark(2 * node[1], inner)
        if what == "alt":
            entries = [self._emit(part, after) for part in node[1]]
            last = entries.pop()
            for entry in reversed(entries):
                last = self._add("split", entry, last)
            return last
        _, part, least, most, greedy = node
        return self._emit_repeat(part, least, most, greedy=greedy, after=after)

    def _emit_repeat(self, part: Node, least: int, most: int | None, *, greedy: bool, after: int) -> int:
        if most is None:
            if least == 0:
                loop = self._loop(part, greedy=greedy, after=after, entered=_may_be_empty(part))
                return self._split(loop, after, greedy=greedy) if _may_be_empty(part) else loop
            entry = self._loop(part, greedy=greedy, after=after, entered=True)
            least -= 1
        else:
            entry = after
            for _ in range(most - least):
                entry = self._split(self._emit(part, entry), after, greedy=greedy)
        for _ in range(least):
            entry = self._emit(part, entry)
        return entry

    def _split(self, into: int, past: int, *, greedy: bool) -> int:
        return self._add("split", into, past) if greedy else self._add("split", past, into)

    def _loop(self, part: Node, *, greedy: bool, after: int, entered: bool) -> int:
        """Repeat a part; give where it begins if it is entered at once, or where it is decided."""
        decision = self._add("split", 0, 0)
        body = self._emit(part, decision)
        self._program[decision] = ("split", body, after, None) if greedy else ("split", after, body, None)
        return body if entered else decision

    # --- the machine: all ways through the program at once, the preferred first

    def _search(self, text: str, begin: int) -> Spans | None:
        slots = 2 * len(self.names) + 2
        found: Spans | None = None
        threads: list[tuple[int, Spans]] = []
        for at in range(begin, len(text) + 1):
            if found is None and not (self._anchored and at > 0):
                self._follow(self._start, [-1] * slots, text, at, threads)
            elif not threads:
                break
            one = text[at : at + 1]
            before, threads = threads, []
            seen: set[int] = set()
            for place, spans in before:
                what, after, _, detail = self._program[place]
                if what == "match":
                    found = spans
                    break
                assert isinstance(detail, Characters)
                if one and one in detail:
                    self._follow(after, spans, text, at + 1, threads, seen)
        return found

    def _follow(
        self, place: int, spans: Spans, text: str, at: int, into: list[tuple[int, Spans]], seen: set[int] | None = None
    ) -> None:
        """Go on from a place to every instruction that takes a character, in the order of preference."""
        if seen is None:
            seen = {one for one, _ in into}
        stack = [(place, spans)]
        while stack:
            here, marks = stack.pop()
            if here in seen:
                continue
            seen.add(here)
            self._steps += 1
            if self._steps > _STEPS:
                raise Unsure("a pattern takes too long on its text")
            what, after, other, detail = self._program[here]
            if what == "split":
                stack.append((other, marks))
                stack.append((after, marks))
            elif what == "mark":
                stack.append((after, [*marks[:other], at, *marks[other + 1 :]]))
            elif what == "at":
                if _holds(str(detail), text, at):
                    stack.append((after, marks))
            else:
                into.append((here, marks))


def _holds(place: str, text: str, at: int) -> bool:
    if place == "start":
        return at == 0
    if place == "end":
        return at == len(text)
    if place == "line start":
        return at == 0 or text[at - 1] == "\n"
    if place == "line end":
        return at == len(text) or text[at] == "\n"
    edge = _is_word(text[at - 1 : at] if at else "") is not _is_word(text[at : at + 1])
    return edge if place == "word edge" else not edge


def _is_word(one: str) -> bool:
    return one == "_" or (one.isascii() and one.isalnum())


def _may_be_empty(node: Node) -> bool:
    what = node[0]
    if what == "cat":
        return all(_may_be_empty(part) for part in node[1])
    if what == "alt":
        return any(_may_be_empty(part) for part in node[1])
    if what == "group":
        return _may_be_empty(node[2])
    if what == "repeat":
        return node[2] == 0 or _may_be_empty(node[1])
    return bool(what == "at")


def _is_anchored(node: Node) -> bool:
    if node[0] == "cat" and node[1]:
        return _is_anchored(node[1][0])
    return bool(node[0] == "at" and node[1] == "start")
