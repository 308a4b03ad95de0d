"""The order of systems: what another needs comes first, rings are told, and nobody waits without need."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.plan.order import CyclicDependency, needs, waves

NAMES = "abcdefgh"


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Dependencies without a ring: each needs only what stands before it."""
    return {
        name: draw(st.lists(st.sampled_from(NAMES[:index]), unique=True) if index else st.just([]))
        for index, name in enumerate(NAMES)
    }


def closure(one: str, depends_on: dict[str, list[str]]) -> set[str]:
    return {each for needed in depends_on[one] for each in (needed, *closure(needed, depends_on))}


@given(graphs(), st.lists(st.sampled_from(NAMES), unique=True))
def test_each_comes_back_once_and_after_all_that_it_needs(depends_on: dict[str, list[str]], chosen: list[str]) -> None:
    order = waves(chosen, depends_on)
    assert sorted(one for wave in order for one in wave) == sorted(chosen)
    back: set[str] = set()
    for wave in order:
        for one in wave:
            assert closure(one, depends_on) & set(chosen) <= back
        back.update(wave)


@given(graphs(), st.lists(st.sampled_from(NAMES), unique=True))
def test_nobody_waits_longer_than_needed(depends_on: dict[str, list[str]], chosen: list[str]) -> None:
    order = waves(chosen, depends_on)
    waiting = needs(chosen, depends_on)
    for before, wave in pairwise(order):
        assert all(set(waiting[one]) & set(before) for one in wave)


def test_what_is_left_out_passes_its_needs_on() -> None:
    assert needs(["shop", "database"], {"shop": ["cache"], "cache": ["database"]}) == {
        "shop": ("database",),
        "database": (),
    }


@pytest.mark.parametrize("chosen", [["a"], ["a", "b", "c"], ["start"]])
def test_a_ring_is_told_with_its_path(chosen: list[str]) -> None:
    with pytest.raises(CyclicDependency) as told:
        waves(chosen, {"start": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]})
    assert told.value.ring in (("a", "b", "c", "a"), ("b", "c", "a", "b"), ("c", "a", "b", "c"))
    assert " needs ".join(told.value.ring) in str(told.value)
    assert told.value.exit_code == 2


def test_a_system_that_needs_itself_is_a_ring() -> None:
    with pytest.raises(CyclicDependency, match="a needs a"):
        needs(["a"], {"a": ["a"]})


def test_a_ring_that_nobody_needs_is_nobodys_trouble() -> None:
    assert waves(["a"], {"a": [], "x": ["y"], "y": ["x"]}) == (("a",),)
