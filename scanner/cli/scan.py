"""The scan itself: read the documents, collect or load an estate, judge it, show and write the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports.report import Report
from rules import catalogue
from scanner.cli.choice import Choice
from scanner.cli.exits import Exit, exit_of
from scanner.cli.formats import FORMATS, render
from scanner.cli.main import version
from scanner.cli.output import prepare, write
from scanner.documents.construct import load_configuration, load_policy
from scanner.engine import judge
from scanner.model.configuration import Account, Configuration
from scanner.model.errors import EstateError, ScanRefused
from scanner.model.estate import Estate
from scanner.model.policy import Policy
from scanner.model.rule import Rule
from scanner.model.verdict import Severity
from scanner.plan import Plan, plan, plan_facts
from scanner.resources import kinds

if TYPE_CHECKING:
    from scanner.collect.live import Progress

DEFAULT_CONFIG = Path("backup-scan.yaml")


def scan(
    *,
    account: str | None,
    kept: Path | None,
    config: Path | None,
    policy: Path | None,
    output: Path | None,
    formats: tuple[str, ...],
    rules: tuple[str, ...],
    clauses: tuple[str, ...],
    tiers: tuple[str, ...],
    regions: tuple[str, ...],
    severity: str | None,
    fail_on: str,
    at: str | None,
    dry_run: bool,
    everything: bool,
    concurrency: int,
    quiet: bool,
) -> int:
    """Run a scan and give its exit code."""
    if account and kept:
        raise click.UsageError("--account and --from exclude each other: one reads AWS, the other a kept estate")
    if len(formats) > 1 and output is None:
        raise click.UsageError("several formats need --output DIR")
    moment = _moment(at)
    law = load_policy(policy)
    choice = Choice(rules, clauses, tiers, regions, Severity(severity) if severity else None)
    chosen = choice.pick(catalogue(), law)
    if not chosen:
        raise click.UsageError("no rule is left after the filters")
    if output is not None:
        prepare(output)
    with ExitStack() as stack:
        if kept is not None:
            configuration = _configuration(config, law, moment, needed=False)
            estate = _load(kept)
        else:
            configuration, place = _account(account or "", config, law, moment, regions, stack)
            work = plan_facts(fact for kind in kinds().values() for fact in kind.facts.values()) if everything else plan(chosen)  # noqa: E501
            if dry_run:
                return _budget(work, place)
            estate = _collect(work, place, configuration, moment, concurrency, quiet=quiet)
    report = _judge(chosen, estate, law, configuration, moment or estate.taken_at, choice)
    if output is not None:
        _write(report, output, formats, keep=kept is None)
    elif formats:
        click.echo(render(formats[0], report), nl=False)
    if not quiet and not (formats and output is None):
        from scanner.cli.summary import show  # noqa: PLC0415

        show(report, output)
    if not report.findings.findings:
        click.echo("backup-scan: nothing was checked: no resource of the chosen kinds was found", err=True)
        return Exit.NOTHING
    for crash in report.findings.crashes:
        click.echo(f"backup-scan: a rule failed: {crash}", err=True)
    return exit_of(report.findings, None if fail_on == "never" else Severity(fail_on))


def _moment(at: str | None) -> datetime | None:
    if at is None:
        return None
    try:
        moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    except ValueError:
        raise click.BadParameter(f"{at!r} is no instant; write 2026-11-24T12:00:00Z", param_hint="--at") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _configuration(config: Path | None, law: Policy, at: datetime | None, *, needed: bool) -> Configuration:
    path = config or DEFAULT_CONFIG
    if not path.exists():
        if config is not None or needed:
            raise click.UsageError(
                f"{path} does not exist; `backup-scan init` writes one, --config names another, "
                "--account demo needs none"
            )
        return Configuration({})
    return load_configuration(path, law, at or datetime.now(UTC))


def _account(
    name: str, config: Path | None, law: Policy, at: datetime | None, regions: tuple[str, ...], stack: ExitStack
) -> tuple[Configuration, Account]:
    path = config or DEFAULT_CONFIG
    if name == "demo" and not (path.exists() and "demo" in _configuration(config, law, at, needed=True).accounts):
        from scanner.cli.demo import demo  # noqa: PLC0415  # the emulator sits in an extra

        configuration, account = stack.enter_context(demo(law, at))
    else:
        configuration = _configuration(config, law, at, needed=True)
        account = _named(configuration, name)
    for region in regions:
        if region not in account.regions:
            raise click.BadParameter(
                f"account {account.name} has no region {region!r}; it has {', '.join(account.regions)}",
                param_hint="--region",
            )
    if regions:
        account = replace(account, regions=tuple(one for one in account.regions if one in regions))
    return configuration, account


def _named(configuration: Configuration, name: str) -> Account:
    if name not in configuration.accounts:
        raise click.BadParameter(
            f"{configuration.file} has no account {name!r}; it has {', '.join(configuration.accounts)}",
            param_hint="--account",
        )
    return configuration.accounts[name]


def _load(kept: Path) -> Estate:
    from scanner.collect.snapshot import load  # noqa: PLC0415

    try:
        text = kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise EstateError(f"{kept}: {reason}", hint="pass the estate.json of an earlier scan") from None
    return load(text, kinds(), file=str(kept))


def _collect(
    work: Plan, account: Account, configuration: Configuration, at: datetime | None, concurrency: int, *, quiet: bool
) -> Estate:
    from scanner.collect.aws import connect  # noqa: PLC0415  # boto3
    from scanner.collect.live import collect  # noqa: PLC0415

    port, caller = connect(account, concurrency=concurrency)
    with _progress(quiet=quiet) as tell:
        estate = collect(
            work,
            port,
            account=caller.account,
            caller=caller.arn,
            regions=account.regions,
            at=at or datetime.now(UTC),
            declared=configuration.declared,
            concurrency=concurrency,
            progress=tell,
            account_name=account.name,
        )
    if not estate.count() and estate.gaps and all(gap.unknown.reason.value == "failed" for gap in estate.gaps):
        raise ScanRefused(
            f"account {account.name}: no call was answered; the first: {estate.gaps[0].unknown.detail}",
            hint="check the network, the endpoint and the names of the regions",
        )
    return estate


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from scanner.cli.board import Board  # noqa: PLC0415  # rich

    with Board() as board:
        yield board.tell


def _judge(
    chosen: tuple[Rule, ...],
    estate: Estate,
    law: Policy,
    configuration: Configuration,
    at: datetime,
    choice: Choice,
) -> Report:
    found = judge(
        chosen, estate, law, at=at, systems=configuration.systems, scope=configuration.scope,
        waivers=configuration.waivers,
    )  # fmt: skip
    return Report(
        tool="backup-scan",
        version=version(),
        estate=estate,
        policy=law,
        rules={rule.id: rule for rule in chosen},
        findings=choice.keep(found),
        titles={name: kind.title for name, kind in kinds().items()},
        filters=choice.said(),
        configuration=configuration.file,
    )


def _write(report: Report, output: Path, formats: tuple[str, ...], *, keep: bool) -> None:
    from scanner.collect.snapshot import dump  # noqa: PLC0415

    if keep:
        write(output / "estate.json", dump(report.estate))
    for name in formats or FORMATS:
        write(output / FORMATS[name][0], render(name, report))


def _budget(work: Plan, account: Account) -> int:
    """Print the calls per service that a scan will make; nothing is called."""
    from scanner.plan import budget  # noqa: PLC0415  # only a dry run asks

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
    return Exit.PASSED
