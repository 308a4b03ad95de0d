"""Answers of the demo account, recorded once through the real boto3 path and replayed with something taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from scanner.collect.port import CallFailed, Page, Port
from scanner.model.reading import Reason

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
Key = tuple[str, str, str, str]


class Recording:
    """Wraps a port and keeps every answer, or the failure, that it gave."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self.answers: dict[Key, list[Page | CallFailed]] = {}
        self.calls: Counter[str] = Counter()

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        key = (service, operation, region, repr(sorted(parameters.items())))
        kept: list[Page | CallFailed] = []
        self.answers[key] = kept
        try:
            for page in self._port.pages(service, operation, region, parameters):
                self.calls[f"{service}:{operation}"] += 1
                kept.append(page)
                yield page
        except CallFailed as failure:
            kept.append(failure)
            raise


class Replay:
    """Gives the recorded answers, but for the calls that `deny` picks."""

    def __init__(
        self, answers: Mapping[Key, list[Page | CallFailed]], deny: Callable[[str, str], bool] = lambda *_: False
    ) -> None:
        self._answers = answers
        self._deny = deny

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        name = f"{service}:{operation}"
        if self._deny(name, region):
            raise CallFailed(Reason.DENIED, "AccessDenied", f"you may not {operation}", request_id="denied-1")
        pages = self._answers.get((service, operation, region, repr(sorted(parameters.items()))))
        if pages is None:
            # Without the denied answer the collection asks what it had no need to ask before.
            raise CallFailed(Reason.FAILED, "NotRecorded", f"{name} was not asked when the answers were recorded")
        for page in pages:
            if isinstance(page, CallFailed):
                raise page
            yield page
