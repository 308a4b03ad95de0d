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
    """What one task brought: items, each with the evidence of its page, or whole pages; and the error that stopped it."""

    items: list[Any] = field(default_factory=list)
    sources: list[Evidence] = field(default_factory=list)
    evidence: Evidence | None = None
    failure: CallFailed | None = None
    asked: int = 0
    preparations: int = 0


def ask(port: Port, call: Call, region: str, parameters: Mapping[str, Any], items: str, parse: Parse | None) -> Answer:
    """Make a call and take the items of every page, or the pages themselves; an error becomes part of the answer."""
    answer = Answer()
    try:
        if call.first is not None:
            _prepare(port, call.first, region, answer)
        _read(port, call, region, parameters, items, parse, answer)
    except CallFailed as failure:
        answer.failure = failure
    except Exception as error:  # noqa: BLE001  # whatever breaks in one call must not cost the others
        answer.failure = CallFailed(Reason.FAILED, type(error).__name__, str(error) or "no message")
    return answer


def _read(
    port: Port, call: Call, region: str, parameters: Mapping[str, Any], items: str, parse: Parse | None, answer: Answer
) -> None:
    where = f"{call.name} in {region}" if region else call.name
    shown = " ".join(f"{key}={value}" for key, value in parameters.items() if isinstance(value, str))
    where = f"{where} {shown}".rstrip()
    answer.asked = 1
    for number, page in enumerate(port.pages(call.service, call.operation, region, parameters), 1):
        evidence = Evidence(Source.LIVE, where, page.taken_at, page.request_id)
        answer.evidence = answer.evidence or evidence
        found = _items(page.answer, items, parse) if items else [page.answer]
        answer.items.extend(found)
        answer.sources.extend([evidence] * len(found))
        # The next page is counted once it is asked for and before it answers, so that one that fails counts as well.
        answer.asked = number + 1
    answer.asked -= 1 if answer.evidence is not None else 0


def _items(page: Mapping[str, Any], path: str, parse: Parse | None) -> list[Any]:
    """Take the items out of a page; AWS leaves an empty list out."""
    try:
        found = getter(path)(page)
        if found is None:
            return []
        if parse is not None:
            return list(parse(found))
    except Exception as error:  # noqa: BLE001  # a path or a reader that fails, however it fails
        raise CallFailed(
            Reason.MALFORMED, type(error).__name__, f"cannot read {path}: {str(error) or 'no message'}"
        ) from None
    if not isinstance(found, list):
        raise CallFailed(Reason.MALFORMED, "NoList", f"cannot read {path}: it is a {type(found).__name__}")
    return found


def _prepare(port: Port, call: Call, region: str, answer: Answer) -> None:
    """Have AWS make what is read next, and wait until it says that it is there."""
    path, value = call.until
    try:
        for pause in PAUSES:
            answer.preparations += 1
            for page in port.pages(call.service, call.operation, region, parameters_of(call, (), "")):
                if not path or getter(path)(page.answer) == value:
                    return
            time.sleep(pause)
    except CallFailed as failure:
        message = f"{call.name}: {failure.message}"
        raise CallFailed(failure.reason, failure.code, message, request_id=failure.request_id, at=failure.at) from None
    raise CallFailed(Reason.FAILED, "NotReady", f"{call.name} did not answer {value} within {sum(PAUSES):.0f} s")


def merged(pages: list[Any]) -> Mapping[str, Any]:
    """Join the pages of one call's answer: lists are chained, at any depth; of the rest, the first that is there."""
    if len(pages) == 1:
        only: Mapping[str, Any] = pages[0]
        return only
    joined: dict[str, Any] = {}
    lists: dict[str, list[list[Any]]] = {}
    parts: dict[str, list[Any]] = {}
    for page in pages:
        for key, value in page.items():
            if isinstance(value, list):
                lists.setdefault(key, []).append(value)
            elif isinstance(value, Mapping):
                parts.setdefault(key, []).append(value)
            elif joined.get(key) is None:
                joined[key] = value
    joined.update({key: merged(found) for key, found in parts.items()})
    joined.update({key: [one for some in found for one in some] for key, found in lists.items()})
    return joined


Then = Callable[[Answer], None]


def give(answer: Answer, then: Then) -> None:
    """Hand over an answer; what nobody foresaw in it makes it a failure, and does not end the scan."""
    try:
        then(answer)
    except Exception as error:  # noqa: BLE001
        evidence = answer.evidence or Evidence(Source.LIVE, "")
        answer.failure = CallFailed(
            Reason.MALFORMED, type(error).__name__, f"cannot read the answer: {str(error) or 'no message'}",
            request_id=evidence.request_id, at=evidence.taken_at,
        )  # fmt: skip
        then(Answer(failure=answer.failure))


def each(takers: list[Then]) -> Then:
    """Give one answer to all who wait for it."""
    if len(takers) == 1:
        return takers[0]

    def then(answer: Answer) -> None:
        for one in takers:
            give(answer, one)

    return then
