"""Durations come from the clock that nobody can set, and marks are never moved."""

from datetime import timedelta

import pytest

from drills.measuring.clock import MARKS, Mark, Timeline, too_skewed
from tests.drills.stand_ins import AT, DrivenClock


def test_a_wall_clock_that_is_set_changes_no_duration() -> None:
    clock = DrivenClock()
    timeline = Timeline(clock)
    timeline.mark(Mark.LOST)
    clock.sleep(timedelta(minutes=7))
    clock.set_by = timedelta(hours=-3)
    timeline.mark(Mark.VALIDATED, looked_every=timedelta(seconds=10))
    assert timeline.recovery_time == timedelta(minutes=7)
    assert timeline.resolution == timedelta(seconds=10)
    assert timeline.stamps[Mark.VALIDATED].at < timeline.stamps[Mark.LOST].at


def test_what_is_not_stamped_has_no_duration() -> None:
    timeline = Timeline(DrivenClock())
    timeline.mark(Mark.LOST)
    assert timeline.recovery_time is None
    assert timeline.job_time is None


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_stamped_once(mark: Mark) -> None:
    timeline = Timeline(DrivenClock())
    timeline.mark(mark)
    with pytest.raises(ValueError, match=f"{mark.value} cannot be stamped after {mark.value}"):
        timeline.mark(mark)


def test_marks_follow_each_other() -> None:
    timeline = Timeline(DrivenClock())
    timeline.mark(Mark.AVAILABLE)
    with pytest.raises(ValueError, match="T0 cannot be stamped after T2"):
        timeline.mark(Mark.LOST)


def test_a_common_loss_is_taken_over_first_or_not_at_all() -> None:
    one, other = Timeline(DrivenClock()), Timeline(DrivenClock())
    other.begin_with(one.mark(Mark.LOST))
    assert other.stamps == one.stamps
    with pytest.raises(ValueError, match="T0 cannot be taken over after T0"):
        other.begin_with(one.stamps[Mark.LOST])


@pytest.mark.parametrize(
    ("off", "rpo", "told"),
    [
        (6.1, None, True),
        (5.9, None, False),
        (-6.1, None, True),
        (3, timedelta(seconds=10), True),
        (1.9, timedelta(seconds=10), False),
        (20, timedelta(hours=24), True),
    ],
)
def test_clocks_that_differ_too_much_say_nothing_of_a_loss(off: float, rpo: timedelta | None, told: bool) -> None:
    assert bool(too_skewed(AT, AT + timedelta(seconds=off), rpo)) is told
