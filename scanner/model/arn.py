"""ARNs: arn:partition:service:region:account:resource. And the places in them that code does not settle.

Such a place is a text that begins with `?` and names what decides it: `?account`, `?aws.dr`. It is the same as itself;
whether it is another, nobody can say. Whoever compares texts that may hold one asks here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from scanner.model.reading import Unknown
    from scanner.model.resource import Resource

_COLONS = 5
#: The first sign of a text that stands for a region or an account that code leaves open.
OPEN = "?"
#: What stands for a name that is left open, inside an ARN.
NAMELESS: Final = "?account-of-any-name"
#: What a region or an account is called: what is called otherwise is none, and no open place is it.
_PLACE: Final = r"\d{12}|[a-z]+(?:-[a-z]+)+-\d+"
#: A part of a text that stands for an open place: a text of its own, a field of an ARN, or the usual words anywhere. What
#: follows it up to the end of the part may belong to its name.
_STAND_IN: Final = r"^\?[A-Za-z_][^:/*?]*$|(?<=:)\?[A-Za-z_][^:/*?]*(?=:)|\?(?:account|region|aws)[^:/*?]*"

_PLAIN: Final = str.maketrans(dict.fromkeys(":/*?", "."))


class Somewhere(str):
    """A text in which code leaves a place open: the same as itself; whether it is another, nobody may be able to say."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return False
        answer = self.is_(other)
        if answer is None:
            _stop(self, other)
        return answer

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def is_(self, other: str) -> bool | None:
        """Say whether another text is the same; None where the code does not settle it."""
        return alike(self, other)


class Unnamed(Somewhere):
    """A name, or an ARN with one, that code leaves open: it may be any."""

    __slots__ = ()

    def is_(self, other: str) -> bool | None:
        """Say whether another text is the same; None where the code does not settle it."""
        return True if str.__eq__(self, other) else None if other else False


def stand_in(*words: str) -> str:
    """Give what stands for a place that these words decide: without the signs that part ARNs, or are wildcards."""
    return OPEN + ".".join(words).translate(_PLAIN)


def somewhere(text: str) -> str:
    """Give a region or an account as it must be compared: one that is left open equals no other and differs from none."""
    return Somewhere(text) if text.startswith(OPEN) else text


def tentative(text: str, owner: Resource) -> str:
    """Give a resource's id or name as it must be compared: code may leave it open, or the place in it.

    The name of what has none in the code is its address; whatever another text names may be it.
    """
    declared = owner.declaration
    if declared is not None and owner.name == declared.address:
        return Unnamed(text)
    return Somewhere(text) if declared is not None and is_open(text) else text


def is_open(text: str) -> bool:
    """Say whether a text holds a place that code leaves open."""
    return OPEN in text and _compiled(_STAND_IN).search(text) is not None


def alike(one: str, other: str) -> bool | None:
    """Say whether two texts are the same; None where that hangs on a place that code leaves open."""
    if str(one) == str(other):
        return True
    if isinstance(one, Unnamed) or isinstance(other, Unnamed):
        return None if one and other else False
    if OPEN not in one and OPEN not in other:
        return False
    return None if _may_be_one(str(one), str(other)) else False


def same(one: str, other: str) -> bool:
    """Say whether two texts are the same; raise where that hangs on a place that code leaves open."""
    answer = alike(one, other)
    if answer is None:
        _stop(one, other)
    return answer


def is_among(text: str, others: Iterable[str]) -> bool:
    """Say whether a text is one of some; raise where that hangs on a place that code leaves open."""
    if isinstance(others, AbstractSet) and text in others:
        return True
    doubt: str | None = None
    for one in others:
        answer = alike(text, one)
        if answer:
            return True
        if answer is None and doubt is None:
            doubt = one
    if doubt is not None:
        _stop(text, doubt)
    return False


def least_and_most(places: Iterable[str]) -> tuple[int, int]:
    """Say how many different places some are at least and at most: one that is left open may be any of the others."""
    different = {str(one) for one in places}
    open_ = sum(one.startswith(OPEN) for one in different)
    return max(len(different) - open_, min(open_, 1)), len(different)


