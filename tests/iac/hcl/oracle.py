"""The values that Terraform itself gives to expressions: kept in `functions.json`, taken anew where Terraform is.

A value is the JSON that Terraform makes of it, or ERROR where it reports a mistake.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.iac.hcl.evaluate import settle, work
from scanner.iac.hcl.expressions import parse_expression, parse_template
from scanner.iac.hcl.functions.files import bound
from scanner.iac.hcl.functions.json_text import write_json
from scanner.iac.hcl.functions.unification import Unsure
from scanner.iac.hcl.values import EvaluationError, Scope
from scanner.model.reading import Spot
from scanner.model.unresolved import unresolved_in

KEPT = Path(__file__).with_name("functions.json")
ERROR = "ERROR"
UNKNOWN = "UNKNOWN"
_BINARY = b"\xff\xfe\x00"


def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def lay_out(directory: Path) -> Path:
    """Write the files that the expressions read."""
    for name, content in kept()["files"].items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    (directory / "tree" / "binary.bin").write_bytes(_BINARY)
    return directory


class _Names(Scope):
    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def get(self, name: str) -> Any:
        if name not in self.names:
            raise EvaluationError(f"there is no {name}")
        return self.names[name]


class Place(Scope):
    """A scope whose functions read the files laid out in a directory."""

    def __init__(self, directory: Path) -> None:
        self.functions = bound(directory, directory, self._render)

    def _render(self, source: str, names: Mapping[str, Any], file: str) -> Any:
        spot = Spot(file, 1)
        return settle(work(parse_template(source, spot), _Names(names)), spot)

    def function(self, name: str) -> Any:
        return self.functions.get(name)


def ours(expression: str, scope: Scope) -> str:
    """Give the value as Terraform would write it, ERROR, or UNKNOWN."""
    spot = Spot("main.tf", 1)
    try:
        value = settle(work(parse_expression(expression, spot), scope), spot)
        return write_json(value) if unresolved_in(value) is None else UNKNOWN
    except EvaluationError:
        return ERROR
    except Unsure:
        return UNKNOWN


def taken(terraform: str, directory: Path) -> dict[str, str]:
    """Ask Terraform for all values, in one call."""
    expressions = list(kept()["expressions"])
    each = "".join(f'    try(jsonencode({one}), "{ERROR}"),\n' for one in expressions)
    (directory / "main.tf").write_text(f"locals {{\n  all = [\n{each}  ]\n}}\n", encoding="utf-8")
    answer = subprocess.run(
        [terraform, "console", "-no-color"],
        input="base64encode(jsonencode(local.all))\n",
        capture_output=True,
        text=True,
        cwd=directory,
        check=True,
        timeout=60,
    ).stdout
    values = json.loads(base64.b64decode(answer.strip().strip('"')))
    return dict(zip(expressions, values, strict=True))
