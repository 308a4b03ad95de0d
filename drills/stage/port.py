"""Calls: the one narrow way in which a drill talks to AWS, in one account and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.collect.port import CallFailed, Port

#: What operations that change nothing begin with, as botocore spells them.
READING = (
    "Describe",
    "Get",
    "List",
    "Head",
    "Scan",
    "Query",
    "BatchGet",
    "Lookup",
    "Simulate",
    "Search",
    "Check",
    "Select",
)


def reads(operation: str) -> bool:
    """Tell whether an operation changes nothing."""
    return operation.partition(":")[2].startswith(READING)


class Calls:
    """The calls to one account and region. What it is asked with must be declared: anything else is a bug, and raises."""

    def __init__(self, port: Port, account: str, region: str) -> None:
        self.account, self.region = account, region
        self._port = port

    def one(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """Make one call and give the first page of its answer; raise `CallFailed`."""
        for answer in self.pages(operation, **parameters):
            return answer
        return {}

    def every(self, operation: str, member: str, **parameters: Any) -> list[Any]:
        """Make a call, and give one list of its answer, of all pages; raise `CallFailed`."""
        return [one for page in self.pages(operation, **parameters) for one in page.get(member, ())]

    def pages(self, operation: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
        """Make a call and give every page; raise `CallFailed`."""
        service, _, name = operation.partition(":")
        for page in self._port.pages(service, name, self.region, parameters):
            yield page.answer

    def unless(self, *codes: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
        """Make one call; None where it is refused with one of these codes, as for something that is not there."""
        try:
            return self.one(operation, **parameters)
        except CallFailed as failed:
            if failed.code in codes:
                return None
            raise
