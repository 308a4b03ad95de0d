"""Restores that go wrong as those of real services do: each leaves its own trace, and none looks like a good one."""

from typing import Any

import pytest

from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, Fault
from tests.emulation.engines import databases as db

pytestmark = pytest.mark.xdist_group("faults-of-engines")

ROWS = range(1, 21)


@pytest.fixture(scope="module")
def source(aws: Emulator) -> Any:
    aws.client("rds").create_db_parameter_group(
        DBParameterGroupName="ours", DBParameterGroupFamily="postgres18", Description="ours"
    )
    db.create(aws, "orders")
    said = db.settled(aws, "orders")
    db.prepare(said)
    db.reached(aws, "orders", db.write(said, *ROWS))
    return db.read(said)


@pytest.fixture
def wished(aws: Emulator, engines: Engines, source: Any) -> Any:
    """A restore under one fault; the faults are gone when it is asked for again."""

    def restore(fault: Fault, target: str, of: str | None = None) -> None:
        engines.faults.clear()
        engines.faults.add(fault, of)
        aws.client("rds").restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier=target, UseLatestRestorableTime=True,
            BackupRetentionPeriod=0, DBParameterGroupName="ours",
        )  # fmt: skip
        engines.faults.clear()

    return restore


def test_a_stale_base_comes_up_without_what_was_new(aws: Emulator, wished: Any) -> None:
    wished(Fault.STALE_BASE, "stale")
    said = db.settled(aws, "stale")
    assert said["DBInstanceStatus"] == "available"
    with db.login(said) as link:
        assert link.execute("SELECT to_regclass('canaries')").fetchone() == (None,)


def test_a_gap_in_the_log_makes_the_restore_incompatible(aws: Emulator, wished: Any, engines: Engines) -> None:
    wished(Fault.WAL_GAP, "gap")
    said = db.settled(aws, "gap")
    assert said["DBInstanceStatus"] == "incompatible-restore"
    assert "Endpoint" not in said
    assert "recovery ended before configured recovery target was reached" in (engines.named("gap").trouble or "")
    # What never came up can be deleted all the same.
    rds = aws.client("rds")
    rds.delete_db_instance(DBInstanceIdentifier="gap", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="gap", WaiterConfig={"Delay": 1})


def test_an_empty_database_has_the_right_name_and_nothing_else(aws: Emulator, wished: Any) -> None:
    wished(Fault.EMPTY, "empty")
    said = db.settled(aws, "empty")
    assert said["DBInstanceStatus"] == "available"
    with db.login(said) as link:
        assert link.execute("SELECT to_regclass('canaries')").fetchone() == (None,)
        link.execute("CREATE TABLE mine (n int)")


def test_a_hanging_restore_is_creating_for_ever_and_can_be_deleted(aws: Emulator, wished: Any) -> None:
    wished(Fault.HANG, "hanging")
    assert db.described(aws, "hanging")["DBInstanceStatus"] == "creating"
    rds = aws.client("rds")
    rds.delete_db_instance(DBInstanceIdentifier="hanging", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="hanging", WaiterConfig={"Delay": 1})


def test_default_parameters_where_others_were_asked_for(aws: Emulator, wished: Any) -> None:
    wished(Fault.DEFAULT_PARAMETERS, "defaults")
    said = db.settled(aws, "defaults")
    assert [each["DBParameterGroupName"] for each in said["DBParameterGroups"]] == ["default.postgres18"]
    assert len(db.read(said)) == len(ROWS)


def test_rewritten_content_has_every_row_and_is_wrong(aws: Emulator, wished: Any, source: Any) -> None:
    wished(Fault.REWRITE, "rewritten")
    found = db.read(db.settled(aws, "rewritten"))
    assert found.keys() == source.keys()
    assert all(found[number] != source[number] for number in source)


def test_a_fault_of_another_database_is_nobodys(aws: Emulator, wished: Any, source: Any) -> None:
    wished(Fault.EMPTY, "good", of="another")
    assert db.read(db.settled(aws, "good")) == source


def test_a_fault_can_be_wished_for_a_target(aws: Emulator, wished: Any, source: Any) -> None:
    wished(Fault.REWRITE, "aimed", of="aimed")
    assert db.read(db.settled(aws, "aimed")) != source
