"""One emulation with a real PostgreSQL, and users in it who may do different things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, installed, timeout
from tests.drills.databases.world import ACCOUNT, PASSWORD, Target, login, settle

USERS = (
    f"create role reader login password '{PASSWORD}'",
    "grant select on customer, purchase to reader",
    f"create role clerk login password '{PASSWORD}'",
    "grant select, insert on purchase to clerk",
    f"create role stranger nologin password '{PASSWORD}'",
)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    if installed() is None:
        pytest.skip("no PostgreSQL is installed")
    engines = Engines(timeout(0.5))
    with Emulator(account=ACCOUNT, engines=engines) as aws:
        settle(aws, "shop")
        with login(aws, "shop") as link:
            for statement in USERS:
                link.execute(statement)
        yield Target(aws, engines)
