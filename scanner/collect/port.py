"""The port: the one narrow way in which a scan reads AWS, and the errors it may answer with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Evidence, Reason, Source, Unknown


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of AWS, with its request id and the instant it came."""

    answer: Mapping[str, Any]
    request_id: str = ""
    taken_at: datetime | None = None


class CallFailed(Exception):
    """A call was not answered: why, in one word and in AWS's own."""

    def __init__(
        self, reason: Reason, code: str, message: str, *, request_id: str = "", at: datetime | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.reason = reason
        self.code = code
        self.message = message
        self.request_id = request_id
        self.at = at

    def unknown(self, operation: str, region: str) -> Unknown:
        """Say it as a reading: operation, region, error code and request id."""
        where = f"{operation} in {region}" if region else operation
        request = f" (request {self.request_id})" if self.request_id else ""
        return Unknown(
            self.reason,
            f"{where}: {self.code}: {self.message}{request}",
            (Evidence(Source.LIVE, where, self.at, self.request_id),),
        )


class Port(Protocol):
    """What a collection needs of AWS. `region` is a region name, or "" for a service without regions."""

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        """Make one operation and yield every page of its answer; raise `CallFailed`."""
        ...


class Shut:
    """The port to an account that could not be entered: every call is refused for the same reason."""

    def __init__(self, because: str) -> None:
        self._because = because

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:  # noqa: ARG002
        """Refuse."""
        raise CallFailed(Reason.DENIED, "NotEntered", self._because)
