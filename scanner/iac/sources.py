"""Sources: from the paths that were named to the roots of code that lie there, whatever they are written in.

A directory is searched for Terraform roots, CloudFormation templates and CDK's output; a file may be any of these, a
plan, a state or a change set. Paths in what is read are relative to `base`, with forward slashes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.iac.block import Code, Problem
from scanner.model.errors import BackupScanError
from scanner.model.reading import Source, Spot

if TYPE_CHECKING:
    from scanner.iac.cloudformation.run import Run


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is said from outside of the code: values of variables and parameters, and where it is deployed to."""

    variables: Mapping[str, str] = field(default_factory=dict)
    var_files: Sequence[Path] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    workspace: str = "default"
    region: str = ""
    account: str = ""


class CodeError(BackupScanError):
    """What was named is no code that can be judged."""


def base_of(paths: Sequence[Path]) -> Path:
    """Give the directory that paths are told from: the root of their repository, or the nearest above all of them."""
    first = Path(os.path.realpath(paths[0]))
    start = first if first.is_dir() else first.parent
    for directory in (start, *start.parents):
        if (directory / ".git").exists():
            return directory
    real = [Path(os.path.realpath(one)) for one in paths]
    return Path(os.path.commonpath([one if one.is_dir() else one.parent for one in real]))


def load(
    paths: Sequence[Path], base: Path, inputs: Inputs, progress: Callable[[str], None] = lambda _: None
) -> Iterator[Code]:
    """Read every root at or below the paths, each once; raise `CodeError` where there is nothing to read."""
    done: set[str] = set()
    for path in paths:
        if not path.exists():
            raise CodeError(f"{path} does not exist", hint="name a directory of code, a template, a plan or a state")
        real = Path(os.path.realpath(path))
        found = _directory(real, base, inputs, done, progress) if real.is_dir() else _file(real, base, inputs, done)
        yield from found


def _directory(
    directory: Path, base: Path, inputs: Inputs, done: set[str], progress: Callable[[str], None]
) -> Iterator[Code]:
    from scanner.iac.cloudformation import discover as templates  # noqa: PLC0415  # only what is there
    from scanner.iac.cloudformation.run import Run  # noqa: PLC0415
    from scanner.iac.terraform import discover, loader  # noqa: PLC0415

    configurations = discover.Configurations(base)
    for root in discover.roots(directory, configurations):
        if _first(root, done):
            progress(_shown(root, base))
            yield loader.load(
                base, root, variables=inputs.variables, var_files=inputs.var_files, workspace=inputs.workspace,
                region=inputs.region, account=inputs.account, configurations=configurations,
            )  # fmt: skip
    run = Run(base)  # each template is parsed once, and sees what the others export
    for found in templates.roots(directory, run):
        if _first(found, done):
            progress(_shown(found, base))
            yield from _template(found, base, inputs, run)


def _file(file: Path, base: Path, inputs: Inputs, done: set[str]) -> Iterator[Code]:
    if not _first(file, done):
        return
    name = file.name
    if name.endswith((".tf", ".tofu", ".tf.json", ".tofu.json")):
        from scanner.iac.terraform import discover, loader  # noqa: PLC0415

        if _first(file.parent, done):
            yield loader.load(
                base, file.parent, variables=inputs.variables, var_files=inputs.var_files,
                workspace=inputs.workspace, region=inputs.region, account=inputs.account,
                configurations=discover.Configurations(base),
            )  # fmt: skip
        return
    if name.endswith((".json", ".tfstate", ".tfplan", ".backup")) or "." not in name:
        from scanner.iac.terraform import plan, sniff, state  # noqa: PLC0415

        kind = sniff.sniff(file)
        if kind == sniff.PLAN:
            yield plan.load(base, file, region=inputs.region, account=inputs.account, source_dir=file.parent)
            return
        if kind in (sniff.STATE, sniff.SHOWN_STATE):
            yield state.load(base, file)
            return
    yield from _template(file, base, inputs)


def _template(file: Path, base: Path, inputs: Inputs, run: Run | None = None) -> Iterator[Code]:
    from scanner.iac.cloudformation import template  # noqa: PLC0415

    yield template.load(
        base, file, parameters=inputs.parameters, region=inputs.region, account=inputs.account, run=run
    )  # fmt: skip


def _first(path: Path, done: set[str]) -> bool:
    key = str(path)
    if key in done:
        return False
    done.add(key)
    return True


def _shown(path: Path, base: Path) -> str:
    try:
        return path.relative_to(base).as_posix() or "."
    except ValueError:
        return str(path)


def nothing_of(paths: Sequence[Path]) -> Code:
    """Give a root that says that nothing was found at the paths."""
    where = ", ".join(map(str, paths))
    problem = Problem("no Terraform, CloudFormation, plan or state was found", Spot(where, 1))
    return Code(where, Source.TERRAFORM, "nothing", problems=[problem])
