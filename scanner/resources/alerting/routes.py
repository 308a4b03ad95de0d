"""Routes: from an event of an AWS service over the rules that match it to whom they tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanner.model.arn import place_of, tentative
from scanner.model.errors import CouldNotCheck
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look, gathered, legible
from scanner.model.reading import Reason, Unknown
from scanner.model.resource import Resource
from scanner.permissions.truth import Doubt
from scanner.resources.alerting.events import PAGES, SOURCES, Event
from scanner.resources.alerting.patterns import Open, matches_pattern, mismatch, read_pattern
from scanner.resources.alerting.rules import DEFAULT, ApiDestination, EventBus, EventRule, Target, rule_needs
from scanner.resources.alerting.senders import event_bridge
from scanner.resources.alerting.topics import obstacle, topic_needs
from scanner.resources.alerting.ways import MISMATCH, Way, Ways, doubtful, way

#: Services all of whose events are about backups: a rule for them that misses one may be mistyped.
_ALL_OURS = frozenset({"aws.backup", "aws.dlm"})
#: Services that only keep what they get.
_KEEPERS = frozenset({"logs", "kinesis", "firehose", "s3", "redshift", "redshift-serverless"})


@dataclass(frozen=True, slots=True)
class Ears:
    """The rules of a region by their bus and by the services whose events they may match, and why there may be more."""

    by_source: Mapping[tuple[str, str], tuple[EventRule, ...]]
    missing: Unknown | None = None


def ears(region: Resource, look: Look) -> Ears:
    """Sort the rules of a region, those that are turned off as well: they explain a silence."""
    found: dict[tuple[str, str], list[EventRule]] = {}

    def sort(one: EventRule) -> Iterable[None]:
        said = one.pattern
        if said is not None:
            with legible(f"the pattern of rule {one.name}"):
                pattern = read_pattern(said)
            for source in SOURCES:
                if matches_pattern(pattern, Open(source=source)) is not False:
                    found.setdefault((one.bus, source), []).append(one)
        return ()

    missing = gathered(look.every(EventRule, region=region.region), sort).missing
    return Ears({key: tuple(some) for key, some in found.items()}, missing)


def routes(event: Event, look: Look, bus: str = DEFAULT, region: str = "") -> Ways:
    """Give the ways by which an event reaches somebody from a bus: the default one of its region, to begin with."""
    from scanner.resources.alerting.regions import Region  # noqa: PLC0415  # the two refer to each other

    known: list[Way] = []
    missing: Unknown | None = None
    try:
        for one in look.every(Region, region=region or event["region"]):
            heard = one.ears
            ways = gathered(
                heard.by_source.get((bus, event["source"]), ()),
                lambda rule: _by(rule, event, look, forwarded=bool(region)),
            )
            known.extend(ways.known)
            missing = missing or ways.missing or heard.missing
    except CouldNotCheck as stop:
        missing = missing or stop.unknown
    return Ways(tuple(known), missing)


def route_needs() -> list[Fact[Any]]:
    """Name the facts that `routes` reads."""
    from scanner.resources.alerting.regions import Region  # noqa: PLC0415  # the two refer to each other

    return [Region.ears, *rule_needs(), *topic_needs()]


def _by(rule: EventRule, event: Event, look: Look, *, forwarded: bool) -> Iterator[Way]:
    via = f"rule {rule.name}"
    said = rule.pattern
    assert said is not None  # only those with a pattern were sorted
    pattern = read_pattern(said)
    answer = matches_pattern(pattern, event)
    if answer is False:
        # A rule for other events of the same service says nothing about this one; one for none of them is mistyped.
        if _about(pattern, event["source"], event["detail-type"]):
            by = mismatch(pattern, event)
            yield Way(via, broken=f"{MISMATCH}, by {by}" if by else MISMATCH)
        elif event["source"] in _ALL_OURS and not any(
            _about(pattern, source, kind) for source, kind in PAGES if source == event["source"]
        ):
            yield Way(via, broken="matches no event that there is, by detail-type")
        return
    if not rule.enabled:
        yield Way(via, broken="is disabled")
        return
    if isinstance(answer, Doubt):
        yield doubtful(via, f"it matches some of them only, by {answer.why}")
        return
    targets = rule.targets
    if not targets:
        yield Way(via, broken="has no target")
    for one in targets:
        yield from _to(one, via, rule, event, look, forwarded=forwarded)


def _about(pattern: Mapping[str, Any], source: str, kind: str) -> bool:
    return matches_pattern(pattern, Open({"source": source, "detail-type": kind, "detail": Open()})) is not False


def _to(target: Target, via: str, rule: EventRule, event: Event, look: Look, *, forwarded: bool) -> Iterator[Way]:
    arn = target.arn
    service = arn.split(":")[2] if arn.count(":") > 2 else ""
    noun, _, name = arn.split(":", 5)[5].partition("/") if arn.count(":") > 4 else ("", "", arn)
    if service == "sns":
        via = f"{via} to topic {arn.rpartition(':')[2]}"
        if target.role:
            # Then the role's own policies decide; "delivery may fail" with keys (user guide, "Using resource-based policies").
            yield doubtful(
                via, f"it publishes as role {target.role.rpartition('/')[2]}, whose policies are not worked out"
            )
            return
        body = Open() if target.reworded else event
        yield way(via, lambda: obstacle(arn, event_bridge(tentative(rule.id, rule), rule.account, body), look))
    elif service == "events" and noun == "api-destination":
        yield way(f"{via} to API destination {name.partition('/')[0]}", lambda: _connected(arn, look))
    elif service == "events" and noun == "event-bus":
        yield from _onwards(arn, name, via, event, look, forwarded=forwarded)
    elif service in _KEEPERS:
        yield Way(via, broken=f"only keeps them in {service}")
    else:
        # AWS delivers there; whether a person ever hears of it is nothing that AWS could tell.
        yield doubtful(via, f"it goes to {service or arn} {name or noun}; whom that tells is beyond sight")


def _connected(arn: str, look: Look) -> str:
    destination = look.one(ApiDestination, arn)
    if destination is None and look.estate.of_code:
        raise CouldNotCheck(Unknown(Reason.OPEN, f"{arn} is not in the code"))
    if destination is None:
        return "which does not exist"
    return "" if destination.active else "whose connection is not authorised"


def _onwards(arn: str, bus: str, via: str, event: Event, look: Look, *, forwarded: bool) -> Iterator[Way]:
    """Follow an event to another bus; from there it goes to no third (user guide, "Sending events between buses")."""
    if forwarded:
        yield Way(f"{via} to bus {bus}", broken="is sent on a second time, which EventBridge does not do")
        return
    region, _ = place_of(arn)
    try:
        there = look.one(EventBus, arn)
    except CouldNotCheck as stop:
        yield Way(f"{via} to bus {bus}", unknown=stop.unknown)
        return
    if there is None and bus != DEFAULT:  # which every region has, and no code declares
        beyond = Unknown(Reason.OPEN, f"event bus {bus} is not in the code") if look.estate.of_code else None
        yield Way(f"{via} to bus {bus}", "" if beyond else "goes to a bus that does not exist", beyond)
        return
    ways = routes(event, look, bus, region)
    if not ways.found and ways.missing is None:
        yield Way(f"{via} to bus {bus}", broken="meets no rule there that matches")
    for one in ways.found:
        yield Way(f"{via} to bus {bus}, {one.via}", one.broken, one.unknown)
    if ways.missing is not None:
        yield Way(f"{via} to bus {bus}", unknown=ways.missing)
