"""Extents: how far a permission reaches over resources in a fixed order, kept as stretches and never one by one.

A policy of three patterns has an extent of about three stretches, however many backups there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from scanner.model.late_dataclass import dataclass

#: Places from `start` up to, not including, `end`; in order, apart from each other.
Spans = tuple[tuple[int, int], ...]


def joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """Put stretches in order and together."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def union(one: Spans, other: Spans) -> Spans:
    """Give what lies in either."""
    if not one or not other:
        return one or other
    return one if one == other else joined((*one, *other))


def intersection(one: Spans, other: Spans) -> Spans:
    """Give what lies in both. A few stretches find their place among many without a look at each."""
    if not one or not other:
        return ()
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if len(few) == 1:
        return _cut(many, *few[0])
    if len(many) > _MANY * len(few):
        return tuple(span for start, end in few for span in _cut(many, start, end))
    found: list[tuple[int, int]] = []
    left = right = 0
    while left < len(one) and right < len(other):
        start, end = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if start < end:
            found.append((start, end))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return tuple(found)


#: From how many times as many stretches on it pays to look places up.
_MANY = 8


def _cut(spans: Spans, start: int, end: int) -> Spans:
    """Give what of many stretches lies between two places; the many themselves where all of them do."""
    first = _first(spans, start)
    last = bisect_left(spans, (end,), first)
    if first == last:
        return ()
    if start <= spans[first][0] and spans[last - 1][1] <= end:
        return spans if first == 0 and last == len(spans) else spans[first:last]
    head, tail = (max(spans[first][0], start), spans[first][1]), (spans[last - 1][0], min(spans[last - 1][1], end))
    if last - first == 1:
        return ((head[0], tail[1]),)
    return (head, *spans[first + 1 : last - 1], tail)


def _first(spans: Spans, place: int) -> int:
    """Find the first stretch that ends after a place."""
    at = bisect_left(spans, (place,))
    return at - 1 if at and spans[at - 1][1] > place else at


def difference(one: Spans, other: Spans) -> Spans:
    """Give what lies in the first alone."""
    if not one or not other:
        return one
    found: list[tuple[int, int]] = []
    for start, end in one:
        position, at = start, _first(other, start)
        while at < len(other) and other[at][0] < end:
            if other[at][0] > position:
                found.append((position, other[at][0]))
            position = max(position, other[at][1])
            at += 1
        if position < end:
            found.append((position, end))
    return tuple(found)


def size(spans: Spans) -> int:
    """Count the places."""
    return sum(end - start for start, end in spans)


@dataclass(frozen=True, slots=True)
class Extent:
    """Where something is so for certain (`yes`), and where it depends (`maybe`, and on what: `why`)."""

    yes: Spans = ()
    maybe: Spans = ()
    why: tuple[str, ...] = ()

    @property
    def most(self) -> Spans:
        """All that it may reach."""
        return union(self.yes, self.maybe)

    def __bool__(self) -> bool:
        return bool(self.yes or self.maybe)

    def __or__(self, other: Extent) -> Extent:
        if not other:
            return self
        if not self:
            return other
        yes = union(self.yes, other.yes)
        return _extent(yes, difference(union(self.maybe, other.maybe), yes), self, other)

    def __and__(self, other: Extent) -> Extent:
        yes = intersection(self.yes, other.yes)
        return _extent(yes, difference(intersection(self.most, other.most), yes), self, other)

    def __sub__(self, other: Extent) -> Extent:
        """Give this but for the other: where that is in doubt, so is this."""
        if not self or not other:
            return self
        yes = difference(self.yes, other.most)
        return _extent(yes, difference(difference(self.most, other.yes), yes), self, other)

    def within(self, spans: Spans) -> Extent:
        """Give what of it lies there."""
        return _extent(intersection(self.yes, spans), intersection(self.maybe, spans), self)

    def doubted(self, why: str) -> Extent:
        """Give the same in doubt."""
        return Extent((), self.most, (why, *(one for one in self.why if one != why))) if self else self


def together(extents: Iterable[Extent]) -> Extent:
    """Give what any of many reaches; in one go, so that thousands cost no more than their stretches."""
    some = [one for one in extents if one]
    if len(some) <= 1:
        return some[0] if some else Extent()
    yes: list[tuple[int, int]] = []
    maybe: list[tuple[int, int]] = []
    by_reason: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for one in some:
        yes.extend(one.yes)
        maybe.extend(one.maybe)
        if one.maybe:
            by_reason.setdefault(one.why, []).extend(one.maybe)
    sure = joined(yes)
    rest = difference(joined(maybe), sure)
    if not rest:
        return Extent(sure)
    why = (why for why, spans in by_reason.items() if difference(joined(spans), sure))
    return Extent(sure, rest, tuple(dict.fromkeys(one for each in why for one in each))[:_REASONS])


#: How many reasons are worth keeping.
_REASONS = 3


def _extent(yes: Spans, maybe: Spans, *of: Extent) -> Extent:
    if not maybe:
        return Extent(yes)
    why = dict.fromkeys(one for part in of if intersection(part.maybe, maybe) for one in part.why)
    return Extent(yes, maybe, tuple(why)[:_REASONS])
