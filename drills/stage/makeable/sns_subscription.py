"""Subscriptions of a drill's own queue to a topic of others: the topic itself is not changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls


class SnsSubscription(Makeable):
    """A subscription, known by the name of the queue that it sends to."""

    kind: ClassVar[str] = "sns:subscription"
    # It is named by its endpoint, of which the queue's name is the end: SNS gives it no name of its own.
    made_by: ClassVar[Mapping[str, str]] = {"sns:Subscribe": ""}
    seen_by: ClassVar[tuple[str, ...]] = ("sns:ListSubscriptions",)
    removed_by: ClassVar[tuple[str, ...]] = ("sns:Unsubscribe",)
    tagged: ClassVar[bool] = False
    dated: ClassVar[bool] = False

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        found = [one for one in _all(calls) if _queue(one) == identifier]
        return _seen(found[0]) if found else None

    def remove(self, calls: Calls, identifier: str) -> None:
        """End it."""
        for one in _all(calls):
            if _queue(one) == identifier:
                calls.one("sns:Unsubscribe", SubscriptionArn=one["SubscriptionArn"])

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all that send to a queue whose name begins so."""
        return [_seen(one) for one in _all(calls) if _queue(one).startswith(prefix)]


def _all(calls: Calls) -> list[Mapping[str, Any]]:
    return calls.every("sns:ListSubscriptions", "Subscriptions")


def _queue(one: Mapping[str, Any]) -> str:
    return str(one["Endpoint"]).rpartition(":")[2] if one["Protocol"] == "sqs" else ""


def _seen(one: Mapping[str, Any]) -> Seen:
    return Seen(_queue(one), one["SubscriptionArn"], None, {}, one["TopicArn"])
