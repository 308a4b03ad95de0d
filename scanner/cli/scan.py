"""The scan itself: read the documents, collect or load an estate, judge it, show and write the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reports.report import Report
from rules import catalogue
from scanner.cli.choice import Choice
from scanner.cli.exits import Exit, exit_of
from scanner.cli.formats import FORMATS, render
from scanner.cli.main import version
from scanner.cli.output import prepare, write_all
from scanner.documents.construct import load_configuration, load_policy
from scanner.documents.errors import DocumentError
from scanner.documents.yaml_file import load_yaml
from scanner.engine import judge
from scanner.model.configuration import Account, Configuration
from scanner.model.errors import EstateError, ScanRefused
from scanner.model.estate import Estate
from scanner.model.fact import Fact
from scanner.model.policy import Policy
from scanner.model.reading import Reason, Source, Unknown
from scanner.model.rule import Rule
from scanner.model.verdict import Severity
from scanner.plan import Plan, plan, plan_facts
from scanner.resources import kinds

if TYPE_CHECKING:
    from scanner.collect.live import Progress

DEFAULT_CONFIG = Path("backup-scan.yaml")
# AWS Backup and its kin are younger than the one; the other leaves room for adding any figure of a policy.
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)


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
    if asked.dry_run and asked.kept:
        raise click.UsageError("--dry-run and --from exclude each other: a kept estate is judged without any call")
    if len(asked.formats) > 1 and asked.output is None:
        raise click.UsageError("several formats need --output DIR")
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
    with ExitStack() as stack:
        if asked.kept is not None:
            estate = _load(asked.kept)
            _refuse_regions(asked.regions, estate.regions, f"the estate {asked.kept}")
            configuration = _kept_configuration(asked, estate, law, moment)
        else:
            configuration, place, emulated = _account(asked, law, moment, stack)
            work = plan_facts(_all_facts()) if asked.everything else plan(chosen)
            if asked.dry_run:
                return _budget(work, place)
            # Only the demo's clock can be set: a real account is read now, whenever it is judged.
            taken = moment if moment is not None and emulated else datetime.now(UTC)
            estate = _collect(work, place, configuration, taken, asked)
    if moment is not None and moment < estate.taken_at:
        click.echo(
            f"backup-scan: judged as of {moment:%Y-%m-%d %H:%M} UTC, before the account was read "
            f"({estate.taken_at:%Y-%m-%d %H:%M} UTC): what was made since then counts too",
            err=True,
        )
    report = _judge(chosen, estate, law, configuration, moment or estate.taken_at, choice)
    return _deliver(report, asked)


def _all_facts() -> Iterator[Fact[Any]]:
    return (fact for kind in kinds().values() for fact in kind.facts.values())


def _deliver(report: Report, asked: Request) -> int:
    """Write and show the report, and give the exit code."""
    if asked.output is not None:
        _write(report, asked.output, asked.formats, keep=asked.kept is None)
    elif asked.formats:
        # Bytes, because a machine reads it: UTF-8 whatever the terminal speaks.
        click.echo(render(asked.formats[0], report).encode("utf-8", "backslashreplace"), nl=False)
    if not asked.quiet and (asked.output is not None or not asked.formats):
        from scanner.cli.summary import show  # noqa: PLC0415

        show(report, asked.output)
    if not report.findings.findings:
        click.echo(
            f"backup-scan: nothing was checked: no resource of the chosen kinds was found{_within(report)}", err=True
        )
        return Exit.NOTHING
    for crash in report.findings.crashes:
        click.echo(f"backup-scan: a rule failed: {crash}", err=True)
    return exit_of(report.findings, None if asked.fail_on == "never" else Severity(asked.fail_on))


def _within(report: Report) -> str:
    chosen = ", ".join(f"--{name} {value}" for name, value in report.filters.items())
    return f" in {', '.join(report.estate.regions)}{f' with {chosen}' if chosen else ''}"


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


def _configuration(config: Path | None, law: Policy, at: datetime | None, *, needed: bool) -> Configuration:
    path = config or DEFAULT_CONFIG
    if not path.exists():
        if config is not None or needed:
            raise click.UsageError(
                f"{path} does not exist; `backup-scan init` writes one, --config names another, "
                "--account demo needs none"
            )
        return Configuration({})
    # A waiver lasts a year at most from today, also where the past is judged.
    now = datetime.now(UTC)
    return load_configuration(path, law, max(at, now) if at else now, rules=catalogue().rules)


def _names(config: Path | None, demo: str) -> bool:
    """Say whether a configuration has its own account `demo`; one that is not finished yet does not stop the demo."""
    try:
        data = load_yaml(config or DEFAULT_CONFIG).data
        return demo in data["accounts"]
    except (DocumentError, KeyError, TypeError):
        return config is not None


def _kept_configuration(asked: Request, estate: Estate, law: Policy, at: datetime | None) -> Configuration:
    """Give the configuration of a kept estate's account; another account's systems and waivers must not judge it."""
    from scanner.cli.demo import COMPANIES, demo_configuration  # noqa: PLC0415

    name = estate.account_name
    if asked.config is None and name in COMPANIES and not _names(None, name):
        demo = demo_configuration(name, law)
        if demo.accounts[name].id == estate.account:
            return demo
    path = asked.config or DEFAULT_CONFIG
    own = _configuration(asked.config, law, at, needed=False)
    if any(account.id == estate.account for account in own.accounts.values()):
        return own
    if own.accounts:
        raise ScanRefused(
            f"{path} has no account {estate.account}, of which {asked.kept} is; nothing was judged",
            hint="name the configuration of that account with --config: its systems and waivers decide the verdicts",
        )
    click.echo(
        f"backup-scan: judged without a configuration ({path} does not exist): no systems, tiers or waivers are known",
        err=True,
    )
    return own


def _account(asked: Request, law: Policy, at: datetime | None, stack: ExitStack) -> tuple[Configuration, Account, bool]:
    """Give the account, its configuration, and whether it is the demo's."""
    name = asked.account or ""
    from scanner.cli.demo import COMPANIES, demo  # noqa: PLC0415

    emulated = name in COMPANIES and not _names(asked.config, name)
    if emulated:
        configuration, account = stack.enter_context(demo(name, law, at, quiet=asked.quiet))
    else:
        configuration = _configuration(asked.config, law, at, needed=True)
        account = _named(configuration, name)
    _refuse_regions(asked.regions, account.regions, f"account {account.name}")
    if asked.regions:
        account = replace(account, regions=tuple(one for one in account.regions if one in asked.regions))
    return configuration, account, emulated


