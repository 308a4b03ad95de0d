"""Mending: the edits that mend failures for certain, shown as a diff or made in the files themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from scanner.cli.output import write_all
from scanner.iac.fixes.edit import Edit, apply, diff


def _changed(edits: Iterable[Edit], base: Path) -> Iterator[tuple[str, str, str]]:
    """Give each file that changes, as it is and as it would be."""
    by_file: dict[str, list[Edit]] = {}
    for one in edits:
        by_file.setdefault(one.file, []).append(one)
    for file, some in sorted(by_file.items()):
        before = (base / file).read_bytes().decode("utf-8")
        yield file, before, apply(before, some)


def show(edits: Iterable[Edit], base: Path) -> None:
    """Print the edits as a unified diff to standard output; change nothing."""
    for file, before, after in _changed(edits, base):
        click.echo(diff(file, before, after), nl=False)


def make(edits: Iterable[Edit], base: Path) -> None:
    """Make the edits, all or none, and say on standard error what was done."""
    chosen = set(edits)
    files = list(_changed(chosen, base))
    # What is a link stays one; what may be run still may.
    targets = [((base / file).resolve(), after) for file, _, after in files]
    modes = [path.stat().st_mode & 0o7777 for path, _ in targets]
    write_all(targets, hint="nothing was mended; see to the file's permissions")
    for (path, _), mode in zip(targets, modes, strict=True):
        path.chmod(mode)
    for one in sorted(chosen):
        click.echo(f"backup-scan: {one.file}: {one.says}", err=True)
    if not chosen:
        click.echo("backup-scan: nothing could be mended for certain; the report says what to do", err=True)
