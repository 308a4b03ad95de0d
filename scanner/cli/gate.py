"""The gate: code is read, judged by the rules of the live scan, and held against what was there before."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.cli.gate_options import CodeRequest
from scanner.engine import judge_all
from scanner.iac.block import Code, Problem
from scanner.iac.read import read
from scanner.iac.sources import CodeError, Inputs, load
from scanner.iac.suppressions import Comments, comments_of, waive
from scanner.model.configuration import Configuration
from scanner.model.estate import Estate
from scanner.model.finding import Finding, Findings
from scanner.model.policy import Policy
from scanner.model.reading import Reason
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome
from scanner.plan import Plan


@dataclass(frozen=True, slots=True)
class Judged:
    """Code that was judged: what was read, what was found, and what only a running account can answer."""

    codes: tuple[Code, ...]
    estates: tuple[Estate, ...]
    findings: Findings
    #: by rule, how many questions no code can answer
    left_to_live: Mapping[str, int]
    comments: Comments

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or followed."""
        return tuple(problem for code in self.codes for problem in code.problems)


def inputs_of(asked: CodeRequest) -> Inputs:
    """Give what the command line says from outside of the code."""
    return Inputs(
        _pairs(asked.variables, "--var"), asked.var_files, _pairs(asked.parameters, "--parameter"), asked.workspace,
        asked.deploy_region, asked.deploy_account,
    )  # fmt: skip


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not mark or not name.strip():
            raise click.BadParameter(f"{one!r} is no NAME=VALUE", param_hint=option)
        found[name.strip()] = value
    return found


def read_code(
    asked: CodeRequest, paths: Sequence[Path], base: Path, *, quiet: bool, touched: frozenset[str] | None = None,
    needed: bool = True,
) -> tuple[Code, ...]:  # fmt: skip
    """Read every root at the paths, or those that have a touched file; refuse where there is none at all."""
    with _progress(quiet=quiet) as tell:
        codes = tuple(load(paths, base, inputs_of(asked), tell))
    if not codes and needed:
        where = ", ".join(map(str, paths))
        raise CodeError(
            f"{where}: no Terraform, CloudFormation, plan or state was found",
            hint="name a directory of code, a template, or the output of `terraform show -json`",
        )
    if touched is None:
        return codes
    return tuple(code for code in codes if not touched.isdisjoint(code.files))


@dataclass(frozen=True, slots=True)
class Bench:
    """What code is judged by: the same before and after a change."""

    rules: Sequence[Rule]
    work: Plan
    law: Policy
    configuration: Configuration
    at: datetime
    #: the code is all there is
    whole: bool
    #: the ids of all rules, for waivers
    known: frozenset[str]

    def judge(self, codes: Sequence[Code], base: Path) -> Judged:
        """Judge roots, each for itself, or all as one estate where they are said to be the whole of it."""
        groups = [(codes[0], codes[1:])] if self.whole and codes else [(code, ()) for code in codes]
        comments = comments_of(base, (file for code in codes for file in code.files), self.at, self.known)
        estates: list[Estate] = []
        found: list[Finding] = []
        crashes: list[str] = []
        left: Counter[str] = Counter()
        for code, others in groups:
            some = read(code, self.work, at=self.at, whole=self.whole, others=others)
            estates.extend(some)
            judged = judge_all(
                self.rules, some, self.law, at=self.at, systems=self.configuration.systems,
                scope=self.configuration.scope,
            )  # fmt: skip
            crashes.extend(judged.crashes)
            for one in judged.findings:
                if one.reason is Reason.RUNTIME:
                    left[one.rule.id] += 1
                elif not one.subject.gap:
                    found.append(one)
        findings = waive(_waived(found, self.configuration, self.at), comments, self.at)
        findings.sort(key=lambda one: (one.rule.id, one.subject.kind, one.subject.region, one.subject.id))
        return Judged(
            tuple(codes), tuple(estates), Findings(self.at, tuple(findings), tuple(crashes)), dict(left), comments
        )


def _waived(findings: Iterable[Finding], configuration: Configuration, at: datetime) -> Iterator[Finding]:
    """Apply the waivers of the configuration: they may name the address, with or without its root, or the ARN."""
    waivers = configuration.records.waivers if configuration.records else ()
    for one in findings:
        block = one.subject.declaration
        if waivers and block is not None and one.outcome is Outcome.FAILED:
            names = (one.subject.id, block.address, f"{block.root}:{block.address}")
            mine = [each for each in waivers if any(each.concerns(one.rule.id, name) for name in names)]
            in_date = next((each for each in mine if at.date() <= each.expires), None)
            past = max((each for each in mine if at.date() > each.expires), key=lambda each: each.expires, default=None)
            yield replace(one, waiver=in_date, lapsed=past)
        else:
            yield one


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show which root is being read, on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return

    def tell(name: str) -> None:
        click.echo(f"\r\x1b[2Kreading {name}", err=True, nl=False)

    try:
        yield tell
    finally:
        click.echo("\r\x1b[2K", err=True, nl=False)


def told(comments: Comments) -> list[str]:
    """Say which comments waive nothing, and why."""
    said = []
    for one in comments.all():
        if one.wrong:
            said.append(f"{one.file}:{one.line}: this waiver {one.wrong}; it waives nothing")
        elif not one.used:
            said.append(f"{one.file}:{one.line}: this waiver covers no failure of {', '.join(one.rules)}; remove it")
    return said


def now() -> datetime:
    """Give the moment of a judgement of code: code has none of its own."""
    return datetime.now(UTC).replace(microsecond=0)
