"""The reader of HCL's expressions: text in, a tree of nodes out; a mistake of syntax is a node too."""

from __future__ import annotations

import re
from typing import Any, Final

from scanner.iac.hcl.lexer import IDENTIFIER
from scanner.iac.hcl.nodes import (
    Attributed,
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Item,
    Literal,
    Malformed,
    ObjectOf,
    Place,
    Splat,
    Step,
    Traversal,
    TupleOf,
    Unary,
    references,
)
from scanner.iac.hcl.tokens import Mistake, Tokens
from scanner.iac.hcl.values import normal
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

__all__ = ["Expression", "expression_of_json", "parse_expression", "parse_template", "references"]

DEEPEST: Final = 120
LONGEST_WHOLE: Final = 150  #: digits that Terraform's 512 bits hold exactly
BINARY: Final = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, ">": 4, ">=": 4, "<": 4, "<=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_DIGITS: Final = re.compile(r"[ \t]*+([0-9]++)")
_FULL_SPLAT: Final = re.compile(r"\[[ \t\r\n]*+\*[ \t\r\n]*+\]")
_KEYWORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_SIMPLE_TEXT: Final = re.compile(r'"([^"\\$%\n]*+)"')
_SIMPLE_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")
_SIMPLE_TRAVERSAL: Final = re.compile(rf"{IDENTIFIER}(?:\.{IDENTIFIER})++")


def parse_expression(source: str, spot: Spot) -> Expression:
    """Read one expression that begins at a place; what is no expression becomes `Malformed`."""
    place = Place(source, spot)
    quick = _read_simple(place)
    if quick is not None:
        return quick
    return _read(place, Parser(place).whole)


def parse_template(text: str, spot: Spot, *, fixed: bool = False) -> Expression:
    """Read a text with interpolations, as a template file or a string of JSON holds it."""
    from scanner.iac.hcl.templates import read_bare  # noqa: PLC0415  # the two need each other

    place = Place(text, spot, fixed=fixed)
    if "${" not in text and "%{" not in text:
        return Literal(place, 0, len(text), normal(text))
    return _read(place, lambda: read_bare(Parser(place)))


def expression_of_json(value: Any, spot: Spot) -> Expression:
    """Read a value of a `.tf.json` file: every text in it is a template."""
    if isinstance(value, str):
        return parse_template(value, spot, fixed=True)
    place = Place("", spot, fixed=True)
    if isinstance(value, dict):
        return ObjectOf(
            place, 0, 0, [(expression_of_json(key, spot), expression_of_json(one, spot)) for key, one in value.items()]
        )
    if isinstance(value, list):
        return TupleOf(place, 0, 0, [expression_of_json(one, spot) for one in value])
    return Literal(place, 0, 0, value)


def _read(place: Place, reader: Any) -> Expression:
    try:
        found: Expression = reader()
    except Mistake as mistake:
        at = min(mistake.at, len(place.source))
        return Malformed(place, at, min(at + 1, len(place.source)), mistake.message)
    except RecursionError:
        return Malformed(place, 0, len(place.source), "the expression is nested too deeply")
    return found


def _read_simple(place: Place) -> Expression | None:
    """Read what nine of ten attributes are: a plain text, a number, a word, a traversal."""
    source = place.source
    end = len(source)
    text = _SIMPLE_TEXT.fullmatch(source)
    if text:
        return Literal(place, 0, end, normal(text[1]))
    if source in _KEYWORDS:
        return Literal(place, 0, end, _KEYWORDS[source])
    if _SIMPLE_WHOLE.fullmatch(source):
        return Literal(place, 0, end, int(source))
    if _SIMPLE_TRAVERSAL.fullmatch(source):
        root, *names = source.split(".")
        if root in _KEYWORDS:
            return None
        found = Traversal(place, 0, end, root)
        at = len(root)
        for name in names:
            at += 1 + len(name)
            found.steps.append(Step(name, at, index=False))
        return found
    return None


def number(text: str, place: Place) -> Any:
    """Read a number exactly; ValueError if it is none, and one that is too large is not settled."""
    if text.isdigit() and len(text) <= LONGEST_WHOLE:
        return int(text)
    from scanner.iac.hcl.arithmetic import TooLarge, read_number  # noqa: PLC0415  # decimals are rare

    try:
        return read_number(text)
    except TooLarge as error:
        return Unresolved(error.unknown.detail, (), place.spot)


