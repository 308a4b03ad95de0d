"""What is worth knowing about AWS, one module per service: the kinds and their facts, found by looking."""

from __future__ import annotations

import importlib
from functools import lru_cache
from pathlib import Path

from scanner.model.resource import Resource
from scanner.model.rule import concrete


@lru_cache(maxsize=1)
def kinds() -> dict[str, type[Resource]]:
    """Give every kind by its name, after importing every module of this package."""
    here = Path(__file__).parent
    for file in sorted(here.rglob("[!_]*.py")):  # pkgutil takes four times as long
        importlib.import_module(".".join((__name__, *file.relative_to(here).with_suffix("").parts)))
    return {kind.kind: kind for kind in concrete(Resource)}
