"""Terraform's path functions that read no file."""

from __future__ import annotations

import posixpath

from scanner.iac.hcl.functions.definition import Functions
from scanner.iac.hcl.functions.unification import Unsure, text

FUNCTIONS = Functions()


def clean(path: str) -> str:
    """Give the shortest path that means the same."""
    found = posixpath.normpath(path)
    return found[1:] if found.startswith("//") else found


@FUNCTIONS.define("basename", text)
def basename(path: str) -> str:
    """Give the last part of a path."""
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


@FUNCTIONS.define("dirname", text)
def dirname(path: str) -> str:
    """Give a path without its last part."""
    return clean(path[: path.rfind("/") + 1] or ".")


@FUNCTIONS.define("abspath", text)
def absolute(path: str) -> str:
    """Give an absolute path; where a relative one leads, only the machine that runs Terraform says."""
    if not path.startswith("/"):
        raise Unsure("where the path leads depends on the directory that Terraform is run in")
    return clean(path)


@FUNCTIONS.define("pathexpand", text)
def expanded(path: str) -> str:
    """Give a path with ~ replaced, which only the machine that runs Terraform can do."""
    if path.startswith("~"):
        raise Unsure("where ~ leads depends on who runs Terraform")
    return path
