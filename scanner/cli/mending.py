"""Mending: the edits that mend failures for certain, shown as a diff or made in the files themselves."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from scanner.cli.gate import Judged, Mendable
from scanner.door.output import write_all
from scanner.iac.fixes.edit import Edit, apply, diff
from scanner.model.verdict import Outcome

_HINT = "nothing was mended; see to the file's permissions"


def within(paths: Sequence[Path], base: Path) -> Mendable:
    """Say which files may be edited: those below the paths that were named, and none that a program put there."""
    real = [Path(os.path.realpath(one)) for one in paths]

    def may(file: str) -> bool:
        path = base / file
        named = any(
            path == one or path.is_relative_to(one) or (path.parent == one.parent and one.is_file()) for one in real
        )
        hidden = any(part.startswith(".") and part not in (".", "..") for part in Path(file).parts[:-1])
        return named and not hidden

    return may


def wanted(judged: Judged) -> dict[str, tuple[Edit, ...]]:
    """Give the edits by the fingerprint of what they mend, none of what is waived."""
    waived = {one.fingerprint for one in judged.findings.findings if one.waiver is not None}
    return {mark: edits for mark, edits in judged.fixes.items() if mark not in waived}


def _by_file(fixes: Mapping[str, tuple[Edit, ...]], base: Path) -> Iterator[tuple[str, str, list[Edit]]]:
    """Give each file that changes, its text as it is, and what is edited in it."""
    by_file: dict[str, list[Edit]] = {}
    for one in sorted({one for some in fixes.values() for one in some}):
        by_file.setdefault(one.file, []).append(one)
    for file, some in by_file.items():
        yield file, (base / file).read_bytes().decode("utf-8"), some


def show(fixes: Mapping[str, tuple[Edit, ...]], base: Path) -> None:
    """Print the edits as a unified diff to standard output; change nothing."""
    for file, text, edits in _by_file(fixes, base):
        click.echo(diff(file, text, edits).encode("utf-8", "surrogateescape"), nl=False)
    if not fixes:
        _nothing()


def make(fixes: Mapping[str, tuple[Edit, ...]], base: Path, again: Callable[[], Judged]) -> Judged | None:
    """Make the edits, all or none, judge again, and say on standard error what was done; None where there is nothing.

    What is not mended by its edits after all is put back as it was.
    """
    if not fixes:
        _nothing()
        return None
    files = list(_by_file(fixes, base))
    _write([(file, apply(text, edits)) for file, text, edits in files], base)
    judged = again()
    mended = {one.fingerprint for one in judged.findings.findings if one.outcome is Outcome.PASSED}
    mended |= {one.fingerprint for one in judged.unasked}  # all that is left of it is no code's to say
    amiss = {one.file for mark, some in fixes.items() if mark not in mended for one in some}
    if amiss:
        _write([(file, text) for file, text, _ in files if file in amiss], base)
        for file in sorted(amiss):
            click.echo(f"backup-scan: {file}: its edits did not mend it, and it is as it was before", err=True)
        judged = again()
    for one in (one for file, _, edits in files if file not in amiss for one in edits):
        click.echo(f"backup-scan: {one.file}: {one.says}", err=True)
    return judged


def _nothing() -> None:
    click.echo("backup-scan: nothing can be mended for certain; the report says what to do", err=True)


def _write(files: Sequence[tuple[str, str]], base: Path) -> None:
    # What is a link stays one; what may be run still may.
    targets = [((base / file).resolve(), text) for file, text in files]
    for path, _ in targets:
        if not os.access(path, os.W_OK):
            from scanner.model.errors import OutputError  # noqa: PLC0415  # seldom

            raise OutputError(f"{path}: may not be written", hint=_HINT)
    modes = [path.stat().st_mode & 0o7777 for path, _ in targets]
    write_all(targets, hint=_HINT)
    for (path, _), mode in zip(targets, modes, strict=True):
        path.chmod(mode)
