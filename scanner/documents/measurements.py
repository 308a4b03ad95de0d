"""The records of drills: read, held against their schema, and made to agree with the configuration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.schema import nearest, violations
from scanner.documents.yaml_file import Document, load_yaml


def load_measurements(config: Path, patterns: Iterable[str], systems: Collection[str]) -> tuple[Mapping[str, Any], ...]:
    """Read the records that a configuration names, as items that can be judged like resources; raise `DocumentError`.

    A pattern that fits no file is an error: a record that was moved must not look like a drill that was never held.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for pattern in patterns:
        # A pattern is relative to the configuration, wherever the scan is started.
        files = sorted(config.parent.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        if not files:
            raise DocumentError.of(
                str(config),
                [Problem(1, 1, f"found no file for measurements {pattern!r}", "expected a record of a drill")],
            )
        for file in files:
            for one in _read(file, systems):
                found.setdefault(f"{one['run']}/{one['name']}", one)
    return tuple(found.values())


def _read(file: Path, systems: Collection[str]) -> Iterator[Mapping[str, Any]]:
    document = load_yaml(file)
    problems = [problem for some in violations(document, "measurements").values() for problem in some]
    if not problems:
        problems = list(_disagreements(document, systems))
    if problems:
        raise DocumentError.of(document.file, problems)
    data = document.data
    for one in data["measurements"]:
        yield {**one, "run": data["run"], "evidence": data["evidence"], "record": f"{file.name}: run {data['run']}"}


def _disagreements(document: Document, systems: Collection[str]) -> Iterator[Problem]:
    names: set[str] = set()
    for index, one in enumerate(document.data["measurements"]):
        place = ("measurements", index)
        if one["name"] in names:
            yield document.problem(
                (*place, "name"), f"found {one['name']!r} twice in one run", "expected a name of its own"
            )
        names.add(one["name"])
        if "system" in one and one["system"] not in systems:
            message = f"found unknown system {one['system']!r} of measurement {one['name']}"
            yield document.problem((*place, "system"), message, nearest(one["system"], systems))
