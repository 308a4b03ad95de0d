"""Waivers and tickets: in the configuration, or in a file of their own beside it; both are held to the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.schema import violations
from scanner.documents.yaml_file import Document, JsonPath, load_yaml
from scanner.model.waiver import ABOUT_RECORDS, LONGEST_WAIVER, Ticket, Waiver, same_person


def read_waivers(path: Path, *, rules: Collection[str] | None = None, at: datetime | None = None) -> Document:
    """Read a file of waivers and tickets; raise DocumentError with all that is wrong."""
    return check_waivers(load_yaml(path), rules=rules, at=at)


def check_waivers(document: Document, *, rules: Collection[str] | None = None, at: datetime | None = None) -> Document:
    """Give the document back where nothing is wrong with it; raise DocumentError."""
    found = violations(document, "waivers")
    problems = [problem for some in found.values() for problem in some]
    if isinstance(document.data, dict):
        problems += record_problems(document, found, rules, at)
    if problems:
        raise DocumentError.of(document.file, problems)
    return document


def record_problems(
    document: Document, found: Mapping[str, Any], rules: Collection[str] | None, at: datetime | None
) -> list[Problem]:
    """Find what is wrong with the waivers and tickets of a document, where their form is right."""
    problems: list[Problem] = []
    if "waivers" not in found:
        problems += _waivers(document, rules, at)
    if "tickets" not in found:
        problems += _tickets(document, rules)
    return problems


def waivers_of(document: Document) -> tuple[Waiver, ...]:
    """Give the waivers of a checked document, each with its place."""
    return tuple(
        Waiver(one["rule"], one["resource"], one["reason"], one["owner"], one["approved_by"],
               date.fromisoformat(one["expires"]), one.get("ticket", ""), place(document, ("waivers", index)))
        for index, one in enumerate(document.data.get("waivers") or ())
    )  # fmt: skip


def tickets_of(document: Document) -> tuple[Ticket, ...]:
    """Give the tickets of a checked document, each with its place."""
    return tuple(
        Ticket(one["rule"], one["resource"], one["ticket"], date.fromisoformat(one["opened"]),
               place(document, ("tickets", index)))
        for index, one in enumerate(document.data.get("tickets") or ())
    )  # fmt: skip


def place(document: Document, path: JsonPath) -> str:
    """Say where something stands; where the file lies is nobody's business."""
    return f"{Path(document.file).name}:{document.lines[path][0]}"


def _waivers(document: Document, rules: Collection[str] | None, at: datetime | None) -> Iterator[Problem]:
    for index, waiver in enumerate(document.data.get("waivers") or ()):
        path: JsonPath = ("waivers", index)
        yield from _rule(document, path, waiver["rule"], rules)
        if same_person(waiver["owner"], waiver["approved_by"]):
            message = f"found {waiver['approved_by']!r} as owner and approver of the same waiver"
            yield document.problem((*path, "approved_by"), message, "expected someone other than the owner")
        expires = _day(waiver["expires"])
        if expires is None:
            message = f"found {waiver['expires']!r} for waivers[{index}].expires"
            yield document.problem((*path, "expires"), message, "expected a day that exists")
        elif at is not None and expires > at.date() + LONGEST_WAIVER:
            message = f"found a waiver until {expires}, more than a year ahead"
            latest = (at.date() + LONGEST_WAIVER).isoformat()
            yield document.problem((*path, "expires"), message, f"expected {latest} at the latest")


def _tickets(document: Document, rules: Collection[str] | None) -> Iterator[Problem]:
    for index, ticket in enumerate(document.data.get("tickets") or ()):
        path: JsonPath = ("tickets", index)
        yield from _rule(document, path, ticket["rule"], rules)
        if _day(ticket["opened"]) is None:
            message = f"found {ticket['opened']!r} for tickets[{index}].opened"
            yield document.problem((*path, "opened"), message, "expected a day that exists")


def _rule(document: Document, path: JsonPath, rule: str, rules: Collection[str] | None) -> Iterator[Problem]:
    said = f"{path[0]}[{path[1]}]"
    if rule in ABOUT_RECORDS:
        message = f"found rule {rule!r} in {said}, which is about waivers and tickets itself"
        yield document.problem((*path, "rule"), message, "expected the rule whose failures are meant")
    elif rules is not None and rule not in rules:
        meant = get_close_matches(rule, rules, 1)
        hint = f"did you mean {meant[0]}? `backup-scan rules` lists them" if meant else "see `backup-scan rules`"
        yield document.problem((*path, "rule"), f"found unknown rule {rule!r} in {said}", hint)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
