"""Objectives: the demands on each resource, found by the system that it, or what it belongs to, is part of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from scanner.model.arn import Nearby, alike, is_arn, place_of, unsettled
from scanner.model.fact import Fact, fact
from scanner.model.finding import Subject
from scanner.model.look import Look
from scanner.model.policy import Objective, Policy, Scope
from scanner.model.reading import Known, Reading, Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.system import Membership, System, membership
from scanner.plan import permission_of, sources_of
from scanner.resources.unjudged import UnjudgedStore, noun_of


class _Source(Resource):
    """The source of a backup, known by its ARN alone: it is gone, or it was out of sight."""

    tagged_by = "tags"
    tags: Fact[Mapping[str, str]] = fact("The tags it carries: none, or unknown.")


def _kinds_of(source: str, backup: type[Resource]) -> Iterator[type[Resource]]:
    """Give the kinds that the source of a backup can be of; a list of another service tells nothing of it."""
    if not is_arn(source):
        yield from sources_of(backup)
        return
    if noun_of(source):
        yield UnjudgedStore
    service = source.split(":")[2]
    for store in sources_of(backup):
        listed = store.listed_by
        if listed is None or listed.call is None or permission_of(listed.call).partition(":")[0] == service:
            yield store


def _subject(one: Resource, declared: bool) -> Subject:  # noqa: FBT001  # private
    # A place that code leaves open must be compared with care in a judgement, and sorted without any in a report.
    return Subject(
        one.kind, one.id, one.name, str(one.account), str(one.region), declared=declared, declaration=one.declaration
    )


class Objectives:
    """Finds the objective of each resource, once: by its own system, or by that of the resource it belongs to."""

    def __init__(self, look: Look, policy: Policy, systems: Sequence[System], scope: Scope, at: datetime) -> None:
        self.look = look
        self.beside: Mapping[str, Objectives] = {}
        self._policy = policy
        self._systems = systems
        self._scope = scope
        self.at = at
        self.by_id = {
            resource.id: resource
            for found in look.estate.resources.values()
            for resource in found
            if not type(resource).belongs_to
        }
        self._near: Nearby | None = None
        self._sources: dict[tuple[str, type[Resource], str | Unknown], tuple[Membership, bool]] = {}
        self._tiers: dict[str | None, Mapping[str, Any]] = {}
        self._objectives: dict[tuple[tuple[int, ...], tuple[int, ...], int], Objective] = {}
        self._rows: dict[str, list[tuple[Resource, Subject, Objective]]] = {}

    @property
    def near(self) -> Nearby:
        """The ids of what may be the source of a backup, of which one may be another where code leaves places open."""
        if self._near is None:
            self._near = Nearby(self.by_id)
        return self._near

    def rows(self, kind: type[Resource]) -> list[tuple[Resource, Subject, Objective]]:
        """Give every resource of a kind with its subject and its objective, worked out once for all rules."""
        rows = self._rows.get(kind.kind)
        if rows is None:
            declared = kind.recorded or (kind.listed_by is not None and bool(kind.listed_by.declared))
            rows = self._rows[kind.kind] = [
                (one, _subject(one, declared), self._find(one)) for one in self.look.found(kind)
            ]
        return rows

    def _find(self, resource: Resource) -> Objective:
        kind = type(resource)
        if kind.recorded:
            return self._of(Membership((None,)))
        if kind.member_of:
            reading = self.look.reading(resource, kind.facts[kind.member_of])
            if isinstance(reading, Unknown):
                return self._anywhere(reading)
            own = tuple(system for system in self._systems if system.name == reading.value)[:1]
            return self._objective(own or (None,), own, None)
        if not kind.belongs_to:
            return self._of(membership(resource, self._systems))
        reading = self.look.reading(resource, kind.facts[kind.belongs_to])
        if isinstance(reading, Unknown):
            return self._anywhere(reading)
        found, certain = self._source(str(reading.value), resource)
        if certain and not found.all and found.unknown is None:
            # Its source is gone and nobody's: its own marks decide.
            found = membership(resource, self._systems)
        return self._of(found)

    def _source(self, source: str, backup: Resource) -> tuple[Membership, bool]:
        """Find the system of a backup's source, and say whether the source is certainly gone."""
        account = place_of(source)[1] or self._account_of_original(backup)
        key = (source, type(backup), account)
        known = self._sources.get(key)
        if known is None:
            owner = self._owner(source)
            there = owner.by_id.get(source)
            if there is not None:
                known = membership(there.seen_by(owner.look), self._systems), False
            elif (perhaps := self._perhaps(source)) is not None:
                known = Membership((*self._systems, None), (), perhaps), False
            else:
                hidden = self._hidden(source, type(backup), account)
                tags: Reading[Mapping[str, str]] = Known({}) if hidden is None else hidden
                name = source.rpartition(":")[2].rpartition("/")[2] or source
                gone = _Source(source, name, backup.account, backup.region, {"tags": tags}).seen_by(self.look)
                known = membership(gone, self._systems), hidden is None
            self._sources[key] = known
        return known

    def _perhaps(self, source: str) -> Unknown | None:
        """Say that a source may be something that was found, though its id reads otherwise: code leaves places open."""
        if self.look.estate.of_code:
            for other in (self, *self.beside.values()):
                for one in other.near.of(source):
                    return unsettled(one, source)
        return None

    def _owner(self, source: str) -> Objectives:
        """Give the objectives of the account that a source is in, where that account was scanned too."""
        account = place_of(source)[1]
        if account:
            return self.beside.get(account, self)
        # The ARN of a bucket names no account.
        return next((other for other in (self, *self.beside.values()) if source in other.by_id), self)

    def _account_of_original(self, backup: Resource) -> str | Unknown:
        """Give the account that a copy came from; "" for an original."""
        if not backup.came_from:
            return ""
        reading = self.look.reading(backup, type(backup).facts[backup.came_from])
        return reading if isinstance(reading, Unknown) else place_of(reading.value or "")[1]

    def _hidden(self, source: str, kind: type[Resource], account: str | Unknown) -> Unknown | None:
        """Say why a source that was not found may exist all the same, if so."""
        if isinstance(account, Unknown):
            return account
        region = place_of(source)[0]
        look = self.beside[account].look if account in self.beside else self.look
        estate = look.estate
        if account and not (own := alike(account, estate.account)):
            if own is None:
                return unsettled(account, estate.account)
            return Unknown(Reason.BEYOND, f"{source} is in account {account}, not scanned here")
        if region and not any(alike(region, one) for one in estate.regions):
            return Unknown(Reason.BEYOND, f"{source} is in region {region}, which was not scanned")
        gaps = (look.gap(store, region or None) for store in _kinds_of(source, kind))
        return next((gap for gap in gaps if gap is not None), None)

    def _anywhere(self, unknown: Unknown) -> Objective:
        return self._objective((*self._systems, None), (), unknown)

    def _of(self, found: Membership) -> Objective:
        return self._objective(found.candidates, found.all, found.unknown)

    def _objective(
        self, candidates: Sequence[System | None], picked: tuple[System, ...], unknown: Unknown | None
    ) -> Objective:
        # Thousands of resources share a handful of objectives; systems are told apart by what they are, not how they read.
        key = (tuple(map(id, candidates)), tuple(map(id, picked)), id(unknown))
        objective = self._objectives.get(key)
        if objective is None:
            first = candidates[0] if len(candidates) == 1 else None
            objective = self._objectives[key] = Objective(
                policy=self._policy,
                at=self.at,
                candidates=tuple(self._figures(one) for one in candidates),
                system=first.name if first else "",
                tier=first.tier if first else "",
                unknown=unknown,
                scope=self._scope,
                systems=tuple(system.name for system in picked),
                tiers=tuple(system.tier for system in picked),
            )
        return objective

    def _figures(self, system: System | None) -> Mapping[str, Any]:
        tier = system.tier if system else None
        figures = self._tiers.get(tier)
        if figures is None:
            figures = self._tiers[tier] = self._policy.figures(tier)
        return figures
