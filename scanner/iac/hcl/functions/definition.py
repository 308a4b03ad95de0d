"""Definitions: what a built-in function takes, and what every one of them promises about its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice, product
from typing import Any, Final

from scanner.iac.hcl.coercion import same as equal
from scanner.iac.hcl.functions.unification import Mismatch, Unsure
from scanner.iac.hcl.values import EvaluationError
from scanner.model.errors import CouldNotCheck
from scanner.model.unresolved import Unresolved

Kind = Callable[[Any], Any]

LONGEST: Final = 10_000_000  #: characters in a text that a function makes
MOST: Final = 100_000  #: elements in a collection that a function makes
_HEAVIEST: Final = 1_000_000  #: leaves in what a function walks through, counted as often as they are met
_CHOICES: Final = 16


class Function:
    """A built-in function: it takes the list of its arguments and raises nothing but `EvaluationError`."""

    __slots__ = ("_body", "_kinds", "_optional", "_rest", "name", "takes_unknown")

    def __init__(self, name: str, body: Callable[..., Any], kinds: tuple[Kind, ...], rest: Kind | None) -> None:
        self.name = name
        self.takes_unknown = False
        self._body = body
        self._kinds = kinds
        self._rest = rest
        self._optional = 0

    def __call__(self, arguments: list[Any]) -> Any:
        """Give its value for arguments."""
        try:
            return self._answer(list(arguments))
        except Unsure as unsure:
            return Unresolved(f"{self.name}(): {unsure}")
        except CouldNotCheck as stop:
            return Unresolved(f"{self.name}(): {stop.unknown.detail}")
        except (RecursionError, MemoryError):
            return Unresolved(f"{self.name}(): its arguments are too large to be worked with")
        except (ArithmeticError, ValueError) as error:
            # what Terraform does with such values is not known, so `try` must not go on to its next argument
            return Unresolved(f"{self.name}() cannot be worked out here: {error}")

    def _answer(self, arguments: list[Any]) -> Any:
        most = len(self._kinds)
        if len(arguments) < most - self._optional or (self._rest is None and len(arguments) > most):
            raise EvaluationError(f"{self.name}() is given {len(arguments)} arguments, it takes {self._arity()}")
        unsettled = [one for one in arguments if isinstance(one, Unresolved)]
        if unsettled and all(one.choices for one in unsettled):
            return self._choose(arguments, unsettled)
        if not self.takes_unknown:
            found = unsettled[0] if unsettled else first_unsettled(arguments)
            if found is not None:
                return blur(unsettled or [found])
        try:
            return self._body(*(self._convert(place, one) for place, one in enumerate(arguments)))
        except Mismatch:
            found = first_unsettled(arguments)
            if found is None:
                raise
            return blur(unsettled or [found])

    def _convert(self, place: int, argument: Any) -> Any:
        if isinstance(argument, Unresolved):
            return argument
        kind = self._kinds[place] if place < len(self._kinds) else self._rest
        assert kind is not None
        try:
            return kind(argument)
        except EvaluationError as error:
            raise type(error)(f"{self.name}(): argument {place + 1}: {error.message}") from None

    def _choose(self, arguments: list[Any], unsettled: list[Unresolved]) -> Any:
        """Work it out for every value that the arguments can have."""
        answers: list[Any] = []
        ways = product(*(one.choices if isinstance(one, Unresolved) else (one,) for one in arguments))
        for tried, way in enumerate(islice(ways, _CHOICES + 1)):
            try:
                answer = self._answer(list(way))
            except (EvaluationError, Unsure):
                return blur(unsettled)
            if tried == _CHOICES or first_unsettled(answer) is not None:
                return blur(unsettled)
            if not any(equal(answer, other) for other in answers):
                answers.append(answer)
        return answers[0] if len(answers) == 1 else blur(unsettled, tuple(answers))

    def _arity(self) -> str:
        most = len(self._kinds)
        if self._rest is not None:
            return f"{most} or more"
        return f"{most - self._optional} to {most}" if self._optional else str(most)


class Functions(dict[str, Function]):
    """The functions of one group, by name."""

    def define(
        self, name: str, *kinds: Kind, rest: Kind | None = None, optional: int = 0, takes_unknown: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a function; `rest` is the kind of all arguments after `kinds`, the last `optional` may be left out.

        With `takes_unknown` its body is given arguments that are `Unresolved`, or that have `Unresolved` leaves.
        """

        def register(body: Callable[..., Any]) -> Callable[..., Any]:
            function = Function(name, body, kinds, rest)
            function.takes_unknown = takes_unknown
            function._optional = optional  # noqa: SLF001  # it is still being made
            self[name] = function
            return body

        return register

    def later(self, names: str, why: str) -> None:
        """Register functions whose result code alone does not settle."""
        for name in names.split():
            reason = why.format(name=name)
            self.define(name, rest=lambda one: one)(lambda *_, reason=reason: Unresolved(reason))


def first_unsettled(value: Any) -> Unresolved | None:
    """Give the first `Unresolved` in a value; an error if the value, written out, is too large to be walked through."""
    return _weigh(value, {})[1]


def _weigh(value: Any, known: dict[int, tuple[int, Unresolved | None]]) -> tuple[int, Unresolved | None]:
    """Count the leaves of a value, of a shared part once and as often as it is met, and find what is unsettled."""
    if isinstance(value, Unresolved):
        return 1, value
    if isinstance(value, dict):
        parts: Iterable[Any] = value.values()
    elif isinstance(value, (list, tuple)):
        parts = value
    else:
        return 1, None
    done = known.get(id(value))
    if done is not None:
        return done
    weight, found = 1, None
    for part in parts:
        more, unsettled = _weigh(part, known)
        weight += more
        if found is None:
            found = unsettled
        if weight > _HEAVIEST:
            raise Unsure("a value is too large to be worked with")
    known[id(value)] = weight, found
    return weight, found


def blur(unsettled: list[Unresolved], choices: tuple[Any, ...] = ()) -> Unresolved:
    """Give what a function of unsettled values is: unsettled for the same reason, by all the names involved."""
    first = unsettled[0]
    if len(unsettled) == 1 and type(first) is Unresolved and not first.choices and not choices:
        return first
    names = dict.fromkeys(name for one in unsettled for name in one.refs)
    return Unresolved(first.why, tuple(names), first.spot, choices, first.reason)


def unsettled_in(value: Any) -> Unresolved:
    """Give why a value is not settled that is known not to be: a set whose elements may be equal, a list with a hole."""
    found = first_unsettled(value)
    return Unresolved("whether two resources are equal does not show in code") if found is None else blur([found])


def bounded(text: str) -> str:
    """Give a text, unless it is too long."""
    if len(text) > LONGEST:
        raise Unsure(f"the text would have more than {LONGEST:,} characters")
    return text


def anything(value: Any) -> Any:
    """Take any value but null."""
    if value is None:
        raise EvaluationError("it is null")
    return value


def nullable(value: Any) -> Any:
    """Take any value, null too."""
    return value
