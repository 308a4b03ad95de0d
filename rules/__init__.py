"""The rules: one folder per question an auditor asks, one file per rule, found by looking, never by registering."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from scanner.model.rule import Catalogue, Rule
from scanner.resources import kinds


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Collect every rule of this package, by id; refuse two with one id."""
    kinds()
    found: dict[str, Rule] = {}
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if module.ispkg or module.name == "rules.kit":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Rule):
                if value.id in found:
                    raise ValueError(f"two rules are called {value.id}: {found[value.id].file} and {value.file}")
                found[value.id] = value
    return Catalogue({rule_id: found[rule_id] for rule_id in sorted(found)})
