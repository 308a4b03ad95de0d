"""Terraform's functions that depend on the place: they read files below the given root or the module, and nothing else."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from scanner.iac.hcl.functions.definition import MOST, Function, Functions, blur
from scanner.iac.hcl.functions.hashes import digest, encoded
from scanner.iac.hcl.functions.paths import clean
from scanner.iac.hcl.functions.unification import Unsure, text
from scanner.iac.hcl.values import EvaluationError, SetValue, normal
from scanner.model.unresolved import Unresolved

_LARGEST: Final = 1_000_000
_DEEPEST: Final = 16  #: templates within templates
_MOST_STARS: Final = 6
_PIECE = re.compile(r"\*\*/|\*+|\[\^?.[^\]]*\]|\\.|.", re.DOTALL)
_CLASS = re.compile(r"\[\^?.[^\]]*\]|\\.", re.DOTALL)
_MARKS: Final = {"?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
_NAME = re.compile(r"[^\W\d][\w-]*")


class Render(Protocol):
    """Works out the text of a template with the names it is given; it raises `EvaluationError` like a function."""

    def __call__(self, source: str, names: Mapping[str, Any], file: str) -> Any:
        """Give the value of the template; `file` is where it is from, empty for a text."""


def bound(
    base: Path, root: Path, render: Render | None = None, noted: Callable[[Path], None] = lambda _: None,
    sought: Callable[[Path], None] = lambda _: None,
) -> dict[str, Function]:  # fmt: skip
    """Give the functions for code whose relative paths begin at `base`, when `root` was given to be read.

    `noted` is told of each file that is read, `sought` of each file and directory that is looked for, by the
    path that is written, whether it is there or not. Without `render`, templates are not worked out.
    """
    place = _Place(base, root, render, noted, sought)
    functions = Functions()
    for name, algorithm in (("md5", "md5"), ("sha1", "sha1"), ("sha256", "sha256"), ("sha512", "sha512")):
        functions.define(f"file{name}", text)(lambda path, of=algorithm: str(digest(of, place.read(path)).hexdigest()))
    for name in ("sha256", "sha512"):
        functions.define(f"filebase64{name}", text)(
            lambda path, of=name: encoded(digest(of, place.read(path)).digest())
        )
    functions.define("file", text)(place.text)
    functions.define("filebase64", text)(lambda path: encoded(place.read(path)))
    functions.define("fileexists", text)(place.exists)
    functions.define("fileset", text, text)(place.matching)
    functions.define("templatefile", text, _names, takes_unknown=True)(place.template_file)
    functions.define("templatestring", text, _names, takes_unknown=True)(place.template)
    return functions


def _names(value: Any) -> Any:
    if not isinstance(value, dict):
        raise EvaluationError("the names for a template must be a map")
    wrong = next((name for name in value if not _NAME.fullmatch(name)), None)
    if wrong is not None:
        raise EvaluationError(f"{wrong[:60]!r} cannot be a name in a template")
    return value


class _Place:
    """The directories that may be read, and how a template is worked out there."""

    def __init__(
        self, base: Path, root: Path, render: Render | None, noted: Callable[[Path], None],
        sought: Callable[[Path], None],
    ) -> None:  # fmt: skip
        self._base = base
        self._render = render
        self._noted = noted
        self._sought = sought
        self._allowed = tuple(dict.fromkeys(os.path.realpath(one) for one in (root, base)))
        self._depth = 0

    def _resolve(self, path: str) -> Path:
        """Give the file that a path means, wherever links lead; `Unsure` if that is not to be read."""
        if path.startswith("~"):
            raise Unsure(f"{path[:80]!r} is outside the given root")
        if "\0" in path:
            raise EvaluationError("a path cannot have a zero character")
        written = self._base / clean(path or ".")
        self._sought(written)
        found = os.path.realpath(written)
        if not any(found == one or found.startswith(one.rstrip("/") + "/") for one in self._allowed):
            raise Unsure(f"{path[:80]!r} is outside the given root")
        return Path(found)

    def read(self, path: str) -> bytes:
        """Read a file."""
        file = self._resolve(path)
        try:
            about = file.stat()
            if not stat.S_ISREG(about.st_mode):
                raise EvaluationError(f"{path[:80]!r} is no file")
            if about.st_size > _LARGEST:
                raise Unsure(f"{path[:80]!r} is larger than {_LARGEST:,} bytes, and is not read")
            with file.open("rb") as opened:
                content = opened.read(_LARGEST + 1)
        except FileNotFoundError:
            # it may be made before Terraform runs: an archive that the build puts there
            raise Unsure(f"there is no file {path[:80]!r}") from None
        except OSError as error:
            raise Unsure(f"{path[:80]!r} cannot be read: {error.strerror}") from None
        self._noted(file)
        return content

    def text(self, path: str) -> str:
        """Read a file as a text."""
        try:
            return normal(self.read(path).decode())
        except UnicodeDecodeError:
            raise EvaluationError(f"{path[:80]!r} is no UTF-8 text") from None

    def exists(self, path: str) -> bool:
        """Say whether there is a file; a directory is a mistake."""
        file = self._resolve(path)
        try:
            mode = file.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise Unsure(f"{path[:80]!r} cannot be looked at: {error.strerror}") from None
        if not stat.S_ISREG(mode):
            raise EvaluationError(f"{path[:80]!r} is no file")
        return True

    def matching(self, path: str, pattern: str) -> SetValue:
        """Give the files below a directory whose paths match a pattern."""
        directory = self._resolve(path)
        pattern = clean(pattern.lstrip("/") or ".")
        if pattern.startswith("..") or pattern.count("**") > 1 or pattern.count("*") > _MOST_STARS:
            raise Unsure(f"the pattern {pattern[:80]!r} is not worked out")
        wanted = _translated(pattern)
        deepest = MOST if "**" in pattern else pattern.count("/")
        found: list[str] = []
        looked_at = 0
        for here, directories, files in os.walk(directory):
            inside = os.path.relpath(here, directory).replace(os.sep, "/")
            looked_at += len(directories) + len(files)
            if looked_at > MOST:
                raise Unsure(f"{path[:80]!r} has more than {MOST:,} files")
            for name in files:
                whole = name if inside == "." else f"{inside}/{name}"
                if wanted.fullmatch(whole) and self._is_file(Path(here, name)):
                    found.append(normal(whole))
            if (0 if inside == "." else inside.count("/") + 1) >= deepest:
                directories.clear()
            if any(Path(here, one).is_symlink() for one in directories):
                raise Unsure(f"{path[:80]!r} has links to directories, which are not followed")
        return SetValue(found)

    def _is_file(self, file: Path) -> bool:
        if file.is_symlink():
            self._resolve(str(file))
        return file.is_file()

    def template_file(self, path: Any, names: Any) -> Any:
        """Work out the template in a file."""
        unsettled = [one for one in (path, names) if isinstance(one, Unresolved)]
        if unsettled:
            return blur(unsettled)
        return self._rendered(self.text(path), names, path)

    def template(self, source: Any, names: Any) -> Any:
        """Work out the template in a text."""
        unsettled = [one for one in (source, names) if isinstance(one, Unresolved)]
        return blur(unsettled) if unsettled else self._rendered(source, names, "")

    def _rendered(self, source: str, names: Mapping[str, Any], file: str) -> Any:
        if self._render is None:
            raise Unsure("a template is not worked out here")
        if self._depth >= _DEEPEST:
            raise Unsure(f"templates are nested more than {_DEEPEST} deep")
        self._depth += 1
        try:
            return self._render(source, names, file)
        finally:
            self._depth -= 1


def _translated(pattern: str) -> re.Pattern[str]:
    """Turn a pattern of `*`, `**`, `?`, `[…]` and `{…}` into a regular expression."""
    done: list[str] = []
    braces = 0
    for found in _PIECE.finditer(pattern):
        piece = found[0]
        begins = found.start() == 0 or pattern[found.start() - 1] == "/"
        if piece == "**/":
            done.append("(?:[^/]+/)*" if begins else "[^/]*/")
        elif piece[0] == "*":
            done.append(".*" if piece == "**" and begins and found.end() == len(pattern) else "[^/]*")
        elif piece[0] == "[":
            inner = re.sub(r"[\\\[&~|]", r"\\\g<0>", piece[1:-1])
            done.append(f"(?!/)[{inner}]")
        elif piece in _MARKS and (piece in "{?" or braces):
            done.append(_MARKS[piece])
            braces += {"{": 1, "}": -1}.get(piece, 0)
        else:
            done.append(re.escape(piece[-1]))
    try:
        if braces or "[" in _CLASS.sub("", pattern):
            raise EvaluationError(f"fileset() is given the pattern {pattern[:60]!r}, which is not complete")
        return re.compile("".join(done))
    except re.error:
        raise EvaluationError(f"fileset() is given the pattern {pattern[:60]!r}, which is wrong") from None
