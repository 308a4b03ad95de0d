"""A sample is as large as the formula asks for, nobody can choose it, and anybody can draw it again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.sampling import CURRENT, DELETED, OVERWRITTEN, File, draw, inventory_digest, sample_size, seed_of

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
FILES = st.lists(
    st.builds(
        File,
        key=st.from_regex(r"\A[a-c]{1,2}/[a-z]{1,4}\Z"),
        version=st.uuids().map(str),
        size=st.integers(0, 1 << 30),
        modified=st.integers(0, 900).map(lambda days: AT - timedelta(days=days)),
        etag=st.just("e"),
        state=st.sampled_from([CURRENT, OVERWRITTEN, DELETED]),
    ),
    max_size=60,
    unique_by=lambda one: one.place,
)


@pytest.mark.parametrize(("bad", "size"), [(0.1, 29), (0.05, 59), (0.01, 299), (0.001, 2995)])
def test_the_formula_gives_what_the_tables_give(bad: float, size: int) -> None:
    assert sample_size(0.95, bad) == size


@pytest.mark.parametrize(("confidence", "bad"), [(1, 0.1), (0, 0.1), (0.95, 0), (0.95, 1)])
def test_no_sample_shows_everything_or_nothing(confidence: float, bad: float) -> None:
    with pytest.raises(ValueError, match="neither a confidence"):
        sample_size(confidence, bad)


@given(files=FILES, size=st.integers(1, 80))
def test_it_is_large_enough_and_drawn_again_it_is_the_same(files: list[File], size: int) -> None:
    drawn = draw(files, size, "plan", "run", AT)
    assert len(drawn.files) >= min(size, len(files))
    assert set(drawn.files) <= set(files)
    assert draw(list(reversed(files)), size, "plan", "run", AT) == drawn
    assert drawn.seed == seed_of("plan", "run", inventory_digest(files))


@given(files=FILES.filter(bool))
def test_the_newest_the_oldest_and_the_largest_are_always_in_it(files: list[File]) -> None:
    drawn = draw(files, 1, "plan", "run", AT).files
    assert max(one.modified for one in drawn) == max(one.modified for one in files)
    assert min(one.modified for one in drawn) == min(one.modified for one in files)
    assert max(one.size for one in drawn) == max(one.size for one in files)
    assert {one.state for one in drawn} == {one.state for one in files}


def test_plan_run_and_inventory_each_change_the_sample() -> None:
    files = [File(f"a/{number}", "v", 10, AT - timedelta(hours=number), "e") for number in range(400)]
    drawn = {
        tuple(one.key for one in draw(held, 20, plan, run, AT).files)
        for held, plan, run in [
            (files, "plan", "run"), (files, "other", "run"), (files, "plan", "other"), (files[:-1], "plan", "run"),
        ]
    }  # fmt: skip
    assert len(drawn) == 4
