"""Durations are read as written and spoken as people say them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.duration import parse_duration, speak


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30d", timedelta(days=30)),
        ("5m", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("90s", timedelta(seconds=90)),
        ("1w", timedelta(weeks=1)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("1w1d1h1m1s", timedelta(days=8, hours=1, minutes=1, seconds=1)),
        ("0s", timedelta()),
        (" 24h ", timedelta(days=1)),
    ],
)
def test_written_durations_are_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "30", "d", "30 d", "-1d", "1.5h", "30m1h", "1d1d", "30D", "٣d", "1y"])
def test_anything_else_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration; expected .* such as 30d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["99999999999d", "9" * 5000 + "d"])
def test_an_absurd_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("length", "spoken"),
    [
        (timedelta(days=30), "30 days"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=2, minutes=30), "2 hours 30 minutes"),
        (timedelta(), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=1, milliseconds=500), "1.5 seconds"),
        (timedelta(milliseconds=250), "0.25 seconds"),
        (timedelta(hours=-1), "minus 1 hour"),
        (timedelta(microseconds=-1), "minus 0.000001 seconds"),
    ],
)
def test_durations_are_spoken(length: timedelta, spoken: str) -> None:
    assert speak(length) == spoken


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=10_000)))
def test_what_is_spoken_can_be_written_back(length: timedelta) -> None:
    whole = timedelta(days=length.days, seconds=length.seconds)
    words = speak(whole).split()
    written = "".join(count + unit[0] for count, unit in zip(words[::2], words[1::2], strict=True))
    assert parse_duration(written) == whole
