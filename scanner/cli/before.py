"""Before a change: the code as it was at a commit, judged by the rules, the policy and the systems of now.

Only what code and its waivers say is taken from then. What git ignores (downloaded modules, a person's own variables
and overrides) is no part of a change, so it is taken as it lies here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from scanner.cli.base_tree import changed_since, git, renamed_since, since, tree_of
from scanner.cli.gate import Bench, read_code
from scanner.cli.gate_options import CodeRequest
from scanner.cli.touching import Change
from scanner.iac.block import Code
from scanner.iac.comparison import moved_roots
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass

#: What Terraform reads of what is commonly ignored, by its name's end.
_READ_THOUGH_IGNORED = (
    ".tfvars", ".tfvars.json", ".terraform/modules/", "_override.tf", "_override.tf.json", "/override.tf",
    "/override.tf.json",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Past:
    """The code before a change, as it lies in a directory of its own while it is looked at."""

    base: Path
    tree: Path
    commit: str
    codes: tuple[Code, ...]
    changed: frozenset[str]

    def touched(self, now: Sequence[Code], bench: Bench) -> frozenset[str]:
        """Give the roots of which a file differs, of those before and those of now: what is gone differs too.

        A file that its functions look for is one of them, whatever it is. A waiver that was taken away touches all.
        """
        if waivers_of(_of_then(bench, self)) - waivers_of(bench):
            return frozenset(code.root for code in (*self.codes, *now))
        change = Change(self.changed)
        return frozenset(
            code.root for base, codes in ((self.tree, self.codes), (self.base, now)) for code in codes
            if change.touches(base, code)
        )  # fmt: skip


def waivers_of(bench: Bench) -> frozenset[tuple[str, str, date]]:
    """Give what the waivers of a configuration cover, and until when."""
    records = bench.configuration.records
    return frozenset((one.rule, one.resource, one.expires) for one in (records.waivers if records else ()))


@contextmanager
def before(code: CodeRequest, base: Path, *, quiet: bool) -> Iterator[Past]:
    """Read the code as it was where the change left `--base`."""
    here = [Path(os.path.realpath(path)) for path in code.code]
    for path in here:
        if not path.is_relative_to(base):
            raise click.UsageError(f"--base: {path} is outside of the repository {base}, of which the commit is")
    start = since(base, code.base or "")
    if start.warning:
        click.echo(f"backup-scan: --base: {start.warning}", err=True)
    with tree_of(base, start.commit, _ignored(base)) as tree:
        there = [tree / path.relative_to(base) for path in here]
        present = [path for path in there if path.exists()]
        for path, old in zip(here, there, strict=True):
            if old not in present:
                name = path.relative_to(base).as_posix()
                click.echo(
                    f"backup-scan: --base: {name} was not there at {start.commit[:12]}, so all of it counts as added",
                    err=True,
                )
        then = replace(code, var_files=tuple(_then(base, tree, code.var_files)))
        codes = read_code(then, present, tree, quiet=quiet, needed=False) if present else ()
        yield Past(base, tree, start.commit, codes, changed_since(base, start.commit))


def _then(base: Path, tree: Path, files: Sequence[Path]) -> Iterator[Path]:
    """Give the files of variables as they were; one that was not there gave nothing its value."""
    for file in files:
        real = Path(os.path.realpath(file))
        if not real.is_relative_to(base):
            yield file
        elif (old := tree / real.relative_to(base)).exists():
            yield old


def _ignored(base: Path) -> list[Path]:
    said = git(base, "ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    names = [os.fsdecode(one) for one in said.split(b"\0") if one]
    found: list[Path] = []
    for name in names:
        if name.endswith(".terraform/"):
            found.append(base / name / "modules")
        elif f"/{name}".endswith(_READ_THOUGH_IGNORED):
            found.append(base / name)
    return [one for one in found if one.exists()]


def judged_before(past: Past, bench: Bench, only: frozenset[str] | None, now: Iterable[Code]) -> Sequence[Finding]:
    """Judge the code as it was, with the waivers of then; findings on roots that were renamed go by their new name."""
    codes = [one for one in past.codes if only is None or one.root in only]
    if not codes:
        return ()
    findings = _of_then(bench, past).judge(codes, past.tree).findings.findings
    names = moved_roots(past.codes, now, renamed_since(past.base, past.commit))
    return [_renamed(one, names) for one in findings]


def _renamed(one: Finding, names: Mapping[str, str]) -> Finding:
    block = one.subject.declaration
    if block is None or block.root not in names:
        return one
    return replace(one, subject=replace(one.subject, declaration=replace(block, root=names[block.root])))


def _of_then(bench: Bench, past: Past) -> Bench:
    """Give the bench with the waivers as they were: one that is taken away uncovers a failure."""
    records = bench.configuration.records
    if records is None:
        return bench
    from scanner.cli.accounts import load  # noqa: PLC0415  # few configurations hold any
    from scanner.model.errors import BackupScanError  # noqa: PLC0415  # as above

    config = Path(os.path.realpath(bench.configuration.file))
    old = past.tree / config.relative_to(past.base) if config.is_relative_to(past.base) else None
    if old is None or not old.exists():
        return bench
    try:
        then = load(old, bench.law, bench.at, needed=False)
    except BackupScanError:  # what could not be judged by then is judged by what is there now
        return bench
    return replace(bench, configuration=replace(bench.configuration, records=then.records))
