"""The reader of templates: quoted texts, heredocs and template files, with interpolations and directives."""

from __future__ import annotations

import re
from typing import Final

from scanner.iac.hcl.expressions import Parser
from scanner.iac.hcl.lexer import heredoc_step
from scanner.iac.hcl.nodes import Conditional, Expression, For, Join, Literal, Template
from scanner.iac.hcl.tokens import Mistake
from scanner.iac.hcl.values import normal

_SIMPLE: Final = re.compile(r'"([^"\\$%\n]*+)"')
_STEP: Final = re.compile(
    r'(?P<text>(?:[^"\\$%\n]++|\\[^\n]|\$\$\{|%%\{|[$%](?!\{))++)|(?P<quote>")|(?P<open>[$%]\{~?)|(?P<stop>\n|\\?\Z|\\\n)'
)
_BARE: Final = re.compile(r"\$\$\{|%%\{|(?P<open>[$%]\{)")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|\$\$\{|%%\{", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_SPACE: Final = re.compile(r"[^\S\n]*")


class _Piece:
    """One part of a template: a text, an interpolation (`word` is empty) or a directive."""

    __slots__ = ("end", "expression", "names", "start", "text", "word")

    def __init__(self, start: int, end: int, text: str | None = None) -> None:
        self.start = start
        self.end = end
        self.text = text
        self.word = ""
        self.names = ("", "")
        self.expression: Expression | None = None


def unescape(text: str) -> str:
    """Work out the escapes of a quoted text; ValueError if one of them is none."""

    def one(found: re.Match[str]) -> str:
        whole = found[0]
        if whole[0] != "\\":
            return whole[1:]
        code = found[1] or found[2]
        if code:
            return chr(int(code, 16))
        if found[3] not in _ESCAPES:
            raise ValueError(f"\\{found[3]} is no escape")
        return _ESCAPES[found[3]]

    try:
        return _ESCAPE.sub(one, text)
    except OverflowError as error:
        raise ValueError("there is no such character") from error


def read_quoted(parser: Parser) -> Expression:
    """Read a quoted template, the parser being at its quote."""
    start = parser.start
    simple = _SIMPLE.match(parser.text, start)
    if simple:
        parser.position = simple.end()
        parser.look()
        return Literal(parser.place, start, simple.end(), normal(simple[1]))
    before = parser.newlines
    pieces: list[_Piece] = []
    reader = _Reader(parser, pieces)
    position = parser.end
    while True:
        found = _STEP.match(parser.text, position)
        if found is None or found["stop"] is not None:
            raise Mistake('the " that is opened here is not closed on its line', start)
        position = found.end()
        if found["quote"]:
            break
        if found["open"]:
            position = reader.opened(found.start(), position)
            continue
        try:
            reader.text(unescape(found["text"]), found.start(), position)
        except ValueError as error:
            raise Mistake(str(error), found.start()) from error
    parser.newlines = before
    parser.position = position
    parser.look()
    return reader.result(start, position)


def read_heredoc(parser: Parser) -> Expression:
    """Read a heredoc, the parser being at its beginning."""
    start, before = parser.start, parser.newlines
    flush = parser.value.startswith("<<-")
    marker = parser.value.strip().removeprefix("<<").removeprefix("-")
    reader = _Reader(parser, [])
    position = reader.lines(parser.end, heredoc_step(marker))
    if position < 0:
        raise Mistake(f"the heredoc that begins here has no line {marker}", start)
    if flush:
        _flush(reader.pieces)
    parser.newlines = before
    parser.position = position
    parser.look()
    return reader.result(start, position)


def read_bare(parser: Parser) -> Expression:
    """Read a whole text as a template."""
    reader = _Reader(parser, [])
    reader.lines(0, _BARE)
    return reader.result(0, len(parser.text))


class _Reader:
    """Collects the pieces of one template, and makes one expression of them."""

    def __init__(self, parser: Parser, pieces: list[_Piece]) -> None:
        self.parser = parser
        self.pieces = pieces
        #: the last interpolation ended with ~}: spaces at the beginning of the next text go
        self.trims = False

    def text(self, text: str, start: int, end: int) -> None:
        """Add a text."""
        if self.trims:
            text = text.lstrip()
            self.trims = False
        self.pieces.append(_Piece(start, end, text))

    def lines(self, position: int, step: re.Pattern[str]) -> int:
        """Read lines of text up to the marker of a heredoc, and give its end; -1 if the text ends without."""
        text = self.parser.text
        begun = position
        while True:
            found = step.search(text, position)
            marker = found is not None and found.groupdict().get("marker") is not None
            if found is None or marker or found["open"]:
                raw = text[begun : found.start() if found else len(text)]
                at = begun
                for line in _LINE.findall(raw):
                    self.text(line.replace("$${", "${").replace("%%{", "%{"), at, at + len(line))
                    at += len(line)
            if found is None:
                return -1
            position = found.end()
            if marker:
                return position
            if found["open"]:
                position += text.startswith("~", position)
                begun = position = self.opened(found.start(), position)

    def opened(self, start: int, position: int) -> int:
        """Read what is between ${ or %{ and its brace, and give the offset after it."""
        parser = self.parser
        if parser.text[position - 1] == "~" and self.pieces:
            last = self.pieces[-1]
            if last.text is not None:
                last.text = last.text.rstrip()
        self.trims = False
        parser.newlines = False
        parser.position = position
        parser.look()
        piece = _Piece(start, position)
        if parser.text[start] == "%":
            self._directive(piece)
        else:
            piece.expression = parser.expression()
        if parser.kind != "mark" or parser.value not in ("}", "~}"):
            raise parser.expected("the } of an interpolation")
        self.trims = parser.value == "~}"
        piece.end = parser.end
        self.pieces.append(piece)
        return parser.end

    def _directive(self, piece: _Piece) -> None:
        parser = self.parser
        piece.word = parser.value
        if parser.kind != "name" or piece.word not in ("if", "else", "endif", "for", "endfor"):
            raise parser.expected("if, else, endif, for or endfor")
        parser.take()
        if piece.word == "for":
            names = [self._name()]
            if parser.value == ",":
                parser.take()
                names.append(self._name())
            if parser.value != "in":
                raise parser.expected("the word in")
            parser.take()
            piece.names = ("", names[0]) if len(names) == 1 else (names[0], names[1])
        if piece.word in ("if", "for"):
            piece.expression = parser.expression()

    def _name(self) -> str:
        parser = self.parser
        if parser.kind != "name":
            raise parser.expected("a name")
        name = parser.value
        parser.take()
        return name

    def result(self, start: int, end: int) -> Expression:
        """Make the expression."""
        pieces = [one for one in self.pieces if one.text != ""]
        place = self.parser.place
        if len(self.pieces) == 1 and self.pieces[0].expression is not None and not self.pieces[0].word:
            return self.pieces[0].expression
        if all(one.text is not None for one in pieces):
            return Literal(place, start, end, normal("".join(one.text or "" for one in pieces)))
        found, after, word = self._assemble(pieces, 0, start, 0)
        if word:
            raise Mistake(f"there is nothing that {word} could end", pieces[after - 1].start)
        found.end = end
        return found

    def _assemble(self, pieces: list[_Piece], index: int, start: int, depth: int) -> tuple[Template, int, str]:
        """Make a template of the pieces up to the directive that ends it; give what follows, and that word."""
        place = self.parser.place
        if depth > 50:
            raise Mistake("directives are nested deeper than 50 levels", start)
        parts: list[Expression] = []
        found = Template(place, start, start, parts)
        while index < len(pieces):
            piece = pieces[index]
            index += 1
            found.end = piece.end
            if piece.text is not None:
                parts.append(Literal(place, piece.start, piece.end, normal(piece.text)))
            elif piece.word == "if" and piece.expression is not None:
                yes, index, word = self._assemble(pieces, index, piece.end, depth + 1)
                no = Template(place, yes.end, yes.end, [])
                if word == "else":
                    no, index, word = self._assemble(pieces, index, yes.end, depth + 1)
                if word != "endif":
                    raise Mistake("this if has no endif", piece.start)
                parts.append(Conditional(place, piece.expression, yes, no))
            elif piece.word == "for" and piece.expression is not None:
                body, index, word = self._assemble(pieces, index, piece.end, depth + 1)
                if word != "endfor":
                    raise Mistake("this for has no endfor", piece.start)
                texts = For(place, piece.start, piece.names, piece.expression)
                texts.value, texts.end = body, body.end
                parts.append(Join(texts))
            elif piece.word:
                return found, index, piece.word
            elif piece.expression is not None:
                parts.append(piece.expression)
        return found, index, ""


def _flush(pieces: list[_Piece]) -> None:
    """Take from every line the indentation that all lines have, as <<- does; blank lines do not count."""
    least: int | None = None
    adjust = []
    at_line_start = True
    for piece in pieces:
        if at_line_start:
            spaces: int | None = 0
            if piece.text is not None:
                spaces = len(piece.text) - len(piece.text.lstrip())
                if spaces == len(piece.text) and piece.text.endswith("\n"):
                    spaces = None
                else:
                    adjust.append(piece)
            if spaces is not None and (least is None or spaces < least):
                least = spaces
        at_line_start = piece.text is not None and piece.text.endswith("\n")
    for piece in adjust:
        piece.text = (piece.text or "")[least or 0 :]
