"""AWS Backup's settings per region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.model.convert import flag
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived, fact
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing, call
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.model.rule import concrete
from scanner.resources.store import DataStore


def flags(raw: Mapping[str, Any]) -> Mapping[str, bool]:
    """Read a mapping of switches."""
    return {name: flag(value) for name, value in raw.items()}


def stores() -> tuple[type[DataStore], ...]:
    """Give the kinds of data store that AWS Backup can protect."""
    return tuple(kind for kind in concrete(DataStore) if issubclass(kind, DataStore) and kind.backup_type)


def in_use(settings: Settings, look: Look) -> Partial[str]:
    """Give AWS Backup's names of the kinds of which the region holds a store, and why there may be more."""
    known: dict[str, None] = {}
    missing = None
    for kind in stores():
        found = gathered(look.every(kind, region=settings.region), lambda store: _named(store, look))
        known.update(dict.fromkeys(found.known))
        missing = missing or found.missing
    return Partial(tuple(sorted(known)), missing)


def _named(store: DataStore, look: Look) -> tuple[str, ...]:
    # AWS Backup protects a member of a cluster under the cluster's name for itself, not under the member's.
    fact = type(store).facts.get("backed_up_with")
    return () if fact is not None and look.read(store, fact) else (store.backed_up_as,)


def in_use_needs(_: object) -> list[Fact[Any]]:
    """Name the facts that `in_use` reads; naming the tags of each kind is what has it listed at all."""
    return [
        kind.facts[name]
        for kind in stores()
        for name in ("tags", "backed_up_as", "backed_up_with")
        if name in kind.facts
    ]


class Settings(Resource):
    """What AWS Backup is opted in for, in one region."""

    kind = "aws.backup.settings"
    title = "AWS Backup settings"
    listed_by = Listing(
        None, id="arn:{partition}:backup:{region}:{account}:region-settings", name="AWS Backup in {region}"
    )

    opted_in: Fact[Mapping[str, bool]] = fact(
        "Whether AWS Backup may protect a kind, by its name for the kind.",
        live=call("backup:DescribeRegionSettings").at("ResourceTypeOptInPreference", flags),
    )
    in_use: Fact[Partial[str]] = derived(
        "The kinds of which its region holds a data store, by AWS Backup's names.",
        needs=in_use_needs,
        by=in_use,
    )

    def takes(self, kind: str) -> bool:
        """Say whether AWS Backup may protect a kind; one that live settings do not name is not on offer, so not held back.

        What code does not name stays as it was.
        """
        opted_in = self.opted_in
        if self.declaration is not None and kind not in opted_in:
            said = f"{self.declaration.address} does not say whether AWS Backup is opted in for {kind}"
            raise CouldNotCheck(Unknown(Reason.UNRESOLVED, said))
        return bool(opted_in.get(kind, True))
