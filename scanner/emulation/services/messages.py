"""Messages between services: a rule's event into a topic, a topic's message into a queue, where their policies allow it.

moto delivers to queues and asks no policy; who tests the path of an alert must see it break where AWS would break it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from scanner.emulation.ground import World
from scanner.emulation.services.sns import Waiting
from scanner.emulation.wire import Document
from scanner.permissions.context import Caller
from scanner.permissions.document import document
from scanner.permissions.evaluate import Access, Outcome, Policies, ask
from scanner.permissions.shelf import Target

SNS, EVENTS, BACKUP = "sns.amazonaws.com", "events.amazonaws.com", "backup.amazonaws.com"


@dataclass(frozen=True)
class Sender:
    """A service that sends, and what it sends for: the ARN that policies know as `aws:SourceArn`."""

    service: str
    source: str
    account: str


def publish(
    world: World, topic_arn: str, text: str, sender: Sender, *, subject: str = "", attributes: Document | None = None
) -> bool:
    """Let a service publish to a topic, and the topic send it on; tell whether the topic took it."""
    _, _, _, region, account, _ = topic_arn.split(":")
    topic = world.backend("sns", account, region).topics.get(topic_arn)
    if topic is None or not _let(topic.policy, "sns:Publish", topic_arn, sender):
        return False
    if not _may_use_key(world, topic.kms_master_key_id, region, account, sender):
        return False
    told = {name: {"Type": "String", "Value": value} for name, value in (attributes or {}).items()}
    message_id = str(uuid4())
    topic.sent_notifications.append((message_id, text, subject or None, told, None))
    waiting = world.shelf(Waiting, account, region).subscriptions
    for subscription in list(world.backend("sns", account, region).subscriptions.values()):
        if subscription.topic is not topic or subscription.arn in waiting or subscription.protocol != "sqs":
            continue
        if _filtered(subscription, told, text):
            continue
        raw = str(subscription.attributes.get("RawMessageDelivery", "")).lower() == "true"
        body = text if raw else _envelope(world.clock(), topic_arn, subscription.arn, message_id, text, subject, told)
        send(world, subscription.endpoint, body, Sender(SNS, topic_arn, account))
    return True


def send(world: World, queue_arn: str, body: str, sender: Sender, *, group: str | None = None) -> bool:
    """Let a service send to a queue; tell whether the queue took it."""
    _, _, _, region, account, name = queue_arn.split(":")
    sqs = world.backend("sqs", account, region)
    queue = sqs.queues.get(name)
    if queue is None or not queue.policy or not _let(queue.policy, "sqs:SendMessage", queue_arn, sender):
        return False
    sqs.send_message(name, body, group_id=group)
    return True


def _let(policy: str, action: str, arn: str, sender: Sender) -> bool:
    """Tell whether the policy of a resource lets a service do something to it; what cannot be told is refused."""
    _, _, _, region, account, _ = arn.split(":", 5)
    caller = Caller(sender.service, known={"aws:sourcearn": (sender.source,), "aws:sourceaccount": (sender.account,)})
    try:
        said = document(json.loads(policy) if isinstance(policy, str) else policy)
    except ValueError:
        return False
    ruling = ask(action, Target(arn, region=region, account=account), caller, Policies(), resource=said)
    return ruling.outcome is Outcome.ALLOWED


def _may_use_key(world: World, key: str, region: str, account: str, sender: Sender) -> bool:
    """A topic under a key is closed to services that the key does not let in; AWS's own key lets none in."""
    if not key:
        return True
    if "alias/aws/" in key:
        return False
    kms = world.backend("kms", account, region)
    held = kms.keys.get(kms.any_id_to_key_id(key))
    if held is None or held.key_state != "Enabled" or any(alias.startswith("alias/aws/") for alias in held.aliases):
        return False
    caller = Caller(sender.service, known={"aws:sourcearn": (sender.source,), "aws:sourceaccount": (sender.account,)})
    target = Target(held.arn, region=region, account=account)
    said = document(json.loads(held.policy))
    wanted = ("kms:GenerateDataKey", "kms:Decrypt")
    return all(
        ask(action, target, caller, Policies(), resource=said, access=Access.KEY).outcome is Outcome.ALLOWED
        for action in wanted
    )


def _filtered(subscription: Any, attributes: Document, text: str) -> bool:
    matcher = vars(subscription)["_filter_policy_matcher"]
    return matcher is not None and not matcher.matches(attributes, text)


def _envelope(
    at: datetime, topic: str, subscription: str, message_id: str, text: str, subject: str, attributes: Document
) -> str:
    """What SNS puts around a message, unless delivery is raw."""
    endpoint = f"https://sns.{topic.split(':')[3]}.amazonaws.com"
    told: Document = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic,
        **({"Subject": subject} if subject else {}),
        "Message": text,
        "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        "SignatureVersion": "1",
        "Signature": "emulated",
        "SigningCertURL": f"{endpoint}/SimpleNotificationService-emulated.pem",
        "UnsubscribeURL": f"{endpoint}/?Action=Unsubscribe&SubscriptionArn={subscription}",
        **({"MessageAttributes": attributes} if attributes else {}),
    }
    return json.dumps(told, indent=2)
