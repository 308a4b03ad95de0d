"""The repository that holds the code: where its files are seen, and what a path is from its root."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Repository:
    """Where code comes from: the address of its repository, the commit, and the page under which its files are shown."""

    uri: str
    revision: str = ""
    branch: str = ""
    #: the address of a file's page is this and the file's path
    pages: str = ""

    def page(self, path: str, line: int = 0) -> str:
        """Give the address of a line of a file; "" where files have no pages."""
        if not self.pages:
            return ""
        return f"{self.pages}{encoded(path)}{f'#L{line}' if line else ''}"


def known(environment: Mapping[str, str]) -> Repository | None:
    """Read what a build service says of the repository it builds; None outside of one."""
    server, name = environment.get("GITHUB_SERVER_URL"), environment.get("GITHUB_REPOSITORY")
    if server and name:
        uri, revision = f"{server}/{name}", environment.get("GITHUB_SHA", "")
        pages = f"{uri}/blob/{revision}/" if revision else ""
        return Repository(
            uri, revision, environment.get("GITHUB_HEAD_REF") or environment.get("GITHUB_REF_NAME", ""), pages
        )
    if project := environment.get("CI_PROJECT_URL"):
        revision = environment.get("CI_COMMIT_SHA", "")
        pages = f"{project}/-/blob/{revision}/" if revision else ""
        return Repository(project, revision, environment.get("CI_COMMIT_REF_NAME", ""), pages)
    return None


def prefix(base: Path, environment: Mapping[str, str]) -> str:
    """Give the path of a directory from the root of its repository; "" for the root itself, and outside of one."""
    here = base.resolve()
    tops = [Path(environment[name]) for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR") if environment.get(name)]
    above = (here, *here.parents)
    tops += [one for one in above if (one / ".git").exists()][:1]
    for top in tops:
        if top.resolve() in above:
            inside = here.relative_to(top.resolve()).as_posix()
            return "" if inside == "." else inside
    return ""


def from_root(prefix: str, file: str) -> str:
    """Give a file's path from the root of the repository, without `.` and `..` where it lies inside."""
    return posixpath.normpath(posixpath.join(prefix, file))


def encoded(path: str) -> str:
    """Write a path as a relative URI; a name that is no UTF-8 keeps its bytes."""
    return quote(path, safe="/", errors="surrogateescape")


def shown(path: str) -> str:
    """Write a path for people; the bytes of a name that is no UTF-8 are written as such."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
