"""A clock that tests drive, and a port that answers as it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.collect.port import CallFailed, Page
from scanner.model.reading import Reason

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)


class DrivenClock:
    """Stands still but for sleeping; the wall clock can be set apart from the monotonic one."""

    def __init__(self) -> None:
        self.passed = timedelta()
        self.set_by = timedelta()
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        return AT + self.passed + self.set_by

    def elapsed(self) -> timedelta:
        return self.passed

    def sleep(self, length: timedelta) -> None:
        self.slept.append(length)
        self.passed += length


class ToldPort:
    """Answers each operation by a function of its parameters, and remembers what it was asked."""

    def __init__(self, **answers: Callable[..., Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        self.asked.append((f"{service}:{operation}", dict(parameters)))
        answer = self.answers.get(operation)
        if answer is None:
            raise CallFailed(Reason.UNSUPPORTED, "NotImplemented", operation)
        yield Page(answer(**parameters))

    def names(self) -> list[str]:
        return [operation for operation, _ in self.asked]


def refused(code: str, reason: Reason = Reason.FAILED) -> Callable[..., Any]:
    def answer(**_: Any) -> Any:
        raise CallFailed(reason, code, "told so")

    return answer
