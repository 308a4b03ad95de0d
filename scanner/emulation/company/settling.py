"""The company moves in, in the order in which its parts need each other."""

from datetime import datetime, timedelta
from pathlib import Path

from scanner.emulation.server import Emulator

CONFIGURATION = Path(__file__).with_name("demo.yaml")

# How long ago the company began.
AGE = timedelta(days=400)


def settle(emulator: Emulator, at: datetime) -> None:
    """Seed the company as it is at a time; afterwards the emulator's clock stands at that time."""
    from moto.moto_api._internal import mock_random

    from scanner.emulation.company import (
        analytics,
        authentication,
        blind,
        development,
        historical,
        keys,
        metadata,
        monitoring,
        orders,
        orders_nights,
        people,
        plans,
        reporting,
        shared_files,
        vaults,
        wal,
    )
    from scanner.emulation.company.site import Site

    site = Site(emulator, at)
    # Identifiers that moto invents are the same in every company, so that two reports can be compared.
    mock_random.seed(5)
    emulator.set_clock(lambda: at - AGE)
    for topic in (
        keys,
        vaults,
        plans,
        orders,
        orders_nights,
        authentication,
        metadata,
        wal,
        monitoring,
        reporting,
        analytics,
        development,
        shared_files,
        historical,
        people,
        blind,
    ):
        topic.settle(site)
    emulator.set_clock(lambda: at)
    emulator.interference.calls.clear()
