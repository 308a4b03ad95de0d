"""Shelves: the resources of one kind in the order of their ARNs, so that a pattern finds its own without trying all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from scanner.model.arn import OPEN, Unnamed, fits, is_open
from scanner.model.late_dataclass import dataclass
from scanner.permissions.context import Values
from scanner.permissions.extents import Extent, Spans, joined
from scanner.permissions.patterns import matches, plain, wild_at

#: The families of keys that hold a resource's own tags (service authorization reference).
_TAGS = ("aws:resourcetag/", "ec2:resourcetag/")
REGION, ACCOUNT = "aws:requestedregion", "aws:resourceaccount"


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be acted on: its ARN as IAM checks it, and what is known of it; `tags` None is not known."""

    arn: str
    id: str = ""
    region: str = ""
    account: str = ""
    tags: Mapping[str, str] | None = None

    def find(self, key: str) -> Values | str:
        """Look up a context key that belongs to the resource; "" where it is not known."""
        if key == REGION:
            return (self.region,) if self.region else ""
        if key == ACCOUNT:
            return (self.account,) if self.account else ""
        if self.tags is None:
            return ""
        wanted = key.partition("/")[2]
        # IAM minds no case in the names of keys, that of the tag included (user guide, "aws:ResourceTag").
        return next(((value,) for name, value in self.tags.items() if name.lower() == wanted), None)


def of_target(key: str) -> bool:
    """Say whether a context key, in lower case, belongs to the resource that is acted on."""
    return key in (REGION, ACCOUNT) or key.startswith(_TAGS)


class Shelf:
    """Targets in the order of their ARNs. Whatever it works out is kept."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self.targets: Sequence[Target] = sorted(targets, key=lambda one: (str(one.arn), one.id))
        self.arns = [one.arn for one in self.targets]
        self.whole: Spans = ((0, len(self.arns)),) if self.arns else ()
        self.tried = 0
        self._heads: dict[str, tuple[int, int]] = {}
        self._found: dict[str, Extent] = {}
        #: code leaves open where some of its targets are; `unsettled` says what hung on that, if anything
        self.open = any(
            OPEN in arn or OPEN in one.region or OPEN in one.account or isinstance(arn, Unnamed)
            for arn, one in zip(self.arns, self.targets, strict=True)
        )
        self.unsettled = ""
        self._classes: dict[tuple[str, ...], list[tuple[dict[str, Values], Spans]]] = {}
        tails: set[str] = set()
        for place, arn in enumerate(self.arns):
            head, tail = _cut(arn)
            self._heads[head] = (self._heads.get(head, (place, 0))[0], place + 1)
            while ":" in tail:
                tail = tail.partition(":")[2]
                tails.add(tail)
        self._later = sorted(tails)

    def find(self, pattern: str) -> Extent:
        """Give the places whose ARNs fit a pattern; in doubt those that may, where code leaves open where they are."""
        found = self._found.get(pattern)
        if found is None:
            open_ = pattern != "*" and (self.open or is_open(pattern))
            found = self._found[pattern] = self._perhaps(pattern) if open_ else Extent(self._find(pattern))
        return found

    def _perhaps(self, pattern: str) -> Extent:
        answers = [fits(pattern, arn, matches) for arn in self.arns]
        sure, maybe = (
            joined((place, place + 1) for place, answer in enumerate(answers) if answer is wanted)
            for wanted in (True, None)
        )
        if not maybe:
            return Extent(sure)
        self.unsettled = f"whether {pattern} fits {self.arns[maybe[0][0]]}, which the code does not settle"
        return Extent(sure, maybe, (self.unsettled,))

    def classes(self, keys: Iterable[str]) -> list[tuple[dict[str, Values], Spans]]:
        """Part the shelf by the values that its targets have for some keys; a value that is not known is left out."""
        wanted = tuple(sorted(keys))
        if not wanted:
            return [({}, self.whole)]
        found = self._classes.get(wanted)
        if found is None:
            groups: dict[tuple[Values | str, ...], list[tuple[int, int]]] = {}
            for place, target in enumerate(self.targets):
                groups.setdefault(tuple(map(target.find, wanted)), []).append((place, place + 1))
            found = self._classes[wanted] = [
                ({key: value for key, value in zip(wanted, values, strict=True) if not isinstance(value, str)},
                 joined(spans))
                for values, spans in groups.items()
            ]  # fmt: skip
        return found

    def _find(self, pattern: str) -> Spans:
        if pattern == "*":
            return self.whole
        wild = wild_at(pattern)
        if wild < 0:
            exact = plain(pattern)
            return joined([(bisect_left(self.arns, exact), bisect_right(self.arns, exact))])
        start, end = _beginning(self.arns, plain(pattern[:wild]))
        if pattern[wild:] == "*":
            return joined([(start, end)])
        parts = pattern.split(":", 5)
        if len(parts) == 6 and wild < len(pattern) - len(parts[5]) and self._straight(parts[5]):
            heads = (
                spread for head, spread in self._heads.items()
                if len(own := head.split(":")) == 6 and all(map(matches, parts[:5], own[:5]))
            )  # fmt: skip
            return joined(span for spread in heads for span in self._in(spread, pattern, parts[5]))
        return self._scan(pattern, start, end)

    def _straight(self, tail: str) -> bool:
        """Say whether a pattern can be compared part by part.

        A star also reaches over colons; the last part could then fit from a later colon on. It cannot where no ARN
        goes on like that after a later colon.
        """
        wild = wild_at(tail)
        begins = plain(tail if wild < 0 else tail[:wild])
        start, end = _beginning(self._later, begins)
        return bool(begins) and start == end

    def _in(self, spread: tuple[int, int], pattern: str, tail: str) -> Spans:
        head = _cut(self.arns[spread[0]])[0]
        wild = wild_at(tail)
        begins = head + plain(tail if wild < 0 else tail[:wild])
        start, end = _beginning(self.arns, begins)
        if wild >= 0 and tail[wild:] == "*":
            return ((start, end),)
        return self._scan(pattern, start, end)

    def _scan(self, pattern: str, start: int, end: int) -> Spans:
        self.tried += end - start
        return joined((place, place + 1) for place in range(start, end) if matches(pattern, self.arns[place]))


def _beginning(ordered: Sequence[str], prefix: str) -> tuple[int, int]:
    if not prefix:
        return 0, len(ordered)
    return bisect_left(ordered, prefix), bisect_left(ordered, prefix[:-1] + chr(min(ord(prefix[-1]) + 1, 0x10FFFF)))


def _cut(arn: str) -> tuple[str, str]:
    parts = arn.split(":", 5)
    return (":".join(parts[:5]) + ":", parts[5]) if len(parts) == 6 else (arn, "")
