"""What drills can make, one file per kind: how it is made, found again, told from anything else, and removed.

Found by looking: a module that holds a subclass of `Makeable` is enough.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from drills.finding import below
from drills.stage.makeable.kind import Makeable, Seen

__all__ = ["Makeable", "Seen", "makeable"]


@cache
def makeable() -> dict[str, Makeable]:
    """Give every kind by its name."""
    for entry in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(entry.name)
    return {kind.kind: kind() for kind in sorted(below(Makeable, "kind"), key=lambda one: one.kind)}
