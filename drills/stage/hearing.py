"""Hearing: an answer that is not as it should be is a failed call, and stops nothing but the question it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from scanner.collect.port import CallFailed
from scanner.model.reading import Reason

T = TypeVar("T")


def heard(ask: Callable[[], T]) -> T:
    """Ask, and give what was heard; raise `CallFailed` also where the answer lacks what every answer has."""
    try:
        return ask()
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise CallFailed(
            Reason.MALFORMED, type(error).__name__, "the answer is not one that this operation gives"
        ) from None


def each(answers: Iterator[T]) -> Iterator[T]:
    """Give what is heard, one after the other, until there is no more, or an answer that is none."""
    while one := heard(partial(_one, answers)):
        yield from one


def _one(answers: Iterator[T]) -> tuple[T, ...]:
    for one in answers:
        return (one,)
    return ()
