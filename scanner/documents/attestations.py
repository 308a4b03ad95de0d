"""Attestations: read, held against their schema, and made to agree with the policy and the accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from scanner.documents.errors import DocumentError, Problem
from scanner.documents.schema import nearest, violations
from scanner.documents.waivers import place
from scanner.documents.yaml_file import Document, JsonPath, load_yaml
from scanner.model.attestation import Attestation, Proof
from scanner.model.duration import parse_duration, speak
from scanner.model.policy import Policy


def read_attestations(path: Path, policy: Policy, accounts: Mapping[str, str]) -> Document:
    """Read a file of attestations; raise DocumentError with all that is wrong.

    `accounts` are the ids of the configured accounts by their names.
    """
    return check_attestations(load_yaml(path), policy, accounts)


def check_attestations(document: Document, policy: Policy, accounts: Mapping[str, str]) -> Document:
    """Give the document back where nothing is wrong with it; raise DocumentError."""
    found = violations(document, "attestations")
    problems = [problem for some in found.values() for problem in some]
    if isinstance(document.data, dict) and "attestations" not in found:
        problems += _disagreements(document, policy, accounts)
    if problems:
        raise DocumentError.of(document.file, problems)
    return document


def attestations_of(document: Document, accounts: Mapping[str, str]) -> tuple[Attestation, ...]:
    """Give the attestations of a checked document, each with its place; evidence that is a file is compared."""
    folder = Path(document.file).parent
    return tuple(
        Attestation(
            clause=one["clause"],
            statement=one["statement"],
            by=one["by"],
            on=date.fromisoformat(one["on"]),
            until=_until(one),
            role=one.get("role", ""),
            evidence=_said(one.get("evidence", {})),
            proof=_proof(one.get("evidence", {}), folder),
            accounts=tuple(accounts[name] for name in one.get("accounts", ())),
            where=place(document, ("attestations", index)),
        )
        for index, one in enumerate(document.data.get("attestations") or ())
    )


def digest_of(file: Path) -> str:
    """Give the SHA-256 digest of a file, however large it is."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _said(evidence: Mapping[str, str]) -> str:
    return evidence.get("link", evidence.get("file", ""))


def _proof(evidence: Mapping[str, str], folder: Path) -> Proof:
    if "file" not in evidence:
        return Proof.LINK if evidence else Proof.NONE
    file = folder / evidence["file"]
    try:
        # A pipe or a device would be waited for without end.
        same = file.is_file() and digest_of(file) == evidence["sha256"].lower()
    except OSError:
        return Proof.ABSENT
    if not file.is_file():
        return Proof.ABSENT
    return Proof.INTACT if same else Proof.ALTERED


def _until(one: Mapping[str, Any]) -> date:
    if "until" in one:
        return date.fromisoformat(one["until"])
    return date.fromisoformat(one["on"]) + parse_duration(one["valid_for"])


def _disagreements(document: Document, policy: Policy, accounts: Mapping[str, str]) -> Iterator[Problem]:
    attested = {clause.id: clause for clause in policy.clauses.values() if "attest" in clause.established_by}
    first: dict[tuple[Any, ...], int] = {}
    for index, one in enumerate(document.data.get("attestations") or ()):
        path: JsonPath = ("attestations", index)
        clause = attested.get(one["clause"])
        if clause is None:
            there = one["clause"] in policy.clauses
            message = f"found clause {one['clause']!r}, which nobody attests" if there else (
                f"found unknown clause {one['clause']!r}")  # fmt: skip
            yield document.problem((*path, "clause"), message, nearest(one["clause"], attested))
        for number, name in enumerate(one.get("accounts", ())):
            if name not in accounts:
                message = f"found unknown account {name!r}"
                yield document.problem((*path, "accounts", number), message, nearest(name, accounts))
        evidence = one.get("evidence")
        if evidence is not None and ("link" in evidence) == ("file" in evidence):
            yield document.problem((*path, "evidence"), "found evidence that is not just one thing",
                                   "expected a link, or a file with its sha256")  # fmt: skip
        elif evidence is not None and ("file" in evidence) != ("sha256" in evidence):
            yield document.problem((*path, "evidence"), "found evidence without its other half",
                                   "expected a file with its sha256")  # fmt: skip
        yield from _days(document, path, one, clause.attested_every if clause else None)
        key = (one["clause"], one["on"], tuple(sorted(one.get("accounts", ()))))
        line = document.lines[path][0]
        if key in first:
            message = f"found clause {one['clause']} attested twice on {one['on']}"
            yield document.problem(path, message, f"first on line {first[key]}")
        first.setdefault(key, line)


def _days(document: Document, path: JsonPath, one: Mapping[str, Any], every: Any) -> Iterator[Problem]:
    """Find days that do not exist, ends before beginnings, and statements for longer than the policy lets them count."""
    if ("until" in one) == ("valid_for" in one):
        both = "until" in one
        yield document.problem((*path, "until") if both else path, f"found {'both' if both else 'neither'} 'valid_for' "
                               f"{'and' if both else 'nor'} 'until'", "expected one of them")  # fmt: skip
        return
    days: dict[str, date] = {}
    for name in ("on", "until"):
        if name in one:
            try:
                days[name] = date.fromisoformat(one[name])
            except ValueError:
                yield document.problem((*path, name), f"found {one[name]!r} for {name}", "expected a day that exists")
                return
    last = "until" if "until" in one else "valid_for"
    try:
        until = _until(one)
    except OverflowError:
        yield document.problem((*path, last), f"found {one[last]!r} for {last}", "expected a shorter time")
        return
    if until < days["on"]:
        message = f"found a statement of {days['on']} that ends before, on {until}"
        yield document.problem((*path, last), message, "expected a later day")
    if every is not None and until - days["on"] > every:
        message = f"found a statement for {speak(until - days['on'])} about {one['clause']}"
        yield document.problem((*path, last), message, f"the policy lets it count for {speak(every)} at most")
