"""The syntax tree of HCL: bodies, blocks and attributes at once, expressions only when they are asked for.

Most attributes of a repository are read by no rule, so an attribute keeps the text of its expression, and the
expression is parsed the first time somebody evaluates it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scanner.model.reading import Spot


@dataclass(slots=True)
class Attribute:
    """`name = expression`; `spot` is the whole attribute, `value_spot` the expression alone."""

    name: str
    source: str  #: the text of the expression
    spot: Spot
    value_spot: Spot
    offset: int  #: of the expression in the file's text, in characters
    end: int
    _expression: Any = None

    @property
    def expression(self) -> Any:
        """The parsed expression (`scanner.iac.hcl.expressions`); a syntax error in it is an expression too."""
        if self._expression is None:
            from scanner.iac.hcl.expressions import parse_expression  # noqa: PLC0415  # only what is asked for

            self._expression = parse_expression(self.source, self.value_spot)
        return self._expression


@dataclass(slots=True)
class HclBlock:
    """`type "label" "label" { body }`; `spot` is from its type to its closing brace, `header` its first line."""

    type: str
    labels: tuple[str, ...]
    body: Body
    spot: Spot
    header: Spot


@dataclass(slots=True)
class Body:
    """What is between braces, or a whole file: attributes by name, blocks in their order."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[HclBlock] = field(default_factory=list)

    def blocks_of(self, type: str) -> Iterator[HclBlock]:  # noqa: A002  # the field's own word
        """Give the blocks of one type, in their order."""
        return (one for one in self.blocks if one.type == type)


@dataclass(slots=True)
class Wrong:
    """A mistake of syntax: where, and what was expected."""

    message: str
    spot: Spot


@dataclass(slots=True)
class Document:
    """One file: what could be read of it, and what could not."""

    file: str
    body: Body
    wrong: list[Wrong] = field(default_factory=list)
    #: comments by line, without their marks; the lines that hold nothing else are in `alone`
    comments: dict[int, str] = field(default_factory=dict)
    alone: frozenset[int] = frozenset()
