"""The demo accounts: emulated companies on loopback, without credentials and without a network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from scanner.documents.construct import load_configuration
from scanner.model.configuration import Account, Configuration
from scanner.model.policy import Policy

#: The day that the demo companies' own documents are written for.
WRITTEN = date(2026, 11, 24)
#: The companies by the name of their account: one in which every rule finds something broken, one without a fault.
COMPANIES = {"demo": "scanner.emulation.company", "demo-clean": "scanner.emulation.exemplar"}


@contextmanager
def demo(name: str, law: Policy, at: datetime | None, *, quiet: bool) -> Iterator[tuple[Configuration, Account]]:
    """Start an emulated company and give its configuration; it ends with the scan."""
    missing = [one for one in ("moto", "flask") if find_spec(one) is None]
    if missing:
        raise click.UsageError(
            f"the demo account needs the emulator ({' and '.join(missing)} is missing): pip install 'backup-scan[demo]'"
        )
    from scanner.emulation import Emulator  # noqa: PLC0415

    company = import_module(COMPANIES[name])
    moment = at or datetime.now(UTC)
    configuration = demo_configuration(name, law, moment)
    account = configuration.accounts[name]
    with Emulator(account=account.id) as emulator:
        with _told(f"settling the company of account {name} on loopback", quiet=quiet):
            company.settle(emulator, moment)
        if at is None:
            # Nobody asked for a moment, so its time goes on like the scan's.
            emulator.set_clock(lambda: datetime.now(UTC))
        yield configuration, replace(account, endpoint=emulator.endpoint)


def demo_configuration(name: str, law: Policy, at: datetime) -> Configuration:
    """Give the configuration of a demo company as it is when the company is shown.

    The company is settled anew for that time, all its backups included; so the days in its waivers, tickets,
    attestations and drills are those of 2026-11-24 as they are written, and as much later as it is shown.
    """
    # Needs nothing of the emulator.
    found = load_configuration(Path(import_module(COMPANIES[name]).CONFIGURATION), law)
    assert found.records is not None
    later = at.date() - WRITTEN
    drills = tuple(
        {**one, "ended_at": (datetime.fromisoformat(one["ended_at"]) + later).isoformat()}
        for one in found.declared["measurements"]
    )
    return replace(found, records=found.records.moved(later), declared={**found.declared, "measurements": drills})


@contextmanager
def _told(what: str, *, quiet: bool) -> Iterator[None]:
    """Show that something is under way: on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(f"{what} …"):
        yield
