"""Event subscriptions of RDS: which events of which databases it sends to which topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scanner.model.arn import tentative
from scanner.model.convert import flag, text, tuple_of
from scanner.model.fact import Fact, fact
from scanner.model.look import Look, any_of, gathered
from scanner.model.origin import Listing, call, item
from scanner.model.resource import Resource
from scanner.resources.alerting.events import database
from scanner.resources.alerting.routes import route_needs, routes
from scanner.resources.alerting.senders import database_events
from scanner.resources.alerting.topics import obstacle, topic_needs
from scanner.resources.alerting.ways import News, Way, Ways, way

#: What RDS itself says of a subscription that does not work (EventSubscription, API reference).
_BROKEN = {
    "no-permission": "has no permission to publish, says RDS",
    "topic-not-exist": "publishes to a topic that does not exist, says RDS",
    "deleting": "is being deleted",
}


class EventSubscription(Resource):
    """An event subscription of RDS; those of DocumentDB and Neptune are the same."""

    kind = "aws.rds.event-subscription"
    title = "event subscription"
    listed_by = Listing(
        call("rds:DescribeEventSubscriptions"), "EventSubscriptionsList[]",
        id="arn:{partition}:rds:{region}:{account}:es:{CustSubscriptionId}", name="{CustSubscriptionId}",
    )  # fmt: skip

    enabled: Fact[bool] = fact("It is enabled.", live=item("Enabled", flag))
    status: Fact[str] = fact("What AWS says of it.", live=item("Status", text, absent="active"))
    topic: Fact[str] = fact("The topic it publishes to.", live=item("SnsTopicArn", text))
    # "If this parameter is omitted, all ... are included" (CreateEventSubscription, API reference; so for all three).
    source_type: Fact[str] = fact(
        "The kind of source it is about; nothing for all kinds.", live=item("SourceType", text, absent="")
    )
    sources: Fact[tuple[str, ...]] = fact(
        "The sources it is about; none for all of the kind.", live=item("SourceIdsList", tuple_of(text), absent=())
    )
    categories: Fact[tuple[str, ...]] = fact(
        "The categories of events it is about; none for all.",
        live=item("EventCategoriesList", tuple_of(text), absent=()),
    )


def told_of(arn: str, name: str, region: str, account: str, category: str, look: Look) -> Ways:
    """Give the ways by which events of a database in a category reach somebody: a subscription, or an event rule."""
    kind = "db-cluster" if ":cluster:" in arn else "db-instance"

    def by(one: EventSubscription) -> Iterator[Way]:
        if one.source_type not in ("", kind) or (one.sources and not _among(name, one.sources)):
            return
        via = f"subscription {one.name}"
        if one.categories and not _among(category, one.categories):
            return
        if not one.enabled:
            yield Way(via, broken="is disabled")
        elif one.declaration is None and one.status in _BROKEN:
            yield Way(via, broken=_BROKEN[one.status])
        else:
            topic = one.topic
            sender = database_events(tentative(one.id, one), account)
            yield way(f"{via} to topic {topic.rpartition(':')[2]}", lambda: obstacle(topic, sender, look))

    found = gathered(look.every(EventSubscription, region=region), by)
    return Ways(found.known, found.missing) + routes(database(arn, name, category), look)


def _among(wanted: str, some: Iterable[str]) -> bool:
    return any_of(some, lambda one: one == wanted)


def told_needs() -> list[Fact[Any]]:
    """Name the facts that `told_of` reads."""
    one = EventSubscription
    return [
        one.enabled,
        one.status,
        one.topic,
        one.source_type,
        one.sources,
        one.categories,
        *topic_needs(),
        *route_needs(),
    ]


def events_of(categories: tuple[str, ...], store: Resource, look: Look) -> tuple[News, ...]:
    """Give the ways by which each of these categories of a database's events reaches somebody."""
    return tuple(
        News(
            category,
            told_of(
                tentative(store.id, store), tentative(store.name, store), store.region, store.account, category, look
            ),
        )
        for category in categories
    )


#: What an instance that stands alone must tell, and what a member of a cluster: its backups are the cluster's.
ALONE = ("backup", "failure", "low storage")
MEMBER = ("failure", "low storage")
#: A cluster itself has no events of backups, nor of storage, but its failures (Aurora user guide, "DB cluster events").
CLUSTER = ("failure",)
