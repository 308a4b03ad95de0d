"""Amazon EventBridge: buses, their rules, and where those send what they match."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.model.convert import is_, text, tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Listing, call, item, of, parent
from scanner.model.resource import Resource
from scanner.resources.alerting.events import any_of_them
from scanner.resources.alerting.patterns import matches_pattern, read_pattern

#: The bus to which AWS services send their events.
DEFAULT = "default"
#: The states in which a rule is on.
ON = ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a rule sends: `reworded` where the message is not the event itself, `role` where it acts as a role."""

    arn: str
    reworded: bool = False
    role: str = ""


def target(raw: Mapping[str, Any]) -> Target:
    """Read one target of `ListTargetsByRule`."""
    reworded = any(raw.get(name) for name in ("Input", "InputPath", "InputTransformer"))
    return Target(raw["Arn"], reworded, raw.get("RoleArn") or "")


def heeds(raw: Mapping[str, Any]) -> bool:
    """Say whether a rule is on and may match an event that a failure sends; one by schedule matches none."""
    pattern = raw.get("EventPattern")
    if raw.get("State") not in ON or not pattern:
        return False
    said = read_pattern(pattern)
    return any(matches_pattern(said, event) is not False for event in any_of_them())


class EventBus(Resource):
    """An event bus."""

    kind = "aws.events.bus"
    title = "event bus"
    listed_by = Listing(call("events:ListEventBuses"), "EventBuses[]", id="{Arn}", name="{Name}")


class EventRule(Resource):
    """A rule on an event bus."""

    kind = "aws.events.rule"
    title = "event rule"
    child_of = EventBus
    listed_by = Listing(call("events:ListRules", EventBusName=parent("Name")), "Rules[]", id="{Arn}", name="{Name}")

    bus: Fact[str] = fact("The bus it stands on.", live=item("EventBusName", text))
    enabled: Fact[bool] = fact("It is enabled.", live=item("State", is_(*ON)))
    pattern: Fact[str | None] = fact(
        # A rule has a pattern, a schedule, or both (PutRule, API reference).
        "Which events it matches, as JSON text; none where it only runs by a schedule.",
        live=item("EventPattern", text, absent=None),
    )
    heeds: Fact[bool] = fact("It is enabled and may match an event that a failure sends.", live=item("@", heeds))
    targets: Fact[tuple[Target, ...]] = fact(
        "Where it sends what it matches; asked for only where that may matter.",
        live=call("events:ListTargetsByRule", Rule=of("Name"), EventBusName=of("EventBusName")).at(
            "Targets", tuple_of(target), absent=(), given=("heeds", True)
        ),
    )


class ApiDestination(Resource):
    """An HTTP endpoint outside AWS, such as an on-call service, to which rules can send."""

    kind = "aws.events.api-destination"
    title = "API destination"
    listed_by = Listing(
        call("events:ListApiDestinations"), "ApiDestinations[]", id="{ApiDestinationArn}", name="{Name}"
    )

    active: Fact[bool] = fact("Its connection is authorised.", live=item("ApiDestinationState", is_("ACTIVE")))


def rule_needs() -> Iterable[Fact[Any]]:
    """Name the facts of rules and destinations that routes are made of."""
    return (EventRule.bus, EventRule.enabled, EventRule.pattern, EventRule.targets, ApiDestination.active)