def fits(pattern: str, text: str, matches: Callable[[str, str], bool]) -> bool | None:
    """Say whether a pattern with `*` and `?` fits a text, by `matches`; None where an open place in either decides it."""
    if isinstance(text, Unnamed):
        answer = fits(pattern, str(text), matches)
        # Whatever names something of its sort, and no other place, may be it.
        return None if answer is False and not _of_another_sort(pattern, str(text)) else answer
    if OPEN not in text and not _names_open(pattern, text):
        return matches(pattern, text)
    start = min(end for end in map(pattern.find, "*?[") if end >= 0) if _wild(pattern) else len(pattern)
    start = start if OPEN not in text else min(start, text.find(OPEN))
    return pattern[:start] == text[:start] and _fits(pattern, str(text), matches)


def does_fit(pattern: str, text: str, matches: Callable[[str, str], bool]) -> bool:
    """Say whether a pattern fits a text; raise where that hangs on a place that code leaves open."""
    answer = fits(pattern, text, matches)
    if answer is None:
        _stop(text, pattern)
    return answer


def has_wildcards(pattern: str) -> bool:
    """Say whether a pattern has wildcards; the sign of an open place is none."""
    return "*" in pattern or (OPEN in pattern and OPEN in _compiled(_STAND_IN).sub("", pattern))


class Nearby:
    """Texts by their last part, so that those which may be another text are found without trying all of them."""

    __slots__ = ("_all", "_by_last", "_open")

    def __init__(self, texts: Iterable[str]) -> None:
        self._all = [*texts]
        self._by_last: dict[str, list[str]] = {}
        self._open: list[str] = []
        for one in self._all:
            last = _parts(one)[-1]
            (self._open if OPEN in last else self._by_last.setdefault(last, [])).append(one)

    def of(self, text: str) -> Iterator[str]:
        """Give those that read otherwise than a text and may be it all the same."""
        last = _parts(text)[-1]
        some = self._all if OPEN in last else (*self._by_last.get(last, ()), *self._open)
        return (one for one in some if alike(one, text) is None)


def filled(pattern: str, star: str, mark: str) -> str:
    """Put something in for the wildcards of a pattern; what stands for an open place stays."""
    if OPEN not in pattern:
        return pattern.replace("*", star)
    signs = _compiled(f"{_STAND_IN}|[*?]")
    return signs.sub(lambda one: star if one[0] == "*" else mark if one[0] == OPEN else one[0], pattern)


def is_arn(text: str) -> bool:
    """Say whether a name is an ARN."""
    return text.startswith("arn:") and text.count(":") >= _COLONS


def place_of(text: str) -> tuple[str, str]:
    """Give the region and the account that an ARN names, each "" where it names none; both "" of what is no ARN."""
    if not is_arn(text):
        return "", ""
    region, account = text.split(":", _COLONS)[3:5]
    return somewhere(region), somewhere(account)


def unsettled(one: str, other: str) -> Unknown:
    """Say that one text may be another."""
    from scanner.model.reading import Reason, Unknown  # noqa: PLC0415  # only code that is judged comes here

    if OPEN not in one:
        one, other = other, one
    what = "the place " if one.startswith(OPEN) else ""
    one, other = (str(side).removeprefix(OPEN) for side in (one, other))
    return Unknown(Reason.UNRESOLVED, f"the code does not settle {what}`{one}`, so it may be `{other}` or another")


def _stop(one: str, other: str) -> NoReturn:
    from scanner.model.errors import CouldNotCheck  # noqa: PLC0415  # as above

    raise CouldNotCheck(unsettled(one, other))


def _names_open(pattern: str, text: str) -> bool:
    if not is_open(pattern):
        return False
    # A pattern of one word that begins with a wildcard looks like a stand-in; it is one only where places are compared.
    return not pattern.startswith(OPEN) or _compiled(_PLACE).fullmatch(text) is not None


def _wild(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def _parts(text: str) -> list[str]:
    return text.replace("/", ":").split(":")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)  # when it is first needed: only code leaves places open


