"""Kept estates: an estate as JSON and back, with its schema version; the same estate gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scanner.model.codec import decode, encode, type_of
from scanner.model.errors import EstateError
from scanner.model.estate import Estate, Gap
from scanner.model.reading import Evidence, Known, Reading, Reason, Source, Unknown
from scanner.model.resource import Resource

SCHEMA = "backup-scan/estate/1"


def dump(estate: Estate) -> str:
    """Write an estate as JSON; evidence is kept once and named by its number."""
    book = _Book()
    kinds = {kind: [_resource(one, book) for one in found] for kind, found in sorted(estate.resources.items())}
    document = {
        "schema": SCHEMA,
        "source": estate.source.value,
        "account": estate.account,
        "account_name": estate.account_name,
        "caller": estate.caller,
        "regions": list(estate.regions),
        "taken_at": estate.taken_at.isoformat(),
        "calls": dict(sorted(estate.calls.items())),
        "listings": [
            {"kind": kind, "region": region, "evidence": book.number(evidence)}
            for (kind, region), evidence in sorted(estate.listings.items())
        ],
        "gaps": [
            {"kind": gap.kind, "region": gap.region, "within": gap.within, **_unknown(gap.unknown, book)}
            for gap in estate.gaps
        ],
        "resources": kinds,
        "evidence": book.entries(),
    }
    # One line per resource and per evidence: small, and a diff shows which resources changed.
    lines = [f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in document.items()
             if key not in ("resources", "evidence")]  # fmt: skip
    found = ",\n  ".join(f'"{kind}": {_lines(some, "   ")}' for kind, some in kinds.items())
    lines.append(f'"resources": {{\n  {found}\n }}')
    lines.append(f'"evidence": {_lines(book.entries(), "  ")}')
    return "{\n " + ",\n ".join(lines) + "\n}\n"


def _lines(entries: list[dict[str, Any]], margin: str) -> str:
    rows = f",\n{margin}".join(json.dumps(one, ensure_ascii=False) for one in entries)
    return f"[\n{margin}{rows}\n{margin[:-1]}]" if entries else "[]"


def _resource(resource: Resource, book: _Book) -> dict[str, Any]:
    return {
        "id": resource.id,
        "name": resource.name,
        "account": resource.account,
        "region": resource.region,
        "facts": {name: _reading(reading, book) for name, reading in sorted(resource.readings.items())},
    }


def _reading(reading: Reading[Any], book: _Book) -> dict[str, Any]:
    if isinstance(reading, Unknown):
        return _unknown(reading, book)
    return {"value": encode(reading.value), "evidence": [book.number(one) for one in reading.evidence]}


def _unknown(unknown: Unknown, book: _Book) -> dict[str, Any]:
    return {
        "unknown": unknown.reason.value,
        "detail": unknown.detail,
        "evidence": [book.number(one) for one in unknown.evidence],
    }


class _Book:
    """Numbers evidence in the order of its first use."""

    def __init__(self) -> None:
        self._numbers: dict[Evidence, int] = {}

    def number(self, evidence: Evidence) -> int:
        return self._numbers.setdefault(evidence, len(self._numbers))

    def entries(self) -> list[dict[str, Any]]:
        return [
            {
                "source": one.source.value,
                "where": one.where,
                "taken_at": one.taken_at.isoformat() if one.taken_at else None,
                "request_id": one.request_id,
            }
            for one in self._numbers
        ]


def load(text: str, kinds: Mapping[str, type[Resource]], *, file: str = "estate.json") -> Estate:
    """Read a kept estate; raise `EstateError` naming what is wrong and where.

    A kind or a fact that this version does not know is left out; rules that need more than was kept find it unknown.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise EstateError(
            f"{file}:{error.lineno}: not JSON: {error.msg}", hint="pass the estate.json of an earlier scan"
        ) from None
    except RecursionError:
        raise EstateError(f"{file}: nested too deeply", hint="pass the estate.json of an earlier scan") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else type(document).__name__
        raise EstateError(
            f"{file}: schema is {found!r}, this version reads {SCHEMA!r}", hint="collect the estate again"
        )
    try:
        return _load(document, kinds)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise EstateError(
            f"{file}: damaged: {type(error).__name__}: {error}", hint="collect the estate again"
        ) from None


def _load(document: Mapping[str, Any], kinds: Mapping[str, type[Resource]]) -> Estate:
    evidence = [
        Evidence(
            Source(one["source"]),
            one["where"],
            datetime.fromisoformat(one["taken_at"]) if one["taken_at"] else None,
            one["request_id"],
        )
        for one in document["evidence"]
    ]
    resources = {}
    for name, found in document["resources"].items():
        kind = kinds.get(name)
        if kind is not None:
            resources[name] = tuple(
                kind(one["id"], one["name"], one["account"], one["region"], _readings(kind, one["facts"], evidence))
                for one in found
            )
    return Estate(
        source=Source(document["source"]),
        account=document["account"],
        account_name=document["account_name"],
        caller=document["caller"],
        regions=tuple(document["regions"]),
        taken_at=datetime.fromisoformat(document["taken_at"]),
        resources=resources,
        listings={(one["kind"], one["region"]): evidence[one["evidence"]] for one in document["listings"]},
        gaps=tuple(
            Gap(one["kind"], one["region"], _read_unknown(one, evidence), one["within"]) for one in document["gaps"]
        ),
        calls=document["calls"],
    )


def _readings(kind: type[Resource], facts: Mapping[str, Any], evidence: list[Evidence]) -> dict[str, Reading[Any]]:
    found: dict[str, Reading[Any]] = {}
    for name, raw in facts.items():
        fact = kind.facts.get(name)
        if fact is None:
            continue
        if "unknown" in raw:
            found[name] = _read_unknown(raw, evidence)
        else:
            found[name] = Known(decode(raw["value"], type_of(fact)), tuple(evidence[one] for one in raw["evidence"]))
    return found


def _read_unknown(raw: Mapping[str, Any], evidence: list[Evidence]) -> Unknown:
    return Unknown(Reason(raw["unknown"]), raw["detail"], tuple(evidence[one] for one in raw["evidence"]))
