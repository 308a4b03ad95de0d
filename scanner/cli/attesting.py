"""`backup-scan attest`: a statement is checked as a scan would check it, then added to its file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from scanner.cli.writing import add, config_of, day, fitting, line_of, plain
from scanner.documents.attestations import attestations_of, check_attestations, digest_of
from scanner.documents.construct import load_policy
from scanner.documents.records import ATTESTATIONS, attestations_file
from scanner.documents.yaml_file import Document, load_yaml
from scanner.door.exits import Exit
from scanner.model.attestation import Attestation
from scanner.model.duration import parse_duration, speak
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Policy

_STATED = """\
# What people state about clauses of the policy that nothing technical can prove. `backup-scan attest` adds to it;
# earlier statements may stay. Each holds from `on` until its end, and no longer than the policy lets it count.

schema: backup-scan/attestations/1

attestations:
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is to be attested, as it was asked for."""

    clause: str
    statement: str
    by: str
    role: str
    on: str
    valid_for: str
    until: str
    evidence: str
    accounts: tuple[str, ...]
    config: Path | None
    policy: Path | None
    file: Path | None


def attest(asked: Statement) -> int:
    """Add an attestation to its file."""
    law, config = load_policy(asked.policy), config_of(asked.config)
    clause = _clause(law, asked.clause)
    target = fitting(asked.file or (attestations_file(config) if config else Path(ATTESTATIONS)))
    accounts = {name: one["id"] for name, one in config.data["accounts"].items()} if config else {}
    plain(statement=asked.statement, by=asked.by, role=asked.role, evidence=asked.evidence)
    today = datetime.now(UTC).date()
    on = day("--on", asked.on) if asked.on else today
    if on > today:
        raise click.BadParameter(f"{on} is still to come: what is attested has been done", param_hint="--on")
    for name in asked.accounts:
        if name not in accounts:
            raise click.BadParameter(f"the configuration has no account {name!r}", param_hint="--account")
    entry: dict[str, Any] = {"clause": clause, "statement": asked.statement, "by": asked.by}
    if asked.role:
        entry["role"] = asked.role
    entry["on"] = on.isoformat()
    entry |= _length(asked, law, on, today)
    if asked.evidence:
        entry["evidence"] = _evidence(asked.evidence, target)
    if asked.accounts:
        entry["accounts"] = sorted(set(asked.accounts))

    def check(document: Document) -> None:
        check_attestations(document, law, accounts)

    if target.exists():
        mine = tuple(sorted(accounts[name] for name in set(asked.accounts)))
        _refuse_stated(
            attestations_of(check_attestations(load_yaml(target), law, accounts), accounts), clause, mine, on
        )
    done = add(target, "attestations", entry, _STATED, check)
    stated = attestations_of(done, accounts)[-1]
    last = stated.ends(law.clauses[clause].attested_every)
    click.echo(f"wrote {target}:{line_of(done, 'attestations')}: {clause} attested by {asked.by} on {on}, until {last}")
    return Exit.PASSED


def _clause(law: Policy, name: str) -> str:
    attested = [one.id for one in law.clauses.values() if "attest" in one.established_by]
    if name in attested:
        return name
    why = "nobody attests it: the scan or a drill establishes it" if name in law.clauses else "the policy has none such"
    near = get_close_matches(name, attested, 1)
    hint = f"did you mean {near[0]}?" if near else f"attested are {', '.join(attested)}"
    raise click.BadParameter(f"{name!r}: {why}; {hint}", param_hint="CLAUSE")


def _length(asked: Statement, law: Policy, on: date, today: date) -> dict[str, str]:
    """Give the end of a statement as it is written down; refuse one that is over, or is for too long."""
    every = law.clauses[asked.clause].attested_every
    if asked.valid_for and asked.until:
        raise click.UsageError("--valid-for and --until exclude each other")
    if not asked.valid_for and not asked.until and every is None:
        raise click.UsageError("how long does it hold? The policy sets no period: add --valid-for 90d, or --until DATE")
    written = {"until": asked.until} if asked.until else {"valid_for": asked.valid_for or f"{every and every.days}d"}
    hint = "--until" if asked.until else "--valid-for"
    try:
        until = day("--until", asked.until) if asked.until else on + parse_duration(written["valid_for"])
    except OverflowError:
        raise click.BadParameter(f"{written['valid_for']} is too long", param_hint=hint) from None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=hint) from None
    if until < today or until < on:
        raise click.BadParameter(f"it would be over since {until}", param_hint=hint)
    if every is not None and until - on > every:
        raise click.BadParameter(
            f"{speak(until - on)} is too long: the policy lets {asked.clause} count for {speak(every)}", param_hint=hint
        )
    if asked.until:
        written["until"] = until.isoformat()
    return written


def _evidence(named: str, target: Path) -> dict[str, str]:
    if named.startswith("https://"):
        return {"link": named}
    if "://" in named:
        raise click.BadParameter(f"{named} is no https address", param_hint="--evidence")
    file = Path(named)
    if not file.is_file():
        raise click.BadParameter(f"{named} is neither an https address nor a file", param_hint="--evidence")
    try:
        digest = digest_of(file)
    except OSError as error:
        raise click.BadParameter(f"{named}: {error.strerror or error}", param_hint="--evidence") from None
    beside = os.path.relpath(file.resolve(), target.resolve().parent)
    return {"file": Path(beside).as_posix(), "sha256": digest}


def _refuse_stated(stated: Sequence[Attestation], clause: str, accounts: tuple[str, ...], on: date) -> None:
    """Refuse a second statement of the same day, and one that is older than what is there."""
    for one in stated:
        if one.clause == clause and tuple(sorted(one.accounts)) == accounts and one.on >= on:
            again = "already attested" if one.on == on else "attested since,"
            raise click.UsageError(f"{clause} is {again} on {one.on} by {one.by} ({one.where}); nothing was written")
