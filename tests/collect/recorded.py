"""A port that answers from a table, for tests of the collection; what the table lacks is an error of the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

from scanner.collect.port import CallFailed, Page
from scanner.model.reading import Reason

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
Answer = Mapping[str, Any] | CallFailed
_SESSION = botocore.session.get_session()


class Recorded:
    """Answers `service:Operation` calls; a value may be one answer, a list of pages, or a function of the call."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.calls: Counter[str] = Counter()

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        name = f"{service}:{operation}"
        self.calls[name] += 1
        answer = self._answers[name]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(region, parameters)
        for page in answer if isinstance(answer, list) else [answer]:
            if isinstance(page, CallFailed):
                raise page
            validate(page, _SESSION.get_service_model(service).operation_model(operation).output_shape, name)
            yield Page(page, "request-1", AT)


def denied(message: str = "not allowed") -> CallFailed:
    return CallFailed(Reason.DENIED, "AccessDenied", message, request_id="request-9")


def validate(value: Any, shape: Shape | None, path: str) -> None:
    """Refuse a recorded answer that AWS could not give: an unknown member, or a wrong type."""
    if isinstance(shape, StructureShape):
        assert isinstance(value, Mapping), f"{path}: {shape.name} is a structure"
        for name, one in value.items():
            assert name in shape.members, f"{path}: {shape.name} has no {name}"
            validate(one, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        assert isinstance(value, list), f"{path}: {shape.name} is a list"
        for one in value:
            validate(one, shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        assert isinstance(value, Mapping), f"{path}: {shape.name} is a map"
        for name, one in value.items():
            validate(one, shape.value, f"{path}[{name}]")
    elif shape is not None:
        kinds: dict[str, Any] = {"string": str, "boolean": bool, "integer": int, "long": int, "timestamp": datetime,
                 "double": (int, float), "float": (int, float)}  # fmt: skip
        assert isinstance(value, kinds.get(shape.type_name, object)), f"{path}: {value!r} is no {shape.type_name}"
