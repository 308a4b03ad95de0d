"""The tree before a change: the files of a commit, laid out in a directory that is removed afterwards."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

_GIT = ("git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false")
_LARGEST = 8 << 20


def _git(base: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run((*_GIT, "-C", str(base), *arguments), capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise click.UsageError("--base needs git, which is not installed; --baseline FILE needs none") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise click.UsageError(f"git {arguments[0]}: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def commit_of(base: Path, ref: str) -> str:
    """Give the commit that a change starts from: where it left the ref; refuse what is no commit."""
    if ref.startswith("-"):
        raise click.BadParameter(f"{ref!r} is no commit", param_hint="--base")
    commit = _git(base, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    # What others merged since then is not part of this change.
    try:
        return _git(base, "merge-base", commit, "HEAD").decode().strip()
    except click.UsageError:
        return commit


def changed_since(base: Path, commit: str) -> frozenset[str]:
    """Give the files that differ from a commit, as they lie there now: committed or not, tracked or not."""
    differing = _git(base, "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", commit)
    new = _git(base, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(one.decode("utf-8", "surrogateescape") for one in (differing + new).split(b"\0") if one)


@contextmanager
def tree_of(base: Path, commit: str, modules: Sequence[Path]) -> Iterator[Path]:
    """Lay out the files of a commit; `modules` are directories of downloaded modules, which no commit holds."""
    with tempfile.TemporaryDirectory(prefix="backup-scan-") as name:
        directory = Path(name)
        archive = directory / "tree.tar"
        _git(base, "archive", "--format=tar", f"--output={archive}", commit)
        tree = directory / "tree"
        tree.mkdir()
        with tarfile.open(archive) as packed:
            members = [one for one in packed.getmembers() if (one.isfile() and one.size <= _LARGEST) or one.isdir()]
            packed.extractall(tree, members=members, filter="data")
        archive.unlink()
        for source in modules:
            target = tree / source.relative_to(base)
            if target.parent.parent.is_dir() and not target.exists():
                shutil.copytree(source, target, symlinks=True)
        yield tree
