"""The demo account: an emulated company on loopback, without credentials and without a network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import click

from scanner.documents.construct import load_configuration
from scanner.model.configuration import Account, Configuration
from scanner.model.policy import Policy


@contextmanager
def demo(law: Policy, at: datetime | None, *, quiet: bool) -> Iterator[tuple[Configuration, Account]]:
    """Start the emulated company and give its configuration; it ends with the scan."""
    missing = [name for name in ("moto", "flask") if find_spec(name) is None]
    if missing:
        raise click.UsageError(
            f"the demo account needs the emulator ({' and '.join(missing)} is missing): pip install 'backup-scan[demo]'"
        )
    from scanner.emulation import Emulator  # noqa: PLC0415
    from scanner.emulation.company import settle  # noqa: PLC0415

    moment = at or datetime.now(UTC)
    configuration = demo_configuration(law)
    with Emulator() as emulator:
        with _told("settling the demo company on loopback", quiet=quiet):
            settle(emulator, moment)
        yield configuration, replace(configuration.accounts["demo"], endpoint=emulator.endpoint)


def demo_configuration(law: Policy) -> Configuration:
    """Give the configuration of the demo company; its waivers have days of their own, at whatever time it is shown."""
    from scanner.emulation.company import CONFIGURATION  # noqa: PLC0415  # needs nothing of the emulator

    return load_configuration(Path(CONFIGURATION), law)


@contextmanager
def _told(what: str, *, quiet: bool) -> Iterator[None]:
    """Show that something is under way: on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(f"{what} …"):
        yield
