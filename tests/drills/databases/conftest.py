"""One emulation with real PostgreSQL for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, installed, timeout
from tests.drills.databases.world import ACCOUNT, Target


@pytest.fixture(scope="module")
def engines() -> Engines:
    if installed() is None:
        pytest.skip("no PostgreSQL is installed")
    return Engines(timeout(0.5))


@pytest.fixture(scope="module")
def aws(engines: Engines) -> Iterator[Emulator]:
    with Emulator(account=ACCOUNT, engines=engines) as emulator:
        yield emulator


@pytest.fixture
def target(aws: Emulator, engines: Engines) -> Target:
    return Target(aws, engines)
