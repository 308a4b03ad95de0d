"""The syntax tree of HCL: bodies, blocks and attributes at once, expressions and places only when they are asked for.

Most attributes of a repository are read by no rule, so an attribute keeps the range of its expression, and the
expression is parsed the first time somebody evaluates it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import field
from typing import Any, Final

from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot

_UNPLACED: Final = Spot("", 1)
#: characters of an expression that are read twice sooner than kept
_SHORT: Final = 10_000


class Lines:
    """The text of a file, which tells the line and column of an offset."""

    __slots__ = ("_starts", "file", "text")

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """The offsets at which lines begin; a byte order mark belongs to no line."""
        if self._starts is None:
            starts = [1 if self.text.startswith("\ufeff") else 0]
            at = self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._starts = starts
        return self._starts

    def line(self, offset: int) -> int:
        """Give the line of an offset, counted from 1."""
        return bisect_right(self.starts, offset) or 1

    def spot(self, start: int, end: int) -> Spot:
        """Give the place of a range."""
        starts = self.starts
        first = bisect_right(starts, start) or 1
        last = first if end <= start else bisect_right(starts, end) or 1
        return Spot(self.file, first, start - starts[first - 1] + 1, last, max(end, start) - starts[last - 1] + 1)


class Attribute:
    """`name = expression`; `spot` is the whole attribute, `value_spot` the expression alone."""

    __slots__ = ("_expression", "end", "lines", "name", "offset", "start")

    def __init__(self, name: str, lines: Lines, start: int, offset: int, end: int, expression: Any = None) -> None:
        self.name = name
        self.lines = lines
        self.start = start  #: of its name in the file's text, in characters
        self.offset = offset  #: of the expression
        self.end = end
        self._expression = expression

    @property
    def source(self) -> str:
        """The text of the expression, as it is written."""
        return self.lines.text[self.offset : self.end]

    @property
    def spot(self) -> Spot:
        """The place of the whole attribute."""
        return self.lines.spot(self.start, self.end)

    @property
    def value_spot(self) -> Spot:
        """The place of the expression."""
        return self.lines.spot(self.offset, self.end)

    @property
    def expression(self) -> Any:
        """The parsed expression (`scanner.iac.hcl.nodes`); a syntax error in it is an expression too."""
        if self._expression is None:
            from scanner.iac.hcl.expressions import parse_expression  # noqa: PLC0415  # only what is asked for

            self._expression = parse_expression(self.source, self.value_spot)
        return self._expression

    @property
    def looked_at(self) -> bool:
        """Whether a mistake in it is known already."""
        return self._expression is not None

    def mistakes(self) -> list[Wrong]:
        """Give what is wrong with the expression; a short one without mistakes is not kept: few are ever evaluated."""
        from scanner.iac.hcl.expressions import parse_expression  # noqa: PLC0415  # what is plain is not asked
        from scanner.iac.hcl.nodes import Malformed  # noqa: PLC0415  # as above

        long = self.end - self.offset > _SHORT
        found = self.expression if long else parse_expression(self.source, _UNPLACED)
        if not isinstance(found, Malformed):
            return []
        found = self.expression
        return [Wrong(found.message, found.spot)]

    def spoil(self, message: str) -> None:
        """Make its value one that cannot be trusted, for a mistake of syntax around it."""
        from scanner.iac.hcl.nodes import Malformed, Place  # noqa: PLC0415  # mistakes are few

        self._expression = Malformed(Place(self.source, self.value_spot), 0, self.end - self.offset, message)

    def __repr__(self) -> str:
        return f"Attribute({self.name} = {self.source})"


class HclBlock:
    """`type "label" "label" { body }`; `spot` is from its type to its closing brace, `header` its first line."""

    __slots__ = ("body", "end", "header_end", "labels", "lines", "start", "type")

    def __init__(self, type: str, labels: tuple[str, ...], lines: Lines, start: int, header_end: int) -> None:  # noqa: A002  # the field's own word
        self.type = type
        self.labels = labels
        self.body = Body()
        self.lines = lines
        self.start = start
        self.header_end = header_end
        self.end = header_end

    @property
    def spot(self) -> Spot:
        """The place of the whole block."""
        return self.lines.spot(self.start, self.end)

    @property
    def header(self) -> Spot:
        """The place of its type and labels."""
        return self.lines.spot(self.start, self.header_end)

    def __repr__(self) -> str:
        return f"HclBlock({' '.join((self.type, *self.labels))})"


@dataclass(slots=True)
class Body:
    """What is between braces, or a whole file: attributes by name, blocks in their order.

    `damaged` is the first mistake of syntax inside it, if any: what is not found in such a body may have been lost.
    """

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[HclBlock] = field(default_factory=list)
    damaged: Wrong | None = None

    def blocks_of(self, type: str) -> Iterator[HclBlock]:  # noqa: A002  # the field's own word
        """Give the blocks of one type, in their order."""
        return (one for one in self.blocks if one.type == type)


@dataclass(slots=True)
class Wrong:
    """A mistake of syntax: where, and what was expected."""

    message: str
    spot: Spot
    #: it is a mistake of the code itself, not something that is not at hand
    broken: bool = True


@dataclass(slots=True)
class Document:
    """One file: what could be read of it, and what could not."""

    file: str
    body: Body
    wrong: list[Wrong] = field(default_factory=list)
    #: comments by line, without their marks; the lines that hold nothing else are in `alone`
    comments: dict[int, str] = field(default_factory=dict)
    alone: frozenset[int] = frozenset()
