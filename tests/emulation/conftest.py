"""An empty AWS per test, and one company for all that only look at it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scanner.emulation import Emulator
from scanner.emulation.company import settle

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(clock=lambda: AT) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def company() -> Iterator[Emulator]:
    with Emulator() as emulator:
        settle(emulator, AT)
        yield emulator
