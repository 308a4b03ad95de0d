"""Terraform's date and time functions."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from scanner.iac.hcl.functions.definition import Functions
from scanner.iac.hcl.functions.unification import Unsure, text
from scanner.iac.hcl.values import EvaluationError, normal

FUNCTIONS = Functions()
FUNCTIONS.later("timestamp plantimestamp", "{name}() is decided when it is applied")

_DAY: Final = 86_400
_SECOND: Final = 1_000_000_000
_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_AMOUNT = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS: Final = {
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": _SECOND, "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}  # fmt: skip
_LONGEST_DURATION: Final = 2**63 - 1
_VERB = re.compile(r"'(?:[^']|'')*'|'|(?P<verb>[A-Za-z])(?P=verb)*|[^'A-Za-z]+", re.ASCII)
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class _Stamp(NamedTuple):
    """An instant, as nanoseconds since year 1 in UTC, and the offset of its clock in seconds."""

    at: int
    offset: int

    def local(self) -> tuple[date, int]:
        """Give the day and the second of the day on its own clock."""
        days, seconds = divmod(self.at // _SECOND + self.offset, _DAY)
        try:
            return date.fromordinal(days), seconds
        except (ValueError, OverflowError):
            raise Unsure("a year before 1 or after 9999 is not worked out") from None


def _read(source: str) -> _Stamp:
    found = _STAMP.fullmatch(source)
    if found is None:
        raise EvaluationError(f"{source[:60]!r} is no time as RFC 3339 has it")
    hour, minute, second = (int(found[place]) for place in (4, 5, 6))
    offset_hour, offset_minute = int(found[9] or 0), int(found[10] or 0)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])).toordinal()
    except ValueError as error:
        raise EvaluationError(f"{source[:60]!r} is no time: {error}") from None
    if hour > 23 or minute > 59 or second > 59 or offset_hour > 23 or offset_minute > 59:
        raise EvaluationError(f"{source[:60]!r} is no time as RFC 3339 has it")
    offset = (offset_hour * 3600 + offset_minute * 60) * (-1 if found[8] == "-" else 1)
    nanos = int((found[7] or "").ljust(9, "0")[:9])
    return _Stamp((day * _DAY + hour * 3600 + minute * 60 + second - offset) * _SECOND + nanos, offset)


def _duration(source: str) -> int:
    """Read a duration like `-1h30m` into nanoseconds."""
    rest = source[1:] if source[:1] in ("-", "+") else source
    total, at = 0, 0
    while at < len(rest):
        found = _AMOUNT.match(rest, at)
        if found is None or not (found[1] or found[2]) or len(found[0]) > 40:
            break
        unit = _UNITS[found[3]]
        total += int(found[1] or 0) * unit + int(found[2] or 0) * unit // 10 ** len(found[2] or "")
        at = found.end()
    if rest == "0":
        return 0
    if not rest or at < len(rest) or total > _LONGEST_DURATION:
        raise EvaluationError(f"{source[:60]!r} is no duration")
    return -total if source[0] == "-" else total


@FUNCTIONS.define("timeadd", text, text)
def add(stamp: str, duration: str) -> str:
    """Give the time that is a duration later."""
    before = _read(stamp)
    day, seconds = _Stamp(before.at + _duration(duration), before.offset).local()
    return f"{day.year:04}-{day.month:02}-{day.day:02}T{_clock(seconds)}{_zone(before.offset, ':', 'Z')}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _zone(offset: int, between: str, utc: str) -> str:
    if offset == 0 and utc:
        return utc
    minutes = abs(offset) // 60
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}{between}{minutes % 60:02}"


@FUNCTIONS.define("timecmp", text, text)
def compare(one: str, other: str) -> int:
    """Give -1, 0 or 1 where one time is before, at, or after another."""
    first, second = _read(one).at, _read(other).at
    return (first > second) - (first < second)


@FUNCTIONS.define("formatdate", text, text)
def write(template: str, stamp: str) -> str:
    """Write a time as a template says."""
    read = _read(stamp)
    day, seconds = read.local()
    done: list[str] = []
    for found in _VERB.finditer(template):
        piece = found[0]
        if piece == "'":
            raise EvaluationError("formatdate() is given a quote that is never closed")
        if piece == "''":
            done.append("'")
        elif piece[0] == "'":
            done.append(piece[1:-1].replace("''", "'"))
        elif found["verb"]:
            done.append(_part(piece, day, seconds, read.offset))
        else:
            done.append(piece)
    return normal("".join(done))


def _part(verb: str, day: date, seconds: int, offset: int) -> str:
    hour = seconds // 3600
    weekday = _WEEKDAYS[day.weekday()]
    month = _MONTHS[day.month - 1]
    half = "am" if hour < 12 else "pm"
    numbers = {
        "M": day.month,
        "D": day.day,
        "h": hour,
        "H": hour % 12 or 12,
        "m": seconds // 60 % 60,
        "s": seconds % 60,
    }
    words = {
        "YY": f"{day.year % 100:02}", "YYYY": f"{day.year:04}", "MMM": month[:3], "MMMM": month, "EEE": weekday[:3],
        "EEEE": weekday, "aa": half, "AA": half.upper(), "Z": _zone(offset, ":", "Z"),
        "ZZZ": _zone(offset, "", "UTC"), "ZZZZ": _zone(offset, "", ""), "ZZZZZ": _zone(offset, ":", ""),
    }  # fmt: skip
    if verb in words:
        return words[verb]
    if verb[0] in numbers and len(verb) <= 2:
        return f"{numbers[verb[0]]:0{len(verb)}}"
    raise EvaluationError(f"formatdate() knows no {verb!r}")
