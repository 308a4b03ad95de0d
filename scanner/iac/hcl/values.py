"""The values of Terraform's language that plain Python has no word for, and what a scope must offer.

A value is a str, an int, a float (`Fraction` in `exact` where it is not whole), a bool, None (null), a list or a dict.
Tuples and objects, lists and maps differ in Terraform: `tolist(["a"]) == ["a"]` is false there. What the evaluator
knows about that is in the class of the value (`Tuple`, `Object`, `ListValue`, `MapValue`, `SetValue`), all of them
plain lists and dicts for everybody else; a bare list or dict may be either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, Self

from scanner.iac.hcl.meter import Meter
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Spot
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from fractions import Fraction


class EvaluationError(Exception):
    """A mistake that Terraform would report: a wrong call, a missing attribute. `try` and `can` catch it."""

    def __init__(self, message: str, spot: Spot | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.spot = spot


class Tuple(list[Any]):
    """A sequence written as `[…]`: every element has its own type."""

    __slots__ = ()


class ListValue(list[Any]):
    """A list whose elements have one type: `tolist(…)`, a variable of type `list(…)`."""

    __slots__ = ()


class Object(dict[str, Any]):
    """What is written as `{…}`: every attribute has its own type."""

    __slots__ = ()


class MapValue(dict[str, Any]):
    """A map whose elements have one type: `tomap(…)`, a variable of type `map(…)`."""

    __slots__ = ()


class SetValue(list[Any]):
    """A set: its elements once each, in Terraform's order; elements the code does not settle come last.

    With such an element inside, its length is at most what `len` says.
    """

    __slots__ = ()

    def __init__(self, items: Iterable[Any] = ()) -> None:
        known: dict[Any, Any] = {}
        rest: list[Any] = []
        for item in items:
            key = identity(item)
            if key is None:
                rest.append(item)
            else:
                known.setdefault(key, item)
        super().__init__([known[key] for key in sorted(known, key=_rank)] + rest)


class Decimal(float):
    """A number that is not whole, with the exact value that Terraform calculates with."""

    __slots__ = ("exact",)
    exact: Fraction

    def __new__(cls, exact: Fraction) -> Self:
        """Make the float that is nearest to it."""
        made = super().__new__(cls, exact)
        made.exact = exact
        return made


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class JsonText(Unresolved):
    """JSON text in which something is not settled: no text yet, but `document` is what it says, leaf by leaf.

    It is `Unresolved` for everybody who wants a text. Who judges the document (a policy) asks for this class first,
    and finds `Unresolved` only at the leaves concerned.
    """

    document: Any = None


class Namespace:
    """What a name stands for that is worked out piece by piece: `var`, `local`, a module, a resource.

    A loader inherits from it. `attribute` and `index` raise `EvaluationError` for what certainly does not exist (an
    index beyond the count), and give `Unresolved` for what cannot be seen.
    """

    __slots__ = ()

    def attribute(self, name: str, spot: Spot | None) -> Any:
        """Give `.name`, which may be another namespace."""
        raise EvaluationError(f"there is no attribute named {name}", spot)

    def index(self, key: Any, spot: Spot | None) -> Any:
        """Give `[key]`, which may be another namespace; a text is the same as an attribute unless it is overridden."""
        if isinstance(key, str):
            return self.attribute(key, spot)
        raise EvaluationError("it has no instances to index", spot)

    def pairs(self, spot: Spot | None) -> list[tuple[Any, Any]] | Unresolved | None:  # noqa: ARG002
        """Give the instances by their keys: 0, 1, … for `count`, texts for `for_each`; None if it is one thing."""
        return None

    def value(self, spot: Spot | None) -> Any:
        """Give all of it as plain data, for who uses it as a whole."""
        return Unresolved("it is used as a whole, and not all of its attributes are in the code", (), spot)


_ALONE: Final = Meter(float("inf"))


class Scope:
    """Where names are looked up. A loader inherits from it."""

    __slots__ = ()

    #: what the evaluations in it may cost
    meter: Meter = _ALONE

    def get(self, name: str) -> Any:
        """Give what the first name of a traversal stands for: a value, a `Namespace`, or `Unresolved`."""
        return Unresolved(f"{name} is not known here", (name,))

    def function(self, name: str) -> Any:  # noqa: ARG002
        """Give a function that depends on the place (`file`, `templatefile`), or None for all others."""
        return None


def identity(value: Any) -> tuple[Any, ...] | None:
    """Give what is the same for equal values of equal type and differs otherwise; None if it is not settled."""
    if isinstance(value, str):
        return ("text", value)
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, (int, float)):
        return ("number", exact(value))
    if isinstance(value, dict):
        keys = list(value)
        parts = [identity(value[key]) for key in keys]
        return None if None in parts else ("object", frozenset(zip(keys, parts, strict=True)))
    if isinstance(value, (list, tuple)):
        parts = [identity(one) for one in value]
        return None if None in parts else ("list", tuple(parts))
    return None  # `Unresolved`, or a namespace


def normal(text: str) -> str:
    """Give a text as Terraform keeps every text: in its composed form, and without halves of characters."""
    if text.isascii():
        return text
    from unicodedata import normalize  # noqa: PLC0415  # most texts are ASCII

    try:
        text.encode()
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)
    return normalize("NFC", text)


def exact(number: float) -> int | Fraction:
    """Give the number that Terraform calculates with; a float is the decimal it is written as."""
    if isinstance(number, int):
        return number
    if isinstance(number, Decimal):
        return number.exact
    from fractions import Fraction  # noqa: PLC0415  # slow to load, and most code has whole numbers

    found = Fraction(repr(number))
    return found.numerator if found.denominator == 1 else found


def fraction(above: int | Fraction, below: int = 1) -> Fraction:
    """Give the exact fraction of two numbers."""
    from fractions import Fraction  # noqa: PLC0415  # as above

    return Fraction(above, below)


_ORDER = {"bool": 1, "number": 2, "text": 3, "list": 4, "object": 4, "null": 5}


def _rank(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Order elements as Terraform does: false before true, numbers by size, texts by their characters, null last."""
    kind = key[0]
    return (_ORDER[kind], _written(key)) if kind in ("list", "object") else (_ORDER[kind], *key[1:])


def _written(key: tuple[Any, ...]) -> str:
    """Write an element as the text by which Terraform orders lists and objects in a set."""
    kind = key[0]
    if kind == "list":
        return "<" + "".join(f"{_written(one)};" for one in key[1]) + ">"
    if kind == "object":
        return "<" + "".join(f"{name}:{_written(one)};" for name, one in sorted(key[1], key=lambda pair: pair[0])) + ">"
    if kind == "text":
        return '"' + str(key[1]).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if kind == "number":
        return f"{float(key[1]):.10g}" if abs(key[1]) < 10**300 else str(key[1])
    return "~" if kind == "null" else "T" if key[1] else "F"
