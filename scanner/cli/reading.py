"""Getting estates: collected from accounts, or loaded from files."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.model.configuration import Account, Configuration
from scanner.model.errors import EstateError, ScanRefused
from scanner.model.estate import Estate
from scanner.model.reading import Reason, Source, Unknown
from scanner.plan import Plan
from scanner.resources import kinds

if TYPE_CHECKING:
    from scanner.collect.live import Progress

#: How many accounts are read at once; each has a share of the calls that may be under way.
ACCOUNTS_AT_ONCE = 4


def load(kept: Path) -> Estate:
    """Load a kept estate; raise `EstateError` naming the file and what is wrong with it."""
    from scanner.collect.snapshot import load as read  # noqa: PLC0415

    try:
        text = kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise EstateError(f"{kept}: {reason}", hint="pass the estate.json of an earlier scan") from None
    estate = read(text, kinds(), file=str(kept))
    if estate.taken_at.tzinfo is None:
        raise EstateError(f"{kept}: damaged: taken_at has no time zone", hint="collect the estate again")
    return estate


def collect_all(
    work: Plan,
    accounts: Sequence[Account],
    configuration: Configuration,
    at: datetime | None,
    *,
    concurrency: int,
    quiet: bool,
) -> tuple[Estate, ...]:
    """Read several accounts, a few at once; raise `ScanRefused` where none of them could be entered.

    An account of several that cannot be entered is an estate of gaps: every rule is unknown there. Without a moment, each
    is said to be read when its reading begins: the last of many may be an hour behind the first.
    """
    from scanner.collect.session import connect  # noqa: PLC0415, F401  # boto3 is imported once, before the threads

    gc.enable()
    at_once = min(ACCOUNTS_AT_ONCE, len(accounts))
    share = max(1, concurrency // at_once)
    refusals: list[ScanRefused] = []

    with _progress(quiet=quiet) as tell:

        def one(account: Account) -> Estate:
            def told(unit: Progress) -> None:
                tell(unit if len(accounts) == 1 else replace(unit, region=f"{account.name} {unit.region}"))

            begun = at or datetime.now(UTC)
            try:
                return _collect(work, account, configuration, begun, share, told)
            except ScanRefused as refusal:
                refusals.append(refusal)
                return _shut(account, work, configuration, begun, refusal)

        estates: tuple[Estate, ...]
        if len(accounts) == 1:
            estates = (one(accounts[0]),)
        else:
            pool = ThreadPoolExecutor(at_once, thread_name_prefix="account")
            try:
                estates = tuple(pool.map(one, accounts))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            pool.shutdown()
    if len(refusals) == len(accounts):
        raise refusals[0]
    for refusal in refusals:
        click.echo(f"backup-scan: {refusal}: every rule is unknown there\n  what to do: {refusal.hint}", err=True)
    return estates


def _shut(account: Account, work: Plan, configuration: Configuration, at: datetime, refusal: ScanRefused) -> Estate:
    """Give what is left of an account that could not be entered: what is declared, and gaps."""
    from scanner.collect.live import collect  # noqa: PLC0415
    from scanner.collect.port import Shut  # noqa: PLC0415

    return collect(
        work,
        Shut(f"the account could not be entered: {refusal}"),
        account=account.id,
        caller="",
        regions=account.regions,
        at=at,
        declared=configuration.declared,
        concurrency=1,
        account_name=account.name,
    )


def _collect(
    work: Plan,
    account: Account,
    configuration: Configuration,
    at: datetime,
    concurrency: int,
    tell: Callable[[Progress], None],
) -> Estate:
    from scanner.collect.live import collect  # noqa: PLC0415
    from scanner.collect.refusals import EXPIRED  # noqa: PLC0415
    from scanner.collect.session import connect  # noqa: PLC0415  # boto3

    port, caller = connect(account, concurrency=concurrency)
    estate = collect(
        work,
        port,
        account=caller.account,
        caller=caller.arn,
        regions=account.regions,
        at=at,
        declared=configuration.declared,
        concurrency=concurrency,
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
