"""Several systems are lost at one instant, and come back in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from drills.cli.planning import judged_by
from drills.judging import judge_record
from drills.measuring.clock import Mark
from drills.results.record import record_of
from drills.scene import Measured
from drills.stage.refusals import Stopped
from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, Fault
from tests.drills.databases.world import ELSEWHERE, REGION, Target, drilled, failed, settle, subject

NAMES = ("users", "ledger", "orders")
NEEDS = {"orders": ("shop", "ledger"), "shop": ("users",)}
# A service that is not drilled passes its needs on: the orders wait for the users.


@pytest.fixture(scope="module", autouse=True)
def sources(aws: Emulator) -> None:
    settle(aws, *NAMES)


@pytest.fixture(autouse=True)
def nothing_wrong_yet(engines: Engines) -> Iterator[None]:
    engines.faults.clear()
    yield
    engines.faults.clear()


def recovered(target: Target, **settings: Any) -> dict[str, Measured]:
    told: dict[str, Any] = {"keeps_source": True, "linger": "0s", **settings}
    ran = drilled(target, "several-systems", *map(subject, NAMES), depends_on=NEEDS, **told)
    return {one.system: one for one in ran.measured}


def test_they_come_back_in_order_from_one_loss(target: Target) -> None:
    found = recovered(target)
    assert [failed(one) for one in found.values()] == [[], [], []]
    assert {one.why for one in found.values()} == {""}
    stamps = {name: one.timeline.stamps for name, one in found.items()}
    # One T0, and one instant.
    assert len({stamp[Mark.LOST] for stamp in stamps.values()}) == 1
    assert len({one.shown["restored_to"] for one in found.values()}) == 1
    # What is needed is back before what needs it is begun; the others are under way side by side.
    begun = stamps["orders"][Mark.REQUESTED].elapsed
    assert all(stamps[name][Mark.VALIDATED].elapsed <= begun for name in ("users", "ledger"))
    assert stamps["users"][Mark.REQUESTED].elapsed < stamps["ledger"][Mark.VALIDATED].elapsed
    assert stamps["ledger"][Mark.REQUESTED].elapsed < stamps["users"][Mark.VALIDATED].elapsed
    # Waiting counts.
    whole = found["orders"].timeline.recovery_time
    assert whole is not None
    assert found["orders"].shown["alone_seconds"] < whole.total_seconds()
    path = found["orders"].shown["critical_path"]
    assert path[-1] == "orders"
    assert path[0] in ("users", "ledger")
    assert len(path) == 2


def test_what_needs_a_system_that_is_lost_for_good_is_not_begun(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.WAL_GAP, of="ledger")
    found = recovered(target)
    assert found["ledger"].came_back is False
    assert found["orders"].why == "not begun: ledger, which it needs, did not come back"
    assert found["orders"].timeline.recovery_time is None
    assert Mark.REQUESTED not in found["orders"].timeline.stamps
    assert failed(found["users"]) == []
    assert {one.left_behind for one in found.values()} == {()}


def test_data_that_one_system_lost_fails_that_system_alone(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.STALE_BASE, of="orders")
    told: dict[str, Any] = {"keeps_source": True, "linger": "0s"}
    subjects = [
        subject("users", system="authentication"),
        subject("ledger", system="transaction-log"),
        subject("orders"),
    ]
    needs = {"orders": ("authentication", "transaction-log")}
    ran = drilled(target, "several-systems", *subjects, depends_on=needs, **told)
    judgement = judge_record(record_of(ran), *judged_by(None, None, "emulator"))
    assert {one.name: one.outcome for one in judgement.systems} == {
        "authentication": "passed",
        "transaction-log": "passed",
        "orders": "failed",
    }


def test_whoever_stops_it_stops_all_and_nothing_is_left(target: Target) -> None:
    asked = count()

    def guard() -> None:
        # Beyond the restores that are side by side, while both are waited for.
        if next(asked) > 8:
            raise Stopped("the kill switch was thrown")

    told: dict[str, Any] = {"keeps_source": True, "linger": "0s"}
    ran = drilled(target, "several-systems", *map(subject, NAMES), depends_on=NEEDS, guard=guard, **told)
    assert ran.stopped
    assert ran.left_behind == ()
    assert all(one.why for one in ran.measured)
    assert all(one.timeline.recovery_time is None for one in ran.measured)


def test_a_source_that_cannot_be_looked_into_holds_back_what_needs_it(target: Target) -> None:
    subjects = [subject("users", login=None), subject("orders")]
    ran = drilled(target, "several-systems", *subjects, depends_on=NEEDS, keeps_source=True, linger="0s")
    users, orders = ran.measured
    assert "the plan names no login" in users.why
    assert orders.why == "not begun: users, which it needs, did not come back"


def test_systems_that_need_each_other_in_a_ring_are_told(target: Target) -> None:
    ring = {"users": ("orders",), "orders": ("users",)}
    ran = drilled(target, "several-systems", subject("users"), subject("orders"), depends_on=ring)
    assert {one.why for one in ran.measured} == {
        "found a ring of dependencies: users needs orders needs users"
    }  # fmt: skip


def test_a_region_is_lost_and_comes_back_in_another(target: Target, aws: Emulator) -> None:
    rds = aws.client("rds", REGION)
    elsewhere, given = aws.client("rds", ELSEWHERE), network(aws)
    for name in ("users", "orders"):
        rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-kept")
    for name in ("users", "orders"):
        rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier=f"{name}-kept", WaiterConfig={"Delay": 1})
        arn = rds.describe_db_snapshots(DBSnapshotIdentifier=f"{name}-kept")["DBSnapshots"][0]["DBSnapshotArn"]
        elsewhere.copy_db_snapshot(
            SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier=f"{name}-copy", KmsKeyId=given["kms_key"]
        )
        elsewhere.get_waiter("db_snapshot_available").wait(
            DBSnapshotIdentifier=f"{name}-copy", WaiterConfig={"Delay": 1}
        )
    subjects = [
        subject(name, region=ELSEWHERE, settings={"home": REGION}, restore_with=given) for name in ("users", "orders")
    ]
    ran = drilled(target, "full-simulation", *subjects, depends_on=NEEDS)
    for one in ran.measured:
        assert one.came_back is True
        assert one.why == ""
        assert one.shown["source_destroyed"] is True
        assert one.shown["snapshot"].endswith("-copy")
        # Snapshots are of several instants, and what was written last is not measured.
        assert failed(one) == ["every system is restored to the same instant"]
        assert one.freshness is None
        assert one.tests == ("full",)


def network(aws: Emulator) -> dict[str, Any]:
    """What a copy needs in the other region."""
    ec2, rds, kms = (aws.client(service, ELSEWHERE) for service in ("ec2", "rds", "kms"))
    vpc = ec2.create_vpc(CidrBlock="10.91.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.91.{number}.0/24", AvailabilityZone=f"{ELSEWHERE}{zone}")
        for number, zone in enumerate("ab")
    ]
    names = [one["Subnet"]["SubnetId"] for one in subnets]
    rds.create_db_subnet_group(DBSubnetGroupName="there", DBSubnetGroupDescription="there", SubnetIds=names)
    rds.create_db_parameter_group(DBParameterGroupName="there", DBParameterGroupFamily="postgres18", Description="x")
    return {
        "subnet_group": "there",
        "parameter_group": "there",
        "security_groups": [ec2.create_security_group(GroupName="there", Description="x", VpcId=vpc)["GroupId"]],
        "kms_key": kms.create_key()["KeyMetadata"]["Arn"],
    }
