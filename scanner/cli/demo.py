"""The demo account: an emulated company on loopback, without credentials and without a network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.documents.construct import load_configuration
from scanner.model.configuration import Account, Configuration
from scanner.model.policy import Policy


@contextmanager
def demo(law: Policy, at: datetime | None, *, quiet: bool) -> Iterator[tuple[Configuration, Account]]:
    """Start the emulated company and give its configuration; it ends with the scan."""
    try:
        from scanner.emulation import Emulator  # noqa: PLC0415
        from scanner.emulation.company import CONFIGURATION, settle  # noqa: PLC0415
    except ImportError as error:
        raise click.UsageError(
            f"the demo account needs the emulator ({error.name} is missing): pip install 'backup-scan[demo]'"
        ) from None
    moment = at or datetime.now(UTC)
    configuration = load_configuration(Path(CONFIGURATION), law, moment)
    with Emulator() as emulator:
        with _told("settling the demo company on loopback", quiet=quiet):
            settle(emulator, moment)
        yield configuration, replace(configuration.accounts["demo"], endpoint=emulator.endpoint)


@contextmanager
def _told(what: str, *, quiet: bool) -> Iterator[None]:
    """Show that something is under way: on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(f"{what} …"):
        yield
