"""Schedules run when AWS says they run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.schedule import Schedule

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


def runs(expression: object, start: str, count: int, timezone: str = "UTC") -> list[str]:
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    schedule = Schedule.parse(expression, timezone)  # type: ignore[arg-type]
    found = schedule.occurrences(begin, begin + 10 * YEAR)
    return [f"{run:%Y-%m-%d %H:%M}" for run, _ in zip(found, range(count), strict=False)]


# The examples of AWS's pages (EventBridge rules and Scheduler, AWS Backup, DLM), from Thursday 2026-01-01.
DOCUMENTED = [
    ("cron(0 10 * * ? *)", ["2026-01-01 10:00", "2026-01-02 10:00"]),
    ("cron(15 12 * * ? *)", ["2026-01-01 12:15", "2026-01-02 12:15"]),
    ("cron(0 18 ? * MON-FRI *)", ["2026-01-01 18:00", "2026-01-02 18:00", "2026-01-05 18:00"]),
    ("cron(0 8 1 * ? *)", ["2026-01-01 08:00", "2026-02-01 08:00"]),
    ("cron(0/15 * * * ? *)", ["2026-01-01 00:00", "2026-01-01 00:15", "2026-01-01 00:30"]),
    ("cron(0/10 * ? * MON-FRI *)", ["2026-01-01 00:00", "2026-01-01 00:10"]),
    ("cron(0/5 8-17 ? * MON-FRI *)", ["2026-01-01 08:00", "2026-01-01 08:05"]),
    (
        "cron(0/30 20-2 ? * MON-FRI *)",
        [f"2026-01-01 {clock}" for clock in ("00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "20:00")],
    ),
    ("cron(1/10 0 * * ? *)", ["2026-01-01 00:01", "2026-01-01 00:11", "2026-01-01 00:21"]),
    (
        "cron(0 0 1 JAN,FEB,MAR ? *)",
        ["2026-01-01 00:00", "2026-02-01 00:00", "2026-03-01 00:00", "2027-01-01 00:00"],
    ),
    ("cron(0 0 3W * ? *)", ["2026-01-02 00:00", "2026-02-03 00:00", "2026-03-03 00:00", "2026-04-03 00:00"]),
    ("cron(0 0 ? * 3#2 *)", ["2026-01-13 00:00", "2026-02-10 00:00"]),
    ("cron(15 10 ? * 6L 2022-2026)", ["2026-01-30 10:15", "2026-02-27 10:15"]),
    ("cron(0 5 ? * * *)", ["2026-01-01 05:00", "2026-01-02 05:00"]),
    ("15 * ? * * *", ["2026-01-01 00:15", "2026-01-01 01:15"]),
    ("0 12 * * ? *", ["2026-01-01 12:00", "2026-01-02 12:00"]),
    ("cron(0 0 L * ? *)", ["2026-01-31 00:00", "2026-02-28 00:00"]),
    ("cron(0 0 LW * ? *)", ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-31 00:00"]),
    ("cron(0 0 L-3 * ? *)", ["2026-01-28 00:00", "2026-02-25 00:00"]),
    ("cron(0 0 1W * ? *)", ["2026-01-01 00:00", "2026-02-02 00:00", "2026-03-02 00:00"]),
    ("cron(0 0 31W * ? *)", ["2026-01-30 00:00", "2026-03-31 00:00", "2026-05-29 00:00"]),
    (
        "cron(0 0 1,15,L * ? *)",
        ["2026-01-01 00:00", "2026-01-15 00:00", "2026-01-31 00:00", "2026-02-01 00:00"],
    ),
    ("cron(0 0 ? * L *)", ["2026-01-03 00:00", "2026-01-10 00:00"]),
    ("cron(0 0 ? * 1 *)", ["2026-01-04 00:00", "2026-01-11 00:00"]),
    (
        "cron(0 0 ? * fri-mon *)",
        ["2026-01-02 00:00", "2026-01-03 00:00", "2026-01-04 00:00", "2026-01-05 00:00"],
    ),
    ("cron(0 0 29 2 ? *)", ["2028-02-29 00:00", "2032-02-29 00:00"]),
    ("cron(0 0 30 2 ? *)", []),
    ("cron(0 0 ? * SUN#5 *)", ["2026-03-29 00:00", "2026-05-31 00:00"]),
    ("cron(0 12 1/5 * ? 2026-2028/2)", ["2026-01-01 12:00", "2026-01-06 12:00"]),
    ("cron(30 8 * * ?)", ["2026-01-01 08:30", "2026-01-02 08:30"]),
    ("rate(5 minutes)", ["2026-01-01 00:00", "2026-01-01 00:05"]),
    ("rate(1 hour)", ["2026-01-01 00:00", "2026-01-01 01:00"]),
    ("rate(1 days)", ["2026-01-01 00:00", "2026-01-02 00:00"]),
    (
        {"Interval": 12, "IntervalUnit": "HOURS", "Times": ["09:30"]},
        ["2026-01-01 09:30", "2026-01-01 21:30", "2026-01-02 09:30"],
    ),
    (
        {"interval": 24, "interval_unit": "HOURS", "times": ["02:00"]},
        ["2026-01-01 02:00", "2026-01-02 02:00"],
    ),
    ({"Interval": 8, "Times": "23:00"}, ["2026-01-01 07:00", "2026-01-01 15:00", "2026-01-01 23:00"]),
    ({"Interval": 6}, ["2026-01-01 00:00", "2026-01-01 06:00"]),
    ({"CronExpression": "cron(0 2 * * ? *)"}, ["2026-01-01 02:00", "2026-01-02 02:00"]),
]


@pytest.mark.parametrize(("expression", "expected"), DOCUMENTED, ids=[str(row[0]) for row in DOCUMENTED])
def test_documented_examples_run_as_documented(expression: object, expected: list[str]) -> None:
    assert runs(expression, "2026-01-01", len(expected) or 1) == expected


# The worked example of EventBridge Scheduler's page, and the same thing in Berlin.
@pytest.mark.parametrize(
    ("timezone", "start", "expected"),
    [
        ("America/Los_Angeles", "2026-03-07 12:00", ["2026-03-09 09:30", "2026-03-10 09:30"]),
        ("America/Los_Angeles", "2026-10-31 12:00", ["2026-11-01 10:30", "2026-11-02 10:30"]),
        ("Europe/Berlin", "2026-03-28 12:00", ["2026-03-30 00:30", "2026-03-31 00:30"]),
        ("Europe/Berlin", "2026-10-24 12:00", ["2026-10-25 00:30", "2026-10-26 01:30"]),
        ("Asia/Kolkata", "2026-03-28 12:00", ["2026-03-28 21:00", "2026-03-29 21:00"]),
    ],
)
def test_a_local_time_that_is_missing_is_skipped_and_one_that_repeats_runs_first(
    timezone: str, start: str, expected: list[str]
) -> None:
    assert runs("cron(30 2 * * ? *)", start, 2, timezone) == expected


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("daily", r"schedule: found 'daily', expected rate\(.*\) or cron\(minutes hours day-of-month"),
        ("", r"schedule: found ''"),
        ("rate(0 days)", r"found 'rate\(0 days\)', expected rate\(N minutes\|hours\|days\)$"),
        ("rate(5 weeks)", r"found 'rate\(5 weeks\)'"),
        ("cron(0 2 * *)", r"cron: found 4 fields, expected 6: minutes hours"),
        ("cron(0 2 * * ? * *)", r"cron: found 7 fields"),
        (
            "cron(0 2 * * * *)",
            r"day-of-month and day-of-week: found '\*' and '\*', expected \? in exactly one",
        ),
        ("cron(0 2 ? * ? *)", r"day-of-month and day-of-week: found '\?' and '\?'"),
        ("cron(0 2 1,? * MON *)", r"day-of-month and day-of-week: found '1,\?' and 'MON'"),
        ("cron(60 2 * * ? *)", r"cron minutes: found '60', expected 0-59"),
        ("cron(0/0 2 * * ? *)", r"cron minutes: found '0/0'"),
        ("cron(? 2 * * ? *)", r"cron minutes: found '\?'"),
        ("cron(0 24 * * ? *)", r"cron hours: found '24', expected 0-23"),
        ("cron(0 2 32 * ? *)", r"cron day-of-month: found '32', expected 1-31"),
        ("cron(0 2 0W * ? *)", r"cron day-of-month: found '0W', expected 1-31 or , - \* \? / L W"),
        ("cron(0 2 * MOON ? *)", r"cron month: found 'MOON', expected 1-12, JAN-DEC"),
        ("cron(0 2 ? * 8 *)", r"cron day-of-week: found '8', expected 1-7 \(1 is Sunday\), SUN-SAT"),
        ("cron(0 2 ? * 3#6 *)", r"cron day-of-week: found '3#6'"),
        ("cron(0 2 ? * 3#1,6#3 *)", r"cron day-of-week: found '3#1,6#3', expected # to stand alone"),
        ("cron(0 2 * * ? 2200)", r"cron year: found '2200', expected 1970-2199"),
        ("cron(0 2 * * ? 2027-2026)", r"cron year: found '2027-2026'"),
        ("cron(0, 2 * * ? *)", r"cron minutes: found ''"),
        ({"Interval": 5, "IntervalUnit": "HOURS"}, r"Interval: found 5 HOURS, expected 1, 2, .* 24 HOURS"),
        ({"Interval": 1, "IntervalUnit": "DAYS"}, r"Interval: found 1 DAYS"),
        ({}, r"Interval: found None"),
        ({"Interval": 24, "Times": ["2:00"]}, r"Times: found 2:00, expected one time as hh:mm"),
        ({"Interval": 24, "Times": ["02:00", "03:00"]}, r"Times: found \['02:00', '03:00'\]"),
    ],
    ids=str,
)
def test_an_invalid_expression_names_the_field_and_what_was_expected(expression: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Schedule.parse(expression)  # type: ignore[arg-type]


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "Europe", "../UTC"])
def test_an_unknown_time_zone_is_named(timezone: str) -> None:
    with pytest.raises(ValueError, match=r"timezone: found .*, expected an IANA name"):
        Schedule.parse("cron(0 2 * * ? *)", timezone)


@pytest.mark.parametrize("expression", ["rate(1 day)", "cron(0 2 * * ? *)"])
def test_a_naive_time_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"2026-01-01T00:00:00 has no time zone"):
        list(Schedule.parse(expression).occurrences(datetime(2026, 1, 1), NEW_YEAR))


@pytest.mark.parametrize(
    ("expression", "timezone", "gap"),
    [
        ("cron(0 2 * * ? *)", "UTC", timedelta(hours=24)),
        ("cron(0 2,14 * * ? *)", "UTC", timedelta(hours=12)),
        ("cron(0 2 ? * MON-FRI *)", "UTC", timedelta(days=3)),
        ("cron(0 2 1 * ? *)", "UTC", timedelta(days=31)),
        ("cron(0 2 1 7 ? *)", "UTC", timedelta(days=365)),
        ("cron(0 0 * * ? 2026)", "UTC", timedelta(hours=24)),
        ("cron(0 0 * 1-6 ? 2026)", "UTC", timedelta(days=185)),
        ("cron(0 2 * * ? 2025)", "UTC", None),
        ("cron(0 2 30 2 ? *)", "UTC", None),
        ("cron(0 4 * * ? *)", "Europe/Berlin", timedelta(hours=25)),
        ("cron(30 2 * * ? *)", "Europe/Berlin", timedelta(hours=47)),
        ("rate(12 hours)", "UTC", timedelta(hours=12)),
    ],
)
def test_the_longest_gap_of_a_year(expression: str, timezone: str, gap: timedelta | None) -> None:
    assert Schedule.parse(expression, timezone).longest_gap(NEW_YEAR, NEW_YEAR + YEAR) == gap


@pytest.mark.parametrize(
    ("expression", "timezone", "daily"),
    [
        ("cron(0 2 * * ? *)", "UTC", True),
        ("cron(0/30 * ? * 1-7 *)", "UTC", True),
        ("cron(0 2 ? * MON-FRI *)", "UTC", False),
        ("cron(0 2 1/2 * ? *)", "UTC", False),
        ("cron(0 2 * * ? 2026)", "UTC", False),
        ("cron(0 2 30 2 ? *)", "UTC", False),
        ("cron(0 4 * * ? *)", "Europe/Berlin", True),
        ("cron(30 2 * * ? *)", "Europe/Berlin", False),
        ("rate(1 day)", "UTC", True),
        ("rate(24 hours)", "Europe/Berlin", True),
        ("rate(25 hours)", "UTC", False),
        ({"Interval": 24, "Times": ["02:00"]}, "UTC", True),
        ({"Interval": 12}, "UTC", True),
    ],
    ids=str,
)
def test_daily_means_every_calendar_day(expression: object, timezone: str, daily: bool) -> None:
    assert Schedule.parse(expression, timezone).runs_daily(NEW_YEAR) is daily  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "timezone", "opens", "lasts", "inside"),
    [
        ("cron(0 2 * * ? *)", "UTC", "02:00", timedelta(hours=1), True),
        ("cron(59 2 * * ? *)", "UTC", "02:00", timedelta(hours=1), True),
        ("cron(0 3 * * ? *)", "UTC", "02:00", timedelta(hours=1), False),
        ("cron(0 2,14 * * ? *)", "UTC", "02:00", timedelta(hours=1), False),
        ("cron(0 2 * * ? *)", "UTC", "02:00", timedelta(), True),
        ("cron(30 0 * * ? *)", "UTC", "23:00", timedelta(hours=2), True),
        ("cron(30 3 * * ? *)", "Europe/Berlin", "02:00", timedelta(hours=1), False),
        ("cron(30 3 * * ? *)", "Europe/Berlin", "01:00", timedelta(hours=2), True),
        ("cron(30 7 * * ? *)", "Asia/Kolkata", "02:00", timedelta(hours=1), True),
        ("cron(0 2 30 2 ? *)", "UTC", "02:00", timedelta(hours=1), False),
        ("cron(* * * * ? *)", "UTC", "00:00", timedelta(hours=24), True),
        ("rate(1 day)", "UTC", "00:00", timedelta(hours=24), False),
        ({"Interval": 24, "Times": ["02:00"]}, "UTC", "02:00", timedelta(hours=1), True),
        ({"Interval": 24}, "UTC", "02:00", timedelta(hours=1), False),
    ],
    ids=str,
)
def test_starts_within_the_window(
    expression: object, timezone: str, opens: str, lasts: timedelta, inside: bool
) -> None:
    schedule = Schedule.parse(expression, timezone)  # type: ignore[arg-type]
    assert schedule.starts_within(time.fromisoformat(opens), lasts, NEW_YEAR) is inside


def test_a_rate_has_no_fixed_hour_and_a_schedule_says_what_it_is() -> None:
    assert Schedule.parse("cron(0 2 * * ? *)").has_fixed_hour
    assert Schedule.parse({"Interval": 24, "Times": ["02:00"]}).has_fixed_hour
    assert not Schedule.parse("rate(1 day)").has_fixed_hour
    assert not Schedule.parse({"Interval": 24}).has_fixed_hour
    assert str(Schedule.parse(" cron(0 2 * * ? *) ")) == "cron(0 2 * * ? *)"
    assert str(Schedule.parse("cron(0 2 * * ? *)", "Europe/Berlin")) == "cron(0 2 * * ? *) Europe/Berlin"
    assert str(Schedule.parse({"Interval": 12, "Times": ["09:30"]})) == "every 12 hours from 09:30"
    assert hash(Schedule.parse("rate(1 day)")) == hash(Schedule.parse("rate(1 day)"))


# ---- an oracle that walks minute by minute and asks of each whether the expression names it


def named(value: int, text: str, low: int, high: int) -> bool:
    for term in text.split(","):
        bounds, _, step = term.partition("/")
        first, _, last = bounds.partition("-")
        begin = low if bounds == "*" else int(first)
        end = high if bounds == "*" or (step and not last) else int(last or first)
        within = begin <= value <= end if begin <= end else value >= begin or value <= end
        if within and (value - begin) % (high - low + 1) % int(step or 1) == 0:
            return True
    return False


def day_named(day: date, month_day: str, week_day: str) -> bool:
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    weekday = day.isoweekday() % 7 + 1
    if month_day == "L":
        return day == last
    if month_day == "LW":
        return day == max(last - timedelta(days=n) for n in range(3) if (last - timedelta(days=n)).weekday() < 5)
    if month_day.endswith("W"):
        wanted = int(month_day[:-1])
        if wanted > last.day or day.weekday() > 4:
            return False
        weekdays = [day.replace(day=n) for n in range(1, last.day + 1)]
        distance = {other: abs(other.day - wanted) for other in weekdays if other.weekday() < 5}
        return distance[day] == min(distance.values())
    if month_day.startswith("L-"):
        return day == last - timedelta(days=int(month_day[2:]))
    if month_day != "?":
        return named(day.day, month_day, 1, 31)
    if "#" in week_day:
        name, count = week_day.split("#")
        return weekday == int(name) and (day.day + 6) // 7 == int(count)
    if week_day.endswith("L") and week_day != "L":
        return weekday == int(week_day[:-1]) and day.day > last.day - 7
    return named(weekday, "7" if week_day == "L" else week_day, 1, 7)


def walk(expression: str, timezone: str, start: datetime, end: datetime) -> Iterator[datetime]:
    minute, hour, month_day, month, week_day, year = expression[5:-1].split()
    moment = start.replace(second=0, microsecond=0)
    while moment < end:
        local = moment.astimezone(ZoneInfo(timezone))
        if (
            moment >= start
            and local.fold == 0
            and named(local.minute, minute, 0, 59)
            and named(local.hour, hour, 0, 23)
            and named(local.month, month, 1, 12)
            and named(local.year, year, 1970, 2199)
            and day_named(local.date(), month_day, week_day)
        ):
            yield moment
        moment += timedelta(minutes=1)


@st.composite
def numbers(draw: st.DrawFn, low: int, high: int, *, wrap: bool = True) -> str:
    number = st.integers(low, high)
    step = st.integers(1, high)
    pair = st.tuples(number, number).map(lambda two: two if wrap else tuple(sorted(two)))
    term = st.one_of(
        st.just("*"),
        number.map(str),
        pair.map(lambda two: f"{two[0]}-{two[1]}"),
        st.tuples(number, step).map(lambda two: f"{two[0]}/{two[1]}"),
        step.map(lambda one: f"*/{one}"),
        st.tuples(pair, step).map(lambda both: f"{both[0][0]}-{both[0][1]}/{both[1]}"),
    )
    return ",".join(draw(st.lists(term, min_size=1, max_size=3)))


MONTH_DAYS = st.one_of(
    numbers(1, 31),
    st.sampled_from(["*", "L", "LW"]),
    st.integers(1, 31).map(lambda day: f"{day}W"),
    st.integers(1, 30).map(lambda days: f"L-{days}"),
)
WEEK_DAYS = st.one_of(
    numbers(1, 7),
    st.sampled_from(["*", "L"]),
    st.integers(1, 7).map(lambda day: f"{day}L"),
    st.tuples(st.integers(1, 7), st.integers(1, 5)).map(lambda two: f"{two[0]}#{two[1]}"),
)


@st.composite
def crons(draw: st.DrawFn, minutes: st.SearchStrategy[str], hours: st.SearchStrategy[str]) -> str:
    by_month = draw(st.booleans())
    month_day, week_day = (draw(MONTH_DAYS), "?") if by_month else ("?", draw(WEEK_DAYS))
    month = draw(st.one_of(st.just("*"), numbers(1, 12)))
    year = draw(st.one_of(st.just("*"), numbers(2020, 2030, wrap=False)))
    return f"cron({draw(minutes)} {draw(hours)} {month_day} {month} {week_day} {year})"


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe"])
# Around the clock changes of 2026, where it is hardest, or anywhere.
STARTS = st.one_of(
    st.sampled_from(["2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03"]).map(
        lambda day: datetime.fromisoformat(day).replace(tzinfo=UTC)
    ),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)


@settings(max_examples=150, deadline=None)
@given(crons(numbers(0, 59), numbers(0, 23)), ZONES, STARTS)
def test_it_runs_when_a_walk_by_the_minute_says_so(expression: str, timezone: str, start: datetime) -> None:
    end = start + timedelta(hours=50)
    found = list(Schedule.parse(expression, timezone).occurrences(start, end))
    assert found == list(walk(expression, timezone, start, end))


@settings(max_examples=150, deadline=None)
@given(crons(st.just("0"), st.just("12")), st.integers(2019, 2029))
def test_the_days_of_years_are_those_a_walk_by_the_day_finds(expression: str, year: int) -> None:
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 2, 1, 1, tzinfo=UTC)
    _, _, month_day, month, week_day, years = expression[5:-1].split()
    days = (start.date() + timedelta(days=count) for count in range((end - start).days))
    expected = [
        day
        for day in days
        if named(day.year, years, 1970, 2199) and named(day.month, month, 1, 12) and day_named(day, month_day, week_day)
    ]
    schedule = Schedule.parse(expression)
    found = list(schedule.occurrences(start, end))
    assert [run.date() for run in found] == expected
    gap = schedule.longest_gap(start, end)
    assert (gap is None) == (not expected)
    assert gap is None or all(later - earlier <= gap for earlier, later in pairwise(found))
    assert schedule.starts_within(time(12), timedelta(hours=1), start) == any(
        day < (start + timedelta(days=366)).date() for day in expected
    )


@given(crons(numbers(0, 59), numbers(0, 23)), ZONES, STARTS, st.integers(0, 60 * 24 * 7))
@settings(max_examples=50, deadline=None)
def test_two_spans_hold_what_one_span_holds(expression: str, zone: str, start: datetime, minutes: int) -> None:
    schedule, end = Schedule.parse(expression, zone), start + timedelta(days=7)
    middle = start + timedelta(minutes=minutes)
    halves = [*schedule.occurrences(start, middle), *schedule.occurrences(middle, end)]
    assert halves == list(schedule.occurrences(start, end)) == sorted(set(halves))
