"""Asking: one task of a collection. It runs in any thread and shares nothing but the port."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from scanner.collect.paths import getter
from scanner.collect.port import CallFailed, Page, Port
from scanner.model.late_dataclass import dataclass
from scanner.model.origin import Answered, Call
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


@dataclass(frozen=True, slots=True)
class Question:
    """A call with its parameters, those of the call made first, and what to take of each page."""

    call: Call
    region: str
    parameters: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    items: str = ""
    parse: Parse | None = None


def ask(port: Port, question: Question) -> Answer:
    """Make a call and take the items of every page, or the pages themselves; an error becomes part of the answer."""
    answer = Answer()
    try:
        made = _prepared(port, question, answer) if question.call.first is not None else {}
        _read(port, question, made, answer)
    except CallFailed as failure:
        answer.failure = failure
    except Exception as error:  # noqa: BLE001  # whatever breaks in one call must not cost the others
        answer.failure = CallFailed(Reason.FAILED, type(error).__name__, str(error) or "no message")
    return answer


def _read(port: Port, question: Question, made: Mapping[str, Any], answer: Answer) -> None:
    call, region = question.call, question.region
    where = f"{call.name} in {region}" if region else call.name
    # What the call made first answered, such as the number of a job, says nothing to a reader.
    told = {**question.before, **question.parameters}
    shown = " ".join(f"{key}={value}" for key, value in told.items() if isinstance(value, str))
    where = f"{where} {shown}".rstrip()
    for page in _pages(port, call, region, {**question.parameters, **made}, answer):
        evidence = Evidence(Source.LIVE, where, page.taken_at, page.request_id)
        answer.evidence = answer.evidence or evidence
        found = _items(page.answer, question.items, question.parse) if question.items else [page.answer]
        answer.items.extend(found)
        answer.sources.extend([evidence] * len(found))


def _pages(port: Port, call: Call, region: str, parameters: Mapping[str, Any], answer: Answer) -> Iterator[Page]:
    """Give the pages of a call, once AWS says that what it makes is there; count the pages as they are asked for."""
    if not call.until:
        answer.asked = 1
        for number, page in enumerate(port.pages(call.service, call.operation, region, parameters), 1):
            yield page
            # The next page is counted once it is asked for and before it answers, so that one that fails counts.
            answer.asked = number + 1
        answer.asked = max(1, answer.asked - 1)
        return
    path, wanted, *given_up = call.until
    for pause in PAUSES:
        answer.asked += 1
        pages = port.pages(call.service, call.operation, region, parameters)
        first = next(pages, None)
        said = getter(path)(first.answer) if first is not None else None
        if first is not None and said == wanted:
            yield first
            for page in pages:
                answer.asked += 1
                yield page
            return
        if said in given_up:
            raise CallFailed(Reason.FAILED, str(said), f"{call.name} answered {said}")
        time.sleep(pause)
    raise CallFailed(Reason.FAILED, "NotReady", f"{call.name} did not answer {wanted} within {sum(PAUSES):.0f} s")


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


def _prepared(port: Port, question: Question, answer: Answer) -> dict[str, Any]:
    """Have AWS make what is read next; give the parameters that its answer holds."""
    call = question.call.first
    assert call is not None
    counted = Answer()
    try:
        page = next(_pages(port, call, question.region, question.before, counted), None)
    except CallFailed as failure:
        message = failure.message if call.name in failure.message else f"{call.name}: {failure.message}"
        raise CallFailed(failure.reason, failure.code, message, request_id=failure.request_id, at=failure.at) from None
    finally:
        answer.preparations = counted.asked
    made: dict[str, Any] = {}
    for name, value in question.call.parameters:
        if isinstance(value, Answered):
            made[name] = getter(value.path)(page.answer) if page is not None else None
            if made[name] is None:
                raise CallFailed(Reason.MISSING, "Incomplete", f"the answer of {call.name} has no {value.path}")
    return made


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
