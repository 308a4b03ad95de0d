"""`backup-scan review`: what is to be looked at before a clause is attested, prepared from what a scan finds."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import click

from reports.cells import cell
from reports.report import state_of, tally
from reports.words import printable, stamp, subject_of, ticket_of, waiver_of
from rules import catalogue
from scanner.cli.accounts import choose, for_kept
from scanner.cli.reading import collect_all, load
from scanner.documents.construct import load_policy
from scanner.door.exits import Exit
from scanner.engine import judge_all
from scanner.model.attestation import current
from scanner.model.configuration import Configuration
from scanner.model.duration import speak
from scanner.model.estate import Estate
from scanner.model.finding import Finding
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Clause, Policy
from scanner.model.reading import Known
from scanner.model.records import Records
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome
from scanner.model.waiver import ABOUT_RECORDS
from scanner.plan import plan
from scanner.resources import kinds
from scanner.resources.store import Backup

#: How many findings of one rule are told; the reports tell them all.
_MOST = 10
#: The rule about attestations themselves: what it finds is in the head of each review.
_ATTESTED = "BK910"
_SIZES = (("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be reviewed, and on what grounds."""

    clause: str
    every: bool
    kept: tuple[Path, ...]
    accounts: tuple[str, ...]
    config: Path | None
    policy: Path | None
    quiet: bool = False


def review(asked: Asked) -> int:
    """Print a checklist for one clause, or for all that people attest."""
    if asked.every == bool(asked.clause):
        raise click.UsageError("name one clause, or --all of them")
    if bool(asked.kept) == bool(asked.accounts):
        raise click.UsageError("name what to prepare it from: --from estate.json, or --account NAME")
    law = load_policy(asked.policy)
    clauses = [one for one in law.clauses.values() if "attest" in one.established_by]
    if not asked.every:
        clauses = [one for one in clauses if one.id == asked.clause]
        if not clauses:
            near = get_close_matches(asked.clause, [one.id for one in law.clauses.values()], 1)
            raise click.BadParameter(
                f"{asked.clause!r} is no clause that people attest{f'; did you mean {near[0]}?' if near else ''}",
                param_hint="CLAUSE",
            )
    rules = _rules(clauses)
    estates, configuration = _estates(asked, law, rules)
    at = max(one.taken_at for one in estates)
    found = judge_all(
        rules, estates, law, at=None, systems=configuration.systems, scope=configuration.scope,
        records=configuration.records or Records(),
    )  # fmt: skip
    pages = [_page(one, law, found.findings, estates, configuration, at) for one in clauses]
    click.echo("\n".join(line for page in pages for line in page).rstrip() + "\n", nl=False)
    return Exit.PASSED


def failing(kept: Path, rule: str, config: Path | None, policy: Path | None) -> list[str]:
    """Give the ids of what a rule fails on in a kept estate."""
    law, estates = load_policy(policy), (load(kept),)
    configuration = for_kept(estates, (kept,), config, law, None)
    found = judge_all(
        [catalogue().rules[rule]], estates, law, at=estates[0].taken_at, systems=configuration.systems,
        scope=configuration.scope, records=configuration.records or Records(),
    )  # fmt: skip
    return [one.subject.id for one in found.findings if one.outcome is Outcome.FAILED]


def _rules(clauses: Iterable[Clause]) -> list[Rule]:
    wanted = {name for one in clauses for name in (one.id, *one.reviews)}
    own = (_ATTESTED, *ABOUT_RECORDS)
    return [one for one in catalogue().rules.values() if one.id not in own and wanted & set(one.enforces)]


def _estates(asked: Asked, law: Policy, rules: Sequence[Rule]) -> tuple[tuple[Estate, ...], Configuration]:
    if asked.kept:
        kept = tuple(load(file) for file in asked.kept)
        return kept, for_kept(kept, asked.kept, asked.config, law, None)
    with ExitStack() as stack:
        chosen = choose(asked.accounts, (), asked.config, law, None, stack, quiet=asked.quiet, dry=False)
        read = collect_all(plan(rules), chosen.accounts, chosen.configuration, None, concurrency=16, quiet=asked.quiet)
        return read, chosen.configuration


