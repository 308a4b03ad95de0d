"""The tree before a change: the files of a commit, laid out in a directory that is removed afterwards.

Git is asked for names and contents only: no filter, hook, diff program or fetch that a configuration names is run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from scanner.iac.sources import CodeError
from scanner.model.late_dataclass import dataclass

_GIT = ("git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c", "core.precomposeUnicode=true")
#: What no reader of code reads is not laid out.
_LARGEST = 64 << 20
_LINK, _SUBMODULE = "120000", "160000"
_FILTERED = (
    "--base: the files of that commit are not in this clone, which was made without them (`--filter`); fetch them, or "
    "clone without a filter"
)
_AT_ONCE = 32 << 20
_OF_A_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_INDEX_FILE")


@dataclass(frozen=True, slots=True)
class Since:
    """The commit that a change starts from, and a warning where that is not certain."""

    commit: str
    warning: str = ""


class GitError(click.UsageError):
    """Git does not know what it was asked for."""


def git(base: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """Ask git about the repository of a directory; raise what it complains of."""
    # A hook is run with the names of one repository in its environment; this may be another, such as a submodule.
    here = {name: value for name, value in os.environ.items() if name not in _OF_A_REPOSITORY}
    told = {**here, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_ALLOW_PROTOCOL": "none"}
    try:
        done = subprocess.run(  # noqa: S603  # the program of the path, as every user of git calls it
            (*_GIT, "-C", str(base), *arguments), env=told, input=given, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise GitError("--base needs git, which is not installed; --baseline FILE needs none") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        said = next((one for one in lines if one.startswith(("fatal:", "error:"))), lines[-1] if lines else "")
        raise GitError(f"--base: git {arguments[0]}: {said or f'exit code {done.returncode}'}")
    return done.stdout


def since(base: Path, ref: str) -> Since:
    """Give the commit where a change left a ref; refuse what is no commit."""
    if ref.startswith("-") or not ref.strip() or "\0" in ref:
        raise click.BadParameter(f"{ref!r} is no commit", param_hint="--base")
    git(base, "rev-parse", "--git-dir")  # what is wrong with the repository itself is told first
    try:
        commit = git(base, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GitError:
        raise click.BadParameter(
            f"there is no commit {ref!r} in this clone; fetch it (`git fetch origin {ref}`; in a build, check out with "
            "`fetch-depth: 0`)",
            param_hint="--base",
        ) from None
    name = commit.decode().strip()
    # What others merged since then is not part of this change.
    try:
        return Since(git(base, "merge-base", name, "HEAD").decode().strip())
    except GitError:
        return Since(
            name,
            f"where HEAD left {ref} is not in this clone (is it shallow?), so {ref} as it is now is what was there "
            "before: what others merged into it counts as part of this change; `fetch-depth: 0` tells them apart",
        )


def changed_since(base: Path, commit: str) -> frozenset[str]:
    """Give the files that differ from a commit, as they lie there now: committed or not, tracked or not.

    Of a submodule, or of another repository inside, it is the directory alone.
    """
    differing = git(
        base, "diff", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=none", "-z", commit
    )
    new = git(base, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(os.fsdecode(one).rstrip("/") for one in (differing + new).split(b"\0") if one)


def renamed_since(base: Path, commit: str) -> Mapping[str, str]:
    """Give the files that were renamed since a commit, by their new name, as far as they are alike."""
    said = git(base, "diff", "--name-status", "--find-renames", "--diff-filter=R", "--no-ext-diff", "-z", commit)
    words = [os.fsdecode(one) for one in said.split(b"\0")]
    return {new: old for _, old, new in zip(words[::3], words[1::3], words[2::3], strict=False)}


@contextmanager
def tree_of(base: Path, commit: str, ignored: Sequence[Path] = ()) -> Iterator[Path]:
    """Lay out the files of a commit; `ignored` are files and directories here that no commit holds, but code reads."""
    with tempfile.TemporaryDirectory(prefix="backup-scan-", ignore_cleanup_errors=True) as name:
        tree = Path(os.path.realpath(name)) / "tree"
        try:
            tree.mkdir()
            _lay_out(base, commit, tree)
            for source in ignored:
                _copy(source, tree / source.relative_to(base))
        except (OSError, shutil.Error) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise CodeError(
                f"--base: the files of commit {commit[:12]} could not be laid out in {name}: {why}",
                hint="make room there, or name another directory with TMPDIR",
            ) from None
        yield tree


def _copy(source: Path, target: Path) -> None:
    """Copy what git ignores, if its directory was there before."""
    if target.exists():
        return
    if source.parent.name == ".terraform" and target.parent.parent.is_dir():
        target.parent.mkdir(exist_ok=True)
    if target.parent.is_dir():
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        else:
            shutil.copyfile(source, target)


def _lay_out(base: Path, commit: str, tree: Path) -> None:
    batch: list[tuple[str, str]] = []
    links: list[tuple[str, str]] = []
    weight = 0
    for row in git(base, "ls-tree", "-r", "-l", "-z", commit).split(b"\0"):
        if not row:
            continue
        told, _, path = row.partition(b"\t")
        mode, _, blob, size = os.fsdecode(told).split()
        name = os.fsdecode(path)
        if mode == _SUBMODULE:
            _submodule(base / name, blob, tree / name)
        elif mode == _LINK:
            links.append((blob, name))
        elif size.isdigit() and int(size) <= _LARGEST:
            batch.append((blob, name))
            weight += int(size)
            if weight > _AT_ONCE:
                _write(base, batch, tree)
                batch, weight = [], 0
    _write(base, batch, tree)
    # Links come last, so that nothing is written through one.
    for (_, name), target in zip(links, _contents(base, links), strict=True):
        link = tree / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.fsdecode(target))


def _write(base: Path, files: Sequence[tuple[str, str]], tree: Path) -> None:
    for (_, name), content in zip(files, _contents(base, files), strict=True):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _contents(base: Path, files: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    if not files:
        return
    said = git(base, "cat-file", "--batch", given="".join(f"{blob}\n" for blob, _ in files).encode())
    place = 0
    for _ in files:
        end = said.index(b"\n", place)
        words = said[place:end].split()
        if len(words) != 3:
            raise GitError(_FILTERED)
        yield said[end + 1 : end + 1 + int(words[2])]
        place = end + 2 + int(words[2])


def _submodule(here: Path, commit: str, there: Path) -> None:
    """Lay out a submodule as it was, where its commit is at hand; its code is left out where it is not."""
    there.mkdir(parents=True, exist_ok=True)
    if not (here / ".git").exists():
        return
    try:
        git(here, "cat-file", "-e", f"{commit}^{{commit}}")
        _lay_out(here, commit, there)
    except GitError:
        click.echo(
            f"backup-scan: {here.name}: commit {commit[:12]} of this submodule is not in this clone, so all that it "
            "declares counts as added",
            err=True,
        )
