"""The estate: all readings of one collection, immutable, with the gaps it could not look into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Evidence, Source, Unknown
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Gap:
    """A kind that could not be listed, or not to the end, in a region; `within` names the parent it concerns."""

    kind: str
    region: str
    unknown: Unknown
    within: str = ""


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything one collection read.

    `resources` and `listings` are keyed by kind; a kind in neither was not collected at all, and says nothing.
    `listings` holds, per kind and region, the evidence that the list was read ("" for a list of all regions).
    """

    source: Source
    account: str
    caller: str
    regions: tuple[str, ...]
    taken_at: datetime
    resources: Mapping[str, tuple[Resource, ...]]
    listings: Mapping[tuple[str, str], Evidence]
    gaps: tuple[Gap, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)
    account_name: str = ""
    #: kinds of which one may be called anything, because code leaves its name open or AWS gives it later, and why
    unnamed: Mapping[str, Unknown] = field(default_factory=dict)

    @property
    def of_code(self) -> bool:
        """Whether it is what code declares: what that refers to and does not hold may be elsewhere all the same."""
        return self.source in (Source.TERRAFORM, Source.CLOUDFORMATION)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that were collected, or tried."""
        return frozenset(kind for kind, _ in self.listings) | {gap.kind for gap in self.gaps} | set(self.resources)

    def count(self) -> int:
        """How many resources there are."""
        return sum(len(found) for found in self.resources.values())
