"""The report on code: read and judged as it is now, and held against what was there before the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from scanner.cli.mending import make, show
from scanner.iac.agreement import together
from scanner.iac.comparison import Comparison, compare
from scanner.iac.fixes.edit import Edit
from scanner.iac.read import read
from scanner.iac.sources import base_of
from scanner.model.estate import Estate
from scanner.model.finding import Finding
from scanner.model.policy import Policy
from scanner.model.rule import Rule
from scanner.plan import Plan, plan
from scanner.resources import kinds


def report_on_code(
    code: CodeRequest, config: Path | None, law: Policy, chosen: Sequence[Rule], choice: Choice, moment: datetime | None,
    *, quiet: bool, mend: bool,
) -> Report:  # fmt: skip
    """Judge the code that was named; raise what a person can mend. `mend` looks for the edits that would mend it."""
    at = moment or now()
    configuration = load_config(config, law, at, needed=False)
    base = base_of(code.code)
    known = catalogue().rules
    bench = Bench(chosen, plan(chosen), law, configuration, at, code.whole_estate, frozenset(known))
    commit = commit_of(base, code.base) if code.base else ""
    touched = changed_since(base, commit) if code.changed_only else None
    judged = bench.judge(
        read_code(code, code.code, base, quiet=quiet, touched=touched), base, mend=mend or code.fix or code.diff
    )
    for line in told(judged.comments):
        click.echo(f"backup-scan: {line}", err=True)
    if code.diff:
        show(_unwaived(judged), base)
    elif code.fix:
        make(_unwaived(judged), base)
        judged = bench.judge(read_code(code, code.code, base, quiet=quiet, touched=touched), base)
    change: Comparison | None = None
    if commit:
        change = compare(_before(code, base, commit, touched, bench, quiet=quiet), judged.findings.findings)
    elif code.baseline is not None:
        change = compare(findings_of(code.baseline, known), judged.findings.findings)
    return _report(judged, bench, choice, change)


def _unwaived(judged: Judged) -> list[Edit]:
    waived = {one.fingerprint for one in judged.findings.findings if one.waiver is not None}
    return [edit for mark, edit in judged.fixes.items() if mark not in waived]


def beside(code: CodeRequest, estates: tuple[Estate, ...], work: Plan, *, quiet: bool) -> tuple[Estate, ...]:
    """Hold accounts against the code that was given with them: what is in no code, and what differs from it."""
    base = base_of(code.code)
    if len(estates) == 1 and not code.deploy_account:
        code = replace(code, deploy_account=str(estates[0].account))
    codes = read_code(code, code.code, base, quiet=quiet)
    read_at = max(estate.taken_at for estate in estates)
    declared = [one for each in codes for one in read(each, work, at=read_at, whole=code.whole_estate)]
    return together(estates, declared)


def refuse_what_excludes(code: CodeRequest, *, beside: bool, calls: bool) -> None:
    """Refuse options that make no sense together."""
    if calls and not beside:
        raise click.UsageError("--iac makes no calls: --dry-run and --probe are for accounts")
    if beside and (code.base or code.baseline is not None or code.fix or code.diff):
        raise click.UsageError("--base, --baseline, --fix and --diff are for code alone, without --account or --from")
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
        fixes=judged.fixes,
    )
