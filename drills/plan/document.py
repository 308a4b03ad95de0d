"""A drill plan as a document: read, held against its schema, and made to agree with itself and the configuration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from drills.kinds import Drill, drills
from drills.plan.model import Access, Approval, DrillPlan, Entry, Limits, Login, OwnCheck, Subject
from scanner.documents.errors import DocumentError, Problem
from scanner.documents.schema import nearest, violations
from scanner.documents.yaml_file import Document, load_yaml
from scanner.model.duration import parse_duration

SCHEMA = "drill-plan"


def load_plan(path: Path, systems: Collection[str]) -> DrillPlan:
    """Read a plan; raise `DocumentError` with all that is wrong. `systems` are those of the configuration."""
    document = load_yaml(path)
    problems = [problem for some in violations(document, SCHEMA).values() for problem in some]
    if not problems:
        problems = [*_subjects(document, systems), *_entries(document), *_days(document)]
    if problems:
        raise DocumentError.of(document.file, problems)
    return plan_of(document.data, document.file)


def digest_of(data: Mapping[str, Any]) -> str:
    """Give the digest of a plan: of all that it says but its approvals, which name the digest."""
    said = {key: value for key, value in data.items() if key != "approvals"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def plan_of(data: Mapping[str, Any], file: str = "") -> DrillPlan:
    """Make a plan of a document that is right."""
    entries = tuple(_entry(one) for one in data["drills"])
    return DrillPlan(
        data["name"],
        {name: _subject(name, one) for name, one in data["subjects"].items()},
        entries,
        _limits(data["limits"]),
        data.get("targets", {}),
        tuple(_approval(one) for one in data.get("approvals", ())),
        digest_of(data),
        file,
    )


def _subject(name: str, raw: Mapping[str, Any]) -> Subject:
    return Subject(
        name,
        raw["system"],
        raw["kind"],
        raw["resource"],
        raw["region"],
        _login(raw.get("login")),
        raw.get("database", ""),
        _length(raw.get("canaries")),
        tuple(_check(one) for one in raw.get("checks", ())),
        tuple(_access(one) for one in raw.get("access", ())),
        raw.get("may_be_empty", {}),
        raw.get("restore_with", {}),
        raw.get("settings", {}),
    )


def _login(raw: Mapping[str, Any] | None) -> Login | None:
    return Login(raw["user"], raw.get("secret", ""), raw.get("env", "")) if raw else None


def _check(raw: Mapping[str, Any]) -> OwnCheck:
    return OwnCheck(
        raw["name"],
        raw.get("sql", ""),
        raw.get("http", ""),
        tuple(raw.get("command", ())),
        raw.get("expect", {}),
        raw.get("same_as_source", False),
    )


def _access(raw: Mapping[str, Any]) -> Access:
    return Access(
        raw["who"],
        _login(raw.get("login")),
        raw.get("role", ""),
        tuple(raw.get("allow", ())),
        tuple(raw.get("deny", ())),
    )


def _entry(raw: Mapping[str, Any]) -> Entry:
    of = (raw["of"],) if isinstance(raw["of"], str) else tuple(raw["of"])
    return Entry(raw.get("name") or f"{raw['drill']} of {', '.join(of)}", raw["drill"], of, raw.get("settings", {}))


def _limits(raw: Mapping[str, Any]) -> Limits:
    longest, keeps = _length(raw["longest"]), _length(raw.get("keeps", "24h"))
    assert longest is not None
    assert keeps is not None
    freeze = tuple((_day(one["from"]), _day(one["until"]), one["why"]) for one in raw.get("freeze", ()))
    return Limits(longest, raw.get("cost"), keeps, freeze)


def _approval(raw: Mapping[str, Any]) -> Approval:
    return Approval(raw["by"], _day(raw["on"]), _day(raw["until"]), raw["digest"], raw.get("ticket", ""))


def _length(raw: str | None) -> timedelta | None:
    return parse_duration(raw) if raw is not None else None


def _day(raw: str) -> date:
    return date.fromisoformat(raw)


def _subjects(document: Document, systems: Collection[str]) -> Iterator[Problem]:
    for name, one in document.data["subjects"].items():
        if one["system"] not in systems:
            message = f"found unknown system {one['system']!r} of subject {name}"
            yield document.problem(("subjects", name, "system"), message, nearest(one["system"], systems))


def _entries(document: Document) -> Iterator[Problem]:
    known, subjects = drills(), document.data["subjects"]
    names: set[str] = set()
    for index, raw in enumerate(document.data["drills"]):
        place = ("drills", index)
        entry = _entry(raw)
        if entry.name in names:
            message = f"found drill {entry.name!r} twice"
            yield document.problem((*place, "name"), message, "expected a name of its own")
        names.add(entry.name)
        drill = known.get(entry.drill)
        if drill is None:
            message = f"found unknown drill {entry.drill!r}"
            yield document.problem((*place, "drill"), message, nearest(entry.drill, known))
        for name in entry.of:
            if name not in subjects:
                message = f"found unknown subject {name!r} of drill {entry.name}"
                yield document.problem((*place, "of"), message, nearest(name, subjects))
            elif drill is not None and subjects[name]["kind"] not in drill.on:
                message = f"found subject {name}, a {subjects[name]['kind']}, for drill {drill.name}"
                yield document.problem((*place, "of"), message, f"expected a {' or '.join(drill.on)}")
        if drill is not None:
            yield from _settings(document, index, entry, drill)


def _settings(document: Document, index: int, entry: Entry, drill: Drill) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # 60 ms that most commands never need

    if not drill.least <= len(set(entry.of)) <= drill.most or len(set(entry.of)) != len(entry.of):
        expected = f"{drill.least}" if drill.least == drill.most else f"{drill.least} to {drill.most}"
        message = f"found {len(entry.of)} subjects for drill {entry.name}"
        yield document.problem(("drills", index, "of"), message, f"expected {expected}, each once")
    schema = {"type": "object", "additionalProperties": False, **drill.settings}
    for error in Draft202012Validator(schema).iter_errors(dict(entry.settings)):
        path = ("drills", index, "settings", *error.absolute_path)
        known = schema.get("properties", {})
        if error.validator == "additionalProperties":
            for key in sorted(set(entry.settings) - set(known)):
                message = f"found unknown setting {key!r} of drill {entry.name}"
                yield document.problem((*path, key), message, nearest(key, known))
        else:
            yield document.problem(path, f"found a setting of drill {entry.name} that is not right", error.message)


def _days(document: Document) -> Iterator[Problem]:
    places = [
        ("approvals", index, key)
        for index, _ in enumerate(document.data.get("approvals", ()))
        for key in ("on", "until")
    ]
    freeze = document.data["limits"].get("freeze", ())
    for place in [
        *places,
        *(("limits", "freeze", index, key) for index, _ in enumerate(freeze) for key in ("from", "until")),
    ]:
        found: Any = document.data
        for step in place:
            found = found[step]
        try:
            _day(found)
        except ValueError:
            yield document.problem(place, f"found {found!r}", "expected a day that exists")
