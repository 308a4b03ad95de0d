"""The tokens of HCL's expressions, looked at one by one: what a newline is depends on the brackets around it."""

from __future__ import annotations

import re
from typing import Final

from scanner.iac.hcl.lexer import IDENTIFIER
from scanner.iac.hcl.nodes import Place

_TOKENS: Final = (
    rf"(?:(?P<name>{IDENTIFIER}(?:::{IDENTIFIER})*+)|(?P<number>[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)|(?P<quote>\")"
    rf"|(?P<heredoc><<-?{IDENTIFIER}[ \t]*+\r?\n)"
    r"|(?P<mark>&&|\|\||==|!=|<=|>=|=>|\.\.\.|~\}|[-+*/%<>!?:=.,()\[\]{}])|(?P<newline>\n)|(?P<end>\Z)|(?P<bad>.))"
)
_COMMENTS: Final = r"|#[^\n]*+|//[^\n]*+|/\*(?s:.*?)\*/)*+"
#: between brackets a newline is a space; elsewhere it ends an expression
_WITHOUT_NEWLINES: Final = re.compile(rf"(?:[ \t\r\n]++{_COMMENTS}{_TOKENS}")
_WITH_NEWLINES: Final = re.compile(rf"(?:[ \t\r]++{_COMMENTS}{_TOKENS}")


_KINDS: Final = {"newline": "a new line", "name": "a name", "number": "a number"}


class Mistake(Exception):
    """A mistake of syntax at an offset."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Tokens:
    """Looks one token ahead in a text; `newlines` says whether a newline is a token."""

    __slots__ = ("depth", "end", "kind", "newlines", "place", "position", "start", "text", "value")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.text = place.source
        self.position = 0  #: after the last token that was taken
        self.depth = 0
        self.newlines = True
        self.kind = ""
        self.value = ""
        self.start = self.end = 0

    def look(self) -> None:
        """Look at the token after the position."""
        found = (_WITH_NEWLINES if self.newlines else _WITHOUT_NEWLINES).match(self.text, self.position)
        assert found is not None  # `bad` takes whatever there is
        self.kind = found.lastgroup or "bad"
        self.start, self.end = found.span(self.kind)
        self.value = self.text[self.start : self.end]

    def take(self) -> None:
        """Take the token and look at the next."""
        self.position = self.end
        self.look()

    def close(self, mark: str, before: bool) -> int:  # noqa: FBT001  # it is the state itself
        """Take a closing mark, and go back to what newlines were outside; give where it ends."""
        if self.value != mark or self.kind != "mark":
            raise self.expected(mark)
        end = self.end
        self.newlines = before
        self.take()
        return end

    def expected(self, what: str) -> Mistake:
        """Say what should stand here."""
        if self.kind == "end":
            return Mistake(f"expected {what}, the expression ends here", self.start)
        # never a name or a number: it may be a secret whose quotes were forgotten
        said = _KINDS.get(self.kind) or self.value.strip() or repr(self.value)
        return Mistake(f"expected {what}, not {said[:40]}", self.start)
