"""Drafts: resources while they are being read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from scanner.collect.paths import getter
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import NOTHING, Answered, Call, Filter, Of, OwnAccount
from scanner.model.reading import Evidence, Known, Reading, Reason, Unknown
from scanner.model.resource import Resource
from scanner.plan import Need


@dataclass(frozen=True, slots=True)
class Place:
    """What identity templates may name besides the item: account and partition."""

    account: str
    partition: str = "aws"
    account_name: str = ""


@dataclass(slots=True)
class Draft:
    """A resource that was found and is not yet read to the end."""

    kind: type[Resource]
    id: str
    name: str
    account: str
    region: str
    item: Any
    evidence: tuple[Evidence, ...]
    parent: Draft | None = None
    readings: dict[str, Reading[Any]] = field(default_factory=dict)
    waiting: int = 0
    asked: bool = False

    def line(self) -> tuple[Any, ...]:
        """Its item and those of its parents, nearest first: what a child's parameters may be taken from."""
        return (self.item, *(self.parent.line() if self.parent is not None else ()))

    def freeze(self) -> Resource:
        """Make the resource."""
        return self.kind(self.id, self.name, self.account, self.region, self.readings)


def draft_of(
    need: Need, item: Any, region: str, evidence: Evidence | None, parent: Draft | None, place: Place
) -> Draft:
    """Start a draft from the item of a listing, with the facts that the item itself holds.

    Raise `ValueError` for an item that does not say which resource it is.
    """
    kind, listing = need.kind, need.kind.listed_by
    assert listing is not None
    words: dict[str, Any] = {"account": place.account, "partition": place.partition, "region": region}
    if parent is not None:
        words["parent"], words["parent_id"] = parent.name, parent.id
    if isinstance(item, Mapping):
        words.update((key, value) for key, value in item.items() if value is not None)
    else:
        words["item"] = item
    lenient = _Lenient(words)
    identity = listing.id.format_map(lenient)
    if lenient.missing and not listing.declared:
        raise ValueError(f"an item has no {', '.join(lenient.missing)}")
    name = listing.name.format_map(lenient) if listing.name else identity
    draft = Draft(
        kind, identity, name or identity, place.account, region, item, (evidence,) if evidence else (), parent
    )
    for fact in need.facts:
        live = fact.live
        if live is not None and live.call is None and live.side is None:
            fill(draft, fact, item, draft.evidence)
    return draft


class _Lenient(dict[str, Any]):
    """Template words; what an item leaves out reads as nothing, and is noted."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        super().__init__(words)
        self.missing: list[str] = []

    def __missing__(self, key: str) -> str:
        self.missing.append(key)
        return ""


def fill(draft: Draft, fact: Fact[Any], answer: Any, evidence: tuple[Evidence, ...]) -> None:
    """Read one fact out of an answer; what is missing or malformed is unknown, never a guess."""
    live = fact.live
    assert live is not None
    try:
        raw = getter(live.path)(answer)
        if raw is not None:
            draft.readings[fact.name] = Known(live.convert(raw), evidence)
        elif live.absent is NOTHING:
            draft.readings[fact.name] = Unknown(Reason.MISSING, f"{fact.key}: the answer has no {live.path}", evidence)
        else:
            draft.readings[fact.name] = Known(live.absent, evidence)
    except Exception as error:  # noqa: BLE001  # a converter that fails, however it fails, costs this one fact
        draft.readings[fact.name] = Unknown(
            Reason.MALFORMED, f"{fact.key}: cannot read {live.path}: {type(error).__name__}: {error}", evidence
        )


def parameters_of(call: Call, line: tuple[Any, ...], account: str) -> dict[str, Any]:
    """Fill a call's parameters from a line of items: the resource's own first, then its parents'.

    Those that the call made first will answer are left out.
    """
    found: dict[str, Any] = {}
    for name, value in call.parameters:
        if isinstance(value, Answered):
            continue
        if isinstance(value, Of):
            found[name] = getter(value.path)(line[value.up])
        elif isinstance(value, OwnAccount):
            found[name] = account
        elif isinstance(value, tuple):
            found[name] = [one.told if isinstance(one, Filter) else one for one in value]
        else:
            found[name] = value
    return found
