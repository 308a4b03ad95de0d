"""The report on code: read and judged as it is now, and held against what was there before the change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from reports.report import Report
from rules import catalogue
from scanner.cli.accounts import load as load_config
from scanner.cli.base_tree import changed_since, commit_of, tree_of
from scanner.cli.baseline import findings_of
from scanner.cli.choice import Choice
from scanner.cli.gate import Bench, Judged, now, read_code, told
from scanner.cli.gate_options import CodeRequest
from scanner.cli.main import version
from scanner.iac.comparison import Comparison, compare
from scanner.iac.sources import base_of
from scanner.model.finding import Finding
from scanner.model.policy import Policy
from scanner.model.rule import Rule
from scanner.plan import plan
from scanner.resources import kinds


def report_on_code(
    code: CodeRequest, config: Path | None, law: Policy, chosen: Sequence[Rule], choice: Choice, moment: datetime | None,
    *, quiet: bool,
) -> Report:  # fmt: skip
    """Judge the code that was named; raise what a person can mend."""
    refuse_what_excludes(code)
    at = moment or now()
    configuration = load_config(config, law, at, needed=False)
    base = base_of(code.code)
    known = catalogue().rules
    bench = Bench(chosen, plan(chosen), law, configuration, at, code.whole_estate, frozenset(known))
    commit = commit_of(base, code.base) if code.base else ""
    touched = changed_since(base, commit) if code.changed_only else None
    judged = bench.judge(read_code(code, code.code, base, quiet=quiet, touched=touched), base)
    for line in told(judged.comments):
        click.echo(f"backup-scan: {line}", err=True)
    change: Comparison | None = None
    if commit:
        change = compare(_before(code, base, commit, touched, bench, quiet=quiet), judged.findings.findings)
    elif code.baseline is not None:
        change = compare(findings_of(code.baseline, known), judged.findings.findings)
    return _report(judged, bench, choice, change)


def refuse_what_excludes(code: CodeRequest) -> None:
    """Refuse options that make no sense together."""
    if code.base and code.baseline is not None:
        raise click.UsageError("--base and --baseline exclude each other: both say what was there before")
    if code.changed_only and not code.base:
        raise click.UsageError("--changed-only needs --base: the commit since which files changed")
    if code.fix and code.diff:
        raise click.UsageError("--fix and --diff exclude each other: --diff changes nothing")
    if code.with_checkov and code.checkov_results is not None:
        raise click.UsageError("--with-checkov and --checkov-results exclude each other")


def _before(
    code: CodeRequest, base: Path, commit: str, touched: frozenset[str] | None, bench: Bench, *, quiet: bool
) -> Sequence[Finding]:  # fmt: skip
    """Judge the code as it was at a commit, by the rules, the policy and the configuration of now."""
    here = [Path(path).resolve() for path in code.code]
    modules = [found for path in here if path.is_dir() for found in path.rglob(".terraform") if found.is_dir()]
    with tree_of(base, commit, modules) as tree:
        there = [tree / path.relative_to(base) for path in here]
        present = [path for path in there if path.exists()]
        if not present:
            return ()
        codes = read_code(code, present, tree, quiet=quiet, touched=touched, needed=False)
        return bench.judge(codes, tree).findings.findings


def _report(judged: Judged, bench: Bench, choice: Choice, change: Comparison | None) -> Report:
    configuration = bench.configuration
    return Report(
        tool="backup-scan",
        version=version(),
        estates=judged.estates,
        policy=bench.law,
        rules={rule.id: rule for rule in bench.rules},
        findings=choice.keep(judged.findings),
        titles={name: kind.title for name, kind in kinds().items()},
        filters=choice.said(),
        configuration=Path(configuration.file).name,
        configuration_digest=configuration.digest,
        records=configuration.records.files if configuration.records else (),
        problems=judged.problems,
        changes=change.changes if change else None,
        mended=change.mended if change else (),
        left_to_live=judged.left_to_live,
    )
