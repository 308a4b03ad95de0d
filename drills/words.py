"""The words of a drill: its promise and its explanation, as its docstring says them."""

from __future__ import annotations

import inspect

from drills.kinds import Drill


def promise_of(drill: Drill) -> str:
    """Give the promise: the first sentence of the docstring."""
    return _parts(drill)[0]


def explanation_of(drill: Drill) -> str:
    """Give the rest of the docstring: how it is done, and why so."""
    return _parts(drill)[1]


def _parts(drill: Drill) -> tuple[str, str]:
    first, _, rest = inspect.cleandoc(type(drill).__doc__ or "").partition("\n\n")
    return " ".join(first.split()), rest.strip()
