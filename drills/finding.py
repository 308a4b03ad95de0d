"""Classes that are found by looking: those below another that are something themselves."""

from __future__ import annotations

from typing import Any


def below(kind: Any, names: str) -> list[Any]:
    """Give the classes below one that carry a name of their own; what several of them share has none."""
    found = []
    for one in kind.__subclasses__():
        found += below(one, names)
        if names in vars(one):
            found.append(one)
    return found
