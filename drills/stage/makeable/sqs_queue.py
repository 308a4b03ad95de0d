"""Queues of SQS: the mailbox in which a drill waits for an alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from drills.stage.makeable.kind import Makeable, Seen
from drills.stage.port import Calls

_NONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "QueueDoesNotExistException")


class SqsQueue(Makeable):
    """A queue."""

    kind: ClassVar[str] = "sqs:queue"
    made_by: ClassVar[Mapping[str, str]] = {"sqs:CreateQueue": "QueueName"}
    changed_by: ClassVar[tuple[str, ...]] = ("sqs:ReceiveMessage", "sqs:DeleteMessage")
    seen_by: ClassVar[tuple[str, ...]] = (
        "sqs:GetQueueUrl",
        "sqs:GetQueueAttributes",
        "sqs:ListQueueTags",
        "sqs:ListQueues",
    )
    removed_by: ClassVar[tuple[str, ...]] = ("sqs:DeleteQueue",)
    before: ClassVar[tuple[str, ...]] = ("sns:subscription",)
    dated: ClassVar[bool] = False

    def look(self, calls: Calls, identifier: str) -> Seen | None:
        """Find one."""
        url = address(calls, identifier)
        if not url:
            return None
        # A queue that was deleted may be named for a minute more, and has no tags any more then (SQS API, "DeleteQueue").
        tags = calls.unless(*_NONE, operation="sqs:ListQueueTags", QueueUrl=url)
        told = calls.unless(
            *_NONE, operation="sqs:GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn", "CreatedTimestamp"]
        )
        if tags is None or told is None:
            return None
        said = told.get("Attributes", {})
        made = said.get("CreatedTimestamp")
        at = datetime.fromtimestamp(float(made), UTC) if made else None
        return Seen(identifier, said.get("QueueArn", url), at, dict(tags.get("Tags", {})))

    def remove(self, calls: Calls, identifier: str) -> None:
        """Ask for its removal, with all that is in it."""
        if url := address(calls, identifier):
            calls.unless(*_NONE, operation="sqs:DeleteQueue", QueueUrl=url)

    def all_named(self, calls: Calls, prefix: str) -> list[Seen]:
        """Find all whose name begins so."""
        urls = calls.every("sqs:ListQueues", "QueueUrls", QueueNamePrefix=prefix)
        seen = (self.look(calls, url.rpartition("/")[2]) for url in urls)
        return [one for one in seen if one is not None]


def address(calls: Calls, name: str) -> str:
    """Give the URL of a queue; "" where there is none."""
    found = calls.unless(*_NONE, operation="sqs:GetQueueUrl", QueueName=name)
    return str(found["QueueUrl"]) if found else ""
