"""Systems: named things in a tier, and how resources are found to belong to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase

from scanner.model.arn import does_fit
from scanner.model.errors import CouldNotCheck
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Unknown
from scanner.model.resource import Resource

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Selector:
    """One way to belong to a system: all that it names must match; patterns are shell globs."""

    tags: Mapping[str, str] = field(default_factory=dict)
    arn: str = ""
    name: str = ""

    def picks(self, resource: Resource) -> bool:
        """Say whether the resource is selected; raise where its tags decide and are unknown."""
        if self.arn and not does_fit(self.arn, resource.id, _matches):
            return False
        if self.name and not fnmatchcase(resource.name, self.name):
            return False
        if not self.tags:
            return True
        tags = tags_of(resource)
        return all(key in tags and fnmatchcase(tags[key], value) for key, value in self.tags.items())


def _matches(pattern: str, text: str) -> bool:
    return fnmatchcase(text, pattern)


def tags_of(resource: Resource) -> Tags:
    """Give the tags by which a resource is selected; a kind without tags has none."""
    fact = type(resource).facts.get(type(resource).tagged_by)
    if fact is None:
        return {}
    reading = resource.look.reading(resource, fact)
    resource.look.trace.append((resource, fact, reading))
    if isinstance(reading, Unknown):
        raise CouldNotCheck(reading)
    value: Tags = reading.value
    return value


@dataclass(frozen=True, slots=True)
class System:
    """A named thing in a tier, with what belongs to it and what it depends on."""

    name: str
    tier: str
    select: tuple[Selector, ...] = ()
    depends_on: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()

    def picks(self, resource: Resource) -> bool:
        """Say whether the resource belongs to this system; raise where that cannot be known."""
        doubt: CouldNotCheck | None = None
        for selector in self.select:  # `any_of`, written out: this runs for every resource and every system
            try:
                if selector.picks(resource):
                    return True
            except CouldNotCheck as stop:
                doubt = doubt or stop
        if doubt is not None:
            raise doubt
        return False


@dataclass(frozen=True, slots=True)
class Membership:
    """Which system a resource belongs to: the first that picks it; several possible where one could not be decided."""

    candidates: tuple[System | None, ...]
    all: tuple[System, ...] = ()
    unknown: Unknown | None = None


def membership(resource: Resource, systems: Sequence[System]) -> Membership:
    """Find the system of a resource, in the order of the configuration."""
    candidates: list[System | None] = []
    picked: list[System] = []
    unknown: Unknown | None = None
    for system in systems:
        try:
            if system.picks(resource):
                picked.append(system)
                if len(picked) == 1:
                    candidates.append(system)
        except CouldNotCheck as stop:
            unknown = unknown or stop.unknown
            if not picked:
                candidates.append(system)
    if not picked:
        candidates.append(None)
    return Membership(tuple(candidates), tuple(picked), unknown)
