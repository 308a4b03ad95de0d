"""Topics: subscriptions wait for their confirmation, and are counted."""

from dataclasses import dataclass, field
from typing import Any

from scanner.emulation.answers import Call, answers
from scanner.emulation.ground import World
from scanner.emulation.wire import Document, Refusal

#: Protocols whose endpoint must say yes first; AWS's own services need not be asked.
ASKED = frozenset({"email", "email-json", "http", "https"})
PENDING = "PendingConfirmation"


@dataclass
class Waiting:
    """The subscriptions of one account and region that nobody has confirmed."""

    subscriptions: set[str] = field(default_factory=set)


def confirm_subscriptions(world: World, topic: str) -> None:
    """Somebody opens the link in each message by which a topic asked for confirmation."""
    _, _, _, region, account, _ = topic.split(":")
    waiting = world.shelf(Waiting, account, region).subscriptions
    waiting -= {one for one in waiting if one.startswith(f"{topic}:")}


@answers("sns:Subscribe")
def subscribe(call: Call) -> Document:
    """Moto takes every subscription as confirmed."""
    answer = call.moto()
    if call.params["Protocol"] in ASKED:
        call.shelf(Waiting).subscriptions.add(answer["SubscriptionArn"])
        if not call.params.get("ReturnSubscriptionArn"):
            return {"SubscriptionArn": "pending confirmation"}
    return answer


@answers("sns:GetTopicAttributes")
def get_topic_attributes(call: Call) -> Document:
    """Moto counts no subscriptions."""
    answer = call.moto()
    own, waiting = _of_topic(call, call.params["TopicArn"]), call.shelf(Waiting).subscriptions
    pending = sum(one in waiting for one in own)
    answer["Attributes"] |= {
        "SubscriptionsPending": str(pending), "SubscriptionsConfirmed": str(len(own) - pending), "SubscriptionsDeleted": "0"
    }  # fmt: skip
    return answer


@answers("sns:ListSubscriptions")
def list_subscriptions(call: Call) -> Document:
    page, more = call.page(_shown(call, None), token="NextToken", size="", most=100)
    return {"Subscriptions": page, **more}


@answers("sns:ListSubscriptionsByTopic")
def list_subscriptions_by_topic(call: Call) -> Document:
    page, more = call.page(_shown(call, call.params["TopicArn"]), token="NextToken", size="", most=100)
    return {"Subscriptions": page, **more}


@answers("sns:ConfirmSubscription")
def confirm_subscription(call: Call) -> Document:
    """The token is the end of the subscription's ARN; AWS sends it to the endpoint."""
    waiting = call.shelf(Waiting).subscriptions
    arn = f"{call.params['TopicArn']}:{call.params['Token']}"
    if arn not in waiting:
        raise Refusal("InvalidParameter", "Invalid token")
    waiting.remove(arn)
    return {"SubscriptionArn": arn}


def _of_topic(call: Call, topic: str) -> list[Any]:
    return [arn for arn, one in call.backend("sns").subscriptions.items() if one.topic.arn == topic]


def _shown(call: Call, topic: str | None) -> list[Document]:
    waiting = call.shelf(Waiting).subscriptions
    return [
        {
            "SubscriptionArn": PENDING if arn in waiting else arn,
            "Owner": one.owner,
            "Protocol": one.protocol,
            "Endpoint": one.endpoint or "",
            "TopicArn": one.topic.arn,
        }
        for arn, one in call.backend("sns").subscriptions.items()
        if topic in (None, one.topic.arn)
    ]
