"""The scan itself: read the documents, collect or load an estate, judge it, show and write the report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import click

from reports.report import Report
from rules import catalogue
from scanner.cli import probing
from scanner.cli.accounts import choose, for_kept, refuse_regions, repeated
from scanner.cli.choice import Choice
from scanner.cli.exits import Exit, exit_of
from scanner.cli.formats import ALL, FORMATS, render
from scanner.cli.gate_options import CodeRequest
from scanner.cli.main import version
from scanner.cli.output import prepare, write_all
from scanner.cli.reading import collect_all, load
from scanner.documents.construct import load_policy
from scanner.documents.records import with_attestations
from scanner.engine import judge_all
from scanner.model.configuration import Account, Configuration
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.late_dataclass import dataclass
from scanner.model.policy import Policy
from scanner.model.rule import Rule
from scanner.model.verdict import Severity
from scanner.plan import Plan, plan, plan_facts
from scanner.resources import kinds

# AWS Backup and its kin are younger than the one; the other leaves room for adding any figure of a policy.
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for on the command line."""

    accounts: tuple[str, ...]
    kept: tuple[Path, ...]
    config: Path | None
    policy: Path | None
    output: Path | None
    formats: tuple[str, ...]
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    tiers: tuple[str, ...]
    regions: tuple[str, ...]
    severity: str | None
    fail_on: str
    at: str | None
    dry_run: bool
    everything: bool
    concurrency: int
    quiet: bool
    probe: bool = False
    attestations: Path | None = None
    code: CodeRequest = CodeRequest()


def whole(
    accounts: tuple[str, ...], kept: tuple[Path, ...], config: Path | None, policy: Path | None, at: str | None = None
) -> Request:
    """Ask for every rule on everything there is."""
    return Request(
        accounts=accounts, kept=kept, config=config, policy=policy, output=None, formats=(), rules=(), clauses=(),
        tiers=(), regions=(), severity=None, fail_on="low", at=at, dry_run=False, everything=False, concurrency=16,
        quiet=False,
    )  # fmt: skip


def scan(asked: Request) -> int:
    """Run a scan and give its exit code."""
    report = judged(asked)
    return Exit.PASSED if report is None else _deliver(report, asked)


def judged(asked: Request) -> Report | None:
    """Read and judge what was asked for; none where only the calls were to be shown."""
    _refuse_what_excludes(asked)
    moment, law = _moment(asked.at), load_policy(asked.policy)
    choice = Choice(
        asked.rules, asked.clauses, asked.tiers, asked.regions, Severity(asked.severity) if asked.severity else None
    )
    chosen = choice.pick(catalogue(), law)
    if not chosen:
        said = ", ".join(f"--{name} {value}" for name, value in choice.said().items())
        raise click.UsageError(f"no rule is left after the filters: {said}")
    if asked.output is not None and not asked.dry_run:
        prepare(asked.output)
    if asked.code.code and not asked.accounts and not asked.kept:
        from scanner.cli.code_report import report_on_code  # noqa: PLC0415  # a scan of an account needs none of it

        # Only SARIF has a place for edits.
        mend = "sarif" in asked.formats or (asked.output is not None and not asked.formats)
        return report_on_code(asked.code, asked.config, law, chosen, choice, moment, quiet=asked.quiet, mend=mend)
    left_out: tuple[str, ...] = ()
    with ExitStack() as stack:
        if asked.kept:
            estates = _kept(asked)
            configuration = _with_stated(for_kept(estates, asked.kept, asked.config, law, moment), asked, law)
        else:
            found = choose(
                asked.accounts, asked.regions, asked.config, law, moment, stack, quiet=asked.quiet, dry=asked.dry_run
            )
            # Before anything is read: a mistake in it must not cost a scan.
            configuration, left_out = _with_stated(found.configuration, asked, law), found.left_out
            work = plan_facts(_all_facts()) if asked.everything else plan(chosen)
            if asked.dry_run:
                _budget(work, found.accounts, left_out)
                if asked.probe:
                    probing.announce(configuration)
                return None
            configuration = probing.prepare(found, stack) if asked.probe else configuration
            # Only the demo's clock can be set: a real account is read now, whenever it is judged.
            taken = moment if found.emulated else None
            estates = collect_all(
                work, found.accounts, configuration, taken, concurrency=asked.concurrency, quiet=asked.quiet
            )
            estates = probing.measure(estates) if asked.probe else estates
    if asked.code.code:
        from scanner.cli.code_report import beside  # noqa: PLC0415  # as above

        estates = beside(asked.code, estates, plan(chosen), quiet=asked.quiet)
    read_at = max(estate.taken_at for estate in estates)
    if moment is not None and moment < read_at:
        click.echo(
            f"backup-scan: judged as of {moment:%Y-%m-%d %H:%M} UTC, before the account was read "
            f"({read_at:%Y-%m-%d %H:%M} UTC): what was made since then counts too",
            err=True,
        )
    return _judge(chosen, estates, law, configuration, moment, choice, left_out)


def _with_stated(configuration: Configuration, asked: Request, law: Policy) -> Configuration:
    return configuration if asked.attestations is None else with_attestations(configuration, asked.attestations, law)


