"""Databases come back: from a snapshot, and as the plan's own checks want them."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest

from drills.measuring.clock import Mark
from drills.plan.model import OwnCheck
from scanner.emulation import Emulator
from tests.drills.databases.world import PASSWORD, REGION, Target, failed, login, measured, settle, subject

PRINTS_PORT = (sys.executable, "-c", "import sys; print(sys.argv[1])", "{port}")
TELLS_PASSWORD = (sys.executable, "-c", "import os; print(len(os.environ['PGPASSWORD']))")
CHECKS = (
    OwnCheck("there are purchases", sql="select count(*) from purchase", expect={"equals": 500}),
    OwnCheck("as many as before", sql="select count(*) from customer", same_as_source=True),
    OwnCheck("the port is another", command=PRINTS_PORT, same_as_source=True),
    OwnCheck("it has the password", command=TELLS_PASSWORD, expect={"equals": len(PASSWORD)}),
    OwnCheck("it ends badly", command=(sys.executable, "-c", "raise SystemExit(3)")),
    OwnCheck("nobody listens", http="http://127.0.0.1:9/{database}"),
)


@pytest.fixture(scope="module", autouse=True)
def source(aws: Emulator) -> None:
    settle(aws, "orders")


def test_the_plans_own_checks_are_asked_of_the_copy(target: Target) -> None:
    found = measured(
        target, "database-point-in-time", subject("orders", checks=CHECKS), keeps_source=True, linger="0s",
        performance={"within": 50},
    )  # fmt: skip
    said = {check.name: (check.held, check.detail) for check in found.checks}
    assert said["there are purchases"] == (True, "500, expected equals 500")
    assert said["as many as before"] == (True, "50, the source said the same")
    assert said["the port is another"][0] is False
    assert said["it has the password"] == (True, "14, expected equals 14")
    assert said["it ends badly"] == (False, "status 3, expected 0")
    assert said["nobody listens"] == (False, "URLError")
    assert said["the copy answers as fast as the source did"][0] is True
    assert Mark.PERFORMING in found.timeline.stamps


def test_canaries_are_taken_away_from_a_source_that_is_kept(target: Target, aws: Emulator) -> None:
    found = measured(target, "database-point-in-time", subject("orders"), keeps_source=True, linger="0s")
    assert found.came_back is True
    with login(aws, "orders") as link:
        assert link.execute("select to_regnamespace('backup_drill')").fetchone() == (None,)


def test_a_snapshot_comes_back_and_its_age_is_an_estimate(target: Target, aws: Emulator) -> None:
    rds = aws.client("rds", REGION)
    rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="before")
    rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="before", WaiterConfig={"Delay": 1})
    found = measured(target, "database-snapshot", subject("orders"), keeps_source=True, taken_by="manual")
    assert found.came_back is True
    assert failed(found) == []
    assert found.freshness is None
    assert found.shown["snapshot"] == "before"
    assert found.shown["estimated_data_loss_seconds"] >= 0
    assert {check.name: check.held for check in found.checks}["what was written last is in the copy"] is None


def test_without_a_snapshot_nothing_comes_back(target: Target) -> None:
    found = measured(target, "database-snapshot", subject("orders"), keeps_source=True, taken_by="awsbackup")
    assert found.came_back is False
    assert failed(found) == ["the restore brings something back"]


def test_damage_is_stopped_before_and_the_source_stays(target: Target, aws: Emulator) -> None:
    found = measured(target, "database-point-in-time", subject("orders"), until="before-damage")
    assert failed(found) == []
    assert found.freshness is not None
    assert found.freshness.beyond == ()
    assert found.freshness.due < found.freshness.written
    assert found.shown["source_destroyed"] is False
    with login(aws, "orders") as link:
        assert link.execute("select count(*) from purchase").fetchone() == (500,)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"login": None}, "the plan names no login"),
        ({"resource": "nobody"}, "there is no database instance nobody in eu-west-1"),
    ],
)
def test_what_cannot_be_looked_into_is_inconclusive(target: Target, told: dict[str, object], why: str) -> None:
    found = measured(target, "database-point-in-time", subject("orders", **told))
    assert why in found.why
    assert found.came_back is None
    assert found.checks == []


def test_what_is_not_restorable_yet_is_inconclusive_within_the_rpo(target: Target, aws: Emulator) -> None:
    from drills.scene import Demanded
    from scanner.emulation.engines import ARCHIVE_ONLY, Engines

    engines = target.engines
    assert isinstance(engines, Engines)
    engines.shipping_of["quiet"] = ARCHIVE_ONLY
    settle(aws, "quiet")
    day = Demanded(None, timedelta(days=1))
    found = measured(target, "database-point-in-time", subject("quiet"), demanded=day, warm_up="1s")
    assert found.why == "nothing that was written could be restored within 1 second"
    assert found.came_back is None
