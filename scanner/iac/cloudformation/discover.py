"""Discovery: the templates and change sets below a directory, without those that are only nested in others."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scanner.iac.cloudformation.document import (
    LARGEST,
    Document,
    is_change_set,
    is_template,
    may_be_change_set,
    may_be_template,
    names_types,
)
from scanner.iac.cloudformation.files import candidates
from scanner.iac.cloudformation.nested import local_of
from scanner.iac.cloudformation.run import Run


def roots(directory: Path, run: Run | None = None, files: Iterable[Path] | None = None) -> list[Path]:
    """Give the files below a directory that are stacks of their own, in order.

    A template that another one nests is read there, with the parameters that it is given. What only nests itself in a
    circle is read on its own, so that nothing is passed over. With `run` every file is parsed once for all. `files` are
    those that may be any, where they are known.
    """
    run = run or Run(directory)
    found: dict[str, Path] = {}
    inner: dict[str, set[str]] = {}
    for path in candidates(directory) if files is None else files:
        document = _candidate(path, run)
        if document is None:
            continue
        key = os.path.realpath(path)
        if key not in found:
            found[key] = path
            inner[key] = _nests(path, document.value) - {key}
    nested = set().union(*inner.values()) if inner else set()
    chosen = [key for key in found if key not in nested]
    reached: set[str] = set()
    for key in chosen:
        _reach(key, inner, reached)
    for key in found:
        if key not in reached:
            chosen.append(key)
            _reach(key, inner, reached)
    paths = [found[key] for key in sorted(chosen, key=lambda key: found[key].parts)]
    run.waiting.update({os.path.realpath(path): None for path in paths if is_template(run.document(path).value)})
    return paths


def _candidate(path: Path, run: Run) -> Document | None:
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            # Room for the largest costs more than reading one that is small.
            data = file.read(min(os.fstat(file.fileno()).st_size, LARGEST) + 1)
    except PermissionError:
        return run.document(path)  # it says so: what it holds may be code
    except OSError:
        return None  # a link to nothing
    template, change_set = may_be_template(data), path.suffix == ".json" and may_be_change_set(data)
    if not template and not change_set:
        return None
    if len(data) > LARGEST:
        return run.document(path) if names_types(data) else None
    document = run.document(path, data)
    if is_template(document.value) or is_change_set(document.value):
        return document
    # what does not parse may be meant for another program (Helm, Jinja), unless it speaks of CloudFormation's types
    return document if document.value is None and document.problems and names_types(data) else None


def _nests(path: Path, value: Any) -> set[str]:
    resources = value.get("Resources") if isinstance(value, dict) else None
    if not isinstance(resources, dict):
        return set()
    locals_ = (local_of(one) for one in resources.values() if isinstance(one, dict))
    return {os.path.realpath(path.parent / local) for local in locals_ if local}


def _reach(start: str, inner: dict[str, set[str]], reached: set[str]) -> None:
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting.extend(inner.get(here, ()))