def _refuse_what_excludes(asked: Request) -> None:
    if asked.accounts and asked.kept:
        raise click.UsageError("--account and --from exclude each other: one reads AWS, the other a kept estate")
    if asked.dry_run and asked.kept:
        raise click.UsageError("--dry-run and --from exclude each other: a kept estate is judged without any call")
    if asked.probe and asked.kept:
        raise click.UsageError("--probe and --from exclude each other: a kept estate is judged without any connection")
    if asked.code.code:
        from scanner.cli.code_report import refuse_what_excludes  # noqa: PLC0415  # a scan of an account needs none of it

        refuse_what_excludes(asked.code, beside=bool(asked.accounts or asked.kept), calls=asked.dry_run or asked.probe)
    if len(asked.formats) > 1 and asked.output is None:
        raise click.UsageError("several formats need --output DIR")


def _kept(asked: Request) -> tuple[Estate, ...]:
    estates = tuple(load(file) for file in asked.kept)
    for account in repeated(estates):
        raise click.UsageError(f"--from names several estates of account {account}; judge one of them")
    there = tuple(dict.fromkeys(region for estate in estates for region in estate.regions))
    refuse_regions(asked.regions, there, f"the estate {', '.join(map(str, asked.kept))}")
    return estates


def _all_facts() -> Iterator[Fact[Any]]:
    return (fact for kind in kinds().values() for fact in kind.facts.values())


def _deliver(report: Report, asked: Request) -> int:
    """Write and show the report, and give the exit code."""
    if asked.output is not None:
        _write(report, asked.output, asked.formats, keep=not asked.kept)
    elif asked.formats:
        # Bytes, because a machine reads it: UTF-8 whatever the terminal speaks.
        click.echo(render(asked.formats[0], report).encode("utf-8", "backslashreplace"), nl=False)
    if report.estates and not asked.quiet and not asked.code.diff and (asked.output is not None or not asked.formats):
        from scanner.cli.summary import show  # noqa: PLC0415

        show(report, asked.output)
    if not report.findings.findings and asked.code.changed_only:
        click.echo(f"backup-scan: no root was touched since {asked.code.base}, so nothing was judged", err=True)
        return Exit.PASSED
    if not report.findings.findings:
        click.echo(
            f"backup-scan: nothing was checked: no resource of the chosen kinds was found{_within(report)}", err=True
        )
        return Exit.NOTHING
    for crash in report.findings.crashes:
        click.echo(f"backup-scan: a rule failed: {crash}", err=True)
    return exit_of(report.findings, None if asked.fail_on == "never" else Severity(asked.fail_on), report.changes)


def _within(report: Report) -> str:
    chosen = ", ".join(f"--{name} {value}" for name, value in report.filters.items())
    return f" in {', '.join(report.regions)}{f' with {chosen}' if chosen else ''}"


def _moment(at: str | None) -> datetime | None:
    if at is None:
        return None
    try:
        moment = datetime.fromisoformat(at)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{at!r} is no instant; write 2026-11-24T12:00:00Z", param_hint="--at") from None
    if not _EARLIEST <= moment <= _LATEST:
        raise click.BadParameter(f"{at!r} is not within {_EARLIEST:%Y} to {_LATEST:%Y}", param_hint="--at")
    return moment


def _judge(
    chosen: tuple[Rule, ...],
    estates: tuple[Estate, ...],
    law: Policy,
    configuration: Configuration,
    at: datetime | None,
    choice: Choice,
    left_out: tuple[str, ...],
) -> Report:
    found = judge_all(
        chosen, estates, law, at=at, systems=configuration.systems, scope=configuration.scope,
        records=configuration.records,
    )  # fmt: skip
    return Report(
        tool="backup-scan",
        version=version(),
        estates=estates,
        left_out=left_out,
        policy=law,
        rules={rule.id: rule for rule in chosen},
        findings=choice.keep(found),
        titles={name: kind.title for name, kind in kinds().items()},
        filters=choice.said(),
        configuration=Path(
            configuration.file
        ).name,  # where it lies is nobody's business; the digest tells which it was
        configuration_digest=configuration.digest,
        records=configuration.records.files if configuration.records else (),
    )


def _write(report: Report, output: Path, formats: tuple[str, ...], *, keep: bool) -> None:
    from scanner.collect.snapshot import dump  # noqa: PLC0415

    several = len(report.estates) > 1
    estates = [
        (output / (f"estate-{one.account}.json" if several else "estate.json"), dump(one))
        for one in (report.estates if keep and not report.of_code else ())
    ]
    reports = ((output / ALL[name][0], render(name, report)) for name in formats or FORMATS)
    write_all(chain(estates, reports))


def _budget(work: Plan, accounts: tuple[Account, ...], left_out: tuple[str, ...]) -> None:
    """Print the calls per service that a scan will make; nothing is called."""
    from scanner.plan import budget  # noqa: PLC0415  # only a dry run asks

    for account in accounts:
        services: dict[str, list[tuple[str, str]]] = {}
        lines = budget(work, len(account.regions))
        for line in lines:
            services.setdefault(line.call.service, []).append((line.call.name, line.said))
        for service, rows in sorted(services.items()):
            fixed = sum(line.times for line in lines if line.call.service == service)
            click.echo(f"{service}: at least {fixed}")
            for name, said in sorted(set(rows)):
                click.echo(f"  {name:<55} {said}")
        total = sum(line.times for line in lines)
        click.echo(
            f"at least {total} calls to {account.name} ({account.id}) in {', '.join(account.regions)}; none was made"
        )
    for one in left_out:
        click.echo(f"besides: {one}")
