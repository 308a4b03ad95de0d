"""Templates: the functions that read files and work templates out, as a root's modules see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scanner.iac.hcl.evaluate import settle, work
from scanner.iac.hcl.expressions import parse_template
from scanner.iac.hcl.functions import OF_A_PLACE, files
from scanner.iac.hcl.meter import CHARACTERS, Meter
from scanner.iac.hcl.values import EvaluationError, Scope
from scanner.iac.terraform.content import With
from scanner.iac.terraform.documents import Documents
from scanner.model.reading import Spot


class _InTemplate(Scope):
    """What a template can use: the names it is given, and functions, but no other template."""

    __slots__ = ("functions", "meter")

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.functions: Mapping[str, Any] = {}

    def get(self, name: str) -> Any:
        raise EvaluationError(f"the template is not given {name}")

    def function(self, name: str) -> Any:
        return self.functions.get(name) if name in OF_A_PLACE else None


def place_functions(
    directory: str, documents: Documents, noted: Callable[[Path], None], sought: Callable[[Path], None], meter: Meter
) -> Mapping[str, Any]:
    """Give the functions for code whose relative paths begin at a directory."""
    scope = _InTemplate(meter)

    def render(source: str, names: Mapping[str, Any], file: str) -> Any:
        spot = Spot(documents.name(file) if file else "<template>", 1)
        expression = parse_template(source, spot)
        meter.spend(len(source) // CHARACTERS, expression)
        return settle(work(expression, With(scope, names)), spot)

    scope.functions = files.bound(Path(directory), Path(documents.base), render, noted, sought)
    return scope.functions
