"""AWS Backup behaves where a scanner would trip."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from scanner.emulation.seeding import add_backup_job, add_copy_job, add_recovery_point
from tests.emulation.conftest import AT

HERE, THERE, ACCOUNT = "eu-west-1", "eu-central-1", "123456789012"
DB = f"arn:aws:rds:{HERE}:{ACCOUNT}:db:orders"


def code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response["Error"]["Code"])


def test_a_vault_that_is_not_there(aws: Emulator) -> None:
    backup = aws.client("backup")
    with pytest.raises(ClientError) as denied:
        backup.describe_backup_vault(BackupVaultName="nowhere")
    assert code(denied) == "AccessDeniedException"
    backup.create_backup_vault(BackupVaultName="vault")
    for call in (backup.get_backup_vault_access_policy, backup.get_backup_vault_notifications):
        with pytest.raises(ClientError) as missing:
            call(BackupVaultName="vault")
        assert code(missing) == "ResourceNotFoundException"


def test_a_vault_without_a_key_has_awss(aws: Emulator) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName="vault")
    vault = aws.client("backup").list_backup_vaults()["BackupVaultList"][0]
    key = aws.client("kms").describe_key(KeyId=vault["EncryptionKeyArn"])["KeyMetadata"]
    assert key["KeyManager"] == "AWS"
    assert "alias/aws/backup" in [each["AliasName"] for each in aws.client("kms").list_aliases()["Aliases"]]
    assert vault["Locked"] is False
    assert vault["NumberOfRecoveryPoints"] == 0


def test_recovery_points_are_paged_and_filtered(aws: Emulator) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName="vault")
    with aws.on_stage() as world:
        for day in range(25):
            add_recovery_point(
                world,
                "vault",
                DB if day % 2 else f"{DB}-other",
                AT - timedelta(days=day),
                region=HERE,
                account=ACCOUNT,
                lifecycle={"DeleteAfterDays": 35, "MoveToColdStorageAfterDays": 30},
            )
    backup = aws.client("backup")
    pages = list(
        backup.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName="vault", MaxResults=10)
    )
    assert [len(page["RecoveryPoints"]) for page in pages] == [10, 10, 5]
    point = pages[0]["RecoveryPoints"][1]
    assert point["CalculatedLifecycle"]["DeleteAt"] == point["CreationDate"] + timedelta(days=35)
    assert point["RecoveryPointArn"].startswith(f"arn:aws:rds:{HERE}:{ACCOUNT}:snapshot:awsbackup:job-")
    mine = backup.list_recovery_points_by_backup_vault(
        BackupVaultName="vault", ByResourceArn=DB, ByCreatedAfter=AT - timedelta(days=4)
    )
    assert len(mine["RecoveryPoints"]) == 2
    assert backup.describe_backup_vault(BackupVaultName="vault")["NumberOfRecoveryPoints"] == 25
    assert len(backup.list_protected_resources(MaxResults=1)["Results"]) == 1


def test_names_of_recovery_points(aws: Emulator) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName="vault")
    made = {}
    with aws.on_stage() as world:
        for resource in (
            f"arn:aws:ec2:{HERE}:{ACCOUNT}:volume/vol-1",
            f"arn:aws:ec2:{HERE}:{ACCOUNT}:instance/i-1",
            "arn:aws:s3:::bucket",
            f"arn:aws:elasticfilesystem:{HERE}:{ACCOUNT}:file-system/fs-1",
            f"arn:aws:rds:{HERE}:{ACCOUNT}:cluster:c",
        ):
            point = add_recovery_point(world, "vault", resource, AT, region=HERE, account=ACCOUNT)
            made[point["ResourceType"]] = point["RecoveryPointArn"]
        held = add_recovery_point(world, "vault", DB, AT, region=HERE, account=ACCOUNT, continuous=True)
    assert made["EBS"].startswith(f"arn:aws:ec2:{HERE}::snapshot/snap-")
    assert made["EC2"].startswith(f"arn:aws:ec2:{HERE}::image/ami-")
    assert made["Aurora"].startswith(f"arn:aws:rds:{HERE}:{ACCOUNT}:cluster-snapshot:awsbackup:job-")
    assert made["S3"].startswith(f"arn:aws:backup:{HERE}:{ACCOUNT}:recovery-point:")
    assert made["EFS"].startswith(f"arn:aws:backup:{HERE}:{ACCOUNT}:recovery-point:")
    assert held["RecoveryPointArn"].startswith(f"arn:aws:backup:{HERE}:{ACCOUNT}:recovery-point:continuous:db-")


def test_a_copy_is_there(aws: Emulator) -> None:
    here, there = aws.client("backup"), aws.client("backup", THERE)
    here.create_backup_vault(BackupVaultName="vault")
    there.create_backup_vault(BackupVaultName="copies")
    job = here.start_backup_job(
        BackupVaultName="vault", ResourceArn=DB, IamRoleArn="arn:aws:iam::1:role/r", Lifecycle={"DeleteAfterDays": 35}
    )
    destination = f"arn:aws:backup:{THERE}:{ACCOUNT}:backup-vault:"
    for vault, state in (("copies", "COMPLETED"), ("nowhere", "FAILED")):
        copy = here.start_copy_job(
            RecoveryPointArn=job["RecoveryPointArn"],
            SourceBackupVaultName="vault",
            IamRoleArn="arn:aws:iam::1:role/r",
            DestinationBackupVaultArn=destination + vault,
            Lifecycle={"DeleteAfterDays": 90},
        )
        assert here.describe_copy_job(CopyJobId=copy["CopyJobId"])["CopyJob"]["State"] == state
    (point,) = there.list_recovery_points_by_backup_vault(BackupVaultName="copies")["RecoveryPoints"]
    assert point["ResourceArn"] == DB
    assert point["Lifecycle"] == {"DeleteAfterDays": 90}
    assert point["SourceBackupVaultArn"].endswith(":backup-vault:vault")
    key = there.describe_backup_vault(BackupVaultName="copies")["EncryptionKeyArn"]
    assert point["EncryptionKeyArn"] == key


def test_jobs_are_listed_newest_first_and_narrowed(aws: Emulator) -> None:
    aws.client("backup").create_backup_vault(BackupVaultName="vault")
    with aws.on_stage() as world:
        for day in range(5):
            add_backup_job(
                world,
                "vault",
                DB,
                AT - timedelta(days=day),
                region=HERE,
                account=ACCOUNT,
                state="FAILED" if day == 3 else "COMPLETED",
            )
        point = add_recovery_point(world, "vault", DB, AT, region=HERE, account=ACCOUNT)
        add_copy_job(
            world,
            point,
            f"arn:aws:backup:{THERE}:{ACCOUNT}:backup-vault:x",
            AT,
            region=HERE,
            account=ACCOUNT,
            state="FAILED",
        )
    backup = aws.client("backup")
    times = [job["CreationDate"] for job in backup.list_backup_jobs()["BackupJobs"]]
    assert times == sorted(times, reverse=True)
    assert [job["CreationDate"] for job in backup.list_backup_jobs(ByState="FAILED")["BackupJobs"]] == [
        AT - timedelta(days=3)
    ]
    assert len(backup.list_backup_jobs(ByCreatedAfter=AT - timedelta(days=2, hours=1))["BackupJobs"]) == 3
    assert backup.list_copy_jobs(ByState="COMPLETED")["CopyJobs"] == []


def test_a_locked_vault_keeps_its_points(aws: Emulator) -> None:
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    job = backup.start_backup_job(BackupVaultName="vault", ResourceArn=DB, IamRoleArn="arn:aws:iam::1:role/r")
    backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=30, ChangeableForDays=3)
    aws.set_clock(lambda: AT + timedelta(days=4))
    with pytest.raises(ClientError, match="locked"):
        backup.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=job["RecoveryPointArn"])
    with pytest.raises(ClientError, match="can not be changed"):
        backup.delete_backup_vault_lock_configuration(BackupVaultName="vault")


def test_a_plan_has_versions_and_defaults(aws: Emulator) -> None:
    backup = aws.client("backup")
    rules = [{"RuleName": "nightly", "TargetBackupVaultName": "vault"}]
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": rules})["BackupPlanId"]
    first = backup.get_backup_plan(BackupPlanId=plan)
    assert first["BackupPlan"]["Rules"][0]["ScheduleExpressionTimezone"] == "Etc/UTC"
    backup.update_backup_plan(
        BackupPlanId=plan,
        BackupPlan={"BackupPlanName": "plan", "Rules": [{**rules[0], "Lifecycle": {"DeleteAfterDays": 9}}]},
    )
    assert backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 9}
    assert (
        "Lifecycle"
        not in backup.get_backup_plan(BackupPlanId=plan, VersionId=first["VersionId"])["BackupPlan"]["Rules"][0]
    )
    with pytest.raises(ClientError) as missing:
        backup.list_backup_selections(BackupPlanId="nowhere")
    assert code(missing) == "ResourceNotFoundException"
