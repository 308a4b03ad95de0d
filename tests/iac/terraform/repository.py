"""Repositories for tests: files by name, read as the product reads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

from scanner.iac.block import Block, Code
from scanner.iac.terraform.loader import load
from scanner.model.unresolved import Unresolved


class Repository:
    """A directory whose files a test writes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())

    def read(self, files: dict[str, str | bytes] | str, root: str = ".", **options: Any) -> Read:
        self.write({"main.tf": files} if isinstance(files, str) else files)
        return Read(load(self.path, self.path / root, **options))


class Read:
    """Code with its blocks by address."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.blocks = {one.address: one for one in code.blocks}
        assert len(self.blocks) == len(code.blocks), "two blocks have one address"

    def __getitem__(self, address: str) -> Block:
        return self.blocks[address]

    @property
    def addresses(self) -> list[str]:
        return list(self.blocks)

    @property
    def problems(self) -> list[str]:
        return [one.message for one in self.code.problems]

    def value(self, path: str, address: str = "aws_x.a") -> Any:
        """Give a value without problems that the test does not ask for."""
        return self.blocks[address].find(path).value

    def why(self, path: str, address: str = "aws_x.a") -> str:
        return why(self.value(path, address))


def why(value: Any) -> str:
    """Give the reason of what must be unresolved."""
    assert isinstance(value, Unresolved), f"settled: {value!r}"
    return value.why


def shown(values: Iterable[Any]) -> list[Any]:
    """Give values with `?` for what is unresolved."""
    return ["?" if isinstance(one, Unresolved) else one for one in values]
