"""The configuration document: read, held against its schema, and made to agree with itself and the policy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.schema import nearest, violations
from scanner.documents.waivers import record_problems
from scanner.documents.yaml_file import Document, JsonPath, Lines, load_yaml


def read_config(
    path: Path,
    *,
    tiers: Collection[str] | None = None,
    scopes: Collection[str] | None = None,
    rules: Collection[str] | None = None,
    at: datetime | None = None,
) -> tuple[dict[str, Any], Lines]:
    """Read a configuration and where its parts stand; raise DocumentError with all that is wrong."""
    document = check_config(load_yaml(path), tiers=tiers, scopes=scopes, rules=rules, at=at)
    return document.data, document.lines


def check_config(
    document: Document,
    *,
    tiers: Collection[str] | None = None,
    scopes: Collection[str] | None = None,
    rules: Collection[str] | None = None,
    at: datetime | None = None,
) -> Document:
    """Give a configuration back where nothing is wrong with it; raise DocumentError with all that is.

    `tiers` and `scopes` are the ids that the policy knows, `rules` those of all rules, `at` the instant from which a
    waiver may last a year; what is not given is not checked.
    """
    found = violations(document, "config")
    problems = [problem for some in found.values() for problem in some]
    # What a part of the document means is checked where its form is right, whatever is wrong elsewhere.
    if isinstance(document.data, dict):
        if "accounts" not in found:
            problems += _accounts(document)
        if not found.keys() & {"accounts", "organization"}:
            problems += _organization(document)
        if not found.keys() & {"accounts", "repositories", "exports", "log_archives"}:
            problems += _owners(document)
        if not found.keys() & {"systems", "log_archives"}:
            problems += _systems(document, tiers, scopes)
            problems += _dependencies(document)
        if not found.keys() & {"systems", "endpoints"}:
            problems += _endpoints(document)
        problems += record_problems(document, found, rules, at)
    if problems:
        raise DocumentError.of(document.file, problems)
    return document


def _accounts(document: Document) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, account in document.data.get("accounts", {}).items():
        number = account["id"]
        if number in first:
            message = f"found the id {number} of account {first[number]} again"
            yield document.problem(("accounts", name, "id"), message, "expected an id of its own")
        first.setdefault(number, name)
        role: str = account.get("role", "")
        if role and role.split(":")[4] != number:
            message = f"found a role of account {role.split(':')[4]} for account {name}"
            yield document.problem(("accounts", name, "role"), message, f"expected a role of {number}")


def _owners(document: Document) -> Iterator[Problem]:
    accounts = document.data.get("accounts", {})
    for part in ("repositories", "exports", "log_archives"):
        for index, one in enumerate(document.data.get(part, [])):
            if one.get("account", next(iter(accounts))) not in accounts:
                message = f"found unknown account {one['account']!r} in {part}[{index}]"
                yield document.problem((part, index, "account"), message, nearest(one["account"], accounts))


def _organization(document: Document) -> Iterator[Problem]:
    lister = document.data.get("organization", {}).get("listed_by")
    accounts = document.data.get("accounts", {})
    if lister is not None and lister not in accounts:
        message = f"found unknown account {lister!r} to list the organisation"
        yield document.problem(("organization", "listed_by"), message, nearest(lister, accounts))


def _systems(document: Document, tiers: Collection[str] | None, scopes: Collection[str] | None) -> Iterator[Problem]:
    systems: Sequence[dict[str, Any]] = document.data.get("systems", [])
    first: dict[str, int] = {}
    for index, system in enumerate(systems):
        place: JsonPath = ("systems", index)
        if system["name"] in first:
            message = f"found system {system['name']!r} twice"
            hint = f"first on line {first[system['name']]}"
            yield document.problem((*place, "name"), message, hint)
        first.setdefault(system["name"], document.lines[(*place, "name")][0])
        if tiers is not None and system["tier"] not in tiers:
            message = f"found unknown tier {system['tier']!r} of system {system['name']}"
            yield document.problem((*place, "tier"), message, nearest(system["tier"], tiers))
        for number, scope in enumerate(system.get("covers", []) if scopes is not None else []):
            if scope not in (scopes or ()):
                message = f"found unknown scope class {scope!r} of system {system['name']}"
                yield document.problem((*place, "covers", number), message, nearest(scope, scopes or ()))
    for index, archive in enumerate(document.data.get("log_archives", [])):
        place, name = ("log_archives", index, "system"), archive["system"]
        if name not in first:
            message = f"found unknown system {name!r} of a log archive"
            yield document.problem(place, message, nearest(name, first))


def _endpoints(document: Document) -> Iterator[Problem]:
    systems = [system["name"] for system in document.data.get("systems", [])]
    first: dict[tuple[str, int], str] = {}
    for index, endpoint in enumerate(document.data.get("endpoints", [])):
        where = (endpoint["host"].lower(), endpoint["port"])
        if where in first:
            message = f"found {endpoint['host']}:{endpoint['port']} again, which is {first[where]}"
            yield document.problem(("endpoints", index, "host"), message, "expected each endpoint once")
        first.setdefault(where, endpoint["name"])
        name = endpoint.get("system")
        if name is not None and name not in systems:
            message = f"found unknown system {name!r} of endpoint {endpoint['name']}"
            yield document.problem(("endpoints", index, "system"), message, nearest(name, systems))


def _dependencies(document: Document) -> Iterator[Problem]:
    systems: Sequence[dict[str, Any]] = document.data.get("systems", [])
    needs = {system["name"]: list(system.get("depends_on", [])) for system in systems}
    index = {system["name"]: number for number, system in enumerate(systems)}
    for name, others in needs.items():
        for number, other in enumerate(others):
            if other not in needs:
                place: JsonPath = ("systems", index[name], "depends_on", number)
                message = f"found unknown system {other!r} among what {name} depends on"
                yield document.problem(place, message, nearest(other, needs))
    settled: set[str] = set()
    for name in needs:
        if circle := _circle(name, needs, [], settled):
            message = f"found a circle: {' needs '.join(circle)}"
            place = ("systems", index[circle[0]], "depends_on")
            yield document.problem(place, message, "expected an order in which systems can be recovered")


def _circle(name: str, needs: dict[str, list[str]], walked: list[str], settled: set[str]) -> list[str]:
    """Find a circle on the way down from a system; whatever was walked is settled and walked no more."""
    if name in walked:
        return [*walked[walked.index(name) :], name]
    if name in settled or name not in needs:
        return []
    settled.add(name)
    below = (_circle(other, needs, [*walked, name], settled) for other in needs[name])
    return next((circle for circle in below if circle), [])
