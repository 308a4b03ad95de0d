"""The tree of an expression: light nodes that know the range of text they were written as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from scanner.model.reading import Spot

LONGEST_SAID: Final = 80


class Place:
    """The text of one expression and where it stands in its file."""

    __slots__ = ("fixed", "source", "spot")

    def __init__(self, source: str, spot: Spot, *, fixed: bool = False) -> None:
        self.source = source
        self.spot = spot
        #: the text is not what the file holds character by character (a JSON string): every part is where it all is
        self.fixed = fixed

    def at(self, start: int, end: int) -> Spot:
        """Give the place of a range of the text."""
        if self.fixed:
            return self.spot
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        return Spot(self.spot.file, line, column, end_line, end_column)

    def _position(self, offset: int) -> tuple[int, int]:
        newlines = self.source.count("\n", 0, offset)
        if not newlines:
            return self.spot.line, self.spot.column + offset
        return self.spot.line + newlines, offset - self.source.rfind("\n", 0, offset)


class Expression:
    """Anything that has a value."""

    __slots__ = ("end", "place", "start")
    #: which of its own attributes are expressions, or lists of them
    made_of: ClassVar[tuple[str, ...]] = ()

    def __init__(self, place: Place, start: int, end: int) -> None:
        self.place = place
        self.start = start
        self.end = end

    @property
    def spot(self) -> Spot:
        """Where it is written."""
        return self.place.at(self.start, self.end)

    @property
    def said(self) -> str:
        """How it is written, on one line and not too long."""
        end = min(self.end, self.start + 10 * LONGEST_SAID)  # it may be long, and is asked for often
        text = " ".join(self.place.source[self.start : end].split())
        return text if len(text) <= LONGEST_SAID and end == self.end else f"{text[: LONGEST_SAID - 1]}…"

    def parts(self) -> Iterator[Expression]:
        """Give the expressions it is made of."""
        for name in self.made_of:
            part = getattr(self, name)
            if isinstance(part, Expression):
                yield part
            elif isinstance(part, list):
                for one in part:
                    yield from one if isinstance(one, tuple) else (one,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.said})"


class Malformed(Expression):
    """What is no expression: what was expected, and where."""

    __slots__ = ("message",)

    def __init__(self, place: Place, start: int, end: int, message: str) -> None:
        super().__init__(place, start, end)
        self.message = message


class Literal(Expression):
    """A number, a text without interpolations, `true`, `false` or `null`."""

    __slots__ = ("value",)

    def __init__(self, place: Place, start: int, end: int, value: Any) -> None:
        super().__init__(place, start, end)
        self.value = value


class Step:
    """One step of a traversal: `.key`, or `[key]` with a literal key."""

    __slots__ = ("end", "index", "key")

    def __init__(self, key: str | float, end: int, *, index: bool) -> None:
        self.key = key
        self.index = index
        self.end = end

    def __str__(self) -> str:
        if not self.index:
            return f".{self.key}"
        return f'["{self.key}"]' if isinstance(self.key, str) else f"[{self.key}]"


class Traversal(Expression):
    """A name and the steps from it: `aws_kms_key.k.arn`, `var.tiers["gold"].days`."""

    __slots__ = ("root", "steps")

    def __init__(self, place: Place, start: int, end: int, root: str) -> None:
        super().__init__(place, start, end)
        self.root = root
        self.steps: list[Step] = []

    @property
    def name(self) -> str:
        """The whole of it, spelt in one way: `aws_kms_key.k[0].arn`."""
        return self.root + "".join(map(str, self.steps))


class Attributed(Expression):
    """`.name` of what is no plain traversal: `f(x).name`."""

    __slots__ = ("name", "of")
    made_of = ("of",)

    def __init__(self, place: Place, start: int, end: int, of: Expression, name: str) -> None:
        super().__init__(place, start, end)
        self.of = of
        self.name = name


class Index(Expression):
    """`[key]` with a key that is worked out, or of what is no plain traversal."""

    __slots__ = ("key", "of")
    made_of = ("of", "key")

    def __init__(self, place: Place, start: int, end: int, of: Expression, key: Expression) -> None:
        super().__init__(place, start, end)
        self.of = of
        self.key = key


class Item(Expression):
    """The element that a splat is at."""

    __slots__ = ()


class Splat(Expression):
    """`of[*]each` or `of.*each`, where `each` begins at the `Item`."""

    __slots__ = ("cost", "each", "of")
    made_of = ("of", "each")

    def __init__(self, place: Place, start: int, end: int, of: Expression, each: Expression) -> None:
        super().__init__(place, start, end)
        self.of = of
        self.each = each
        self.cost = 0  #: of one turn, once somebody asked


class Call(Expression):
    """`name(arguments)`; with `expand`, the last argument is a list of arguments."""

    __slots__ = ("arguments", "expand", "name")
    made_of = ("arguments",)

    def __init__(self, place: Place, start: int, name: str) -> None:
        super().__init__(place, start, start)
        self.name = name
        self.arguments: list[Expression] = []
        self.expand = False


class Unary(Expression):
    """`-operand` or `!operand`."""

    __slots__ = ("operand", "operator")
    made_of = ("operand",)

    def __init__(self, place: Place, start: int, operator: str, operand: Expression) -> None:
        super().__init__(place, start, operand.end)
        self.operator = operator
        self.operand = operand


class Binary(Expression):
    """`left operator right`."""

    __slots__ = ("left", "operator", "right")
    made_of = ("left", "right")

    def __init__(self, place: Place, left: Expression, operator: str, right: Expression) -> None:
        super().__init__(place, left.start, right.end)
        self.left = left
        self.operator = operator
        self.right = right


class Conditional(Expression):
    """`condition ? yes : no`; in a template, `%{ if … }`, whose branches are always texts."""

    __slots__ = ("condition", "no", "yes")
    made_of = ("condition", "yes", "no")

    def __init__(self, place: Place, condition: Expression, yes: Expression, no: Expression) -> None:
        super().__init__(place, condition.start, no.end)
        self.condition = condition
        self.yes = yes
        self.no = no


class For(Expression):
    """`[for key, name in of : value if condition]`, or with `key_value`, `{for … : key => value...}`."""

    __slots__ = ("condition", "cost", "group", "key", "key_value", "name", "of", "value")
    made_of = ("of", "value", "key_value", "condition")

    def __init__(self, place: Place, start: int, names: tuple[str, str], of: Expression) -> None:
        super().__init__(place, start, start)
        self.key, self.name = names
        self.of = of
        self.key_value: Expression | None = None
        self.value: Expression = of
        self.group = False
        self.condition: Expression | None = None
        self.cost = 0  #: of one turn, once somebody asked

    def inner(self) -> Iterator[Expression]:
        """Give what knows its names."""
        yield self.value
        if self.key_value is not None:
            yield self.key_value
        if self.condition is not None:
            yield self.condition


class TupleOf(Expression):
    """`[a, b]`."""

    __slots__ = ("items",)
    made_of = ("items",)

    def __init__(self, place: Place, start: int, end: int, items: list[Expression]) -> None:
        super().__init__(place, start, end)
        self.items = items


class ObjectOf(Expression):
    """`{a = b}`; a bare name as key is a literal."""

    __slots__ = ("items",)
    made_of = ("items",)

    def __init__(self, place: Place, start: int, end: int, items: list[tuple[Expression, Expression]]) -> None:
        super().__init__(place, start, end)
        self.items = items


class Template(Expression):
    """Texts and expressions that make one text."""

    __slots__ = ("pieces",)
    made_of = ("pieces",)

    def __init__(self, place: Place, start: int, end: int, pieces: list[Expression]) -> None:
        super().__init__(place, start, end)
        self.pieces = pieces


class Join(Expression):
    """`%{ for … }` of a template: the texts of all elements, one after the other."""

    __slots__ = ("texts",)
    made_of = ("texts",)

    def __init__(self, texts: For) -> None:
        super().__init__(texts.place, texts.start, texts.end)
        self.texts = texts


def references(expression: Expression) -> list[Traversal]:
    """List the traversals that a value depends on, in the order they are written, without names bound inside."""
    found: list[Traversal] = []
    waiting: list[tuple[Expression, frozenset[str]]] = [(expression, frozenset())]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, Traversal):
            if node.root not in bound:
                found.append(node)
        elif isinstance(node, For):
            waiting.append((node.of, bound))
            waiting.extend((one, bound | {node.key, node.name}) for one in node.inner())
        else:
            waiting.extend((one, bound) for one in node.parts())
    return sorted(found, key=lambda one: one.start)
