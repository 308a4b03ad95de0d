"""When AWS runs something: `cron(...)`, `rate(...)` and the intervals of Data Lifecycle Manager.

A cron expression is read in its time zone, and clock changes as EventBridge Scheduler documents them
(docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html, "Daylight savings time"): a run at a
local time that does not exist in spring is **skipped**; a local time that comes twice in autumn runs **once,
the first time**. AWS Backup takes a time zone but documents no rule of its own; it is read the same way.
A rate counts elapsed time (`rate(1 day)` is 24 hours), so no clock fixes its hour. DLM times are UTC.

Where AWS is silent the reading is Quartz's, whose syntax it is: `L` alone in day-of-week is Saturday, `6L`
the last Friday, `L-3` three days before the last, `LW` the last weekday, `31W` skips months without a 31st,
a range may wrap (`FRI-MON`), the year may be left out.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from scanner.model.late_dataclass import dataclass

_DAY, _SAMPLE = timedelta(days=1), timedelta(days=366)
_FOREVER = datetime(2200, 1, 1, tzinfo=UTC)
_SATURDAY, _SUNDAY = 6, 0
_DLM_HOURS = ("1", "2", "3", "4", "6", "8", "12", "24")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NEVER, _MONTH_DAY = r"(?!)", r"\?|L|LW|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W"
_WEEK_DAY = rf"\?|L|([1-7]|{'|'.join(_WEEKDAYS)})(L|#[1-5])"
# field: lowest, highest, names, what is expected, terms that are no plain numbers
_FIELDS: dict[str, tuple[int, int, tuple[str, ...], str, str]] = {
    "minutes": (0, 59, (), "0-59 or , - * /", _NEVER),
    "hours": (0, 23, (), "0-23 or , - * /", _NEVER),
    "day-of-month": (1, 31, (), "1-31 or , - * ? / L W", _MONTH_DAY),
    "month": (1, 12, _MONTHS, "1-12, JAN-DEC or , - * /", _NEVER),
    "day-of-week": (1, 7, _WEEKDAYS, "1-7 (1 is Sunday), SUN-SAT or , - * ? / L #", _WEEK_DAY),
    "year": (1970, 2199, (), "1970-2199 or , - * /", _NEVER),
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something runs, as AWS writes it and as the clock sees it."""

    expression: str
    timezone: str = "UTC"
    every: timedelta | None = None
    calendar: Calendar | None = None

    @classmethod
    def parse(cls, expression: str | Mapping[str, object], timezone: str = "UTC") -> Schedule:
        """Read an expression of AWS Backup, EventBridge or DLM; raise ValueError naming the field."""
        _zone(timezone)
        if isinstance(expression, Mapping):
            return _read_dlm(expression)
        text = str(expression).strip()
        if rate := re.fullmatch(r"rate\(\s*([1-9]\d{0,5})\s+(minute|hour|day)s?\s*\)", text, re.ASCII):
            return cls(text, timezone, every=timedelta(**{f"{rate[2]}s": int(rate[1])}))
        # AWS Backup's own examples leave the wrapper out: "0 12 * * ? *".
        cron = re.fullmatch(r"cron\((.*)\)", text, re.DOTALL)
        if cron or len(text.split()) == len(_FIELDS):
            return cls(text, timezone, calendar=_read_cron(cron[1] if cron else text))
        wanted = "rate(N minutes|hours|days)" + f" or cron({' '.join(_FIELDS)})" * (text[:5] != "rate(")
        raise ValueError(f"schedule: found {text!r}, expected {wanted}")

    def __str__(self) -> str:
        return self.expression if self.timezone == "UTC" else f"{self.expression} {self.timezone}"

    @property
    def has_fixed_hour(self) -> bool:
        """Tell whether the clock decides when it runs; a rate starts whenever it was switched on."""
        return self.calendar is not None

    def occurrences(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield every run from start until before end, in UTC; a rate is taken to run first at start."""
        start, end = _in_utc(start), _in_utc(end)
        if self.calendar is None:
            while self.every and start < end:
                yield start
                start += self.every
            return
        zone = _zone(self.timezone)
        for day in self.calendar.days(start.astimezone(zone).date(), end.astimezone(zone).date()):
            yield from (run for run in self.calendar.runs(day, zone) if start <= run < end)

    def longest_gap(self, start: datetime, end: datetime) -> timedelta | None:
        """Measure the longest stretch without a run that touches the span; None when it never runs in it.

        The stretch before the first run counts from the start of the span; the one after the last reaches to
        the next run, or to the end of the span where none follows. So a schedule that begins or ends shows.
        """
        if self.calendar is None:
            return self.every
        start, end = _in_utc(start), _in_utc(end)
        runs = list(self.occurrences(start, end))
        following = next(self.occurrences(end, _FOREVER), end)
        return max(b - a for a, b in pairwise([start, *runs, following])) if runs else None

    def runs_daily(self, at: datetime) -> bool:
        """Tell whether each calendar day of its time zone in the year after `at` has a run."""
        if self.calendar is None:
            return self.every is not None and self.every <= _DAY
        zone = _zone(self.timezone)
        first = _in_utc(at).astimezone(zone).date() + _DAY
        days = self.calendar.days(first, first + _SAMPLE - _DAY)
        return sum(any(True for _ in self.calendar.runs(day, zone)) for day in days) == _SAMPLE.days

    def starts_within(self, opens: time, lasts: timedelta, at: datetime) -> bool:
        """Tell whether it runs in the year after `at`, and always in the daily UTC window, end excluded."""
        if self.calendar is None:
            return False
        opened, runs = timedelta(hours=opens.hour, minutes=opens.minute, seconds=opens.second), False
        for run in self.occurrences(at, at + _SAMPLE):
            runs, late = True, (timedelta(hours=run.hour, minutes=run.minute) - opened) % _DAY
            if late and late >= lasts:
                return False
        return runs


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days and the minutes of the day that a cron expression names."""

    minutes: tuple[int, ...]
    day_of_month: tuple[str, ...]
    months: tuple[int, ...]
    day_of_week: tuple[str, ...]
    years: tuple[int, ...]

    def days(self, first: date, last: date) -> Iterator[date]:
        """Yield the named days from first to last, both included."""
        for year in (year for year in self.years if first.year <= year <= last.year):
            for month in self.months:
                if (first.year, first.month) <= (year, month) <= (last.year, last.month):
                    days = (date(year, month, day) for day in sorted(self._days_of(year, month)))
                    yield from (day for day in days if first <= day <= last)

    def runs(self, day: date, zone: tzinfo) -> Iterator[datetime]:
        """Yield the runs of one local day, in UTC."""
        for minute in self.minutes:
            local = datetime(day.year, day.month, day.day, *divmod(minute, 60), tzinfo=zone)
            run = local.astimezone(UTC)
            # A local time that the clocks jumped over comes back from UTC as another one.
            if zone is UTC or run.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
                yield run

    def _days_of(self, year: int, month: int) -> set[int]:
        first, last = monthrange(year, month)
        if "?" in self.day_of_month:
            return {day for term in self.day_of_week for day in _in_week(term, (first + 1) % 7, last)}
        return {day for term in self.day_of_month for day in _in_month(term, (first + 1) % 7, last)}


def _in_month(term: str, first: int, last: int) -> Iterable[int]:
    """Give the days a day-of-month term names in a month of `last` days whose 1st is weekday `first`."""
    if not term.endswith("W"):
        days = [last - int(term[2:] or 0)] if term.startswith("L") else _numbers("day-of-month", term)
        return [day for day in days if 0 < day <= last]
    day = last if term == "LW" else int(term[:-1])
    weekday = (first + day - 1) % 7
    if weekday == _SATURDAY:
        day += -1 if day > 1 else 2
    elif weekday == _SUNDAY:
        day += 1 if day < last else -2
    return [day] if term == "LW" or int(term[:-1]) <= last else []


def _in_week(term: str, first: int, last: int) -> Iterable[int]:
    """Give the days a day-of-week term names in such a month."""
    if "#" in term or (term.endswith("L") and term != "L"):
        name, _, count = term.rstrip("L").partition("#")
        weekday = _numbers("day-of-week", name)[0] - 1
        days = range(1 + (weekday - first) % 7, last + 1, 7)
        return days[int(count) - 1 : int(count)] if count else days[-1:]
    weekdays = _numbers("day-of-week", "SAT" if term == "L" else term)
    return [day for day in range(1, last + 1) if (first + day - 1) % 7 + 1 in weekdays]


def _read_cron(text: str) -> Calendar:
    words = text.upper().split()
    if len(words) not in (len(_FIELDS) - 1, len(_FIELDS)):
        raise ValueError(f"cron: found {len(words)} fields, expected 6: {' '.join(_FIELDS)}")
    field = {name: tuple(word.split(",")) for name, word in zip(_FIELDS, [*words, "*"], strict=False)}
    month_day, week_day = (",".join(field[name]) for name in ("day-of-month", "day-of-week"))
    if (month_day + week_day).count("?") != 1 or "?" not in (month_day, week_day):
        found = f"found {month_day!r} and {week_day!r}"
        raise ValueError(f"cron day-of-month and day-of-week: {found}, expected ? in exactly one of them")
    if "#" in week_day and "," in week_day:
        raise ValueError(f"cron day-of-week: found {week_day!r}, expected # to stand alone")
    number = {
        name: tuple(sorted({number for term in terms for number in _numbers(name, term)}))
        for name, terms in field.items()
    }
    minutes = tuple(60 * hour + minute for hour in number["hours"] for minute in number["minutes"])
    return Calendar(minutes, field["day-of-month"], number["month"], field["day-of-week"], number["year"])


def _numbers(field: str, term: str) -> list[int]:
    low, high, names, expected, no_numbers = _FIELDS[field]
    if re.fullmatch(no_numbers, term):
        return []
    match = re.fullmatch(r"(?:\*|(\w{1,4})(?:-(\w{1,4}))?)(?:/(\d{1,4}))?", term, re.ASCII)
    words = filter(None, match.group(1, 2)) if match else ()
    number = {name: low + index for index, name in enumerate(names)}
    bounds = [number.get(word, int(word) if word.isdigit() else -1) for word in words]
    step = int(match[3] or 1) if match else 0
    backwards = field == "year" and bounds != sorted(bounds)
    if not 1 <= step <= high or not all(low <= bound <= high for bound in bounds) or backwards:
        raise ValueError(f"cron {field}: found {term!r}, expected {expected}")
    bounds = bounds or [low, high]
    first, last = (*bounds, high if "/" in term else bounds[0])[:2]
    size = high - low + 1
    return [low + (one - low) % size for one in range(first, last + size * (first > last) + 1, step)]


def _read_dlm(rule: Mapping[str, object]) -> Schedule:
    """Read a CreateRule of DLM, in the spelling of the API or of Terraform."""
    found = {name.replace("_", "").lower(): value for name, value in rule.items()}
    if cron := found.get("cronexpression"):
        return Schedule.parse(str(cron))
    interval, unit = str(found.get("interval")), found.get("intervalunit") or "HOURS"
    if interval not in _DLM_HOURS or unit != "HOURS":
        raise ValueError(f"Interval: found {interval} {unit}, expected {', '.join(_DLM_HOURS)} HOURS")
    # Without a time DLM picks one itself, "within the next 24 hours".
    if not (times := found.get("times")):
        return Schedule(f"every {interval} hours", every=timedelta(hours=int(interval)))
    text = str(times[0] if isinstance(times, list | tuple) and len(times) == 1 else times)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise ValueError(f"Times: found {text}, expected one time as hh:mm")
    hours = ",".join(str((int(text[:2]) + step) % 24) for step in range(0, 24, int(interval)))
    return Schedule(f"every {interval} hours from {text}", calendar=_read_cron(f"{text[3:]} {hours} * * ? *"))


def _zone(name: str) -> tzinfo:
    # "UTC" must not depend on a time zone database: slim containers have none.
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # most schedules are in UTC

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise ValueError(f"timezone: found {name!r}, expected an IANA name such as Europe/Berlin") from None


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; expected an aware time")
    return moment.astimezone(UTC)
