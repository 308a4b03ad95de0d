"""Ways: by which a piece of news reaches somebody, link by link, and where each of them breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from scanner.model.duration import speak
from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Reason, Unknown
from scanner.permissions.truth import Doubt

#: What is said of a rule that does not match.
MISMATCH = "does not match"
#: How many broken ways a message names.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Way:
    """One way: `broken` names the link that breaks, `unknown` the one that could not be seen; neither where it is whole.

    `within` is the lag from which on it tells, where it is about a lag.
    """

    via: str
    broken: str = ""
    unknown: Unknown | None = None
    within: timedelta | None = None

    @property
    def whole(self) -> bool:
        """Whether every link holds."""
        return not self.broken and self.unknown is None


def _limited(way: Way, most: timedelta) -> Way:
    if way.broken or way.within is None or way.within <= most:
        return way
    return replace(way, broken=f"tells only of a lag of {speak(way.within)}")


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that were found, and why there may be more."""

    found: tuple[Way, ...] = ()
    missing: Unknown | None = None

    def __add__(self, other: Ways) -> Ways:
        return Ways((*self.found, *other.found), self.missing or other.missing)

    @property
    def whole(self) -> tuple[Way, ...]:
        """Those that lead to somebody."""
        return tuple(way for way in self.found if way.whole)

    @property
    def doubt(self) -> Unknown | None:
        """Why there may be a whole one where none was found."""
        return next((way.unknown for way in self.found if way.unknown is not None and not way.broken), self.missing)

    def lead(self) -> bool:
        """Say whether any leads to somebody; raise where one may."""
        if self.whole:
            return True
        if self.doubt is not None:
            raise CouldNotCheck(self.doubt)
        return False

    def limited(self, most: timedelta) -> Ways:
        """Give the same ways, those broken that tell of a lag only beyond this one."""
        return replace(self, found=tuple(_limited(way, most) for way in self.found))

    @property
    def said(self) -> str:
        """The first whole way in words; without one, where the others break."""
        if self.whole:
            return self.whole[0].via
        # A rule that does not even match says the least.
        ordered = sorted((way for way in self.found if way.broken), key=lambda way: way.broken.startswith(MISMATCH))
        broken = [f"{way.via} {way.broken}" for way in ordered]
        more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
        return "; ".join(dict.fromkeys(broken[:_NAMED])) + more if broken else ""


@dataclass(frozen=True, slots=True)
class News:
    """Something that must be told, and the ways by which it is."""

    what: str
    ways: Ways


def told(news: Iterable[News], nothing: str) -> tuple[bool, str]:
    """Say whether all news reaches somebody, and what was observed; raise where some may not.

    `nothing` says that no way was found at all.
    """
    certain: list[str] = []
    silent: list[str] = []
    doubt: Unknown | None = None
    for one in news:
        if one.ways.whole:
            certain.append(f"{one.what}: {one.ways.said}")
        elif one.ways.doubt is not None:
            doubt = doubt or one.ways.doubt
        else:
            silent.append(f"{one.what}: {one.ways.said or nothing}")
    if silent:
        return False, _together(silent)
    if doubt is not None:
        raise CouldNotCheck(doubt)
    return True, _together(certain)


def _together(said: list[str]) -> str:
    """Join what is said of several things; what is said of all alike is said once."""
    by: dict[str, list[str]] = {}
    for one in said:
        what, _, how = one.partition(": ")
        by.setdefault(how, []).append(what)
    return "; ".join(f"{', '.join(whats)}: {how}" for how, whats in by.items())


def way(via: str, obstacle: Callable[[], str], within: timedelta | None = None) -> Way:
    """Make a way of what breaks it, asked for here because it may be out of sight."""
    try:
        return Way(via, broken=obstacle(), within=within)
    except CouldNotCheck as stop:
        return Way(via, unknown=stop.unknown, within=within)


def doubtful(via: str, doubt: Doubt | str, within: timedelta | None = None) -> Way:
    """Make a way of which nobody can say whether it leads anywhere."""
    why = doubt.why if isinstance(doubt, Doubt) else doubt
    return Way(via, unknown=Unknown(Reason.BEYOND, f"{via}: {why}"), within=within)
