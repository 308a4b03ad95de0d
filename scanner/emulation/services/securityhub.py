"""The second Security Hub, which moto does not have."""

from dataclasses import dataclass
from datetime import datetime

from scanner.emulation.answers import Call, answers
from scanner.emulation.wire import Document, Refusal


@dataclass
class Hub:
    """When it was enabled in one account and region."""

    since: datetime | None = None


@answers("securityhub:EnableSecurityHubV2")
def enable(call: Call) -> Document:
    call.shelf(Hub).since = call.now
    return {"HubV2Arn": _arn(call)}


@answers("securityhub:DescribeSecurityHubV2")
def describe(call: Call) -> Document:
    since = call.shelf(Hub).since
    if since is None:
        raise Refusal("ResourceNotFoundException", "The account is not subscribed to Security Hub", 404)
    return {"HubV2Arn": _arn(call), "SubscribedAt": since.isoformat()}


def _arn(call: Call) -> str:
    return f"arn:aws:securityhub:{call.region}:{call.account}:hubv2/{call.account}"
