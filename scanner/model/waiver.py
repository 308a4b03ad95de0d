"""Waivers and tickets: what people wrote about failures. Neither changes a verdict.

A waiver accepts a failure for a while: it is by a named person other than its owner, and for a reason. A ticket says
that somebody works on it: the failure still counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Generic, TypeVar
from unicodedata import category, normalize

from scanner.model.late_dataclass import dataclass

#: The rules about waivers and tickets: no waiver and no ticket can be about these, or they would cover each other.
ABOUT_RECORDS = ("BK911", "BK912")
#: A year, and the day by which a leap year is longer.
LONGEST_WAIVER = timedelta(days=366)
_GLOBS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Waiver:
    """Covers the findings of a rule on the resources that a pattern names, until it expires; changes no verdict."""

    rule: str
    resource: str
    reason: str
    owner: str
    approved_by: str
    expires: date
    ticket: str = ""
    #: the file and the line where it stands
    where: str = field(default="", compare=False)

    def concerns(self, rule: str, resource: str) -> bool:
        """Say whether it is about this finding, in date or not."""
        return rule == self.rule and fnmatchcase(resource, self.resource)

    def covers(self, rule: str, resource: str, at: datetime) -> bool:
        """Say whether it covers this finding at this time: its last day counts."""
        return at.date() <= self.expires and self.concerns(rule, resource)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Says where the failures of a rule on the resources that a pattern names are worked on; covers nothing."""

    rule: str
    resource: str
    ticket: str
    opened: date
    #: the file and the line where it stands
    where: str = field(default="", compare=False)

    def concerns(self, rule: str, resource: str) -> bool:
        """Say whether it is about this finding."""
        return rule == self.rule and fnmatchcase(resource, self.resource)


T = TypeVar("T", Waiver, Ticket)


def is_glob(pattern: str) -> bool:
    """Say whether a pattern may fit more than the one resource that it names."""
    return not _GLOBS.isdisjoint(pattern)


class Pile(Generic[T]):
    """The waivers, or the tickets, of one rule. Those that name one resource outright are found by its name."""

    def __init__(self, records: Iterable[T]) -> None:
        self._named: dict[str, list[tuple[int, T]]] = {}
        self._patterns: list[tuple[int, T]] = []
        for place, one in enumerate(records):
            there = self._patterns if is_glob(one.resource) else self._named.setdefault(one.resource, [])
            there.append((place, one))

    def about(self, resource: str) -> list[T]:
        """Give those that are about a resource, in the order in which they stand."""
        found = [
            *self._named.get(resource, ()),
            *(one for one in self._patterns if fnmatchcase(resource, one[1].resource)),
        ]
        return [one for _, one in sorted(found, key=lambda one: one[0])]


def by_rule(records: Iterable[T]) -> Mapping[str, Pile[T]]:
    """Put waivers or tickets under their rules."""
    found: dict[str, list[T]] = {}
    for one in records:
        found.setdefault(one.rule, []).append(one)
    return {rule: Pile(some) for rule, some in found.items()}


def covering(waivers: Sequence[Waiver], rule: str, resource: str, at: datetime) -> Waiver | None:
    """Give the first waiver that covers a finding."""
    return next((waiver for waiver in waivers if waiver.covers(rule, resource, at)), None)


def lapsed(waivers: Sequence[Waiver], rule: str, resource: str, at: datetime) -> Waiver | None:
    """Give the waiver of a finding that ended last, if it ended before this time."""
    ended = [one for one in waivers if at.date() > one.expires and one.concerns(rule, resource)]
    return max(ended, key=lambda one: one.expires, default=None)


def worked_on(tickets: Sequence[Ticket], rule: str, resource: str) -> Ticket | None:
    """Give the first ticket that is about a finding."""
    return next((ticket for ticket in tickets if ticket.concerns(rule, resource)), None)


def same_person(one: str, other: str) -> bool:
    """Say whether two names are one person's, however they are spaced, composed or capitalised."""
    return _name(one) == _name(other)


def _name(text: str) -> str:
    seen = "".join(char for char in normalize("NFKC", text) if category(char) != "Cf")
    return normalize("NFKC", " ".join(seen.split()).casefold())
