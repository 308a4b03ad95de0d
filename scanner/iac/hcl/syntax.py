"""The reader of HCL files: text in, blocks and attributes out, and a mistake costs no more than the place it is at.

Reading takes time linear in the text: what is read in vain for a mistake is charged to a purse, and where that is
empty the rest of the file is given up, with a word about it.
"""

from __future__ import annotations

import re
from typing import Final

from scanner.iac.hcl.lexer import IDENTIFIER, QUOTED, TOP_LEVEL, Skimmer, Unclosed
from scanner.iac.hcl.tree import Attribute, Body, Document, HclBlock, Lines, Wrong

_LABELS: Final = rf'(?:"(?:[^"\\\n]|\\[^\n])*+"|{IDENTIFIER})'
_ITEM: Final = re.compile(
    r"[ \t\r\n]*+(?:"
    rf"(?P<name>{IDENTIFIER})[ \t]*+(?:=(?![=>])[ \t]*+(?:(?P<simple>(?:[^\n\"#/<(){{}}\[\],=]++|{QUOTED})++)(?P<line>\n)|(?P<assign>))"
    rf"|(?P<labels>(?:{_LABELS}[ \t]*+)*+)(?P<open>(?:\r?\n[ \t\r\n]*+)?\{{))"
    r"|(?P<close>\})|(?P<comment>#[^\n]*+|//[^\n]*+|/\*(?s:.*?)\*/)|(?P<end>\Z)|(?P<quoted>\"[^\"\n]*+\")[ \t]*+=(?![=>])"
    r"|(?P<wrong>[^\n]++))"
)
_LABEL: Final = re.compile(_LABELS)
_PLAUSIBLE: Final = re.compile(
    rf"^[ \t]*+(?:{IDENTIFIER}[ \t]*+(?:=(?![=>])|(?:{_LABELS}[ \t]*+)*+\{{)|\}})", re.MULTILINE
)
_INLINE: Final = re.compile(r"[ \t]*+(?:\r?\n|(?=#|//|/\*)|\Z)")
#: a second `=` outside brackets
_SECOND: Final = re.compile(r'(?:[^\n(\[{"=!<>]++|[=!<>]=|=>|[<>!])*+=')
DEEPEST: Final = 100
MOST_SAID: Final = 100
#: with so many mistakes, what is left of a file is not worth reading
MOST_MISTAKES: Final = 1000


def parse(text: str, file: str) -> Document:
    """Read a whole file; mistakes are in `wrong`, and everything else of the file is read."""
    if "\0" in text:
        body = Body()
        body.damaged = Wrong("this is not a text file (it holds a zero byte)", Lines("", file).spot(0, 0))
        return Document(file, body, [body.damaged])
    found = _Reader(text, file, column_one_closes=False)
    found.read()
    if found.unclosed:
        again = _Reader(text, file, column_one_closes=True)
        again.read()
        found = again
    return found.document()


