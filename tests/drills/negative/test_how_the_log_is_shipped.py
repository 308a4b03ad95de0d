"""How the log is shipped decides what is lost with the host, and the drill shows it: three ways, three results.

The policy's RPO for transaction logs is a minute, and canaries would have to be written for longer than that. Here the RPO
is ten seconds and every interval is a sixth of the real one; the ways differ in just the same manner.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from drills.scene import Demanded, Measured
from scanner.emulation import Emulator
from scanner.emulation.engines import ARCHIVE_ONLY, STREAMING, Engines, timeout
from tests.drills.databases.world import Target, measured, settle, subject

RPO = timedelta(seconds=10)
SHIPPED = {"archived": ARCHIVE_ONLY, "at-intervals": timeout(20), "streamed": STREAMING}
# The loss falls when nothing was shipped for longer than the RPO; a full segment is never reached.
SETTINGS: dict[str, dict[str, Any]] = {
    "archived": {"warm_up": "11s"},
    "at-intervals": {"linger": "12s"},
    "streamed": {"linger": "2s"},
}


@pytest.fixture(scope="module")
def results(aws: Emulator, engines: Engines) -> Iterator[dict[str, Measured]]:
    engines.shipping_of.update(SHIPPED)
    settle(aws, *SHIPPED)

    def drilled(name: str) -> Measured:
        demanded = Demanded(timedelta(hours=1), RPO)
        return measured(
            Target(aws, engines), "database-point-in-time", subject(name), demanded=demanded, **SETTINGS[name]
        )

    with ThreadPoolExecutor(len(SHIPPED)) as pool:
        yield dict(zip(SHIPPED, pool.map(drilled, SHIPPED), strict=True))


def loss(found: Measured) -> timedelta | None:
    assert not found.why
    assert found.freshness is not None
    assert found.freshness.told
    assert found.shown["source_destroyed"] is True
    return found.freshness.loss


def test_a_log_that_is_only_archived_loses_all_that_was_written(results: dict[str, Measured]) -> None:
    found = results["archived"]
    assert loss(found) is None
    assert found.freshness is not None
    assert found.freshness.nothing_came_back
    assert found.freshness.trouble == f"none of {found.freshness.written} canaries came back"
    assert found.shown["data_loss_more_than_seconds"] > RPO.total_seconds()
    assert found.came_back is False


def test_a_log_that_is_shipped_at_intervals_loses_more_than_the_rpo(results: dict[str, Measured]) -> None:
    lost = loss(results["at-intervals"])
    assert lost is not None
    assert lost > RPO
    assert results["at-intervals"].came_back is True


def test_a_log_that_is_streamed_loses_less_than_the_rpo(results: dict[str, Measured]) -> None:
    lost = loss(results["streamed"])
    assert lost is not None
    assert lost <= RPO
    assert results["streamed"].came_back is True


def test_what_was_there_before_the_canaries_is_there_in_each(results: dict[str, Measured]) -> None:
    for found in results.values():
        assert {check.name: check.held for check in found.checks}["no table came back empty"] is True
