"""What was written comes back, up to the time that was asked for and not further."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.engines import Engines
from tests.emulation.engines import databases as db

pytestmark = pytest.mark.xdist_group("restores-of-engines")


@pytest.fixture(scope="module")
def source(aws: Emulator) -> Any:
    """A database with ten rows, the time after them, and five rows that follow it."""
    aws.client("rds").create_db_parameter_group(
        DBParameterGroupName="ours", DBParameterGroupFamily="postgres18", Description="ours"
    )
    aws.client("rds").modify_db_parameter_group(
        DBParameterGroupName="ours",
        Parameters=[{"ParameterName": "work_mem", "ParameterValue": "12345", "ApplyMethod": "immediate"}],
    )
    db.create(
        aws, "orders", Tags=[{"Key": "System", "Value": "orders"}], DeletionProtection=True, MultiAZ=True,
        DBParameterGroupName="ours", CopyTagsToSnapshot=True,
    )  # fmt: skip
    said = db.settled(aws, "orders")
    db.prepare(said)
    before = db.write(said, *range(10))
    at = before.replace(microsecond=0) + timedelta(seconds=1)
    while datetime.now(UTC) <= at:
        time.sleep(0.02)
    after = db.write(said, *range(10, 15))
    db.reached(aws, "orders", after.replace(microsecond=0) + timedelta(seconds=1))
    return {"said": db.described(aws, "orders"), "at": at}


def test_a_restore_has_what_was_before_the_time_and_not_what_came_after(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    answer = rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="to-time", RestoreTime=source["at"]
    )["DBInstance"]
    assert answer["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in answer
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="to-time", WaiterConfig={"Delay": 1})
    copy = db.described(aws, "to-time")
    assert sorted(db.read(copy)) == list(range(10))
    assert sorted(db.read(source["said"])) == list(range(15))
    # Another server, of the same lineage: writing to the copy leaves the source alone.
    assert copy["Endpoint"]["Port"] != source["said"]["Endpoint"]["Port"]
    assert copy["DbiResourceId"] != source["said"]["DbiResourceId"]
    db.write(copy, 100)
    assert 100 not in db.read(source["said"])
    identifiers = []
    for said in (copy, source["said"]):
        with db.login(said) as link:
            identifiers.append(link.execute("SELECT system_identifier FROM pg_control_system()").fetchone())
    assert identifiers[0] == identifiers[1]


def test_a_restore_forgets_what_aws_forgets(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="forgetful", UseLatestRestorableTime=True
    )
    copy = db.settled(aws, "forgetful")
    assert copy["TagList"] == []
    assert (copy["DeletionProtection"], copy["MultiAZ"], copy["PubliclyAccessible"]) == (False, False, False)
    assert [each["DBParameterGroupName"] for each in copy["DBParameterGroups"]] == ["default.postgres18"]
    assert copy["BackupRetentionPeriod"] == 7
    assert copy["MasterUsername"] == db.MASTER
    for said, memory in ((source["said"], "12345kB"), (copy, "4MB")):
        with db.login(said) as link:
            assert link.execute("SHOW work_mem").fetchone() == (memory,)
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="told", UseLatestRestorableTime=True,
        DBParameterGroupName="ours", Tags=[{"Key": "Drill", "Value": "1"}], BackupRetentionPeriod=0,
    )  # fmt: skip
    told = db.settled(aws, "told")
    assert told["TagList"] == [{"Key": "Drill", "Value": "1"}]
    assert "LatestRestorableTime" not in told
    with db.login(told) as link:
        assert link.execute("SHOW work_mem").fetchone() == ("12345kB",)


def test_a_restore_is_put_where_it_is_told(aws: Emulator, source: Any) -> None:
    ec2, rds = aws.client("ec2"), aws.client("rds")
    network = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=network, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    rds.create_db_subnet_group(
        DBSubnetGroupName="scratch",
        DBSubnetGroupDescription="scratch",
        SubnetIds=[each["SubnetId"] for each in subnets],
    )
    ours = ec2.create_security_group(GroupName="scratch", Description="scratch", VpcId=network)["GroupId"]
    for name, told in (("placed", {}), ("guarded", {"VpcSecurityGroupIds": [ours]})):
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier=name, UseLatestRestorableTime=True,
            DBSubnetGroupName="scratch", BackupRetentionPeriod=0, **told,
        )  # fmt: skip
    (default,) = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [network]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"]
    for name, group in (("placed", default["GroupId"]), ("guarded", ours)):
        said = db.settled(aws, name)
        assert (said["DBSubnetGroup"]["DBSubnetGroupName"], said["DBSubnetGroup"]["VpcId"]) == ("scratch", network)
        assert [each["VpcSecurityGroupId"] for each in said["VpcSecurityGroups"]] == [group]


def test_a_snapshot_holds_what_was_there_when_it_was_taken(aws: Emulator, source: Any) -> None:
    rds, there = aws.client("rds"), aws.client("rds", "eu-central-1")
    taken = rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="snap")["DBSnapshot"]
    assert (taken["Status"], taken["PercentProgress"]) == ("creating", 0)
    rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="snap", WaiterConfig={"Delay": 1})
    (snap,) = rds.describe_db_snapshots(DBSnapshotIdentifier="snap")["DBSnapshots"]
    assert snap["TagList"] == [{"Key": "System", "Value": "orders"}]
    db.settled(aws, "orders")
    db.write(source["said"], 50)
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="of-snap", DBSnapshotIdentifier="snap")
    there.copy_db_snapshot(
        SourceDBSnapshotIdentifier=snap["DBSnapshotArn"], TargetDBSnapshotIdentifier="far", SourceRegion="eu-west-1"
    )
    there.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="far", DBSnapshotIdentifier="far")
    rows = db.read(db.settled(aws, "of-snap"))
    assert sorted(rows) == list(range(15))

    def far() -> Any:
        (said,) = there.describe_db_instances(DBInstanceIdentifier="far")["DBInstances"]
        return said if said["DBInstanceStatus"] == "available" else None

    assert db.read(db.eventually(far)) == rows
    with db.login(source["said"]) as link:
        link.execute("DELETE FROM canaries WHERE seq = 50")
    # A copy is a copy: without the first the second still restores.
    rds.delete_db_snapshot(DBSnapshotIdentifier="snap")
    there.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="farther", DBSnapshotIdentifier="far", BackupRetentionPeriod=0
    )
    there.get_waiter("db_instance_available").wait(DBInstanceIdentifier="farther", WaiterConfig={"Delay": 1})


def test_the_automated_snapshot_restores_too(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    (snap,) = rds.describe_db_snapshots(DBInstanceIdentifier="orders", SnapshotType="automated")["DBSnapshots"]
    assert snap["Status"] == "available"
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="of-automated", DBSnapshotIdentifier=snap["DBSnapshotIdentifier"], BackupRetentionPeriod=0
    )
    with db.login(db.settled(aws, "of-automated")) as link:
        # It was taken before anything was written.
        assert link.execute("SELECT to_regclass('canaries')").fetchone() == (None,)


def test_restores_at_the_same_time_do_not_mix(aws: Emulator, source: Any, engines: Engines) -> None:
    rds = aws.client("rds")
    for number in range(3):
        rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier=f"many-{number}", BackupRetentionPeriod=0,
            **({"RestoreTime": source["at"]} if number % 2 else {"UseLatestRestorableTime": True}),
        )  # fmt: skip
    found = [len(db.read(db.settled(aws, f"many-{number}"))) for number in range(3)]
    assert found == [15, 10, 15]
    assert len({db.described(aws, f"many-{number}")["Endpoint"]["Port"] for number in range(3)}) == 3


def test_a_restored_database_can_be_restored(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders", TargetDBInstanceIdentifier="child", RestoreTime=source["at"]
    )
    child = db.settled(aws, "child")
    db.reached(aws, "child", db.write(child, 200))
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="child", TargetDBInstanceIdentifier="grandchild", UseLatestRestorableTime=True,
        BackupRetentionPeriod=0,
    )  # fmt: skip
    assert sorted(db.read(db.settled(aws, "grandchild"))) == [*range(10), 200]


def test_replicated_backups_restore_in_their_region_when_the_source_is_lost(aws: Emulator, engines: Engines) -> None:
    there = aws.client("rds", "eu-central-1")
    db.create(aws, "replicated")
    said = db.settled(aws, "replicated")
    there.start_db_instance_automated_backups_replication(SourceDBInstanceArn=said["DBInstanceArn"])
    db.prepare(said)
    at = db.reached(aws, "replicated", db.write(said, 1))
    engines.kill("replicated")
    (kept,) = there.describe_db_instance_automated_backups(DBInstanceIdentifier="replicated")[
        "DBInstanceAutomatedBackups"
    ]
    assert kept["RestoreWindow"]["LatestTime"] >= at
    told = {
        "SourceDBInstanceAutomatedBackupsArn": kept["DBInstanceAutomatedBackupsArn"],
        "TargetDBInstanceIdentifier": "elsewhere",
    }
    with pytest.raises(ClientError, match="cannot be restored to a time earlier"):
        there.restore_db_instance_to_point_in_time(
            **told, RestoreTime=kept["RestoreWindow"]["EarliestTime"] - timedelta(seconds=1)
        )
    there.restore_db_instance_to_point_in_time(**told, UseLatestRestorableTime=True, BackupRetentionPeriod=0)
    there.get_waiter("db_instance_available").wait(DBInstanceIdentifier="elsewhere", WaiterConfig={"Delay": 1})
    (copy,) = there.describe_db_instances(DBInstanceIdentifier="elsewhere")["DBInstances"]
    assert sorted(db.read(copy)) == [1]


def test_the_service_keeps_its_objects_to_itself(aws: Emulator, source: Any, engines: Engines) -> None:
    assert aws.client("s3").list_buckets()["Buckets"] == []
    keys = engines.storage.keys("")
    assert any(key.endswith("base.tar.gz") for key in keys)
    assert any("/wal/" in key for key in keys)


def test_the_master_is_no_superuser_and_stays_out_of_the_services_database(aws: Emulator, source: Any) -> None:
    import psycopg

    with db.login(source["said"]) as link:
        assert link.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
    with pytest.raises(psycopg.OperationalError):
        db.login(source["said"], database="rdsadmin")
    with pytest.raises(psycopg.OperationalError):
        db.login(source["said"], password="another")
