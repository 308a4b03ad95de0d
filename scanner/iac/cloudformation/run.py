"""Runs: the template files of one scan, each read once, and what their stacks export to each other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from scanner.iac.block import Path
from scanner.iac.cloudformation.document import Document, read
from scanner.iac.cloudformation.evaluation import Env, evaluate
from scanner.iac.cloudformation.values import NO_VALUE, same
from scanner.model.late_dataclass import dataclass
from scanner.model.unresolved import Unresolved

if TYPE_CHECKING:
    from scanner.iac.cloudformation.stack import Stack


@dataclass(frozen=True, slots=True)
class Settings:
    """What is known of a template's stack from outside of the template."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    region: str = ""
    account: str = ""
    stack_name: str = ""
    tags: Mapping[str, str] | None = None


class Run:
    """What the templates of one scan share."""

    #: entries that loops may make, in all
    MOST: Final = 20_000
    #: nested stacks that may be followed, in all; CloudFormation takes no more of one operation
    MOST_NESTED: Final = 2_500
    #: values that one evaluation may look at, however often it comes back to one, and all evaluations beyond that
    STEPS: Final = 300_000
    PURSE: Final = 3_000_000
    FREE: Final = 1_000

    def __init__(self, base: FilePath) -> None:
        self.base = os.path.abspath(base)  # noqa: PTH100  # links stay as the user sees them
        #: how many values deep the evaluation is
        self.depth = 0
        self.steps = self.STEPS
        self.purse = self.PURSE
        self.nested = 0
        #: stacks that were made, nested ones too
        self.stacks: list[Stack] = []
        #: templates that are stacks of their own, and have not been read yet
        self.waiting: dict[str, None] = {}
        self.roots: dict[str, Stack] = {}
        self.parameters: Mapping[str, str] = {}
        self.region = ""
        self.account = ""
        self._left = self.MOST
        self._documents: dict[str, Document] = {}
        self._manifests: dict[str, dict[str, Settings]] = {}
        self._exports: dict[str, list[tuple[Stack, Any, Path, Env]]] = {}
        self._indexed = 0
        self._indexing = False

    def name_of(self, path: FilePath | str) -> str:
        """Give the path of a file relative to the base, with forward slashes."""
        return os.path.relpath(path, self.base).replace(os.sep, "/")

    def path_of(self, document: Document) -> FilePath:
        """Give the path of a document's file."""
        return FilePath(self.base, document.file)

    def document(self, path: FilePath | str, data: bytes | None = None) -> Document:
        """Give what a file holds; `data` where that has been read already."""
        key = os.path.realpath(path)
        if key not in self._documents:
            self._documents[key] = read(FilePath(path), self.name_of(path), data)
        return self._documents[key]

    def settings(self, path: FilePath) -> Settings:
        """Give what the manifest beside a template (CDK writes one) says of its stack."""
        directory = str(path.parent)
        if directory not in self._manifests:
            from scanner.iac.cloudformation.cloud_assembly import read_manifest  # noqa: PLC0415  # only CDK has one

            self._manifests[directory] = read_manifest(path.parent)
        return self._manifests[directory].get(path.name) or Settings()

    def step(self, steps: int = 1) -> bool:
        """Say whether an evaluation may go on for so many steps."""
        if not self.depth:
            self.steps = self.STEPS
            self.purse += self.FREE
        self.steps -= steps
        self.purse -= steps
        return self.steps >= 0 and self.purse >= 0

    def spend(self) -> bool:
        """Say whether a loop may make one entry more."""
        self._left -= 1
        return self._left >= 0

    def exported(self, name: str) -> Any:
        """Give what one of the templates exports under a name; None where none does."""
        self._index()
        found = self._exports.get(name, [])
        values = [evaluate(stack, raw, at, env) for stack, raw, at, env in found]
        values = [value for value in values if value is not NO_VALUE]
        if not values:
            return None
        if all(same(values[0], one) for one in values[1:]):
            return values[0]
        return Unresolved(f"several templates export {name}", (name,))

    def _index(self) -> None:
        if self._indexing:
            return
        self._indexing = True
        try:
            for path in list(self.waiting):
                from scanner.iac.cloudformation.template import open_stack  # noqa: PLC0415  # it reads with this

                open_stack(self, FilePath(path))
            for stack in self.stacks[self._indexed :]:
                for raw, at, env in stack.outputs().values():
                    export = raw.get("Export") if isinstance(raw, dict) else None
                    if isinstance(export, dict) and "Name" in export and "Value" in raw:
                        name = evaluate(stack, export["Name"], (*at, "Export", "Name"), env)
                        if isinstance(name, str):
                            self._exports.setdefault(name, []).append((stack, raw["Value"], (*at, "Value"), env))
            self._indexed = len(self.stacks)
        finally:
            self._indexing = False
