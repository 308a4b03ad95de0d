"""What AWS refuses is refused, with its code."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.engines import Engines
from tests.emulation.engines import databases as db

pytestmark = pytest.mark.xdist_group("refusals-of-engines")


@pytest.fixture(scope="module")
def key(aws: Emulator) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture(scope="module")
def source(aws: Emulator, key: str) -> Any:
    db.create(aws, "orders", StorageEncrypted=True, KmsKeyId=key)
    db.create(aws, "unkept", BackupRetentionPeriod=0, DeletionProtection=True)
    aws.client("rds").create_db_snapshot(
        DBInstanceIdentifier=db.settled(aws, "orders")["DBInstanceIdentifier"], DBSnapshotIdentifier="snap"
    )
    aws.client("rds").get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="snap", WaiterConfig={"Delay": 1})
    db.settled(aws, "unkept")
    return db.settled(aws, "orders")


def to_time(aws: Emulator, **told: Any) -> Any:
    asked = {"SourceDBInstanceIdentifier": "orders", "TargetDBInstanceIdentifier": "copy", **told}
    if not told.keys() & {"RestoreTime", "UseLatestRestorableTime"}:
        asked["UseLatestRestorableTime"] = True
    return aws.client("rds").restore_db_instance_to_point_in_time(**asked)


def of_snapshot(aws: Emulator, **told: Any) -> Any:
    return aws.client("rds").restore_db_instance_from_db_snapshot(
        **{"DBInstanceIdentifier": "copy", "DBSnapshotIdentifier": "snap", **told}
    )


def refused(code: str, message: str = "") -> Any:
    return pytest.raises(ClientError, match=rf"\({code}\).*{message}")


def test_a_time_outside_the_window(aws: Emulator, source: Any) -> None:
    (kept,) = aws.client("rds").describe_db_instance_automated_backups(DBInstanceIdentifier="orders")[
        "DBInstanceAutomatedBackups"
    ]
    window = kept["RestoreWindow"]
    with refused("InvalidParameterValue", "cannot be restored to a time later than 20"):
        to_time(aws, RestoreTime=window["LatestTime"] + timedelta(hours=1))
    with refused("InvalidParameterValue", "earlier than .* because its backup retention period is set to 7 days"):
        to_time(aws, RestoreTime=window["EarliestTime"] - timedelta(seconds=1))
    with refused("InvalidParameterCombination"):
        to_time(aws, RestoreTime=window["LatestTime"], UseLatestRestorableTime=True)


def test_no_backups_no_restore(aws: Emulator, source: Any) -> None:
    assert "LatestRestorableTime" not in db.described(aws, "unkept")
    with refused("PointInTimeRestoreNotEnabled", "backup retention period is set to 0 days"):
        to_time(aws, SourceDBInstanceIdentifier="unkept")


@pytest.mark.parametrize("restore", [to_time, of_snapshot])
def test_what_is_there_already_or_is_not_there_at_all(aws: Emulator, source: Any, restore: Any) -> None:
    name = "TargetDBInstanceIdentifier" if restore is to_time else "DBInstanceIdentifier"
    with refused("DBInstanceAlreadyExists"):
        restore(aws, **{name: "unkept"})
    with refused("DBSubnetGroupNotFoundFault", "'nowhere' does not exist"):
        restore(aws, DBSubnetGroupName="nowhere")
    with refused("DBParameterGroupNotFound"):
        restore(aws, DBParameterGroupName="nowhere")
    with refused("OptionGroupNotFoundFault"):
        restore(aws, OptionGroupName="nowhere")
    with refused("InvalidParameterValue", "Invalid security group"):
        restore(aws, VpcSecurityGroupIds=["sg-00000000"])
    with refused("InvalidParameterValue", "allocated storage"):
        restore(aws, AllocatedStorage=5)
    with refused("DBInstanceNotFound"):
        db.described(aws, "copy")


def test_a_source_that_is_not_there(aws: Emulator, source: Any) -> None:
    with refused("DBInstanceNotFound", "nowhere not found"):
        to_time(aws, SourceDBInstanceIdentifier="nowhere")
    with refused("DBSnapshotNotFound"):
        of_snapshot(aws, DBSnapshotIdentifier="nowhere")
    with refused("DBInstanceAutomatedBackupNotFound"):
        aws.client("rds").restore_db_instance_to_point_in_time(
            SourceDbiResourceId="db-NOWHERE", TargetDBInstanceIdentifier="copy", UseLatestRestorableTime=True
        )


def test_without_its_key_nothing_is_restored_or_copied(aws: Emulator, source: Any, key: str) -> None:
    rds, kms = aws.client("rds"), aws.client("kms")
    kms.disable_key(KeyId=key)
    for restore in (to_time, of_snapshot):
        with refused("KMSKeyNotAccessibleFault", "is not enabled"):
            restore(aws)
    with refused("KMSKeyNotAccessibleFault"):
        rds.copy_db_snapshot(SourceDBSnapshotIdentifier="snap", TargetDBSnapshotIdentifier="other")
    with refused("KMSKeyNotAccessibleFault"):
        db.create(aws, "another", StorageEncrypted=True, KmsKeyId=key)
    kms.enable_key(KeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    for restore in (to_time, of_snapshot):
        with refused("KMSKeyNotAccessibleFault"):
            restore(aws)
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    with refused("KMSKeyNotAccessibleFault"):
        db.create(aws, "another", StorageEncrypted=True, KmsKeyId="arn:aws:kms:eu-west-1:123456789012:key/nowhere")


def test_an_encrypted_copy_in_another_region_wants_a_key_from_there(aws: Emulator, source: Any, key: str) -> None:
    there = aws.client("rds", "eu-central-1")
    told = {
        "SourceDBSnapshotIdentifier": "arn:aws:rds:eu-west-1:123456789012:snapshot:snap",
        "SourceRegion": "eu-west-1",
    }
    with refused("InvalidParameterValue", "KmsKeyId"):
        there.copy_db_snapshot(TargetDBSnapshotIdentifier="far", **told)
    with refused("KMSKeyNotAccessibleFault"):
        there.copy_db_snapshot(TargetDBSnapshotIdentifier="far", KmsKeyId=key, **told)
    own = aws.client("kms", "eu-central-1").create_key()["KeyMetadata"]["Arn"]
    copy = there.copy_db_snapshot(TargetDBSnapshotIdentifier="far", KmsKeyId=own, **told)["DBSnapshot"]
    assert (copy["Encrypted"], copy["KmsKeyId"]) == (True, own)


def test_more_than_the_quota(aws: Emulator, source: Any, engines: Engines) -> None:
    engines.quota = 2
    try:
        for attempt in (to_time, of_snapshot):
            with refused("InstanceQuotaExceeded"):
                attempt(aws)
        with refused("InstanceQuotaExceeded"):
            db.create(aws, "another")
    finally:
        engines.quota = 40


def test_what_is_being_made_cannot_be_used_yet(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    db.create(aws, "young")
    with refused("InvalidDBInstanceState", "not currently in the available state"):
        rds.create_db_snapshot(DBInstanceIdentifier="young", DBSnapshotIdentifier="early")
    with refused("InvalidDBInstanceState", "no automated backup yet"):
        to_time(aws, SourceDBInstanceIdentifier="young")
    for operation in ("reboot_db_instance", "stop_db_instance", "start_db_instance"):
        with refused("InvalidDBInstanceState"):
            getattr(rds, operation)(DBInstanceIdentifier="young")
    with refused("InvalidDBInstanceState"):
        rds.modify_db_instance(DBInstanceIdentifier="young", MasterUserPassword="not-a-secret-2")
    db.settled(aws, "young")
    rds.create_db_snapshot(DBInstanceIdentifier="young", DBSnapshotIdentifier="fresh")
    with refused("InvalidDBSnapshotState"):
        of_snapshot(aws, DBSnapshotIdentifier="fresh")
    with refused("InvalidDBSnapshotState"):
        rds.copy_db_snapshot(SourceDBSnapshotIdentifier="fresh", TargetDBSnapshotIdentifier="fresher")
    with refused("InvalidDBSnapshotState"):
        rds.delete_db_snapshot(DBSnapshotIdentifier="fresh")
    with refused("DBSnapshotAlreadyExists"):
        rds.stop_db_instance(
            DBInstanceIdentifier=db.settled(aws, "young")["DBInstanceIdentifier"], DBSnapshotIdentifier="fresh"
        )


def test_a_protected_database_and_a_missing_last_snapshot(aws: Emulator, source: Any) -> None:
    rds = aws.client("rds")
    with refused("InvalidParameterCombination", "Cannot delete protected"):
        rds.delete_db_instance(DBInstanceIdentifier="unkept", SkipFinalSnapshot=True)
    with refused("InvalidParameterCombination", "FinalDBSnapshotIdentifier is required"):
        rds.delete_db_instance(DBInstanceIdentifier="orders")
    with refused("InvalidParameterCombination"):
        rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True, FinalDBSnapshotIdentifier="last")
    with refused("InvalidDBInstanceAutomatedBackupState"):
        rds.delete_db_instance_automated_backup(DbiResourceId=source["DbiResourceId"])
    with refused("InvalidDBSnapshotState"):
        rds.delete_db_snapshot(
            DBSnapshotIdentifier=rds.describe_db_snapshots(DBInstanceIdentifier="orders", SnapshotType="automated")[
                "DBSnapshots"
            ][0]["DBSnapshotIdentifier"]
        )


def test_names_and_passwords_that_rds_does_not_take(aws: Emulator) -> None:
    with refused("InvalidParameterValue", "reserved word"):
        db.create(aws, "another", MasterUsername="rdsadmin")
    with refused("InvalidParameterValue", "not a valid password"):
        db.create(aws, "another", MasterUserPassword="short")
    with refused("InvalidParameterValue", "not a valid identifier"):
        db.create(aws, "not_valid")