class Parser(Tokens):
    """A Pratt parser: operands, and operators by how tightly they bind."""

    __slots__ = ()

    def whole(self) -> Expression:
        """Read the whole text as one expression."""
        self.newlines = False  # the text ends where the expression does; in front of it there may be anything
        self.look()
        self.newlines = True
        found = self.expression()
        if self.kind == "newline":
            self.newlines = False
            self.look()
        if self.kind != "end":
            raise self.expected("the end of the expression")
        return found

    def expression(self, level: int = 0) -> Expression:
        """Read an expression whose operators bind tighter than a level."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Mistake(f"the expression is nested deeper than {DEEPEST} levels", self.start)
        left = self.operand()
        while self.kind == "mark":
            operator = self.value
            binding = BINARY.get(operator, 0)
            if binding <= level:
                break
            self.take()
            left = Binary(self.place, left, operator, self.expression(binding))
        if level == 0 and self.value == "?" and self.kind == "mark":
            self.take()
            yes = self.expression()
            if self.value != ":":
                raise self.expected("the : of a condition")
            self.take()
            left = Conditional(self.place, left, yes, self.expression())
        self.depth -= 1
        return left

    def operand(self) -> Expression:
        """Read one operand with what follows it: `.name`, `[key]`, splats."""
        if self.kind == "mark" and self.value in "-!":
            return self._unary()
        return self._following(self._term())

    def _unary(self) -> Expression:
        operators = []
        while self.kind == "mark" and self.value in ("-", "!"):
            operators.append((self.value, self.start))
            if len(operators) > DEEPEST:
                raise Mistake("too many operators in a row", self.start)
            self.take()
        found = self._following(self._term())
        for operator, start in reversed(operators):
            found = Unary(self.place, start, operator, found)
        return found

    def _term(self) -> Expression:
        kind, start, value = self.kind, self.start, self.value
        if kind == "name":
            self.take()
            if self.kind == "mark" and self.value == "(":
                return self._call(value, start)
            if value in _KEYWORDS:
                return Literal(self.place, start, self.position, _KEYWORDS[value])
            if "::" in value:
                raise self.expected("the ( of a call")
            return Traversal(self.place, start, self.position, value)
        if kind == "number":
            self.take()
            try:
                return Literal(self.place, start, self.position, number(value, self.place))
            except ValueError as error:
                raise Mistake(str(error), start) from error
        if kind in ("quote", "heredoc"):
            from scanner.iac.hcl.templates import read_heredoc, read_quoted  # noqa: PLC0415  # the two need each other

            return read_quoted(self) if kind == "quote" else read_heredoc(self)
        if kind == "mark":
            if value == "(":
                before = self._enter()
                found = self.expression()
                self.close(")", before)
                return found
            if value == "[":
                return self._tuple(start)
            if value == "{":
                return self._object(start)
        raise self.expected("a value")

    def _enter(self) -> bool:
        """Take an opening mark; newlines inside are spaces."""
        before, self.newlines = self.newlines, False
        self.take()
        return before

    def _following(self, found: Expression) -> Expression:
        """Read the steps after an operand."""
        steps = 0
        while self.kind == "mark":
            if self.value == "[":
                found = self._bracket(found)
            elif self.value == ".":
                found = self._dot(found)
            else:
                break
            steps += 1
            if steps > DEEPEST:
                raise Mistake(f"a traversal has more than {DEEPEST} steps", self.start)
        return found

    def _dot(self, found: Expression) -> Expression:
        digits = _DIGITS.match(self.text, self.end)
        if digits:  # the old way to write an index: a.0
            if self.text.startswith(".", digits.end()) and _DIGITS.match(self.text, digits.end() + 1):
                raise Mistake("two indexes are written [0][1], not .0.1", self.start)
            self.end = digits.end()
            self.take()
            return self._step(found, int(digits[1][:18]), index=True)
        self.take()
        if self.kind == "name" and "::" not in self.value:
            name = self.value
            self.take()
            return self._step(found, name, index=False)
        if self.value == "*" and self.kind == "mark":
            self.take()
            each: Expression = Item(self.place, self.position, self.position)
            while self.kind == "mark" and self.value == ".":
                each = self._dot(each)
            return Splat(self.place, found.start, self.position, found, each)
        raise self.expected("the name of an attribute")

    def _bracket(self, found: Expression) -> Expression:
        splat = _FULL_SPLAT.match(self.text, self.start)
        if splat:
            self.depth += 1
            if self.depth > DEEPEST:
                raise Mistake(f"the expression is nested deeper than {DEEPEST} levels", self.start)
            self.end = splat.end()
            self.take()
            each = self._following(Item(self.place, self.position, self.position))
            self.depth -= 1
            return Splat(self.place, found.start, self.position, found, each)
        before = self._enter()
        key = self.expression()
        end = self.close("]", before)
        if isinstance(key, Literal) and isinstance(key.value, (str, int)) and not isinstance(key.value, bool):
            return self._step(found, key.value, index=True, end=end)
        return Index(self.place, found.start, end, found, key)

    def _step(self, found: Expression, key: str | int, *, index: bool, end: int = 0) -> Expression:
        end = end or self.position
        if type(found) is Traversal:
            found.steps.append(Step(key, end, index=index))
            found.end = end
            return found
        if index:
            return Index(self.place, found.start, end, found, Literal(self.place, self.position, end, key))
        return Attributed(self.place, found.start, end, found, str(key))

    def _call(self, name: str, start: int) -> Call:
        found = Call(self.place, start, name)
        before = self._enter()
        while not (self.kind == "mark" and self.value == ")"):
            found.arguments.append(self.expression())
            if self.kind == "mark" and self.value == "...":
                found.expand = True
                self.take()
                break
            if not self._comma(")"):
                break
        found.end = self.close(")", before)
        return found

    def _comma(self, closing: str) -> bool:
        """Take the comma between two items, if there is one."""
        if self.kind == "mark" and self.value == ",":
            self.take()
            return True
        if self.kind == "mark" and self.value == closing:
            return False
        raise self.expected(f"a comma or {closing}")

    def _tuple(self, start: int) -> Expression:
        before = self._enter()
        if self.kind == "name" and self.value == "for":
            return self._for(start, "]", before)
        items = []
        while not (self.kind == "mark" and self.value == "]"):
            items.append(self.expression())
            if not self._comma("]"):
                break
        end = self.close("]", before)
        return TupleOf(self.place, start, end, items)

    def _object(self, start: int) -> Expression:
        before = self._enter()
        if self.kind == "name" and self.value == "for":
            return self._for(start, "}", before)
        items: list[tuple[Expression, Expression]] = []
        while not (self.kind == "mark" and self.value == "}"):
            self.newlines = True
            key = self._key()
            if self.kind != "mark" or self.value not in ("=", ":"):
                raise self.expected("= after the name of an attribute")
            self.take()
            value = self.expression()
            items.append((key, value))
            if self.kind == "newline" or (self.kind == "mark" and self.value == ","):
                self.newlines = False
                self.take()
            elif not (self.kind == "mark" and self.value == "}"):
                raise self.expected("a comma, a new line or }")
            self.newlines = False
        end = self.close("}", before)
        return ObjectOf(self.place, start, end, items)

    def _key(self) -> Expression:
        start, bare = self.start, self.kind == "name"
        found = self.expression()
        if bare and isinstance(found, Traversal):
            if found.steps:
                message = f"a key that is worked out is written in parentheses: ({found.said})"
                return Malformed(self.place, start, found.end, message)  # a mistake, but none of syntax
            return Literal(self.place, start, found.end, found.root)
        if bare and isinstance(found, Literal):
            return Literal(self.place, start, found.end, found.said)
        return found

    def _for(self, start: int, closing: str, before: bool) -> Expression:  # noqa: FBT001  # it is the state itself
        self.take()
        names = [self._name()]
        if self.value == "," and self.kind == "mark":
            self.take()
            names.append(self._name())
        if self.value != "in" or self.kind != "name":
            raise self.expected("the word in")
        self.take()
        found = For(self.place, start, ("", names[0]) if len(names) == 1 else (names[0], names[1]), self.expression())
        if self.value != ":":
            raise self.expected("the : of a for expression")
        self.take()
        found.value = self.expression()
        if closing == "}":
            if self.value != "=>":
                raise self.expected("=> after the key")
            self.take()
            found.key_value, found.value = found.value, self.expression()
            if self.value == "..." and self.kind == "mark":
                found.group = True
                self.take()
        if self.value == "if" and self.kind == "name":
            self.take()
            found.condition = self.expression()
        found.end = self.close(closing, before)
        return found

    def _name(self) -> str:
        if self.kind != "name" or "::" in self.value:
            raise self.expected("a name")
        name = self.value
        self.take()
        return name
