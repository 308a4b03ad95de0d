"""Restore jobs of AWS Backup bring back what was there when the backup job ran."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.services.backup.contents import Contents

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACCOUNT, HERE, THERE = "123456789012", "eu-west-1", "eu-central-1"
TABLE = f"arn:aws:dynamodb:{HERE}:{ACCOUNT}:table/things"


class Hands:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def aws(hands: Hands) -> Iterator[Emulator]:
    with Emulator(clock=hands) as emulator:
        tables, s3 = emulator.client("dynamodb"), emulator.client("s3")
        tables.create_table(
            TableName="things",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        tables.put_item(TableName="things", Item={"id": {"S": "a"}})
        s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": HERE})
        s3.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket="files", Key="a/b", Body=b"then", ContentType="text/plain", Metadata={"owner": "x"})
        s3.put_object(Bucket="files", Key="gone", Body=b"")
        s3.delete_object(Bucket="files", Key="gone")
        emulator.client("backup").create_backup_vault(BackupVaultName="vault")
        yield emulator


def policy(statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(aws: Emulator, name: str, who: str = "backup.amazonaws.com", allowed: str = "*") -> str:
    iam = aws.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": who}, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
    statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(statement))
    return str(made["Role"]["Arn"])


def backed_up(aws: Emulator, arn: str, **told: Any) -> str:
    job = aws.client("backup").start_backup_job(
        BackupVaultName="vault", ResourceArn=arn, IamRoleArn=role(aws, f"backs-up-{arn[-3:]}"), **told
    )
    return str(job["RecoveryPointArn"])


def restored(aws: Emulator, point: str, role_arn: str, **metadata: str) -> dict[str, Any]:
    backup = aws.client("backup")
    job = backup.start_restore_job(RecoveryPointArn=point, IamRoleArn=role_arn, Metadata=metadata)
    described: dict[str, Any] = backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])
    return described


def test_a_table_comes_back_as_it_was_backed_up(aws: Emulator) -> None:
    point, tables = backed_up(aws, TABLE), aws.client("dynamodb")
    tables.put_item(TableName="things", Item={"id": {"S": "later"}})
    job = restored(aws, point, role(aws, "r"), targetTableName="copy")
    assert (job["Status"], job["CreatedResourceArn"]) == ("COMPLETED", TABLE.replace("things", "copy"))
    assert [item["id"]["S"] for item in tables.scan(TableName="copy")["Items"]] == ["a"]
    assert tables.list_backups()["BackupSummaries"] == []


def test_a_bucket_comes_back_as_it_was_backed_up(aws: Emulator) -> None:
    point, s3 = backed_up(aws, "arn:aws:s3:::files"), aws.client("s3")
    s3.put_object(Bucket="files", Key="a/b", Body=b"now")
    told = {"DestinationBucketName": "copy-of-files", "NewBucket": "true"}
    assert restored(aws, point, role(aws, "r"), **told)["Status"] == "COMPLETED"
    assert [one["Key"] for one in s3.list_objects_v2(Bucket="copy-of-files")["Contents"]] == ["a/b"]
    there = s3.get_object(Bucket="copy-of-files", Key="a/b")
    assert (there["Body"].read(), there["ContentType"], there["Metadata"]) == (b"then", "text/plain", {"owner": "x"})
    again = restored(aws, point, role(aws, "again"), **told)
    assert (again["Status"], "already exists" in again["StatusMessage"]) == ("FAILED", True)


def test_a_copy_in_another_region_holds_it_too(aws: Emulator) -> None:
    there = aws.client("backup", THERE)
    there.create_backup_vault(BackupVaultName="copies")
    copied = aws.client("backup").start_copy_job(
        RecoveryPointArn=backed_up(aws, TABLE),
        SourceBackupVaultName="vault",
        DestinationBackupVaultArn=f"arn:aws:backup:{THERE}:{ACCOUNT}:backup-vault:copies",
        IamRoleArn=role(aws, "copies"),
    )
    (point,) = there.list_recovery_points_by_backup_vault(BackupVaultName="copies")["RecoveryPoints"]
    assert copied["CopyJobId"]
    there.start_restore_job(
        RecoveryPointArn=point["RecoveryPointArn"], IamRoleArn=role(aws, "r"), Metadata={"targetTableName": "copy"}
    )
    assert aws.client("dynamodb", THERE).scan(TableName="copy")["Count"] == 1


def test_a_job_takes_its_time(aws: Emulator, hands: Hands) -> None:
    point, backup = backed_up(aws, TABLE), aws.client("backup")
    aws.world.shelf(Contents, ACCOUNT, HERE).restoring = 5 * MINUTE
    job = restored(aws, point, role(aws, "r"), targetTableName="copy")
    assert job["Status"] == "PENDING"
    hands.at += 2 * MINUTE
    assert backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])["Status"] == "RUNNING"
    hands.at += 3 * MINUTE
    (told,) = backup.list_restore_jobs()["RestoreJobs"]
    assert (told["Status"], told["CompletionDate"] - told["CreationDate"]) == ("COMPLETED", 5 * MINUTE)


def test_what_a_restore_job_fails_of(aws: Emulator) -> None:
    point, backup = backed_up(aws, TABLE), aws.client("backup")
    with pytest.raises(ClientError, match="MissingParameterValueException"):
        backup.start_restore_job(RecoveryPointArn=point, Metadata={"targetTableName": "copy"})
    right = role(aws, "right")
    for wrong in (
        f"arn:aws:iam::{ACCOUNT}:role/nobody",
        role(aws, "of-others", "ec2.amazonaws.com"),
        role(aws, "may-not", allowed="dynamodb:StartAwsBackupJob"),
    ):
        job = restored(aws, point, wrong, targetTableName="copy")
        assert (job["Status"], "Access was denied" in job["StatusMessage"]) == ("FAILED", True)
    assert restored(aws, point, right)["Status"] == "FAILED"
    assert "TableAlreadyExistsException" in restored(aws, point, right, targetTableName="things")["StatusMessage"]
    assert aws.client("dynamodb").list_tables()["TableNames"] == ["things"]


def test_nothing_comes_back_without_the_key_of_the_vault(aws: Emulator) -> None:
    kms, backup = aws.client("kms"), aws.client("backup")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    backup.create_backup_vault(BackupVaultName="keyed", EncryptionKeyArn=key)
    point = backup.start_backup_job(BackupVaultName="keyed", ResourceArn=TABLE, IamRoleArn=role(aws, "b"))
    kms.disable_key(KeyId=key)
    job = restored(aws, point["RecoveryPointArn"], role(aws, "r"), targetTableName="copy")
    assert (job["Status"], key in job["StatusMessage"]) == ("FAILED", True)


def test_an_expired_point_is_gone(aws: Emulator, hands: Hands) -> None:
    point, backup = backed_up(aws, TABLE, Lifecycle={"DeleteAfterDays": 7}), aws.client("backup")
    hands.at += timedelta(days=6)
    assert len(backup.list_recovery_points_by_resource(ResourceArn=TABLE)["RecoveryPoints"]) == 1
    hands.at += timedelta(days=1)
    assert backup.list_recovery_points_by_resource(ResourceArn=TABLE)["RecoveryPoints"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        backup.start_restore_job(RecoveryPointArn=point, IamRoleArn=role(aws, "r"), Metadata={})
