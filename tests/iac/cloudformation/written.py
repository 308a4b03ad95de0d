"""Templates written into a directory and read from it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from scanner.iac.block import Block, Code, plain
from scanner.iac.cloudformation import template
from scanner.model.unresolved import Unresolved


def write(directory: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return directory


def read(directory: Path, text: str | bytes, name: str = "t.yaml", **given: Any) -> Code:
    write(directory, {name: text})
    return template.load(directory, directory / name, **given)


def block(code: Code, address: str) -> Block:
    (found,) = [one for one in code.blocks if one.address == address]
    return found


def values(code: Code, address: str = "It") -> dict[str, Any]:
    found = plain(block(code, address).values)
    assert isinstance(found, dict)
    return found


def one(directory: Path, expression: str, head: str = "", **given: Any) -> Any:
    """Give what one expression comes to, as a property of a resource."""
    lines = (
        dedent(head) + "\nResources:\n  It:\n    Type: Some::Kind::Here\n    Properties:\n      P: " + expression + "\n"
    )
    code = read(directory, lines, **given)
    assert not [problem for problem in code.problems if problem.broken], code.problems
    return values(code).get("P")


def why(value: Any) -> str:
    assert isinstance(value, Unresolved), value
    return value.why
