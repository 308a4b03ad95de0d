"""The rules: one folder per question an auditor asks, one file per rule, found by looking, never by registering."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.model.rule import Catalogue


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Collect every rule of this package, by id; refuse two with one id."""
    from scanner.model.rule import Catalogue, Rule  # noqa: PLC0415  # `contents` needs none of this
    from scanner.resources import kinds  # noqa: PLC0415

    kinds()
    found: dict[str, Rule] = {}
    for file in sorted(Path(__file__).parent.glob("*/[!_]*.py")):
        for value in vars(importlib.import_module(f"{__name__}.{file.parent.name}.{file.stem}")).values():
            if isinstance(value, Rule):
                if value.id in found:
                    raise ValueError(f"two rules are called {value.id}: {found[value.id].file} and {value.file}")
                found[value.id] = value
    return Catalogue({rule_id: found[rule_id] for rule_id in sorted(found)})


def contents() -> list[tuple[str, str, str, str]]:
    """Read id, question, severity and promise of every rule off its source, without importing it.

    The catalogue imports every kind and every fact; listing the rules must start faster than that.
    """
    return sorted(entry for file in Path(__file__).parent.glob("*/*.py") for entry in _entries(file))


def _entries(file: Path) -> Iterator[tuple[str, str, str, str]]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for call in node.decorator_list:
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "rule":
                first = call.args[0]
                severity = next(one.value for one in call.keywords if one.arg == "severity")
                assert isinstance(first, ast.Constant)
                assert isinstance(severity, ast.Attribute)
                promise = (ast.get_docstring(node) or "").partition("\n")[0]
                yield str(first.value), file.parent.name, severity.attr.lower(), promise
