"""Databases go through states on the world's clock, and are changed, stopped, started and deleted as at RDS."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.engines import Delays, Engines, timeout
from tests.emulation.engines import databases as db

pytestmark = pytest.mark.xdist_group("states-of-engines")


@pytest.fixture(scope="module")
def skew() -> list[timedelta]:
    return [timedelta(0)]


@pytest.fixture(scope="module")
def slow(skew: list[timedelta]) -> Iterator[Emulator]:
    """An AWS that takes an hour for each state, on a clock that is moved by hand."""
    hour = timedelta(hours=1)
    engines = Engines(timeout(1), delays=Delays(creating=hour, backing_up=hour, snapshot=hour, deleting=hour))
    with Emulator(engines=engines, clock=lambda: datetime.now(UTC) + skew[0]) as emulator:
        yield emulator


def test_states_last_on_the_worlds_clock(slow: Emulator, skew: list[timedelta]) -> None:
    rds, engines = slow.client("rds"), slow.engines
    assert engines is not None
    assert db.create(slow, "slow")["DBInstanceStatus"] == "creating"
    # The server has long been there when the state is over.
    db.eventually(lambda: (history := engines.named("slow").history) and history.bases)
    states = [db.described(slow, "slow")["DBInstanceStatus"]]
    assert "Endpoint" not in db.described(slow, "slow")
    for _ in range(2):
        skew[0] += timedelta(minutes=61)
        states.append(db.described(slow, "slow")["DBInstanceStatus"])
    assert states == ["creating", "backing-up", "available"]
    assert db.answers(db.described(slow, "slow"))
    rds.create_db_snapshot(DBInstanceIdentifier="slow", DBSnapshotIdentifier="snap")
    db.eventually(lambda: any(each.base for each in engines.snapshots.values() if not each.shown))
    assert rds.describe_db_snapshots(DBSnapshotIdentifier="snap")["DBSnapshots"][0]["Status"] == "creating"
    assert db.described(slow, "slow")["DBInstanceStatus"] == "backing-up"
    skew[0] += timedelta(minutes=61)
    db.eventually(lambda: db.described(slow, "slow")["DBInstanceStatus"] == "available")
    rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="snap", WaiterConfig={"Delay": 1})
    assert (
        rds.delete_db_instance(DBInstanceIdentifier="slow", SkipFinalSnapshot=True)["DBInstance"]["DBInstanceStatus"]
        == "deleting"
    )
    db.eventually(lambda: engines.named("slow").server is None)
    assert db.described(slow, "slow")["DBInstanceStatus"] == "deleting"
    with pytest.raises(ClientError, match="InvalidDBInstanceState"):
        rds.delete_db_instance(DBInstanceIdentifier="slow", SkipFinalSnapshot=True)
    skew[0] += timedelta(minutes=61)

    def gone() -> Any:
        try:
            db.described(slow, "slow")
        except ClientError as refused:
            return refused.response["Error"]["Code"] == "DBInstanceNotFound"
        return False

    db.eventually(gone)


@pytest.fixture(scope="module")
def source(aws: Emulator) -> Any:
    db.create(aws, "orders")
    said = db.settled(aws, "orders")
    db.prepare(said)
    db.write(said, 1, 2, 3)
    return said


def test_stopped_and_started(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    assert rds.stop_db_instance(DBInstanceIdentifier="orders")["DBInstance"]["DBInstanceStatus"] == "stopping"
    assert db.settled(aws, "orders")["DBInstanceStatus"] == "stopped"
    with pytest.raises(psycopg.OperationalError):
        db.login(source)
    rds.start_db_instance(DBInstanceIdentifier="orders")
    said = db.settled(aws, "orders")
    assert (said["DBInstanceStatus"], said["Endpoint"]) == ("available", source["Endpoint"])
    assert sorted(db.read(said)) == [1, 2, 3]


def test_shipping_goes_on_after_a_restart(aws: Emulator, source: Any) -> None:
    aws.client("rds").reboot_db_instance(DBInstanceIdentifier="orders")
    said = db.settled(aws, "orders")
    db.reached(aws, "orders", db.write(said, 4))


def test_another_password(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier="orders", MasterUserPassword="not-a-secret-2")
    said = db.settled(aws, "orders")
    db.login(said, password="not-a-secret-2").close()
    with pytest.raises(psycopg.OperationalError):
        db.login(said)
    rds.modify_db_instance(DBInstanceIdentifier="orders", MasterUserPassword=db.PASSWORD)
    db.login(db.settled(aws, "orders")).close()


def show(said: Any, parameter: str) -> str:
    with db.login(said) as link:
        return str(link.execute(f"SHOW {parameter}").fetchone()[0])


def test_parameters_apply_as_at_rds(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="ours", DBParameterGroupFamily="postgres18", Description="ours")

    def change(name: str, value: str, method: str) -> None:
        rds.modify_db_parameter_group(
            DBParameterGroupName="ours",
            Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}],
        )

    def applied() -> str:
        return str(db.settled(aws, "orders")["DBParameterGroups"][0]["ParameterApplyStatus"])

    change("work_mem", "8192", "immediate")
    rds.modify_db_instance(DBInstanceIdentifier="orders", DBParameterGroupName="ours")
    assert (applied(), show(source, "work_mem")) == ("pending-reboot", "4MB")
    rds.reboot_db_instance(DBInstanceIdentifier="orders")
    assert (applied(), show(source, "work_mem")) == ("in-sync", "8MB")
    change("work_mem", "16384", "immediate")
    db.eventually(lambda: show(source, "work_mem") == "16MB")
    assert applied() == "in-sync"
    change("max_connections", "70", "pending-reboot")
    assert (applied(), show(source, "max_connections")) == ("pending-reboot", "60")
    rds.reboot_db_instance(DBInstanceIdentifier="orders")
    assert (applied(), show(source, "max_connections")) == ("in-sync", "70")
    # A formula is the service's, an unknown name nobody's; the service's own settings are not for sale.
    change("shared_buffers", "{DBInstanceClassMemory/32768}", "pending-reboot")
    change("archive_mode", "off", "pending-reboot")
    change("rds.force_ssl", "0", "immediate")
    rds.reboot_db_instance(DBInstanceIdentifier="orders")
    assert (applied(), show(source, "archive_mode"), show(source, "rds.force_ssl")) == ("in-sync", "on", "0")


def test_a_value_that_the_server_cannot_take(aws: Emulator, source: Any, engines: Engines) -> None:
    rds = aws.client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="bad", DBParameterGroupFamily="postgres18", Description="bad")
    change = [{"ParameterName": "max_connections", "ParameterValue": "many", "ApplyMethod": "pending-reboot"}]
    rds.modify_db_parameter_group(DBParameterGroupName="bad", Parameters=change)
    db.create(aws, "spoiled", BackupRetentionPeriod=0)
    db.settled(aws, "spoiled")
    rds.modify_db_instance(DBInstanceIdentifier="spoiled", DBParameterGroupName="bad")
    rds.reboot_db_instance(DBInstanceIdentifier="spoiled")
    assert db.settled(aws, "spoiled")["DBInstanceStatus"] == "incompatible-parameters"
    change[0]["ParameterValue"] = "50"
    rds.modify_db_parameter_group(DBParameterGroupName="bad", Parameters=change)
    rds.reboot_db_instance(DBInstanceIdentifier="spoiled")
    assert db.settled(aws, "spoiled")["DBInstanceStatus"] == "available"


def test_backups_begin_and_end(aws: Emulator, source: Any, engines: Engines) -> None:
    rds = aws.client("rds")
    db.create(aws, "changing", BackupRetentionPeriod=0)
    assert "LatestRestorableTime" not in db.settled(aws, "changing")
    rds.modify_db_instance(DBInstanceIdentifier="changing", BackupRetentionPeriod=3)
    assert "LatestRestorableTime" in db.settled(aws, "changing")
    history = engines.named("changing").history
    assert history is not None
    assert engines.storage.keys(history.prefix)
    rds.modify_db_instance(DBInstanceIdentifier="changing", BackupRetentionPeriod=0)
    assert "LatestRestorableTime" not in db.settled(aws, "changing")
    db.eventually(lambda: not engines.storage.keys(history.prefix))
    assert rds.describe_db_snapshots(DBInstanceIdentifier="changing")["DBSnapshots"] == []


def test_one_more_base_backup_shortens_nothing(aws: Emulator, source: Any, engines: Engines) -> None:
    def window() -> Any:
        (kept,) = aws.client("rds").describe_db_instance_automated_backups(DBInstanceIdentifier="orders")[
            "DBInstanceAutomatedBackups"
        ]
        return kept["RestoreWindow"]

    before = window()
    engines.back_up("orders")
    assert window()["EarliestTime"] == before["EarliestTime"]
    assert window()["LatestTime"] > before["LatestTime"]


def test_deleted_with_a_last_snapshot_and_retained_backups(aws: Emulator, source: Any, engines: Engines) -> None:
    rds = aws.client("rds")
    db.create(aws, "mortal")
    said = db.settled(aws, "mortal")
    db.prepare(said)
    db.write(said, 1)
    rds.delete_db_instance(
        DBInstanceIdentifier="mortal", FinalDBSnapshotIdentifier="last", DeleteAutomatedBackups=False
    )
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="mortal", WaiterConfig={"Delay": 1})
    (kept,) = rds.describe_db_instance_automated_backups(DbiResourceId=said["DbiResourceId"])[
        "DBInstanceAutomatedBackups"
    ]
    assert kept["Status"] == "retained"
    # Under its old name, within the minute; and a new database of that name is another.
    rds.restore_db_instance_to_point_in_time(
        SourceDbiResourceId=said["DbiResourceId"], TargetDBInstanceIdentifier="mortal", UseLatestRestorableTime=True
    )
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceAutomatedBackupsArn=kept["DBInstanceAutomatedBackupsArn"], UseLatestRestorableTime=True,
        TargetDBInstanceIdentifier="by-arn", BackupRetentionPeriod=0,
    )  # fmt: skip
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="of-last", DBSnapshotIdentifier="last", BackupRetentionPeriod=0
    )
    for name in ("mortal", "by-arn", "of-last"):
        assert sorted(db.read(db.settled(aws, name))) == [1]
    assert db.described(aws, "mortal")["DbiResourceId"] != said["DbiResourceId"]
    prefix = engines.retained[said["DbiResourceId"]].history.prefix
    assert engines.storage.keys(prefix)
    rds.delete_db_instance_automated_backup(DbiResourceId=said["DbiResourceId"])
    assert not engines.storage.keys(prefix)
    with pytest.raises(ClientError, match="DBInstanceAutomatedBackupNotFound"):
        rds.restore_db_instance_to_point_in_time(
            SourceDbiResourceId=said["DbiResourceId"], TargetDBInstanceIdentifier="x", UseLatestRestorableTime=True
        )


def test_deleted_whole_takes_its_backups_along(aws: Emulator, source: Any, engines: Engines) -> None:
    rds = aws.client("rds")
    db.create(aws, "brief")
    db.settled(aws, "brief")
    history = engines.named("brief").history
    assert history is not None
    rds.delete_db_instance(DBInstanceIdentifier="brief", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="brief", WaiterConfig={"Delay": 1})
    assert not engines.storage.keys(history.prefix)
    assert rds.describe_db_snapshots(DBInstanceIdentifier="brief")["DBSnapshots"] == []


def test_only_the_chosen_ones_get_servers() -> None:
    with Emulator(engines=Engines(only={"chosen"})) as chosen:
        db.create(chosen, "other")
        assert db.described(chosen, "other")["DBInstanceStatus"] == "available"
        assert chosen.engines is not None
        with pytest.raises(LookupError):
            chosen.engines.named("other")


def test_other_databases_stay_metadata(aws: Emulator) -> None:
    db.create(aws, "legacy", Engine="mysql", EngineVersion="8.0.39")
    said = db.described(aws, "legacy")
    assert said["DBInstanceStatus"] == "available"
    assert said["Endpoint"]["Address"].startswith("legacy.")
    rds = aws.client("rds")
    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="legacy", TargetDBInstanceIdentifier="legacy-copy", UseLatestRestorableTime=True
    )
    rds.reboot_db_instance(DBInstanceIdentifier="legacy")
    rds.delete_db_instance(DBInstanceIdentifier="legacy", SkipFinalSnapshot=True)


def test_a_managed_password_is_the_secrets(aws: Emulator) -> None:
    import json

    rds = aws.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="managed", Engine="postgres", DBInstanceClass="db.m7g.large", MasterUsername="clerk",
        ManageMasterUserPassword=True, DBName=db.DATABASE, BackupRetentionPeriod=0,
    )  # fmt: skip
    said = db.settled(aws, "managed")
    secret = aws.client("secretsmanager").get_secret_value(SecretId=said["MasterUserSecret"]["SecretArn"])
    db.login(said, password=json.loads(secret["SecretString"])["password"]).close()
