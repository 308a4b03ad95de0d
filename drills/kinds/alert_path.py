"""What alert drills share: a mailbox at the topic, a failure, and how long it takes until the mailbox hears of it."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from drills.kinds.drill import SingleDrill
from drills.measuring.clock import Mark
from drills.scene import Scene
from drills.stage.refusals import Inconclusive
from drills.verification.role_policies import places
from scanner.model.duration import parse_duration, speak
from scanner.model.late_dataclass import dataclass

DURATION: dict[str, Any] = {"type": "string", "pattern": r"^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"}
#: How long to wait for the message: AWS Backup emits its events every five minutes, as well as it can (developer guide,
#: "Monitoring AWS Backup events using Amazon EventBridge").
WITHIN = timedelta(minutes=15)
_EVERY, _LISTENS = timedelta(seconds=1), 1


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure that somebody must be told of: what its messages hold, and when the service says that it happened."""

    mark: str
    #: on the service's clock; None where it does not say
    at: datetime | None
    #: on ours, before it happened: what it took since then is never less than what it took
    asked: timedelta


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that came, and the stamps of those who passed it on."""

    at: datetime
    elapsed: timedelta
    #: the names of the hops, in their order, with their stamps
    hops: Mapping[str, datetime]
    #: what the sender calls it
    by: str


class AlertPath(SingleDrill):
    """A drill in which a failure must be heard of at a topic."""

    on: ClassVar[tuple[str, ...]] = ("alert",)
    tests: ClassVar[tuple[str, ...]] = ("alert",)
    reads: ClassVar[tuple[str, ...]] = ("sns:ListSubscriptionsByTopic", "sqs:GetQueueUrl")
    makes: ClassVar[tuple[str, ...]] = ("sqs:CreateQueue", "sns:Subscribe")
    settings: ClassVar[Mapping[str, Any]] = {"properties": {"within": DURATION}}

    @abstractmethod
    def prepare(self, scene: Scene) -> Any:
        """Make what the failure needs."""

    @abstractmethod
    def fail(self, scene: Scene, prepared: Any) -> Failure:
        """Stamp T0, cause the failure, and wait until it has happened."""

    def run(self, scene: Scene) -> None:
        """Subscribe a mailbox, cause the failure, and wait for the message."""
        topic = places(scene.subject, scene.stage.account)[0]
        scene.require(
            not topic.endswith(".fifo"), f"{topic} is a FIFO topic, to which AWS Backup and EventBridge do not send"
        )
        # Counted one by one: the counts among the topic's attributes are late in AWS, and missing in emulations.
        there = scene.stage.calls.every("sns:ListSubscriptionsByTopic", "Subscriptions", TopicArn=topic)
        confirmed = sum(one["SubscriptionArn"].startswith("arn:") for one in there)
        detail = f"{confirmed} confirmed, {len(there) - confirmed} pending"
        scene.check("alert", "somebody has confirmed a subscription to the topic", held=confirmed > 0, detail=detail)
        mailbox = self._mailbox(scene, topic)
        failure = self.fail(scene, self.prepare(scene))
        within = parse_duration(scene.settings["within"]) if "within" in scene.settings else WITHIN
        scene.phase("waiting for the message")
        receipt = self._receipt(scene, mailbox, failure, within)
        name = "a subscriber of the topic is told of the failure"
        if receipt is None:
            scene.check("alert", name, held=False, detail=f"no message came within {speak(within)}")
            return
        after = latency(failure, receipt)
        scene.measured.alert_after = after
        scene.timeline.resolution = max(scene.timeline.resolution, _EVERY)
        scene.check("alert", name, held=True, detail=f"after {after.total_seconds():.1f} s, by {receipt.by}")
        scene.show(
            told_by=receipt.by,
            hops={
                **({"failed": failure.at.isoformat()} if failure.at else {}),
                **{hop: at.isoformat() for hop, at in receipt.hops.items()},
                "received": receipt.at.isoformat(),
            },
        )

    def _mailbox(self, scene: Scene, topic: str) -> tuple[Any, str]:
        """Make a queue that only the topic may send to, and subscribe it."""
        stage, name = scene.stage, scene.stage.run.name(f"mailbox {scene.subject.name}")
        partition = topic.split(":")[1]
        arn = f"arn:{partition}:sqs:{stage.region}:{stage.account}:{name}"
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
                }
            ],
        }
        made = stage.make(
            "sqs:queue",
            name,
            "sqs:CreateQueue",
            Attributes={"Policy": json.dumps(policy), "MessageRetentionPeriod": "3600"},
            tags=dict(stage.run.tags),
        )
        url = stage.wait(
            f"the queue {name}",
            lambda: (stage.calls.unless(*_NO_QUEUE, operation="sqs:GetQueueUrl", QueueName=name) or {}).get("QueueUrl"),
            every=_EVERY,
            longest=timedelta(minutes=2),
        )
        stage.make(
            "sns:subscription", name, "sns:Subscribe", source=topic, TopicArn=topic, Protocol="sqs", Endpoint=arn
        )
        return made, url

    def _receipt(self, scene: Scene, mailbox: tuple[Any, str], failure: Failure, within: timedelta) -> Receipt | None:
        """Wait for the message; None where none came in time."""
        made, url = mailbox

        def look() -> Receipt | None:
            answer = scene.stage.change(
                made,
                "sqs:ReceiveMessage",
                QueueUrl=url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=_LISTENS,
                AttributeNames=["SentTimestamp"],
            )
            for message in answer.get("Messages", ()):
                if failure.mark in message["Body"]:
                    return received(message, scene.clock.now(), scene.clock.elapsed())
            return None

        try:
            return scene.stage.wait("the message", look, every=_EVERY, longest=within)
        except Inconclusive:
            return None  # it was waited for, and did not come: that is measured


_NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def received(message: Mapping[str, Any], at: datetime, elapsed: timedelta) -> Receipt:
    """Read the stamps of a message: of the event inside, of the topic, of the queue."""
    hops: dict[str, datetime] = {}
    envelope, event = _parsed(message["Body"]), {}
    by = "the message as it is"
    if envelope.get("Type") == "Notification":
        event = _parsed(envelope.get("Message", ""))
        by = "the notification of the vault" if "EventType" in envelope.get("MessageAttributes", {}) else "a message"
    if "detail-type" in event:
        by = "an event"
        hops["event"] = datetime.fromisoformat(event["time"])
    if "Timestamp" in envelope:
        hops["topic"] = datetime.fromisoformat(envelope["Timestamp"])
    if sent := message.get("Attributes", {}).get("SentTimestamp"):
        hops["queue"] = datetime.fromtimestamp(int(sent) / 1000, UTC)
    return Receipt(at, elapsed, hops, by)


def latency(failure: Failure, receipt: Receipt) -> timedelta:
    """Give how long it took from the failure to the receipt.

    The service's stamp of the failure and ours of the receipt are of two clocks. What passed on our own since the failure
    was asked for is never less, so that it bounds what the other two make of it; it stands where they contradict.
    """
    longest = receipt.elapsed - failure.asked
    if failure.at is None:
        return longest
    told = receipt.at - failure.at
    return told if timedelta() <= told <= longest else longest


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def declare(scene: Scene) -> timedelta:
    """Stamp T0: from now on the failure may happen."""
    scene.mark(Mark.LOST)
    return scene.timeline.stamps[Mark.LOST].elapsed
