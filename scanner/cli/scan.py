"""The scan itself: read the documents, collect or load an estate, judge it, show and write the report."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import click

from reports.report import Report
from rules import catalogue
from scanner.cli.choice import Choice
from scanner.cli.formats import ALL, FORMATS, render
from scanner.cli.gate_options import CodeRequest
from scanner.documents.construct import load_policy
from scanner.door.exits import Exit, exit_of
from scanner.model.late_dataclass import dataclass
from scanner.model.verdict import Severity

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
        from scanner.door.output import prepare  # noqa: PLC0415  # a gate mostly writes to standard output

        prepare(asked.output)
    if asked.code.code and not asked.accounts and not asked.kept:
        from scanner.cli.code_report import report_on_code  # noqa: PLC0415  # a scan of an account needs none of it

        # Only SARIF has a place for edits.
        mend = "sarif" in asked.formats or (asked.output is not None and not asked.formats)
        return report_on_code(asked.code, asked.config, law, chosen, choice, moment, quiet=asked.quiet, mend=mend)
    from scanner.cli.account_report import report_on_accounts  # noqa: PLC0415  # code alone needs none of it

    return report_on_accounts(asked, law, chosen, choice, moment)


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
        none = (
            "no root that was touched since {} holds anything to judge"
            if report.estates
            else "no root was touched since {}"
        )
        click.echo(f"backup-scan: {none.format(asked.code.base)}, so nothing was judged", err=True)
        return Exit.PASSED
    if not report.findings.findings and report.left_to_live:
        rules = ", ".join(sorted(report.left_to_live))
        click.echo(f"backup-scan: nothing was checked: what {rules} asks, only a scan of the account tells", err=True)
        return Exit.NOTHING
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
    where = "" if report.of_code else f" in {', '.join(report.regions)}"
    return f"{where}{f' with {chosen}' if chosen else ''}"


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


def _write(report: Report, output: Path, formats: tuple[str, ...], *, keep: bool) -> None:
    from scanner.collect.snapshot import dump  # noqa: PLC0415
    from scanner.door.output import write_all  # noqa: PLC0415  # as above

    several = len(report.estates) > 1
    estates = [
        (output / (f"estate-{one.account}.json" if several else "estate.json"), dump(one))
        for one in (report.estates if keep and not report.of_code else ())
    ]
    reports = ((output / ALL[name][0], render(name, report)) for name in formats or FORMATS)
    write_all(chain(estates, reports))