@lru_cache(maxsize=65536)
def _may_be_one(one: str, other: str) -> bool:
    left, right = _parts(one), _parts(other)
    return len(left) == len(right) and all(a == b or _meet(a, b) for a, b in zip(left, right, strict=True))


def _meet(one: str, other: str) -> bool:
    """Say whether two parts may be one."""
    first, second = _compiled(_STAND_IN).search(one), _compiled(_STAND_IN).search(other)
    if first is None or second is None:
        if first is None:
            one, other, first = other, one, second
        if first is None:
            return False
        start = first.start()
        return other.startswith(one[:start]) and _compiled(_PLACE).match(other, start) is not None
    head, begins = one[: first.start()], other[: second.start()]
    return head.startswith(begins) or begins.startswith(head)


@lru_cache(maxsize=65536)
def _fits(pattern: str, text: str, matches: Callable[[str, str], bool]) -> bool | None:
    found = dict.fromkeys(_compiled(_STAND_IN).findall(pattern) + _compiled(_STAND_IN).findall(text))
    if not found:
        return matches(pattern, text)
    # Signs that no text has, for what may be any place: what fits them, be they one or many, fits all places.
    signs = {name: chr(_PRIVATE + number) for number, name in enumerate(found)}
    if all(
        matches(*(_compiled(_STAND_IN).sub(lambda one: signs[one[0]] * length, side) for side in (pattern, text)))  # noqa: B023
        for length in (1, _LONG)
    ):
        return True
    if _apart(pattern, text):
        return False
    return None if _overlap(_signs(pattern, wild=True), _signs(text, wild=False)) else False


def _apart(pattern: str, text: str) -> bool:
    """Say whether a pattern of ARNs names another place, or what is none, where a text names one."""
    parts, own = pattern.split(":", _COLONS), text.split(":", _COLONS)
    if not len(parts) == len(own) == _COLONS + 1 or any("*" in one for one in parts[:_COLONS]):
        return False
    pairs = zip(parts[3:_COLONS], own[3:_COLONS], strict=True)
    return any(a != b and not has_wildcards(a) and not _meet(a, b) for a, b in pairs)


def _of_another_sort(pattern: str, text: str) -> bool:
    """Say whether a pattern of ARNs names another service, or another place, than a text."""
    parts, own = pattern.split(":", _COLONS), text.split(":", _COLONS)
    return any(a != b and not _wild(a) for a, b in zip(parts[:3], own[:3], strict=False)) or _apart(pattern, text)


_PRIVATE, _LONG = 0xE000, 40
#: What stands for any run of characters, for any one, and for a run without `:` and `/`.
_RUN, _ONE, _STRETCH = "\ue800", "\ue801", "\ue802"


def _signs(text: str, *, wild: bool) -> str:
    text = _compiled(_STAND_IN).sub(_STRETCH, text)
    return text.replace("*", _RUN).replace("?", _ONE) if wild else text


def _overlap(pattern: str, text: str) -> bool:
    """Say whether some text fits both of two texts with wildcards."""
    start = 0
    wild = (_RUN, _ONE, _STRETCH)
    while start < len(pattern) and start < len(text) and pattern[start] not in wild and text[start] not in wild:
        if pattern[start] != text[start]:
            return False
        start += 1
    # `places` are those of the text that the pattern, as far as it was read, may have come to.
    places = _onward({start}, text)
    for sign in pattern[start:]:
        following: set[int] = set()
        for place in places:
            if sign in (_RUN, _STRETCH):
                end = place
                following.add(end)
                while end < len(text) and (sign == _RUN or text[end] not in ":/"):
                    end += 1
                    following.add(end)
                continue
            if place < len(text):
                here = text[place]
                if here == _STRETCH and sign not in ":/":
                    following.add(place)
                if sign in (here, _ONE):
                    following.add(place + 1)
        places = _onward(following, text)
        if not places:
            return False
    return len(text) in places


def _onward(places: set[int], text: str) -> set[int]:
    """Add the places that are reached where a stretch is empty."""
    found = set(places)
    for place in places:
        end = place
        while end < len(text) and text[end] == _STRETCH:
            end += 1
            found.add(end)
    return found
