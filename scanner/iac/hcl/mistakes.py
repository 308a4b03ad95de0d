"""Mistakes in expressions: what is no expression is found, and not only where somebody comes to read it.

Terraform refuses a file for any mistake of syntax in it. Most expressions are plain, or stood in another file already,
letter by letter, so that looking at all of them takes little more than half as long as reading the blocks.
"""

from __future__ import annotations

import re
from typing import Final

from scanner.iac.hcl.lexer import IDENTIFIER
from scanner.iac.hcl.tree import Attribute, Body, Document

_PLAIN: Final = re.compile(rf'"[^"\\$%\n]*+"|{IDENTIFIER}(?:\.{IDENTIFIER}|\[[0-9]++\])*+|-?[0-9]++(?:\.[0-9]++)?')
#: of one file; the others are not told
MOST: Final = 100


class Expressions:
    """The expressions of one run that are known to be well formed, by their text."""

    __slots__ = ("_good",)

    def __init__(self) -> None:
        self._good: set[str] = set()

    def check(self, document: Document) -> None:
        """Put what is wrong with the expressions of a file to what is wrong with the file."""
        plain, good = _PLAIN.fullmatch, self._good
        found: list[tuple[Attribute, tuple[Body, ...]]] = []
        waiting: list[tuple[Body, tuple[Body, ...]]] = [(document.body, (document.body,))]
        while waiting:
            body, bodies = waiting.pop()
            found += [
                (one, bodies)
                for one in body.attributes.values()
                if not plain(one.lines.text, one.offset, one.end) and one.source not in good
            ]
            waiting += [(block.body, (*bodies, block.body)) for block in body.blocks]
        if found:
            self._look(document, found)

    def _look(self, document: Document, found: list[tuple[Attribute, tuple[Body, ...]]]) -> None:
        """Parse what is not plain, once for each text."""
        mistakes = 0
        for attribute, bodies in found:
            source = attribute.source
            if not source or attribute.looked_at or source in self._good:
                continue
            wrong = attribute.mistakes()
            if not wrong:
                self._good.add(source)
            elif "{" in source:  # it may have swallowed a block
                for body in bodies:
                    body.damaged = body.damaged or wrong[0]
            document.wrong += wrong[: max(0, MOST - mistakes)]
            mistakes += len(wrong)
        if mistakes:
            document.wrong.sort(key=lambda one: (one.spot.line, one.spot.column))