def _page(
    clause: Clause,
    law: Policy,
    findings: Sequence[Finding],
    estates: Sequence[Estate],
    configuration: Configuration,
    at: datetime,
) -> Iterator[str]:
    every = clause.attested_every
    yield f"# Review of {clause.id}"
    yield ""
    yield clause.demands
    yield ""
    for estate in estates:
        yield f"- account `{estate.account}` {cell(estate.account_name)}, read {stamp(estate.taken_at)}"
        yield f"- {_stated(clause, configuration.records, estate, at)}"
    yield f"- to be attested {f'every {speak(every)}' if every else 'until the day that the statement names'}"
    yield ""
    yield "## To look at"
    yield ""
    bearing = [one for one in findings if set(one.clauses) & {clause.id, *clause.reviews}]
    for name in (clause.id, *clause.reviews):
        yield from _point(law.clauses[name], [one for one in bearing if name in one.clauses])
    yield from _amounts(bearing, estates)
    yield "## To state"
    yield ""
    until = f"--valid-for {every.days}d" if every else "--until DATE"
    yield f'    backup-scan attest {shlex.quote(clause.id)} --statement "..." --by "NAME" --role "ROLE" {until}'
    yield ""


def _stated(clause: Clause, records: Records | None, estate: Estate, at: datetime) -> str:
    mine = [one for one in records.attestations if one.clause == clause.id] if records else []
    last = current(mine, estate.account, at.date(), clause.attested_every)
    if last is None:
        return "nobody has attested it"
    ends = last.ends(clause.attested_every)
    is_ = "current" if last.holds(at.date(), clause.attested_every) else "not current"
    return f"last attested on {last.on} by {cell(last.by)}, until {ends}: {is_}. They stated: {cell(last.statement)}"


def _point(clause: Clause, findings: Sequence[Finding]) -> Iterator[str]:
    yield f"- [ ] **{clause.id}**: {clause.demands}"
    if not findings:
        yield "  - no rule judges it here: look for yourself"
    counts = tally(findings)
    said = [f"{getattr(counts, state)} {state}" for state in ("failed", "unknown", "waived", "passed", "exempt")
            if getattr(counts, state)]  # fmt: skip
    if said:
        yield f"  - {', '.join(said)}"
    of_rule: dict[str, list[Finding]] = {}
    for one in findings:
        if state_of(one) in ("failed", "unknown", "waived"):
            of_rule.setdefault(one.rule.id, []).append(one)
    for some in of_rule.values():
        rule = some[0].rule
        yield f"  - {rule.id} {rule.promise}"
        for one in some[:_MOST]:
            seen_to = "; ".join(filter(None, (one.verdict.because, waiver_of(one), ticket_of(one))))
            yield f"    - {state_of(one)}: {cell(subject_of(one))}: {cell(seen_to)}"
        if len(some) > _MOST:
            yield f"    - and {len(some) - _MOST} more"
    yield ""


def _amounts(findings: Iterable[Finding], estates: Sequence[Estate]) -> Iterator[str]:
    """Say how much there is of what the findings are about, and how large the backups are."""
    rows = []
    for name in sorted({one.subject.kind for one in findings if not one.subject.kind.startswith("policy.")}):
        kind = kinds()[name]
        there = [one for estate in estates for one in estate.resources.get(name, ())]
        size = kind.facts.get("size")
        in_all = "–"
        # Some kinds tell their size in other units.
        if issubclass(kind, Backup) and size is not None and size.promise.endswith("in bytes."):
            told = [reading.value for one in there if isinstance(reading := one.readings.get("size"), Known)
                    and reading.value is not None]  # fmt: skip
            missing = f", and {len(there) - len(told)} that do not tell it" if len(told) < len(there) else ""
            in_all = f"{_size(sum(told))}{missing}" if told else in_all
        gap = any(one.kind == name for estate in estates for one in estate.gaps)
        rows.append(f"| {printable(kind.title)} | {len(there)}{' or more' if gap else ''} | {in_all} |")
    if rows:
        yield from ("## What there is", "", "| kind | how many | size |", "|---|---|---|", *rows, "")


def _size(count: int) -> str:
    for unit, size in _SIZES:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
