"""Asking: one task of a collection. It runs in any thread and shares nothing but the port."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.collect.draft import parameters_of
from scanner.collect.paths import getter
from scanner.collect.port import CallFailed, Port
from scanner.model.origin import Call
from scanner.model.reading import Evidence, Reason, Source

Parse = Callable[[Any], Iterable[Any]]

#: How long to wait, in seconds, each time that AWS is still making what was asked of it.
PAUSES = (0.2, 0.5, 1.0, *(2.0,) * 30)


@dataclass(slots=True)
class Answer:
    """What one task brought: items or one answer, and the error that stopped it, if any."""

    items: list[Any] = field(default_factory=list)
    evidence: Evidence | None = None
    failure: CallFailed | None = None
    pages: int = 0
    preparations: int = 0


def ask(port: Port, call: Call, region: str, parameters: Mapping[str, Any], items: str, parse: Parse | None) -> Answer:
    """Make a call and take the items of every page, or the pages themselves; an error becomes part of the answer."""
    answer = Answer()
    pick = getter(items) if items else None
    try:
        if call.first is not None:
            _prepare(port, call.first, region, answer)
        for page in port.pages(call.service, call.operation, region, parameters):
            answer.pages += 1
            if answer.evidence is None:
                where = f"{call.name} in {region}" if region else call.name
                shown = " ".join(f"{key}={value}" for key, value in parameters.items() if isinstance(value, str))
                answer.evidence = Evidence(Source.LIVE, f"{where} {shown}".rstrip(), page.taken_at, page.request_id)
            if pick is None:
                answer.items.append(page.answer)
            else:
                found = pick(page.answer) or ()
                answer.items.extend(parse(found) if parse is not None else found)
    except CallFailed as failure:
        answer.failure = failure
    except (ValueError, TypeError, KeyError) as error:
        if parse is None:
            raise
        answer.failure = CallFailed(Reason.MALFORMED, type(error).__name__, f"cannot read {items}: {error}")
    return answer


def _prepare(port: Port, call: Call, region: str, answer: Answer) -> None:
    """Have AWS make what is read next, and wait until it says that it is there."""
    path, value = call.until
    try:
        for pause in PAUSES:
            for page in port.pages(call.service, call.operation, region, parameters_of(call, ())):
                answer.preparations += 1
                if not path or getter(path)(page.answer) == value:
                    return
            time.sleep(pause)
    except CallFailed as failure:
        message = f"{call.name}: {failure.message}"
        raise CallFailed(failure.reason, failure.code, message, request_id=failure.request_id) from None
    raise CallFailed(Reason.FAILED, "NotReady", f"{call.name} did not answer {value} within {sum(PAUSES):.0f} s")


def merged(pages: list[Any]) -> Mapping[str, Any]:
    """Join the pages of one call's answer: lists are chained, the rest is the first page's."""
    if len(pages) == 1:
        only: Mapping[str, Any] = pages[0]
        return only
    joined: dict[str, Any] = {}
    for page in pages:
        for key, value in page.items():
            if isinstance(value, list):
                joined.setdefault(key, []).extend(value)
            else:
                joined.setdefault(key, value)
    return joined
