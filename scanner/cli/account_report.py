"""The report on accounts: read, or loaded as they were kept, and judged; with code beside them where it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reports.report import Report
from scanner.cli import probing
from scanner.cli.accounts import choose, for_kept, refuse_regions, repeated
from scanner.cli.choice import Choice
from scanner.cli.main import version
from scanner.cli.reading import collect_all, load
from scanner.documents.records import with_attestations
from scanner.engine import judge_all
from scanner.model.configuration import Account, Configuration
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.policy import Policy
from scanner.model.rule import Rule
from scanner.plan import Plan, plan, plan_facts
from scanner.resources import kinds
from scanner.resources.code import DeclaredResource

if TYPE_CHECKING:
    from scanner.cli.scan import Request


def report_on_accounts(
    asked: Request, law: Policy, chosen: tuple[Rule, ...], choice: Choice, moment: datetime | None
) -> Report | None:
    """Read and judge the accounts that were asked for; none where only the calls were to be shown."""
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
            work = plan_facts(_all_facts()) if asked.everything else _work(asked, chosen)
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

        estates = beside(asked.code, estates, quiet=asked.quiet)
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


def _kept(asked: Request) -> tuple[Estate, ...]:
    estates = tuple(load(file) for file in asked.kept)
    for account in repeated(estates):
        raise click.UsageError(f"--from names several estates of account {account}; judge one of them")
    there = tuple(dict.fromkeys(region for estate in estates for region in estate.regions))
    refuse_regions(asked.regions, there, f"the estate {', '.join(map(str, asked.kept))}")
    return estates


def _work(asked: Request, chosen: tuple[Rule, ...]) -> Plan:
    """Plan what is read of the account; where it is held against code, that includes what code declares."""
    if not asked.code.code or not any(DeclaredResource in rule.kinds for rule in chosen):
        return plan(chosen)
    from scanner.iac.agreement import comparable  # noqa: PLC0415  # a scan of an account alone needs none of it

    return plan(chosen, comparable())


def _all_facts() -> Iterator[Fact[Any]]:
    return (fact for kind in kinds().values() for fact in kind.facts.values())


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
