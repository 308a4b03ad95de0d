"""Documents of Terraform: every file is read and parsed once, however many modules and roots it serves."""

# ruff: noqa: PTH100, PTH113, PTH114, PTH118, PTH120, PTH123, PTH202
# Paths are texts here: of a large repository, tens of thousands are joined and looked up.

from __future__ import annotations

import os
from typing import Final

from scanner.iac.hcl.mistakes import Expressions
from scanner.iac.hcl.tree import Body, Document, Wrong
from scanner.model.reading import Spot

#: the ends of names that make a file configuration, and OpenTofu's, which take the place of the other of that name
TERRAFORM: Final = (".tf", ".tf.json")
TOFU: Final = (".tofu", ".tofu.json")

#: a file that is longer is not read: nobody writes 32 MiB of configuration by hand, and plans have a reader of their own
LONGEST: Final = 32 << 20


def absolute(path: str | os.PathLike[str]) -> str:
    """Give a path from the top, with links left as they are."""
    return os.path.abspath(path)


def under(directory: str, relative: str) -> str:
    """Give what a relative path means in a directory."""
    return os.path.normpath(os.path.join(directory, relative))


def name_of(path: str, base: str) -> str:
    """Give a path relative to what the user named, with forward slashes."""
    if path == base:
        return "."
    if path.startswith(base + os.sep):
        return path[len(base) + 1 :].replace(os.sep, "/")
    return os.path.relpath(path, base).replace(os.sep, "/")


def stem(name: str) -> str:
    """Give a file's name without the end that makes it configuration; empty if it is none."""
    if name.startswith((".", "#")) or name.endswith("~"):
        return ""
    for end in (*TERRAFORM, *TOFU):
        if name.endswith(end) and len(name) > len(end):
            return name[: -len(end)]
    return ""


def is_directory(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is, or leads to, a directory; a link in a circle leads to nothing."""
    try:
        return entry.is_dir()
    except OSError:
        return False


class Documents:
    """The files of one run, read when they are first asked for."""

    def __init__(self, base: str) -> None:
        self.base = os.path.abspath(base)
        self._real = os.path.realpath(base)
        self._read: dict[str, Document] = {}
        self._expressions = Expressions()
        self._listed: dict[str, list[str]] = {}
        #: why a directory's files are not known
        self.unlisted: dict[str, str] = {}

    def name(self, path: str) -> str:
        """Give a path as messages and spots name it."""
        return name_of(path, self.base)

    def configuration(self, directory: str) -> list[str]:
        """Give the names of a directory's configuration files, in Terraform's order, overrides last."""
        if directory not in self._listed:
            try:
                with os.scandir(directory) as entries:
                    names = [one.name for one in entries if stem(one.name) and not is_directory(one)]
            except OSError as error:
                names = []
                self.unlisted[directory] = f"{self.name(directory)} cannot be listed: {error.strerror}"
            self._listed[directory] = ordered(names)
        return self._listed[directory]

    def document(self, path: str) -> Document:
        """Give a file as it was parsed; what could not be read is a document with what is wrong."""
        if path not in self._read:
            self._read[path] = self._parse(path)
        return self._read[path]

    def _parse(self, path: str) -> Document:
        name = self.name(path)
        if os.path.islink(path) and not self._inside(path):
            why = "is a link that leads out of what is checked, so it was not followed"
            return _unread(name, why, broken=False)
        try:
            if not os.path.isfile(path):
                return _unread(name, "is not a file")
            if os.path.getsize(path) > LONGEST:
                return _unread(name, f"is longer than {LONGEST >> 20} MiB")
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            return _unread(name, f"cannot be read: {error.strerror}")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            return _unread(name, "is not UTF-8 text", line)
        if "\0" in text:
            return _unread(name, "is not text: it holds a NUL character", text.count("\n", 0, text.index("\0")) + 1)
        try:
            if path.endswith(".json"):
                from scanner.iac.hcl.json_syntax import parse_json  # noqa: PLC0415  # few repositories have any

                document = parse_json(text, name)
            else:
                from scanner.iac.hcl.syntax import parse  # noqa: PLC0415  # names of files are asked for without it

                document = parse(text, name)
            self._expressions.check(document)
        except RecursionError:
            return _unread(name, "is nested too deeply")
        return document

    def _inside(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real.startswith((self._real + os.sep, os.path.realpath(os.path.dirname(path)) + os.sep))


def _unread(name: str, why: str, line: int = 1, *, broken: bool = True) -> Document:
    return Document(name, Body(), [Wrong(f"{name} {why}", Spot(name, line), broken)])


def ordered(names: list[str]) -> list[str]:
    """Give the files that count in the order in which they are merged: overrides come after all others.

    Of `a.tf` and `a.tofu`, OpenTofu reads the second alone.
    """
    there = set(names)
    kept = [
        one
        for one in names
        if not (one.endswith(".tf") and f"{one[:-3]}.tofu" in there)
        and not (one.endswith(".tf.json") and f"{one[:-8]}.tofu.json" in there)
    ]
    return sorted(kept, key=lambda one: (overrides(one), one))


def overrides(name: str) -> bool:
    """Tell whether a file changes what others declare, instead of declaring anew."""
    bare = stem(name)
    return bare == "override" or bare.endswith("_override")
