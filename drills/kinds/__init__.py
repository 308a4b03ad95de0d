"""The drills, one file each, found by looking: a module with a subclass of `Drill` is enough."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from drills.finding import below
from drills.kinds.drill import Drill, SingleDrill

__all__ = ["Drill", "SingleDrill", "drills"]


@cache
def drills() -> dict[str, Drill]:
    """Give every drill by its name."""
    for entry in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(entry.name)
    return {one.name: one() for one in sorted(below(Drill, "name"), key=lambda one: one.name)}
