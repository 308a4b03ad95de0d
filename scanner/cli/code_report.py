"""The report on code: read and judged as it is now, and held against what was there before the change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports import repository
from reports.report import Report
from rules import catalogue
from scanner.cli.accounts import DEFAULT_CONFIG
from scanner.cli.accounts import load as load_config
from scanner.cli.choice import Choice
from scanner.cli.gate import Bench, Judged, no_collector, now, read_code
from scanner.cli.gate_options import CodeRequest
from scanner.cli.main import version
from scanner.iac.block import Code
from scanner.iac.sources import base_of
from scanner.iac.suppressions import told
from scanner.model.configuration import Configuration
from scanner.model.estate import Estate
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Policy
from scanner.model.rule import Rule
from scanner.plan import plan, plan_facts
from scanner.resources import kinds

if TYPE_CHECKING:
    from scanner.iac.comparison import Comparison
    from scanner.iac.second_opinion.opinions import SecondOpinion
    from scanner.iac.second_opinion.results import Results


#: The rule that fails for what cannot be read: whatever is asked, it may hide there.
CODE_IS_READ = "BK118"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was judged of the code as it is now, and what the change did to it, where there is one."""

    judged: Judged
    bench: Bench
    change: Comparison | None = None
    opinion: SecondOpinion | None = None


#: Rules about the systems that a configuration declares.
_OF_SYSTEMS = ("BK101",)


def report_on_code(
    code: CodeRequest, config: Path | None, law: Policy, chosen: Sequence[Rule], choice: Choice, moment: datetime | None,
    *, quiet: bool, mend: bool,
) -> Report:  # fmt: skip
    """Judge the code that was named; raise what a person can mend. `mend` looks for the edits that would mend it."""
    at = moment or now()
    configuration = load_config(config, law, at, needed=False)
    chosen = _askable(chosen, choice, configuration)
    base = base_of(code.code)
    results = _results(code)
    known = catalogue().rules
    bench = Bench(chosen, plan(chosen), law, configuration, at, code.whole_estate, frozenset(known))
    with no_collector():
        outcome = _judged(code, base, bench, quiet=quiet, mend=mend or code.fix or code.diff)
        if code.with_checkov:
            from scanner.iac.second_opinion.child import ask  # noqa: PLC0415  # only where it is to be asked

            results = ask(code.code, os.environ)
        if results is not None:
            from scanner.iac.second_opinion.opinions import compare as held_against  # noqa: PLC0415  # as above

            outcome = replace(outcome, opinion=held_against(outcome.judged.findings.findings, results))
    for line in told(outcome.judged.comments, {rule.id for rule in chosen}):
        click.echo(f"backup-scan: {line}", err=True)
    return _report(outcome, choice, base)


def _askable(chosen: Sequence[Rule], choice: Choice, configuration: Configuration) -> Sequence[Rule]:
    """Leave out what only a configuration can answer where there is none, unless it was asked for by name."""
    if configuration.file or choice.rules or choice.clauses:
        return chosen
    click.echo(
        f"backup-scan: judged without a configuration ({DEFAULT_CONFIG} does not exist): no systems and tiers are known, "
        f"so {', '.join(_OF_SYSTEMS)} is not asked, and the policy's base figures hold",
        err=True,
    )
    return [rule for rule in chosen if rule.id not in _OF_SYSTEMS]


def _results(code: CodeRequest) -> Results | None:
    if code.checkov_results is None:
        return None
    from scanner.iac.second_opinion.results import load  # noqa: PLC0415  # few have any

    return load(code.checkov_results)


def _judged(code: CodeRequest, base: Path, bench: Bench, *, quiet: bool, mend: bool) -> Outcome:
    codes = read_code(code, code.code, base, quiet=quiet)
    if any(one.problems for one in codes):
        bench = bench.also(CODE_IS_READ)
    if code.base is None:
        judged = _mended(code, base, bench, codes, quiet=quiet, mend=mend)
        return Outcome(judged, bench, _since_baseline(code, bench, judged))
    from scanner.cli.before import before, judged_before  # noqa: PLC0415  # only where there was something before
    from scanner.iac.comparison import Sight, compare, moves_in  # noqa: PLC0415  # as above

    with ExitStack() as stack:
        past = stack.enter_context(before(code, base, quiet=quiet))
        only = past.touched(codes, bench) if code.changed_only else None
        if only is not None:
            codes = tuple(one for one in codes if one.root in only)
        was = judged_before(past, bench, only, codes)
        judged = _mended(code, base, bench, codes, quiet=quiet, mend=mend)
        sight = Sight.of(judged.codes, [rule.id for rule in bench.rules], past.codes)
        moves = moves_in(judged.codes)
        return Outcome(judged, bench, compare(was, judged.findings.findings, sight, moves, judged.unasked))