def _refuse_regions(wanted: tuple[str, ...], there: tuple[str, ...], owner: str) -> None:
    for region in wanted:
        if region not in there:
            raise click.BadParameter(
                f"{owner} has no region {region!r}; it has {', '.join(there)}", param_hint="--region"
            )


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
    estate = load(text, kinds(), file=str(kept))
    if estate.taken_at.tzinfo is None:
        raise EstateError(f"{kept}: damaged: taken_at has no time zone", hint="collect the estate again")
    return estate


def _collect(work: Plan, account: Account, configuration: Configuration, at: datetime, asked: Request) -> Estate:
    from scanner.collect.live import collect  # noqa: PLC0415
    from scanner.collect.refusals import EXPIRED  # noqa: PLC0415
    from scanner.collect.session import connect  # noqa: PLC0415  # boto3

    port, caller = connect(account, concurrency=asked.concurrency)
    with _progress(quiet=asked.quiet) as tell:
        estate = collect(
            work,
            port,
            account=caller.account,
            caller=caller.arn,
            regions=account.regions,
            at=at,
            declared=configuration.declared,
            concurrency=asked.concurrency,
            progress=tell,
            account_name=account.name,
        )
    ended = next((said for said in _unanswered(estate) if any(f": {code}: " in said for code in EXPIRED)), "")
    if _silent(estate, ended=bool(ended)):
        raise ScanRefused(
            f"account {account.name}: no call was answered; one of them: {ended or estate.gaps[0].unknown.detail}",
            hint="renew the credentials and run again" if ended
            else "check the network, the endpoint and the names of the regions",
        )  # fmt: skip
    if ended:
        click.echo(
            f"backup-scan: the credentials ended during the scan, and what was not read by then is unknown: {ended}\n"
            "  what to do: renew them and run again",
            err=True,
        )
    return estate


def _silent(estate: Estate, *, ended: bool) -> bool:
    """Say whether AWS answered nothing at all; a denial is an answer, and what is declared needs none."""
    listed = any(evidence.source is Source.LIVE for evidence in estate.listings.values())
    lost = all(gap.unknown.reason in (Reason.FAILED, Reason.THROTTLED) for gap in estate.gaps)
    return bool(estate.gaps) and not listed and (ended or lost)


def _unanswered(estate: Estate) -> Iterator[str]:
    """Give what AWS said instead of an answer."""
    for gap in estate.gaps:
        yield gap.unknown.detail
    for found in estate.resources.values():
        for resource in found:
            for reading in resource.readings.values():
                if isinstance(reading, Unknown):
                    yield reading.detail


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
        configuration=Path(
            configuration.file
        ).name,  # where it lies is nobody's business; the digest tells which it was
        configuration_digest=configuration.digest,
    )


def _write(report: Report, output: Path, formats: tuple[str, ...], *, keep: bool) -> None:
    from scanner.collect.snapshot import dump  # noqa: PLC0415

    estates = [(output / "estate.json", dump(report.estate))] if keep else []
    reports = ((output / FORMATS[name][0], render(name, report)) for name in formats or FORMATS)
    write_all(chain(estates, reports))


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
