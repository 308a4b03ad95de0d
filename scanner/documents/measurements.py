"""The records of drills: read, held against their schema, and made to agree with the configuration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.schema import nearest, violations
from scanner.documents.yaml_file import Document, Lines, load_yaml


def load_measurements(
    config: Path, patterns: Iterable[str], systems: Collection[str], lines: Lines = MappingProxyType({})
) -> tuple[Mapping[str, Any], ...]:
    """Read the records that a configuration names, as items that can be judged like resources; raise `DocumentError`.

    A pattern that fits no file is an error: a record that was moved must not look like a drill that was never held.
    `lines` tell where the patterns stand in the configuration.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for number, pattern in enumerate(patterns):
        try:
            # A pattern is relative to the configuration, wherever the scan is started.
            files = sorted(config.parent.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        except (ValueError, OSError) as error:
            raise _unfit(config, lines, number, f"found {pattern!r} for measurements", str(error)) from None
        if not files:
            message = f"found no file for measurements {pattern!r}"
            raise _unfit(config, lines, number, message, "expected a record of a drill")
        for file in files:
            for one in _read(file, systems):
                first = found.setdefault(f"{one['run']}/{one['name']}", one)
                # A copy counts once; of two that differ, the better one must not hide the other.
                if {**first, "record": ""} != {**one, "record": ""}:
                    message = f"found run {one['run']!r} with another {one['name']!r} than in {first['record']}"
                    raise DocumentError(str(file), 1, message, "expected a run of its own")
    return tuple(found.values())


def _unfit(config: Path, lines: Lines, number: int, message: str, hint: str) -> DocumentError:
    line, column = lines.get(("measurements", number), (1, 1))
    return DocumentError(str(config), line, message, hint, column=column)


def _read(file: Path, systems: Collection[str]) -> Iterator[Mapping[str, Any]]:
    document = load_yaml(file)
    problems = [problem for some in violations(document, "measurements").values() for problem in some]
    if not problems:
        problems = list(_disagreements(document, systems))
    if problems:
        raise DocumentError.of(document.file, problems)
    data = document.data
    for one in data["measurements"]:
        yield as_item(one, data, file.name)


def as_item(one: Mapping[str, Any], data: Mapping[str, Any], file: str) -> Mapping[str, Any]:
    """Give one measurement of a document as an item that can be judged like a resource."""
    return {
        "evidence": data["evidence"],
        **one,
        "run": data["run"],
        "record": f"{file}: run {data['run']}",
    }


def _disagreements(document: Document, systems: Collection[str]) -> Iterator[Problem]:
    names: set[str] = set()
    for index, one in enumerate(document.data["measurements"]):
        try:
            datetime.fromisoformat(one["ended_at"])
        except ValueError:
            message = f"found {one['ended_at']!r} for measurements[{index}].ended_at"
            yield document.problem(("measurements", index, "ended_at"), message, "expected a moment that exists")
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
