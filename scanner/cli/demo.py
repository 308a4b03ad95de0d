"""The demo accounts: emulated companies on loopback, without credentials and without a network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from scanner.documents.construct import load_configuration
from scanner.model.configuration import Account, Configuration
from scanner.model.policy import Policy

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
    configuration = demo_configuration(name, law)
    account = configuration.accounts[name]
    with Emulator(account=account.id) as emulator:
        with _told(f"settling the company of account {name} on loopback", quiet=quiet):
            company.settle(emulator, moment)
        yield configuration, replace(account, endpoint=emulator.endpoint)


def demo_configuration(name: str, law: Policy) -> Configuration:
    """Give the configuration of a demo company; its waivers have days of their own, at whatever time it is shown."""
    # Needs nothing of the emulator.
    return load_configuration(Path(import_module(COMPANIES[name]).CONFIGURATION), law)


@contextmanager
def _told(what: str, *, quiet: bool) -> Iterator[None]:
    """Show that something is under way: on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(f"{what} …"):
        yield
