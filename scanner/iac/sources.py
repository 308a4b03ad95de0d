"""Sources: from the paths that were named to the roots of code that lie there, whatever they are written in.

A directory is searched for Terraform roots, CloudFormation templates and CDK's output; a file may be any of these, a
plan, a state or a change set. Paths in what is read are relative to `base`, with forward slashes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.iac.block import Code
from scanner.model.errors import BackupScanError
from scanner.model.late_dataclass import dataclass
from scanner.model.reading import Source

if TYPE_CHECKING:
    from scanner.iac.cloudformation.run import Run
    from scanner.iac.terraform.discover import Configurations


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is said from outside of the code: values of variables and parameters, and where it is deployed to."""

    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: Sequence[Path] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    workspace: str = "default"
    region: str = ""
    account: str = ""
    #: where the configuration of a plan lies; without it, the plan's own directory if it holds any
    source: Path | None = None


class CodeError(BackupScanError):
    """What was named is no code that can be judged."""


class NothingToCheck(CodeError):
    """There is no code where some was looked for."""

    exit_code = 3


def base_of(paths: Sequence[Path]) -> Path:
    """Give the directory that paths are told from: the root of their repository, or the nearest above all of them."""
    real = [Path(os.path.realpath(one)) for one in paths]
    directories = [one if one.is_dir() else one.parent for one in real]
    above = Path(os.path.commonpath(directories))
    return next((one for one in (above, *above.parents) if (one / ".git").exists()), above)


def load(
    paths: Sequence[Path], base: Path, inputs: Inputs, progress: Callable[[str], None] = lambda _: None
) -> Iterator[Code]:
    """Read every root at or below the paths, each once; raise `CodeError` for what is not there."""
    reading = _Reading(base, inputs, progress)
    for path in paths:
        if not path.exists():
            raise CodeError(f"{path} does not exist", hint="name a directory of code, a template, a plan or a state")
        real = Path(os.path.realpath(path))
        yield from reading.directory(real) if real.is_dir() else reading.file(real)


class _Reading:
    """What the paths of one run share: each file is parsed once, each root read once."""

    def __init__(self, base: Path, inputs: Inputs, progress: Callable[[str], None]) -> None:
        self._base = base
        self._inputs = inputs
        self._progress = progress
        self._done: set[str] = set()
        self._shared: tuple[Configurations | None, Run | None] = (None, None)

    @property
    def _configurations(self) -> Configurations:
        made, run = self._shared
        if made is None:
            from scanner.iac.terraform.discover import Configurations  # noqa: PLC0415  # only what is there

            made = Configurations(self._base)
            self._shared = made, run
        return made

    @property
    def _run(self) -> Run:
        made, run = self._shared
        if run is None:
            from scanner.iac.cloudformation.run import Run  # noqa: PLC0415  # as above

            run = Run(self._base)
            self._shared = made, run
        return run

    def directory(self, directory: Path) -> Iterator[Code]:
        """Read all that is code below a directory; plans and states only where they are named."""
        from scanner.iac.cloudformation.files import candidates  # noqa: PLC0415  # as above
        from scanner.iac.terraform import discover  # noqa: PLC0415  # as above

        for root in discover.roots(directory, self._configurations):
            yield from self._root(root)
        files = list(candidates(directory))
        if files:
            from scanner.iac.cloudformation import discover as templates  # noqa: PLC0415  # as above

            for found in templates.roots(directory, self._run, files):
                yield from self._template(found)
        unseen = self._configurations.told()
        if unseen:  # there was no root to tell it
            name = self._shown(directory)
            yield Code(name, Source.TERRAFORM, "hcl", problems=unseen)

    def file(self, file: Path) -> Iterator[Code]:
        """Read one file, as what it is."""
        if not file.is_file():
            raise CodeError(f"{file} is neither a file nor a directory", hint="name a file or a directory of code")
        name = file.name
        if name.endswith((".tf", ".tofu", ".tf.json", ".tofu.json")):
            yield from self._root(file.parent)
            return
        if name.endswith((".json", ".tfstate", ".tfplan", ".backup")) or "." not in name:
            from scanner.iac.terraform import plan, sniff, state  # noqa: PLC0415  # as above

            kind, given = sniff.sniff(file), self._inputs
            if kind in (sniff.PLAN, sniff.STATE, sniff.SHOWN_STATE):
                if self._first(file):
                    if kind == sniff.PLAN:
                        yield plan.load(
                            self._base, file, region=given.region, account=given.account, source_dir=self._source(file)
                        )
                    else:
                        yield state.load(self._base, file, region=given.region, account=given.account)
                return
        yield from self._template(file)

    def _source(self, plan: Path) -> Path | None:
        """Give the directory of a plan's configuration: the one that was named, or its own where that holds any."""
        named = self._inputs.source
        if named is not None:
            directory = Path(os.path.realpath(named))
            if not self._configurations.documents.configuration(str(directory)):
                raise CodeError(
                    f"--source {named} holds no Terraform configuration",
                    hint="name the directory in which `terraform plan` was run",
                )
            return directory
        own = plan.parent
        return own if self._configurations.documents.configuration(str(own)) else None

    def _root(self, directory: Path) -> Iterator[Code]:
        from scanner.iac.terraform import loader  # noqa: PLC0415  # as above

        if self._first(directory):
            given = self._inputs
            yield loader.load(
                self._base, directory, variables=given.variables, var_files=given.var_files,
                workspace=given.workspace, region=given.region, account=given.account,
                configurations=self._configurations,
            )  # fmt: skip

    def _template(self, file: Path) -> Iterator[Code]:
        from scanner.iac.cloudformation import template  # noqa: PLC0415  # as above

        if self._first(file):
            given = self._inputs
            yield template.load(
                self._base, file, parameters=given.parameters, region=given.region, account=given.account, run=self._run
            )

    def _first(self, path: Path) -> bool:
        key = os.path.realpath(path)
        if key in self._done:
            return False
        self._done.add(key)
        self._progress(self._shown(path))
        return True

    def _shown(self, path: Path) -> str:
        try:
            return path.relative_to(self._base).as_posix()
        except ValueError:
            return str(path)
