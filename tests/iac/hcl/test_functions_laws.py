"""Laws of all functions: they raise one error only, and what is known beside something unsettled stays true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.iac.hcl.arithmetic import number_of
from scanner.iac.hcl.functions import NAMES, OF_A_PLACE, find
from scanner.iac.hcl.functions.definition import first_unsettled
from scanner.iac.hcl.functions.encoding import json_decode
from scanner.iac.hcl.functions.unification import text
from scanner.iac.hcl.values import (
    EvaluationError,
    JsonText,
    ListValue,
    MapValue,
    Object,
    SetValue,
    Tuple,
)
from scanner.model.unresolved import Unresolved

FUNCTIONS = {name: find(name) for name in sorted(NAMES - OF_A_PLACE)}
TAKES_UNKNOWN = sorted(name for name, one in FUNCTIONS.items() if one is not None and one.takes_unknown)

_texts = st.one_of(
    st.sampled_from(
        ["", "a", "b", "1", "true", "a,b", "10.0.0.0/8", "/(a|b)*/", "%s-%d", "{}", "[1]", "2018-01-02T03:04:05Z"]
    ),
    st.text(max_size=12),
    st.text(alphabet="ab(|)*+?[]{}^$\\.1,-:&<>/%\"' \n", max_size=12),
)
_numbers = st.one_of(
    st.integers(-3, 40),
    st.sampled_from([10**9, -(10**30), 2**600]),
    st.fractions(-10, 10, max_denominator=8).map(number_of),
    st.floats(allow_nan=False, allow_infinity=False),
)
_scalars = st.one_of(_texts, _numbers, st.booleans(), st.none())


@dataclass(frozen=True)
class Open:
    """Stands for something unsettled while values are drawn: `Unresolved` refuses to be printed."""

    choices: tuple[Any, ...] = ()
    json: bool = False

    @property
    def value(self) -> Unresolved:
        if self.json:
            return JsonText("var.j has no value", ("var.j",), document={"a": Unresolved("var.j has no value")})
        return Unresolved("var.u has no value", ("var.u",), None, self.choices)


def _opened(value: Any) -> Any:
    if isinstance(value, Open):
        return value.value
    if isinstance(value, dict):
        return type(value)({key: _opened(one) for key, one in value.items()})
    return type(value)(map(_opened, value)) if isinstance(value, list) else value


_unsettled = st.one_of(
    st.just(Open()), st.just(Open(json=True)), st.lists(_scalars, min_size=1, max_size=3).map(tuple).map(Open)
)


def _nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(Tuple),
            st.lists(_texts, max_size=3).map(ListValue),
            st.lists(_scalars, max_size=3).map(SetValue),
            st.lists(inner, max_size=2),
            st.dictionaries(_texts, inner, max_size=3).map(Object),
            st.dictionaries(_texts, _texts, max_size=3).map(MapValue),
        ),
        max_leaves=8,
    )


_values = _nested(st.one_of(_scalars, _scalars, _scalars, _unsettled))


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=15)
@given(data=st.data())
def test_a_function_raises_nothing_but_its_own_error(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    assert function is not None
    arguments = _opened(data.draw(st.lists(_values, max_size=4)))
    with suppress(EvaluationError):
        answer = function(arguments)
        assert answer is None or isinstance(answer, (str, bool, int, float, list, dict, Unresolved))


# --- soundness: an argument is known in full; then some of its leaves are not

_plain = st.one_of(st.sampled_from(["", "a", "b", "c", "1", "true"]), st.integers(0, 3), st.booleans(), st.none())
_row = st.lists(_plain, max_size=4)
_rows = st.one_of(_row.map(Tuple), st.lists(st.sampled_from(["a", "b", "", "1"]), max_size=4).map(ListValue))
_deep = st.lists(st.one_of(_plain, _rows), max_size=3).map(Tuple)
_map = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.one_of(_plain, _rows), max_size=3).map(Object)
_set = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(SetValue)
_any_list = st.one_of(_rows, _deep, _set)
_anything = st.one_of(_plain, _rows, _map, _deep, _set)
_small = st.integers(-1, 3)
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "chunklist": st.tuples(_rows, _small),
    "coalesce": st.lists(_anything, min_size=1, max_size=3),
    "coalescelist": st.lists(_rows, min_size=1, max_size=3),
    "concat": st.lists(_rows, min_size=1, max_size=3),
    "contains": st.tuples(_any_list, _anything),
    "element": st.tuples(_any_list, _small),
    "formatlist": st.tuples(st.sampled_from(["%s", "%s-%s", "%v"]), _anything, _anything),
    "index": st.tuples(_rows, _plain),
    "jsondecode": st.tuples(st.sampled_from(["[1]", "{}", '{"a":null}', "x"])),
    "keys": st.tuples(_map),
    "lookup": st.tuples(_map, st.sampled_from(["a", "b"]), _plain),
    "matchkeys": st.tuples(_rows, _rows, _rows),
    "max": st.lists(_small, min_size=1, max_size=3),
    "merge": st.lists(_map, max_size=3),
    "min": st.lists(_small, min_size=1, max_size=3),
    "setproduct": st.lists(_any_list, min_size=2, max_size=2),
    "setunion": st.lists(_any_list, min_size=1, max_size=3),
    "slice": st.tuples(_rows, _small, _small),
    "tomap": st.tuples(_map),
    "values": st.tuples(_map),
    "yamldecode": st.tuples(st.sampled_from(["a: 1", "- x", "{"])),
    "zipmap": st.tuples(_rows, _rows),
}


def _paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if here:
        yield here
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _paths(one, (*here, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _paths(one, (*here, place))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    return _at(value[path[0]], path[1:]) if path else value


def _without(value: Any, path: tuple[Any, ...], hidden: Unresolved) -> Any:
    if not path:
        return hidden
    if isinstance(value, dict):
        return type(value)(
            {key: _without(one, path[1:], hidden) if key == path[0] else one for key, one in value.items()}
        )
    return type(value)(_without(one, path[1:], hidden) if place == path[0] else one for place, one in enumerate(value))


def _agrees(part: Any, full: Any) -> bool:
    """Tell whether what is known in `part` is so in `full`; a number may have become a text."""
    if isinstance(part, JsonText):
        return isinstance(full, str) and _agrees(part.document, json_decode(full))
    if isinstance(part, Unresolved):
        return not part.choices or any(_agrees(choice, full) for choice in part.choices)
    if isinstance(part, SetValue) and first_unsettled(part) is not None:
        known = [one for one in part if first_unsettled(one) is None]
        return len(full) <= len(part) and all(any(_agrees(one, other) for other in full) for one in known)
    if isinstance(part, SetValue) and isinstance(full, list):
        return len(part) == len(full) and all(any(_agrees(one, other) for other in full) for one in part)
    if isinstance(part, dict) and isinstance(full, dict):
        return part.keys() == full.keys() and all(_agrees(part[key], full[key]) for key in part)
    if isinstance(part, list) and isinstance(full, list):
        return len(part) == len(full) and all(_agrees(one, other) for one, other in zip(part, full, strict=True))
    if part is None or full is None or isinstance(part, (list, dict)) or isinstance(full, (list, dict)):
        return part is full
    return text(part) == text(full)


@pytest.mark.parametrize("name", TAKES_UNKNOWN)
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_known_beside_something_unsettled_stays_true(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    assert function is not None
    whole = list(data.draw(ARGUMENTS.get(name, st.tuples(_anything))))
    paths = list(_paths(whole))
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    choices = data.draw(st.sampled_from([(), (_at(whole, path), "z"), (_at(whole, path),)]))
    part = _without(whole, path, Unresolved("var.u has no value", ("var.u",), None, choices))
    try:
        full = function(whole)
    except EvaluationError:
        return  # Terraform stops, whatever is said of a part
    assert first_unsettled(full) is not None or _agrees(function(part), full)


def test_a_function_that_does_not_look_closer_is_unsettled_with_its_argument() -> None:
    hidden = Unresolved("var.u has no value", ("var.u",))
    unsettled = 0
    for function in FUNCTIONS.values():
        assert function is not None
        for count in range(1, 4):
            try:
                answer = function([hidden] * count)
            except EvaluationError:
                continue  # it takes another number of arguments
            assert isinstance(answer, Unresolved)
            unsettled += answer.refs == ("var.u",)
    assert unsettled > len(FUNCTIONS) - 10


def test_choices_are_worked_out_one_by_one() -> None:
    either = Unresolved("var.u > 5 has no value", ("var.u",), None, ("A", "b"))
    upper, length = find("upper"), find("length")
    assert upper is not None
    assert length is not None
    assert upper([either]).choices == ("A", "B")
    assert upper([either]).refs == ("var.u",)
    assert length([either]) == 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("format", ["%999999999d", 1]),
        ("format", ["%.999999999f", 1]),
        ("format", ["%s" * 2000, *["x" * 10_000] * 2000]),
        ("range", [10**9]),
        ("range", [0, 1, Fraction(1, 10**9).__float__()]),
        ("setproduct", [Tuple(range(1000)), Tuple(range(1000))]),
        ("setproduct", [Tuple(range(100))] * 20),
        ("join", ["x" * 1_000_000, Tuple(map(str, range(100)))]),
        ("replace", ["a" * 100_000, "a", "b" * 100_000]),
        ("replace", ["a" * 5_000, "/a/", "b" * 100_000]),
        ("indent", [10**9, "\n\n"]),
        ("split", ["", "a" * 1_000_000]),
        ("flatten", [Tuple([Tuple(range(60_000)), Tuple(range(60_000))])]),
        ("jsondecode", ["[" * 100_000]),
        ("tonumber", ["1e999999999"]),
        ("cidrsubnets", ["::/0", *[32] * 200_000]),
        ("yamldecode", ["a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True))]),
    ],
    ids=lambda one: one if isinstance(one, str) and len(one) < 20 else "",
)  # fmt: skip
def test_what_would_grow_too_large_is_refused(name: str, arguments: list[Any]) -> None:
    function = FUNCTIONS[name]
    assert function is not None
    with suppress(EvaluationError):  # where Terraform has a limit too
        assert isinstance(function(arguments), Unresolved)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a*)*b", "(.*)*(.*)*x", "(x+x+)+y", "((a?){30}){30}b", "a{0,1000}{2}"]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    function = FUNCTIONS["regexall"]
    assert function is not None
    try:
        answer = function([pattern, "a" * 3_000 + "!"])
        assert isinstance(answer, (ListValue, Unresolved))
    except EvaluationError:
        pass


def test_a_value_that_shares_its_parts_is_not_written_out() -> None:
    shared: Any = Tuple(["x", "y"])
    for _ in range(60):
        shared = Tuple([shared, shared])
    for name in ("jsonencode", "yamlencode", "join", "flatten", "sort"):
        function = FUNCTIONS[name]
        assert function is not None
        assert isinstance(function([",", shared] if name == "join" else [shared]), Unresolved)
