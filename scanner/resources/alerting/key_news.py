"""News of keys: that one is to be deleted, was disabled, or its material expires, and whom they reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from scanner.model.arn import tentative
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact, derived
from scanner.model.look import Look, Partial, gathered
from scanner.model.origin import Listing
from scanner.model.resource import Resource
from scanner.resources.alerting.events import key_call, material_expired
from scanner.resources.alerting.metric_filters import counted, counted_needs
from scanner.resources.alerting.routes import route_needs, routes
from scanner.resources.alerting.watching import Metric, watch, watch_needs
from scanner.resources.alerting.ways import News, Ways
from scanner.resources.cloudtrail import RegionRecord
from scanner.resources.kms import CUSTOMER, DYING, Key

#: What must be told, and the call that CloudTrail writes down. "KMS CMK Deletion" comes when the key is gone: too late.
_CALLS = {"a key to be deleted": "ScheduleKeyDeletion", "a disabled key": "DisableKey"}
_NOT_RECORDED = "needs a trail that records what KMS is told to do, and none does"


def own_keys(region: Resource, look: Look) -> Partial[str]:
    """Give the keys of a region that the customer manages and that are not about to be deleted anyway."""

    def own(key: Key) -> Iterator[str]:
        if key.manager == CUSTOMER and key.state not in DYING:
            yield key.id

    return gathered(look.every(Key, region=region.region), own)


def key_news(region: Resource, look: Look) -> tuple[News, ...]:
    """Give the ways by which news of the keys of a region reach somebody."""
    place = (region.region, region.account)
    calls = [
        News(
            what,
            _recorded(routes(key_call(place, action), look), region, look) + counted(action, region.region, look),
        )
        for what, action in _CALLS.items()
    ]

    def expiring(key: Key) -> Iterator[News]:
        if key.material_expires_at is not None and key.manager == CUSTOMER:
            left = Metric(
                "AWS/KMS", "SecondsUntilKeyMaterialExpiration", {"KeyId": tentative(key.name, key)}, low=True, unit=timedelta(seconds=1)
            )  # fmt: skip
            ways = routes(material_expired(place, tentative(key.id, key)), look) + watch([left], region.region, look)
            yield News(f"the expiry of key {key.name}", ways)

    keys = gathered(look.every(Key, region=region.region), expiring)
    # A key out of sight might expire untold.
    unseen = (News("the expiry of every key", Ways(missing=keys.missing)),) if keys.missing is not None else ()
    return (*calls, *keys.known, *unseen)


def _recorded(ways: Ways, region: Resource, look: Look) -> Ways:
    """Break the ways of what CloudTrail tells where no trail records it (EventBridge user guide, "AWS service events")."""
    if not ways.whole:
        return ways
    try:
        for record in look.every(RegionRecord, region=region.region):
            written = record.operations
            if any(one.what == "kms.amazonaws.com" and one.writes == "all" for one in written.known):
                return ways
            written.whole()
    except CouldNotCheck as stop:
        return replace(
            ways, found=tuple(replace(one, unknown=stop.unknown) if one.whole else one for one in ways.found)
        )
    return replace(ways, found=tuple(replace(one, broken=_NOT_RECORDED) if one.whole else one for one in ways.found))


def key_needs() -> list[Fact[Any]]:
    """Name the facts that `key_news` reads."""
    return [
        Key.manager, Key.material_expires_at, RegionRecord.operations, *route_needs(), *watch_needs(), *counted_needs(),
    ]  # fmt: skip


class KeyWatch(Resource):
    """The keys of a region, and who hears of them."""

    kind = "aws.kms.region"
    title = "watch over keys"
    listed_by = Listing(None, id="arn:{partition}:kms:{region}:{account}:key-events", name="keys in {region}")

    own: Fact[Partial[str]] = derived(
        "The keys that the customer manages.", needs=lambda _: [Key.manager, Key.state], by=own_keys
    )
    told: Fact[tuple[News, ...]] = derived(
        "Whom the deletion, disabling and expiry of its keys reach.", needs=lambda _: key_needs(), by=key_news
    )