class _Reader:
    """Reads one file once."""

    def __init__(self, text: str, file: str, *, column_one_closes: bool) -> None:
        self.text = text
        self.lines = Lines(text, file)
        self.file = file
        self.skimmer = Skimmer(text)
        #: after a lost brace, a header of a top-level block at the beginning of a line closes all that is open
        self.column_one_closes = column_one_closes
        self.root = Body()
        self.body = self.root
        self.open: list[HclBlock] = []
        self.wrong: list[Wrong] = []
        self.mistakes = 0
        self.unclosed = False
        self.recovering = False
        #: bodies in which an expression was lost: what follows in them may belong to that expression
        self.lost: set[int] = set()
        self.purse = 2 * len(text) + 10_000

    def read(self) -> None:
        """Read from the beginning to the end."""
        position = 1 if self.text.startswith("\ufeff") else 0
        step = _ITEM.match
        while True:
            found = step(self.text, position)
            assert found is not None  # `wrong` takes whatever there is
            if found["line"]:
                start = found.start("name")
                raw_end = found.end("simple")
                self._attribute(found["name"], start, found.start("simple"), raw_end)
                position = found.end()
            elif found["name"] is not None:
                position = self._named(found)
            elif found["comment"] is not None:
                self.skimmer.comments.append(found.span("comment"))
                position = found.end()
            elif found["close"]:
                position = self._close(found.start("close"), found.end())
            elif found["end"] is not None:
                break
            elif found["quoted"] is not None:
                self._mistake(
                    "the name of an attribute is written without quotes", found.start("quoted"), found.end("quoted")
                )
                position = self._value(found["quoted"][1:-1], found.start("quoted"), found.end())
            else:
                start = found.start("wrong")
                self._mistake('expected an attribute (name = value), a block (name "label" {) or }', start, found.end())
                position = self._resume(found.end())
            if self.mistakes > MOST_MISTAKES or self.purse < 0:
                self._give_up(found.start())
                break
        self._end()

    def _named(self, found: re.Match[str]) -> int:
        if found["assign"] is not None:
            return self._value(found["name"], found.start("name"), found.end())
        start = found.start("name")
        if self.column_one_closes and self.open and self._begins_line(start) and TOP_LEVEL.match(self.text, start):
            self._close_all()
        if "\n" in found["open"]:
            self._mistake("the { of a block stands on the line of its type", start, found.end("labels"), damage=False)
        labels = tuple(unquote(one) for one in _LABEL.findall(found["labels"]))
        block = HclBlock(found["name"], labels, self.lines, start, found.end())
        self.recovering = False
        if len(self.open) == DEEPEST:
            self._mistake(f"blocks are nested deeper than {DEEPEST} levels", start, found.end())
        if len(self.open) < DEEPEST:
            self.body.blocks.append(block)
        else:
            self.mistakes += 1
        self.open.append(block)
        self.body = block.body
        return found.end()

    def _close(self, start: int, end: int) -> int:
        if not self.open:
            self._mistake("there is a } that closes nothing", start, end)
            return end
        block = self.open.pop()
        block.end = end
        self.body = self.open[-1].body if self.open else self.root
        self.recovering = False
        return end

    def _value(self, name: str, start: int, offset: int) -> int:
        """Read an expression that needs a closer look, from its first character."""
        skimmer = self.skimmer
        broken = len(skimmer.broken)
        try:
            end, after = skimmer.skim(offset)
        except Unclosed as lost:
            self.purse -= lost.reached - offset
            self._mistake(lost.message, lost.at, lost.at + 1)
            line_end = self.text.find("\n", offset)
            line_end = len(self.text) if line_end < 0 else line_end
            attribute = self._attribute(name, start, offset, line_end)
            if attribute is not None:
                attribute.spoil(lost.message)
            self.lost.add(id(self.body))
            return self._resume(line_end)
        for quote in skimmer.broken[broken:]:
            self._mistake('the " that is opened here is not closed on its line', quote, quote + 1)
        attribute = self._attribute(name, start, offset, end)
        if attribute is not None and (skimmer.mixed or end == after or _SECOND.match(self.text, offset, end)):
            self._look(attribute)
        return after

    def _look(self, attribute: Attribute) -> None:
        """Parse an expression at once that may hold what belongs to the body: `a = 1, b = 2`."""
        from scanner.iac.hcl.nodes import Malformed  # noqa: PLC0415  # few expressions need it

        found = attribute.expression
        if isinstance(found, Malformed):
            self._mistake(found.message, attribute.offset, attribute.end)

    def _attribute(self, name: str, start: int, offset: int, end: int) -> Attribute | None:
        text = self.text
        while end > offset and text[end - 1] in " \t\r":
            end -= 1
        attribute = Attribute(name, self.lines, start, offset, end)
        body = self.body
        if end == offset:
            self._mistake(f"expected a value after {name} =", start, end)
        if name in body.attributes:
            first = body.attributes[name]
            message = f"{name} is set twice, first on line {self.lines.line(first.start)}"
            self._mistake(message, start, end)
            first.spoil(message)
            return None
        if id(body) in self.lost:
            attribute.spoil("it follows an expression that is not closed")
        body.attributes[name] = attribute
        self.recovering = False
        return attribute

    def _give_up(self, start: int) -> None:
        wrong = Wrong("there are too many mistakes: the rest of the file is not read", self.lines.spot(start, start))
        self.wrong.append(wrong)
        for body in (self.root, *(one.body for one in self.open[:DEEPEST])):
            body.damaged = body.damaged or wrong
        self.open = []

    def _resume(self, line_end: int) -> int:
        """Give the next place where an attribute or a block plausibly begins."""
        self.recovering = True
        found = _PLAUSIBLE.search(self.text, line_end)
        return found.start() if found else len(self.text)

    def _mistake(self, message: str, start: int, end: int, *, damage: bool = True) -> None:
        wrong = Wrong(message, self.lines.spot(start, end))
        if damage:
            for body in (self.root, *(one.body for one in self.open[:DEEPEST])):
                body.damaged = body.damaged or wrong
        self.mistakes += 1
        if not self.recovering and len(self.wrong) < MOST_SAID:
            self.wrong.append(wrong)

    def _begins_line(self, start: int) -> bool:
        return start == 0 or self.text[start - 1] in "\n\ufeff"

    def _close_all(self) -> None:
        """Close what is open because a brace was lost; the last attribute may have swallowed something."""
        block = self.open[0]
        self.recovering = False
        self._mistake(f"the {{ of {block.type} is not closed", block.start, block.header_end)
        for one in self.open:
            one.end = one.header_end
            for attribute in list(one.body.attributes.values())[-1:]:
                attribute.spoil("it precedes a } that is missing")
        self.open = []
        self.body = self.root

    def _end(self) -> None:
        if self.open:
            self.unclosed = True
            self._close_all()

    def document(self) -> Document:
        """Give what was read."""
        comments, alone = _comments(self.lines, self.skimmer.comments)
        return Document(self.file, self.root, self.wrong, comments, alone)


def _comments(lines: Lines, ranges: list[tuple[int, int]]) -> tuple[dict[int, str], frozenset[int]]:
    """Sort comments by line; a line is alone if nothing but comments stands on it."""
    comments: dict[int, str] = {}
    alone: set[int] = set()
    text, starts = lines.text, lines.starts
    for start, end in ranges:
        first = lines.line(start)
        parts = text[start:end].split("\n")
        for number, part in enumerate(parts, first):
            said = part.strip().removeprefix("/*").removesuffix("*/").lstrip("#/* ").strip()
            comments[number] = f"{comments[number]} {said}" if number in comments else said
        before = text[starts[first - 1] : start].strip() == ""
        stop = text.find("\n", end)
        after = text[end : stop if stop >= 0 else len(text)].strip() == ""
        alone.update(range(first + (not before), first + len(parts) - (not after)))
    return comments, frozenset(alone)


def unquote(label: str) -> str:
    """Give a label without its quotes."""
    if not label.startswith('"'):
        return label
    inner = label[1:-1]
    if "\\" not in inner:
        return inner
    from scanner.iac.hcl.templates import unescape  # noqa: PLC0415  # labels with escapes are a rarity

    try:
        return unescape(inner)
    except ValueError:
        return inner
