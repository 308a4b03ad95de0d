"""What is worth knowing about AWS, one module per service: the kinds and their facts, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from scanner.model.resource import Resource
from scanner.model.rule import concrete


@lru_cache(maxsize=1)
def kinds() -> dict[str, type[Resource]]:
    """Give every kind by its name, after importing every module of this package."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return {kind.kind: kind for kind in concrete(Resource)}
