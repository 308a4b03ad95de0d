"""The record as a file: JSON of a published schema, the same bytes from the same record, read back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drills.measuring.clock import Mark
from drills.results.record import FORMAT, Canaries, Drilled, Record, Stamped
from drills.stage.spoken import Spoken
from scanner.documents.errors import DocumentError
from scanner.documents.schema import violations
from scanner.documents.yaml_file import Document
from scanner.resources.rehearsals import check

SCHEMA = "drill"


def render(record: Record, _: object = None) -> str:
    """Write a record as JSON, as the other formats are written."""
    return dump(record)


def dump(record: Record) -> str:
    """Write a record as JSON."""
    # What AWS wrote may hold lone surrogates, which UTF-8 has no bytes for: escaped, they come back as they were.
    return json.dumps(document_of(record), indent=1, allow_nan=False) + "\n"


def document_of(record: Record) -> dict[str, Any]:
    """Give a record as plain data, in the order in which people read it."""
    return {
        "schema": FORMAT,
        "run": record.run,
        "tool": record.tool,
        "version": record.version,
        "plan": {"name": record.plan, "digest": record.digest},
        "target": record.target,
        "account": record.account,
        "began_at": _instant(record.began_at),
        "ended_at": _instant(record.ended_at),
        "stopped": record.stopped,
        "authorised_by": record.authorised_by,
        "measured": [_measured(one) for one in record.measured],
    }


def load(file: Path) -> Record:
    """Read a record back; raise `DocumentError` with all that is wrong with it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DocumentError(str(file), 0, f"cannot be read: {reason}", "pass the drill.json of a run") from None
    return parse(text, str(file))


def parse(text: str, file: str = "drill.json") -> Record:
    """Read a record; raise `DocumentError`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(file, getattr(error, "lineno", 1), f"found no JSON: {error}") from None
    document = Document(file, data, {})
    if found := violations(document, SCHEMA):
        raise DocumentError.of(file, (problem for some in found.values() for problem in some))
    try:
        return _record(data)
    except (ValueError, OverflowError) as error:
        raise DocumentError(file, 1, f"found a value that is none: {error}") from None


def _measured(one: Drilled) -> dict[str, Any]:
    return {
        "name": one.name,
        "entry": one.entry,
        "drill": one.drill,
        "system": one.system,
        "subjects": list(one.subjects),
        "tests": list(one.tests),
        "evidence": one.evidence,
        "state": one.state,
        "why": one.why,
        "ended_at": _instant(one.ended_at),
        "demanded": {"rto": _seconds(one.rto), "rpo": _seconds(one.rpo)},
        "marks": [
            {"mark": mark.mark.value, "at": _instant(mark.at), "after": _seconds(mark.after), "witness": _instant(mark.witness)}
            for mark in one.marks
        ],
        "resolution": _seconds(one.resolution),
        "recovery_time": _seconds(one.recovery_time),
        "job_time": _seconds(one.job_time),
        "data_loss": _seconds(one.data_loss),
        "canaries": None if one.canaries is None else _canaries(one.canaries),
        "came_back": one.came_back,
        "alert_after": _seconds(one.alert_after),
        "checks": [
            {"about": check.about, "name": check.name, "held": check.held, "detail": check.detail} for check in one.checks
        ],
        "left_behind": None if one.left_behind is None else list(one.left_behind),
        "shown": _sorted(one.shown),
        "calls": [
            {
                "at": _instant(call.at),
                "operation": call.operation,
                "region": call.region,
                "parameters": _sorted(call.parameters),
                "refused": call.refused,
                "times": call.times,
                "until": _instant(call.until),
            }
            for call in one.calls
        ],
        "more_calls": one.more_calls,
    }  # fmt: skip


def _canaries(one: Canaries) -> dict[str, Any]:
    return {
        "written": one.written,
        "due": one.due,
        "returned": one.returned,
        "newest": one.newest,
        "newest_at": _instant(one.newest_at),
        "holes": list(one.holes),
        "strangers": one.strangers,
        "beyond": list(one.beyond),
    }


def _record(data: Mapping[str, Any]) -> Record:
    return Record(
        data["run"],
        data["plan"]["name"],
        data["plan"]["digest"],
        data["target"],
        data["account"],
        _at(data["began_at"]),
        _at(data["ended_at"]),
        tuple(_drilled(one) for one in data["measured"]),
        data["stopped"],
        data["authorised_by"],
        data["tool"],
        data["version"],
    )


def _drilled(raw: Mapping[str, Any]) -> Drilled:
    return Drilled(
        raw["name"],
        raw["entry"],
        raw["drill"],
        raw["system"],
        tuple(raw["subjects"]),
        tuple(raw["tests"]),
        raw["evidence"],
        raw["state"],
        raw["why"],
        _at(raw["ended_at"]),
        _length(raw["demanded"]["rto"]),
        _length(raw["demanded"]["rpo"]),
        tuple(
            Stamped(Mark(one["mark"]), _at(one["at"]), timedelta(seconds=one["after"]), _maybe(one["witness"]))
            for one in raw["marks"]
        ),
        timedelta(seconds=raw["resolution"]),
        _length(raw["recovery_time"]),
        _length(raw["job_time"]),
        _length(raw["data_loss"]),
        None if raw["canaries"] is None else _counted(raw["canaries"]),
        raw["came_back"],
        _length(raw["alert_after"]),
        tuple(check(one) for one in raw["checks"]),
        None if raw["left_behind"] is None else tuple(raw["left_behind"]),
        raw["shown"],
        tuple(
            Spoken(
                _at(one["at"]),
                one["operation"],
                one["region"],
                one["parameters"],
                one["refused"],
                one["times"],
                _maybe(one["until"]),
            )
            for one in raw["calls"]
        ),
        raw["more_calls"],
    )


def _counted(raw: Mapping[str, Any]) -> Canaries:
    return Canaries(
        raw["written"],
        raw["due"],
        raw["returned"],
        raw["newest"],
        _maybe(raw["newest_at"]),
        tuple(raw["holes"]),
        raw["strangers"],
        tuple(raw["beyond"]),
    )


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list | tuple) else value


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _length(raw: float | None) -> timedelta | None:
    return None if raw is None else timedelta(seconds=raw)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def _at(raw: str) -> datetime:
    return datetime.fromisoformat(raw)


def _maybe(raw: str | None) -> datetime | None:
    return None if raw is None else _at(raw)
