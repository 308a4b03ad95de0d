"""What was spoken to AWS: each call that a drill made, in its order, without a secret and without data of anybody.

It is what a runbook is printed from. Looking again and again is one line; a canary is no line of a runbook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any

from scanner.model.late_dataclass import dataclass

#: A drill that says more than this says the same again and again: the rest is counted.
MOST = 2_000
#: What stands where something is held back.
HELD_BACK = "<held back>"
_LONGEST = 2_000
#: Parameters that hold a secret, wherever they stand.
_SECRET = re.compile(
    r"password|secretstring|secretbinary|authtoken|privatekey|credential(?!s?duration)|sessiontoken", re.IGNORECASE
)
#: Parameters that hold data: rows, objects, messages, keys in the clear.
_DATA = frozenset({
    "Item", "Items", "Key", "Keys", "ExpressionAttributeValues", "AttributeValues", "RequestItems", "TransactItems", "Body",
    "Message", "MessageBody", "Detail", "Plaintext", "CiphertextBlob", "Data", "Payload", "Value", "Statement", "Statements",
    "Sql", "Sqls",
})  # fmt: skip
#: Of these services `Key` is the name of an object or a tag, and `Value` that of a setting: no data.
_NAMED = frozenset({"s3", "rds", "ec2", "efs", "fsx", "backup", "kms", "sns", "sqs", "iam", "events", "Tags"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """One call: what, where, with which parameters, and what came of it."""

    at: datetime
    #: as `rds:RestoreDBInstanceToPointInTime`
    operation: str
    region: str
    parameters: Mapping[str, Any]
    #: AWS's code where it was refused
    refused: str = ""
    #: how often it was said in a row, as when waiting
    times: int = 1
    #: when it was said for the last time
    until: datetime | None = None


class Log:
    """The calls of one stage, in their order. Several threads may speak."""

    def __init__(self) -> None:
        self._said: list[Spoken] = []
        self._lock = Lock()
        #: how many calls are not in it, because there were too many
        self.beyond = 0

    @property
    def said(self) -> tuple[Spoken, ...]:
        """All calls, in their order."""
        with self._lock:
            return tuple(self._said)

    def note(self, operation: str, region: str, parameters: Mapping[str, Any], at: datetime, refused: str = "") -> None:
        """Note a call; one that is the same as the call before is counted."""
        told = held_back(operation.partition(":")[0], parameters)
        with self._lock:
            last = self._said[-1] if self._said else None
            if last is not None and (last.operation, last.region, last.parameters, last.refused) == (
                operation, region, told, refused,
            ):  # fmt: skip
                self._said[-1] = Spoken(last.at, operation, region, told, refused, last.times + 1, at)
            elif len(self._said) < MOST:
                self._said.append(Spoken(at, operation, region, told, refused))
            else:
                self.beyond += 1


def held_back(service: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the parameters of a call as plain data, without secrets and without data of anybody."""
    return {name: _told(service, name, value) for name, value in parameters.items() if value is not None}


def _told(service: str, name: str, value: Any) -> Any:
    if _SECRET.search(name) and not isinstance(value, bool):
        return HELD_BACK
    if name in _DATA and not (name in ("Key", "Value") and service in _NAMED):
        return HELD_BACK
    if name == "Tags":
        service = name
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value if len(value) <= _LONGEST else HELD_BACK
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | timedelta():
            return str(value)
        case Mapping():
            return {str(key): _told(service, str(key), one) for key, one in value.items()}
        case set() | frozenset():
            return [_told(service, name, one) for one in sorted(value, key=str)]
        case list() | tuple():
            return [_told(service, name, one) for one in value]
    return HELD_BACK
