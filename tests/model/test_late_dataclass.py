"""A dataclass that is written late is the standard library's in all that can be seen of it."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scanner
from scanner.model.late_dataclass import dataclass

T = TypeVar("T")
Decorator = Callable[..., Callable[[type[Any]], type[Any]]]


class _Parent(Generic[T]):
    __slots__ = ("above",)


def _plain(decorate: Decorator, **options: bool) -> type[Any]:
    class One(Generic[T]):
        """One of them."""

        shared: ClassVar[int] = 7
        name: str
        value: T | None = None
        parts: tuple[int, ...] = (1, 2)

        @property
        def loud(self) -> str:
            return self.name.upper()

    return decorate(**options)(One)


def _peculiar(decorate: Decorator, **options: bool) -> type[Any]:
    class One:
        name: str
        value: Any = field(default=None, compare=False)
        parts: list[int] = field(default_factory=list, repr=False)
        made: str = field(default="", init=False)

    return decorate(**options)(One)


def _with_factories(decorate: Decorator, **options: bool) -> type[Any]:
    class One:
        name: str
        value: Any = field(default=None, compare=False, repr=False)
        parts: list[int] = field(default_factory=list)
        shared: Any = field(default_factory=dict, compare=False)

    return decorate(**options)(One)


def _own_methods(decorate: Decorator, **options: bool) -> type[Any]:
    class One(_Parent[int]):
        name: str
        value: Any = None
        parts: tuple[int, ...] = ()

        def __repr__(self) -> str:
            return f"<{self.name}>"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, One) and self.name == other.name

    return decorate(**options)(One)


SHAPES = (_plain, _peculiar, _with_factories, _own_methods)
OPTIONS: tuple[dict[str, bool], ...] = (
    {"frozen": True, "slots": True},
    {"frozen": True},
    {"frozen": True, "eq": False},
    {"slots": True},
    {"slots": True, "eq": False},
    {"frozen": True, "slots": True, "eq": False, "repr": False},
)
ALL = [
    pytest.param(shape, options, id=f"{shape.__name__} {' '.join(options)}") for shape in SHAPES for options in OPTIONS
]


@pytest.mark.parametrize(("shape", "options"), ALL)
def test_its_objects_are_those_of_the_standard_library(
    shape: Callable[..., type[Any]], options: dict[str, bool]
) -> None:
    late, true = shape(dataclass, **options), shape(dataclasses.dataclass, **options)
    assert str(inspect.signature(late)) == str(inspect.signature(true))
    for arguments in (("a",), ("a", 1), ("a", 1, (3,)), ("b", 1)):
        ours, theirs = late(*arguments), true(*arguments)
        if "repr" not in options:
            assert repr(ours) == repr(theirs)
        for name in ("name", "value", "parts", "shared", "loud"):
            assert getattr(ours, name, "none") == getattr(theirs, name, "none")
        assert (ours == late(*arguments)) is (theirs == true(*arguments))
        assert (ours == late("other")) is (theirs == true("other"))
        assert ours != theirs
        assert hasattr(ours, "__dict__") is hasattr(theirs, "__dict__")
        for act in (_hash, _set, _delete):
            assert _outcome(act, ours) == _outcome(act, theirs)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        late()


def _hash(one: object) -> bool:
    return isinstance(hash(one), int)


def _set(one: Any) -> str:
    one.name = "other"
    return str(one.name)


def _delete(one: Any) -> str:
    del one.name
    return str(getattr(one, "name", "gone"))


def _outcome(act: Callable[[Any], Any], one: Any) -> Any:
    try:
        return act(one)
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


@pytest.mark.parametrize(("shape", "options"), ALL)
def test_it_can_be_looked_into(shape: Callable[..., type[Any]], options: dict[str, bool]) -> None:
    late: Any
    true: Any
    late, true = shape(dataclass, **options), shape(dataclasses.dataclass, **options)
    assert [one.name for one in dataclasses.fields(late)] == [one.name for one in dataclasses.fields(true)]
    assert late.__match_args__ == true.__match_args__
    assert (late.__qualname__, late.__module__) == (true.__qualname__, true.__module__)
    changed = dataclasses.replace(late("a"), name="b")
    assert (changed.name, changed.parts) == ("b", true("b").parts)
    assert dataclasses.asdict(late("a")) == dataclasses.asdict(true("a"))
    assert copy.copy(late("a", 5)).value == copy.deepcopy(late("a", 5)).value == 5


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_each_object_has_its_own_of_what_a_factory_makes(options: dict[str, bool]) -> None:
    late = _with_factories(dataclass, **options)
    first, second = late("a"), late("b")
    first.parts.append(1)
    assert (first.parts, second.parts, late("c").shared) == ([1], [], {})
    given: list[int] = []
    assert late("d", None, given).parts is given


@pytest.mark.parametrize("shape", SHAPES)
def test_without_slots_the_class_holds_the_defaults_that_the_standard_library_leaves_there(
    shape: Callable[..., type[Any]],
) -> None:
    late, true = shape(dataclass, frozen=True), shape(dataclasses.dataclass, frozen=True)
    for name in ("name", "value", "parts", "shared", "made"):
        assert getattr(late, name, "none") == getattr(true, name, "none")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of them, at the top of a module, where pickle finds it."""

    one: int
    two: str = ""


@dataclass(frozen=True, slots=True)
class Three(Pair):
    """One more."""

    three: float = 0.5


@given(st.integers(), st.text(), st.floats(allow_nan=False))
def test_what_was_sent_to_another_process_is_the_same(one: int, two: str, three: float) -> None:
    for sent in (Pair(one, two), Three(one, two, three)):
        came = pickle.loads(pickle.dumps(sent))
        assert came == sent
        assert hash(came) == hash(sent)
        assert len({came, sent}) == 1


def test_a_class_that_inherits_has_the_fields_of_both() -> None:
    assert repr(Three(1, "a", 2.0)) == "Three(one=1, two='a', three=2.0)"
    assert Three(1) != Pair(1)
    match Three(1, "b"):
        case Three(one, two, three):
            assert (one, two, three) == (1, "b", 0.5)


def test_two_threads_may_ask_first() -> None:
    for _ in range(30):
        late = _plain(dataclass, frozen=True, slots=True)
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda number, late=late: (late("a", number), hash(late("a"))), range(4)))
        assert [one.value for one, _ in made] == [0, 1, 2, 3]
        assert len({hash_ for _, hash_ in made}) == 1


def test_every_class_of_the_house_can_be_written() -> None:
    """A mistake in a declaration is found when it is written, which must not be at a user's."""
    seen = 0
    for module in pkgutil.walk_packages(scanner.__path__, "scanner."):
        if ".emulation" in module.name or module.name.endswith("__main__"):
            continue
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and one.__module__ == module.name and dataclasses.is_dataclass(one):
                assert all(hasattr(one, each.name) for each in dataclasses.fields(one) if hasattr(one, "__slots__"))
                seen += bool(inspect.signature(one))
    assert seen > 150
