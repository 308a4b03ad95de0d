"""Where the wheel is missing the distribution's server serves."""

from pathlib import Path

import pytest

from scanner.emulation import Emulator
from scanner.emulation.engines import STREAMING, Engines
from tests.emulation.engines import databases as db

pytestmark = pytest.mark.xdist_group("distribution-of-engines")

FOUND = sorted(Path("/usr/lib/postgresql").glob("*"))


@pytest.mark.skipif(not FOUND, reason="the distribution's PostgreSQL is not installed")
def test_the_distributions_server_restores_too() -> None:
    with Emulator(engines=Engines(STREAMING, installation=FOUND[-1])) as aws:
        assert db.create(aws, "orders")["EngineVersion"].startswith(FOUND[-1].name)
        said = db.settled(aws, "orders")
        db.prepare(said)
        db.reached(aws, "orders", db.write(said, 1, 2, 3))
        assert aws.engines is not None
        aws.engines.kill("orders")
        aws.client("rds").restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="copy", UseLatestRestorableTime=True
        )
        assert sorted(db.read(db.settled(aws, "copy"))) == [1, 2, 3]
