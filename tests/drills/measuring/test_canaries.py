"""What came back of the canaries tells what was lost, and nothing else can pass for it."""

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from drills.measuring.canaries import Canary, Mint, weigh
from tests.drills.stand_ins import AT

MINT = Mint("run", "db-1", b"k" * 32)
SECOND = timedelta(seconds=1)
WRITTEN = [MINT.make(number, AT + number * SECOND) for number in range(1, 21)]
LOST = AT + 21 * SECOND


def test_all_came_back() -> None:
    fresh = weigh(WRITTEN, WRITTEN, MINT, LOST)
    assert (fresh.returned, fresh.loss, fresh.trouble) == (20, SECOND, "")


def test_nothing_came_back_is_no_loss_of_zero() -> None:
    fresh = weigh(WRITTEN, [], MINT, LOST)
    assert fresh.nothing_came_back
    assert fresh.loss is None
    assert fresh.trouble == "none of 20 canaries came back"


def test_without_canaries_nothing_is_told() -> None:
    fresh = weigh([], [], MINT, LOST)
    assert not fresh.told
    assert fresh.loss is None


def test_a_hole_ends_what_counts_as_recovered() -> None:
    fresh = weigh(WRITTEN, [one for one in WRITTEN if one.number != 7], MINT, LOST)
    assert fresh.holes == (7,)
    assert fresh.newest == WRITTEN[5]
    assert fresh.loss == LOST - WRITTEN[5].written_at


def test_what_is_missing_at_the_end_is_a_loss_and_no_hole() -> None:
    fresh = weigh(WRITTEN, WRITTEN[:15], MINT, LOST)
    assert (fresh.holes, fresh.loss) == ((), LOST - WRITTEN[14].written_at)


def test_canaries_of_another_run_or_source_are_strangers() -> None:
    other = [Mint("run", "db-2", b"k" * 32).make(one.number, one.written_at) for one in WRITTEN]
    forged = [Canary(one.number, one.written_at + SECOND, one.nonce, one.seal) for one in WRITTEN]
    for found in (other, forged):
        fresh = weigh(WRITTEN, found, MINT, LOST)
        assert fresh.strangers == 20
        assert fresh.nothing_came_back


def test_what_was_written_after_the_target_must_be_absent() -> None:
    target = AT + 10 * SECOND
    fresh = weigh(WRITTEN, WRITTEN, MINT, target, restored_to=target)
    assert fresh.beyond == tuple(range(11, 21))
    assert "10 written after the time that was restored to" in fresh.trouble
    good = weigh(WRITTEN, WRITTEN[:10], MINT, target, restored_to=target)
    assert (good.trouble, good.loss, good.due, good.written) == ("", timedelta(), 10, 20)


def test_the_commit_that_straddles_the_target_is_no_hole() -> None:
    # Stamped before the target, committed after it.
    target = AT + 10 * SECOND
    fresh = weigh(WRITTEN, WRITTEN[:9], MINT, target, restored_to=target)
    assert (fresh.trouble, fresh.loss) == ("", SECOND)


@given(st.sets(st.integers(1, 20)), st.randoms(use_true_random=False))
def test_losing_more_never_looks_fresher(kept: set[int], random: Random) -> None:
    found = [one for one in WRITTEN if one.number in kept]
    random.shuffle(found)
    fresh = weigh(WRITTEN, found, MINT, LOST)
    assert fresh.returned == len(kept)
    if kept:
        less = weigh(WRITTEN, [one for one in found if one.number != min(kept)], MINT, LOST)
        assert less.loss is None or fresh.loss is None or less.loss >= fresh.loss or 1 not in kept
        assert less.trouble or not fresh.trouble or less.nothing_came_back
