"""Results: checkov's JSON read into rows, whatever frameworks it holds; what it does not hold is said, never assumed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.model.errors import BackupScanError
from scanner.model.late_dataclass import dataclass

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
_LISTS = {"passed_checks": PASSED, "failed_checks": FAILED, "skipped_checks": SKIPPED}
#: The frameworks that read what we read; the others (dockerfile, secrets, …) say nothing of our rules.
_FRAMEWORKS = ("terraform", "terraform_plan", "terraform_json", "cloudformation", "serverless", "cdk", "opentofu")
_LARGEST = 512 * 1024 * 1024
_HINT = "write it with `checkov -d DIR -o json > FILE`, without --quiet, which leaves out what passed"


class ResultsError(BackupScanError):
    """What was named as checkov's results is none."""


@dataclass(frozen=True, slots=True)
class Row:
    """One check's result on one resource, as checkov tells it."""

    check: str
    name: str
    result: str
    framework: str
    #: the address as checkov writes it: `module.db.aws_db_instance.a`, or `AWS::RDS::DBInstance.Db`
    resource: str
    #: every path by which it names the file, the shortest first
    files: tuple[str, ...]
    line: int
    end_line: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What checkov said: its rows, its version, and what a reader must know of them.

    `trouble` says why there is no answer at all: that is neither a pass nor a failure of anything.
    """

    rows: tuple[Row, ...] = ()
    version: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    trouble: str = ""


def load(file: Path) -> Results:
    """Read a file of checkov's results; raise `ResultsError` where it is none."""
    try:
        if file.stat().st_size > _LARGEST:
            raise ResultsError(
                f"{file}: larger than {_LARGEST // 1024 // 1024} MiB", hint="limit checkov to one directory"
            )
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ResultsError(f"{file}: {error.strerror or error}", hint=_HINT) from None
    except UnicodeDecodeError:
        raise ResultsError(f"{file}: is no UTF-8 text", hint=_HINT) from None
    return parse(text, str(file))


def parse(text: str, source: str) -> Results:
    """Read checkov's output; raise `ResultsError` where it is no JSON of checkov's."""
    if not text.strip():
        raise ResultsError(f"{source}: is empty: checkov wrote nothing, as it does when it crashes", hint=_HINT)
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{source}: is no JSON: {error}", hint=_HINT) from None
    reports = whole if isinstance(whole, list) else [whole]
    if not reports or not all(isinstance(one, dict) for one in reports):
        raise ResultsError(f"{source}: is not what checkov writes", hint=_HINT)
    if any("runs" in one for one in reports):
        raise ResultsError(f"{source}: is SARIF, which does not tell what passed", hint=_HINT)
    if not all("results" in one or "summary" in one or "checkov_version" in one for one in reports):
        raise ResultsError(f"{source}: is not what checkov writes", hint=_HINT)
    return _results(reports, source)


def _results(reports: list[dict[str, Any]], source: str) -> Results:
    rows: list[Row] = []
    notes: list[str] = []
    versions: list[str] = []
    others: list[str] = []
    for report in reports:
        summary = _mapping(report.get("summary")) or report
        versions.append(str(summary.get("checkov_version", "")))
        framework = str(report.get("check_type", ""))
        lists = _mapping(report.get("results"))
        if not lists:
            continue
        if framework not in _FRAMEWORKS:
            others.append(framework)
            continue
        if "passed_checks" not in lists:
            notes.append(f"{framework}: what passed is not in it (it was written with --quiet), so no pass is compared")
        unread = lists.get("parsing_errors") or summary.get("parsing_errors")
        if unread:
            files = ", ".join(map(str, unread[:5])) if isinstance(unread, list) else ""
            count = len(unread) if isinstance(unread, list) else unread
            notes.append(f"{framework}: checkov could not parse {count} files{f': {files}' if files else ''}")
        broken = 0
        for name, result in _LISTS.items():
            for one in lists.get(name) or ():
                row = _row(one, framework, result)
                broken += row is None
                if row is not None:
                    rows.append(row)
        if broken:
            notes.append(f"{framework}: {broken} rows name no check or no resource, and are left out")
    if others:
        notes.append(f"not compared: {', '.join(dict.fromkeys(others))}")
    version = next(filter(None, versions), "")
    return Results(tuple(rows), version, source, tuple(notes))


def _row(one: Any, framework: str, result: str) -> Row | None:
    told = _mapping(one)
    check, resource = told.get("check_id"), told.get("resource")
    if not isinstance(check, str) or not isinstance(resource, str) or not check or not resource:
        return None
    verdict = _mapping(told.get("check_result"))
    first, last = _lines(told.get("file_line_range"))
    return Row(
        check, str(told.get("check_name") or ""), result, framework, resource, tuple(_files(told)), first, last,
        str(verdict.get("suppress_comment") or ""),
    )  # fmt: skip


def _files(told: Mapping[str, Any]) -> Iterator[str]:
    for name in ("file_path", "repo_file_path", "file_abs_path"):
        path = told.get(name)
        if isinstance(path, str) and path:
            yield path.replace("\\", "/").lstrip("/")


def _lines(told: Any) -> tuple[int, int]:
    if isinstance(told, list) and len(told) == 2 and all(isinstance(one, int) for one in told):
        return told[0], told[1]
    return 0, 0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
