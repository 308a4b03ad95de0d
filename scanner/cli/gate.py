"""The gate: code is read, judged by the rules of the live scan, and held against what was there before."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rules import catalogue
from scanner.cli.gate_options import CodeRequest
from scanner.engine import judge_all
from scanner.iac.block import Code, Problem
from scanner.iac.read import Origins, read
from scanner.iac.sources import Inputs, NothingToCheck, load
from scanner.iac.suppressions import Comments, comments_of, waive
from scanner.model.configuration import Configuration
from scanner.model.estate import Estate
from scanner.model.finding import Finding, Findings
from scanner.model.late_dataclass import dataclass
from scanner.model.look import Look
from scanner.model.policy import Policy
from scanner.model.reading import Reason
from scanner.model.rule import Rule
from scanner.model.verdict import Outcome
from scanner.model.waiver import Waiver
from scanner.objectives import Objectives
from scanner.plan import Plan, plan

if TYPE_CHECKING:
    from scanner.iac.fixes.edit import Edit


@dataclass(frozen=True, slots=True)
class Judged:
    """Code that was judged: what was read, what was found, and what only a running account can answer."""

    codes: tuple[Code, ...]
    estates: tuple[Estate, ...]
    findings: Findings
    #: by rule, how many questions no code can answer
    left_to_live: Mapping[str, int]
    unasked: tuple[Finding, ...]
    comments: Comments
    #: by the fingerprint of a failure, the edits that mend it for certain, all of which are needed
    fixes: Mapping[str, tuple[Edit, ...]]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be read or followed."""
        return tuple(problem for code in self.codes for problem in code.problems)


#: Says whether a file may be edited.
Mendable = Callable[[str], bool]


def inputs_of(asked: CodeRequest) -> Inputs:
    """Give what the command line says from outside of the code."""
    return Inputs(
        _pairs(asked.variables, "--var"), asked.var_files, _pairs(asked.parameters, "--parameter"), asked.workspace,
        asked.deploy_region, asked.deploy_account, asked.source,
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
    asked: CodeRequest, paths: Sequence[Path], base: Path, *, quiet: bool, needed: bool = True
) -> tuple[Code, ...]:  # fmt: skip
    """Read every root at the paths; refuse where there is none at all."""
    with _progress(quiet=quiet) as tell:
        codes = tuple(load(paths, base, inputs_of(asked), tell))
    if not codes and needed:
        where = ", ".join(map(str, paths))
        raise NothingToCheck(
            f"nothing was checked: there is no Terraform, CloudFormation, plan or state in {where}",
            hint="name a directory of code, a template, or the output of `terraform show -json`",
        )
    return codes


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep Python's cyclic collector away: what is read is kept to the end, and it would walk it again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


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

    def also(self, rule: str) -> Bench:
        """Give the same bench with one rule more, if it is not among them."""
        if any(one.id == rule for one in self.rules):
            return self
        rules = (*self.rules, catalogue().rules[rule])
        return replace(self, rules=rules, work=plan(rules))

    def judge(self, codes: Sequence[Code], base: Path, mendable: Mendable | None = None) -> Judged:
        """Judge roots, each for itself, or all as one estate where they are said to be the whole of it.

        Where files are `mendable`, the edits that would mend each failure in them are looked for too.
        """
        groups = [tuple(codes)] if self.whole and codes else [(code,) for code in codes]
        comments = comments_of(base, (file for code in codes for file in code.files), self.at, self.known)
        texts = _Texts(base)
        estates: list[Estate] = []
        found: list[Finding] = []
        crashes: list[str] = []
        unasked: list[Finding] = []
        fixes: dict[str, tuple[Edit, ...]] = {}
        for group in groups:
            origins: Origins = {}
            some = read(group[0], self.work, at=self.at, whole=self.whole, others=group[1:], origins=origins)
            estates.extend(some)
            judged = self._judge_all(some)
            crashes.extend(judged.crashes)
            asked = []
            for one in judged.findings:
                if one.reason is Reason.RUNTIME:
                    unasked.append(one)
                elif not one.subject.gap and not (one.reason is Reason.OPEN and one.subject.declaration is None):
                    asked.append(one)  # what is open about a whole region or account is nobody's block
            mine = list(waive(_waived(asked, self.configuration, self.at), comments, self.at))
            found.extend(mine)
            if mendable is not None and any(one.outcome is Outcome.FAILED for one in mine):
                from scanner.iac.fixes.mending import mend  # noqa: PLC0415  # only where it is asked for

                fixes.update(
                    mend(
                        mine, some, group, origins, self._objectives, self._judge_all,
                        lambda file: texts(file) if mendable(file) else None, whole=self.whole,
                    )
                )  # fmt: skip
        if len(groups) > 1:  # those of one are sorted
            found.sort(key=lambda one: (one.rule.id, one.subject.kind, one.subject.region, one.subject.id))
        return Judged(
            tuple(codes),
            tuple(estates),
            Findings(self.at, tuple(found), tuple(crashes)),
            Counter(one.rule.id for one in unasked),
            tuple(unasked),
            comments,
            fixes,
        )

    def _judge_all(self, estates: Sequence[Estate]) -> Findings:
        return judge_all(
            self.rules, estates, self.law, at=self.at, systems=self.configuration.systems,
            scope=self.configuration.scope,
        )  # fmt: skip

    def _objectives(self, estate: Estate) -> Objectives:
        return Objectives(Look(estate), self.law, self.configuration.systems, self.configuration.scope, self.at)


class _Texts:
    """The texts of files by their names, each read once; None of what cannot be read."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._known: dict[str, str | None] = {}

    def __call__(self, name: str) -> str | None:
        if name not in self._known:
            try:
                # As it is, with its line ends: what is not edited must not change.
                self._known[name] = (self._base / name).read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError):
                self._known[name] = None
        return self._known[name]


def _waived(findings: Iterable[Finding], configuration: Configuration, at: datetime) -> Iterator[Finding]:
    """Apply the waivers of the configuration: they may name the address, with or without its root, or the ARN."""
    waivers: dict[str, list[Waiver]] = {}
    for each in configuration.records.waivers if configuration.records else ():
        waivers.setdefault(each.rule, []).append(each)
    for one in findings:
        block, given = one.subject.declaration, waivers.get(one.rule.id)
        if not given or block is None or one.outcome is not Outcome.FAILED:
            yield one
            continue
        names = (block.address, f"{block.root}:{block.address}")
        mine = [each for each in given if each.concerns(one.rule.id, one.subject.id) or _names(each.resource, names)]
        in_date = next((each for each in mine if at.date() <= each.expires), None)
        past = max((each for each in mine if at.date() > each.expires), key=lambda each: each.expires, default=None)
        yield replace(one, waiver=in_date, lapsed=past)


def _names(pattern: str, addresses: Iterable[str]) -> bool:
    """Say whether a pattern names an address: its brackets hold a key, such as `aws_db_instance.a[0]`, not choices."""
    bare = pattern.replace("[", "[[]")
    return any(fnmatchcase(one, bare) for one in addresses)


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


def now() -> datetime:
    """Give the moment of a judgement of code: code has none of its own."""
    return datetime.now(UTC).replace(microsecond=0)
