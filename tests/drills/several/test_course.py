"""The critical path is the chain that decided when all were back."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from drills.measuring.course import Course, critical_path


def course(began: int, ended: int) -> Course:
    return Course(timedelta(minutes=began), timedelta(minutes=ended))


def test_it_goes_back_from_the_last_to_what_each_waited_for() -> None:
    courses = {"users": course(0, 5), "ledger": course(0, 9), "orders": course(9, 12), "reports": course(5, 11)}
    needs = {"orders": ("users", "ledger"), "reports": ("users",)}
    assert critical_path(courses, needs) == ("ledger", "orders")
    assert courses["orders"].alone == timedelta(minutes=3)


def test_what_did_not_come_back_is_not_on_it() -> None:
    assert critical_path({"orders": course(0, 3)}, {"orders": ("users",)}) == ("orders",)
    assert critical_path({}, {"orders": ("users",)}) == ()


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 255)), min_size=1, max_size=8))
def test_what_is_alone_on_it_adds_up_to_the_whole(systems: list[tuple[int, int]]) -> None:
    # Where each begins the moment that all it needs are back, no minute is lost between those on the path.
    needs: dict[str, tuple[str, ...]] = {}
    courses: dict[str, Course] = {}
    for number, (length, mask) in enumerate(systems):
        needs[str(number)] = tuple(str(other) for other in range(number) if mask >> other & 1)
        began = max((courses[other].ended for other in needs[str(number)]), default=timedelta())
        courses[str(number)] = Course(began, began + timedelta(minutes=length))
    path = critical_path(courses, needs)
    assert sum((courses[name].alone for name in path), timedelta()) == max(one.ended for one in courses.values())
