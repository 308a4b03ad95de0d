"""Calls: the one narrow way in which a drill talks to AWS, in one account and region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scanner.collect.port import CallFailed, Port

#: Is told each call: its operation, its parameters, and AWS's code where it was refused, else "".
Note = Callable[[str, Mapping[str, Any], str], None]
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

    def __init__(
        self, port: Port, account: str, region: str, note: Note = lambda _operation, _told, _code: None
    ) -> None:
        self.account, self.region = account, region
        self._port, self._note = port, note

    def noted(self, note: Note) -> Calls:
        """Give the same calls, of which each is noted."""
        return Calls(self._port, self.account, self.region, note)

    def elsewhere(self, region: str) -> Calls:
        """Give the same calls in another region."""
        return Calls(self._port, self.account, region, self._note)

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
        noted = False
        try:
            for page in self._port.pages(service, name, self.region, parameters):
                if not noted:
                    self._note(operation, parameters, "")
                noted = True
                yield page.answer
        except CallFailed as failed:
            self._note(operation, parameters, failed.code)
            raise
        if not noted:
            self._note(operation, parameters, "")

    def unless(self, *codes: str, operation: str, **parameters: Any) -> Mapping[str, Any] | None:
        """Make one call; None where it is refused with one of these codes, as for something that is not there."""
        try:
            return self.one(operation, **parameters)
        except CallFailed as failed:
            if failed.code in codes:
                return None
            raise
