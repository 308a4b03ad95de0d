"""A host is lost with its volume; how much is lost with it depends on how its log was shipped, and on nothing else."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from scanner.emulation import Emulator
from scanner.emulation.engines import ARCHIVE_ONLY, STREAMING, Engines, timeout
from tests.emulation.engines import databases as db

pytestmark = pytest.mark.xdist_group("loss-of-engines")

INTERVAL = timedelta(seconds=5)


@pytest.fixture(scope="module")
def lost(aws: Emulator, engines: Engines) -> Iterator[dict[str, Any]]:
    """Three databases written to until the same moment, lost, and restored to what is left of each."""
    shipped = {"none": ARCHIVE_ONLY, "interval": timeout(INTERVAL.total_seconds()), "stream": STREAMING}
    engines.shipping_of.update(shipped)
    for name in shipped:
        db.create(aws, name)
    sources = {name: db.settled(aws, name) for name in shipped}
    links = {name: db.login(said) for name, said in sources.items()}
    for said in sources.values():
        db.prepare(said)
    written, switched, over = 0, db.described(aws, "interval")["LatestRestorableTime"], None
    acknowledged: dict[str, list[tuple[int, datetime, datetime]]] = {name: [] for name in shipped}
    # The loss falls shortly before the next interval, as it does at its worst.
    while over is None or datetime.now(UTC) < over:
        written += 1
        for name, link in links.items():
            begun = datetime.now(UTC)
            link.execute("INSERT INTO canaries VALUES (%s, clock_timestamp(), 'n')", (written,))
            acknowledged[name].append((written, begun, datetime.now(UTC)))
        if over is None and written > 10 and db.described(aws, "interval")["LatestRestorableTime"] > switched:
            over = datetime.now(UTC) + INTERVAL - timedelta(seconds=0.5)
        time.sleep(0.05)
    for name in shipped:
        engines.kill(name)
    found: dict[str, Any] = {"written": written, "links": links}
    for name in shipped:
        said = db.described(aws, name)
        aws.client("rds").restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=name, TargetDBInstanceIdentifier=f"{name}-copy", UseLatestRestorableTime=True,
            BackupRetentionPeriod=0,
        )  # fmt: skip
        found[name] = {"said": said, "acknowledged": acknowledged[name]}
    for name in shipped:
        with db.login(db.settled(aws, f"{name}-copy")) as link:
            there = link.execute("SELECT to_regclass('canaries')").fetchone() != (None,)
            rows = link.execute("SELECT seq FROM canaries ORDER BY seq").fetchall() if there else []
            found[name]["rows"] = [seq for (seq,) in rows]
    yield found
    for link in links.values():
        link.close()


def test_the_same_disaster_costs_differently(lost: Any) -> None:
    none, interval, stream = (len(lost[name]["rows"]) for name in ("none", "interval", "stream"))
    assert none == 0
    assert 0 < interval < stream <= lost["written"]


def test_the_restorable_time_was_true(lost: Any) -> None:
    for name in ("none", "interval", "stream"):
        told, rows = lost[name]["said"]["LatestRestorableTime"], lost[name]["rows"]
        # All that was committed until then is there without a gap, and nothing of after; the one between may be either.
        assert rows == list(range(1, len(rows) + 1))
        there, gone = (
            [seq for seq, _, after in lost[name]["acknowledged"] if after <= told],
            [seq for seq, before, _ in lost[name]["acknowledged"] if before > told],
        )
        assert set(there) <= set(rows), name
        assert not set(gone) & set(rows), name


def test_the_service_says_failed_and_nobody_answers(lost: Any) -> None:
    for name in ("none", "interval", "stream"):
        assert lost[name]["said"]["DBInstanceStatus"] == "failed"
        assert "Endpoint" not in lost[name]["said"]
        with pytest.raises(psycopg.OperationalError):
            lost["links"][name].execute("SELECT 1")


def test_the_volume_is_gone_and_nothing_is_shipped_any_more(lost: Any, engines: Engines, aws: Emulator) -> None:
    instance = engines.named("stream")
    assert instance.server is None
    before = engines.storage.keys(instance.history.prefix) if instance.history else []
    time.sleep(1.2)
    assert engines.storage.keys(instance.history.prefix if instance.history else "") == before
    assert db.described(aws, "stream")["LatestRestorableTime"] == lost["stream"]["said"]["LatestRestorableTime"]