def _mended(
    code: CodeRequest, base: Path, bench: Bench, codes: tuple[Code, ...], *, quiet: bool, mend: bool
) -> Judged:  # fmt: skip
    """Judge the code; show or make the edits that mend it where that is asked, and then judge it again."""
    if not mend:
        return bench.judge(codes, base)
    from scanner.cli.mending import make, show, wanted, within  # noqa: PLC0415  # only where something is mended

    judged = bench.judge(codes, base, within(code.code, base))
    if code.diff:
        show(wanted(judged), base)
    if not code.fix:
        return judged
    roots = {one.root for one in codes}

    def again() -> Judged:
        return bench.judge([one for one in read_code(code, code.code, base, quiet=quiet) if one.root in roots], base)

    return make(wanted(judged), base, again) or judged


def _since_baseline(code: CodeRequest, bench: Bench, judged: Judged) -> Comparison | None:
    if code.baseline is None:
        return None
    from scanner.cli.baseline import baseline_of  # noqa: PLC0415  # only where there is one
    from scanner.iac.comparison import Sight, compare, moves_in  # noqa: PLC0415  # as above

    chosen = [rule.id for rule in bench.rules]
    was = baseline_of(code.baseline, catalogue().rules, chosen, bench.law.digest, judged.codes)
    for warning in was.warnings:
        click.echo(f"backup-scan: --baseline {code.baseline}: {warning}", err=True)
    sight, moves = Sight.of(judged.codes, chosen), moves_in(judged.codes)
    return compare(was.findings, judged.findings.findings, sight, moves, judged.unasked)


def beside(code: CodeRequest, estates: tuple[Estate, ...], *, quiet: bool) -> tuple[Estate, ...]:
    """Hold accounts against the code that was given with them: what is in no code, and what differs from it."""
    from scanner.iac.agreement import together  # noqa: PLC0415  # only where there are both

    # Whatever was read of the account is compared, also what no rule asks for.
    work = plan_facts(fact for kind in kinds().values() for fact in kind.facts.values())

    base = base_of(code.code)
    if len(estates) == 1 and not code.deploy_account:
        code = replace(code, deploy_account=str(estates[0].account))
    codes = read_code(code, code.code, base, quiet=quiet)
    for problem in (one for each in codes for one in each.problems):
        click.echo(f"backup-scan: {problem.spot.said}: {problem.message}", err=True)
    return together(estates, codes, work, whole=code.whole_estate)


def refuse_what_excludes(code: CodeRequest, *, beside: bool, calls: bool) -> None:
    """Refuse options that make no sense together."""
    if calls and not beside:
        raise click.UsageError("--iac makes no calls: --dry-run and --probe are for accounts")
    alone = {
        "--base": code.base is not None, "--baseline": code.baseline is not None, "--fix": code.fix, "--diff": code.diff,
        "--with-checkov": code.with_checkov, "--checkov-results": code.checkov_results is not None,
    }  # fmt: skip
    named = [name for name, given in alone.items() if given]
    if beside and named:
        raise click.UsageError(f"{', '.join(named)}: for code alone, without --account or --from")
    if code.base is not None and code.baseline is not None:
        raise click.UsageError("--base and --baseline exclude each other: both say what was there before")
    if code.changed_only and code.base is None:
        raise click.UsageError("--changed-only needs --base: the commit since which files changed")
    if code.fix and code.diff:
        raise click.UsageError("--fix and --diff exclude each other: --diff changes nothing")
    if code.with_checkov and code.checkov_results is not None:
        raise click.UsageError("--with-checkov and --checkov-results exclude each other")


def _report(outcome: Outcome, choice: Choice, base: Path) -> Report:
    bench, judged, change = outcome.bench, outcome.judged, outcome.change
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
        # The root of a repository is where its paths begin, wherever a build has checked it out.
        prefix="" if (base / ".git").is_dir() else repository.prefix(base, os.environ),
        repository=repository.known(os.environ),
        changes=change.changes if change else None,
        mended=change.mended if change else (),
        left_to_live=judged.left_to_live,
        fixes={mark: edits[0] for mark, edits in judged.fixes.items() if len(edits) == 1},
        second_opinion=outcome.opinion,
    )
