"""Amazon CloudWatch Logs: log groups and how long they keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.model.convert import text, whole
from scanner.model.fact import Fact, fact
from scanner.model.origin import Listing, call, item
from scanner.resources.keys import Keyed
from scanner.resources.tags import tags_of_type


def milliseconds(raw: Any) -> datetime:
    """Read an instant that CloudWatch Logs writes in milliseconds since 1970."""
    return datetime.fromtimestamp(raw / 1000, UTC)


def kept_for(raw: Mapping[str, Any]) -> timedelta | None:
    """Read how long a log group keeps its events; None for ever, which is the default (LogGroup, API reference).

    The delivery class keeps them for one day only, whatever is set (CreateLogGroup, API reference).
    """
    if raw.get("logGroupClass") == "DELIVERY":
        return timedelta(days=1)
    days = raw.get("retentionInDays")
    return timedelta(days=days) if days else None


class LogGroup(Keyed):
    """A CloudWatch log group."""

    kind = "aws.logs.log-group"
    title = "log group"
    tagged_by = "tags"
    # The list's own `arn` ends in `:*`, and not every emulator writes `logGroupArn`.
    listed_by = Listing(
        call("logs:DescribeLogGroups"), "logGroups[]",
        id="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}", name="{logGroupName}",
    )  # fmt: skip

    tags: Fact[Mapping[str, str]] = fact(
        "The tags it carries.",
        live=tags_of_type("logs:log-group"),
    )
    created_at: Fact[datetime] = fact("When it was created.", live=item("creationTime", milliseconds))
    kept: Fact[timedelta | None] = fact("How long it keeps events; none for ever.", live=item("@", kept_for))
    log_class: Fact[str] = fact("Its class.", live=item("logGroupClass", text, absent="STANDARD"))
    size: Fact[int | None] = fact("Its size in bytes.", live=item("storedBytes", whole, absent=None))
    key: Fact[str | None] = fact(
        "The KMS key it is encrypted with; none for the AWS-owned key.", live=item("kmsKeyId", text, absent=None)
    )
