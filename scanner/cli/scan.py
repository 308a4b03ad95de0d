"""The scan itself: read the documents, collect or load an estate, judge it, show and write the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from scanner.model.fact import Fact
from scanner.model.policy import Policy
from scanner.model.rule import Rule
from scanner.model.verdict import Severity
from scanner.plan import Plan, plan, plan_facts
from scanner.resources import kinds

if TYPE_CHECKING:
    from scanner.collect.live import Progress

DEFAULT_CONFIG = Path("backup-scan.yaml")


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for on the command line."""

    account: str | None
    kept: Path | None
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


def scan(asked: Request) -> int:
    """Run a scan and give its exit code."""
    if asked.account and asked.kept:
        raise click.UsageError("--account and --from exclude each other: one reads AWS, the other a kept estate")
    if len(asked.formats) > 1 and asked.output is None:
        raise click.UsageError("several formats need --output DIR")
    moment, law = _moment(asked.at), load_policy(asked.policy)
    choice = Choice(
        asked.rules, asked.clauses, asked.tiers, asked.regions, Severity(asked.severity) if asked.severity else None
    )
    chosen = choice.pick(catalogue(), law)
    if not chosen:
        raise click.UsageError("no rule is left after the filters")
    if asked.output is not None and not asked.dry_run:
        prepare(asked.output)
    with ExitStack() as stack:
        if asked.kept is not None:
            configuration = _configuration(asked.config, law, moment, needed=False)
            estate = _load(asked.kept)
        else:
            configuration, place = _account(asked, law, moment, stack)
            work = plan_facts(_all_facts()) if asked.everything else plan(chosen)
            if asked.dry_run:
                return _budget(work, place)
            estate = _collect(work, place, configuration, moment, asked)
    report = _judge(chosen, estate, law, configuration, moment or estate.taken_at, choice)
    return _deliver(report, asked)


def _all_facts() -> Iterator[Fact[Any]]:
    return (fact for kind in kinds().values() for fact in kind.facts.values())


def _deliver(report: Report, asked: Request) -> int:
    """Write and show the report, and give the exit code."""
    if asked.output is not None:
        _write(report, asked.output, asked.formats, keep=asked.kept is None)
    elif asked.formats:
        click.echo(render(asked.formats[0], report), nl=False)
    if not asked.quiet and (asked.output is not None or not asked.formats):
        from scanner.cli.summary import show  # noqa: PLC0415

        show(report, asked.output)
    if not report.findings.findings:
        click.echo("backup-scan: nothing was checked: no resource of the chosen kinds was found", err=True)
        return Exit.NOTHING
    for crash in report.findings.crashes:
        click.echo(f"backup-scan: a rule failed: {crash}", err=True)
    return exit_of(report.findings, None if asked.fail_on == "never" else Severity(asked.fail_on))


def _moment(at: str | None) -> datetime | None:
    if at is None:
        return None
    try:
        moment = datetime.fromisoformat(at)
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


def _account(asked: Request, law: Policy, at: datetime | None, stack: ExitStack) -> tuple[Configuration, Account]:
    name, path = asked.account or "", asked.config or DEFAULT_CONFIG
    if name == "demo" and not (path.exists() and "demo" in _configuration(asked.config, law, at, needed=True).accounts):
        from scanner.cli.demo import demo  # noqa: PLC0415  # the emulator sits in an extra

        configuration, account = stack.enter_context(demo(law, at, quiet=asked.quiet))
    else:
        configuration = _configuration(asked.config, law, at, needed=True)
        account = _named(configuration, name)
    for region in asked.regions:
        if region not in account.regions:
            raise click.BadParameter(
                f"account {account.name} has no region {region!r}; it has {', '.join(account.regions)}",
                param_hint="--region",
            )
    if asked.regions:
        account = replace(account, regions=tuple(one for one in account.regions if one in asked.regions))
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


def _collect(work: Plan, account: Account, configuration: Configuration, at: datetime | None, asked: Request) -> Estate:
    from scanner.collect.aws import connect  # noqa: PLC0415  # boto3
    from scanner.collect.live import collect  # noqa: PLC0415

    port, caller = connect(account, concurrency=asked.concurrency)
    with _progress(quiet=asked.quiet) as tell:
        estate = collect(
            work,
            port,
            account=caller.account,
            caller=caller.arn,
            regions=account.regions,
            at=at or datetime.now(UTC),
            declared=configuration.declared,
            concurrency=asked.concurrency,
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
