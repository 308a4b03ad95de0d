"""The door: worlds apart, one clock, and quiet when unused."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from scanner.emulation import Emulator
from tests.emulation.conftest import AT


def test_importing_loads_nothing_of_moto() -> None:
    code = (
        "import sys, scanner.emulation; sys.exit(any(name.split('.')[0] in ('moto', 'flask') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_two_emulators_do_not_see_each_other(aws: Emulator) -> None:
    with Emulator() as other:
        for emulator in (aws, other):
            emulator.client("kms").create_key()
            emulator.client("s3").create_bucket(
                Bucket="same", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
            emulator.client("backup").create_backup_vault(BackupVaultName="same")
        aws.client("kms").create_key()
        # The vault's own key, and those made above.
        assert len(other.client("kms").list_keys()["Keys"]) == 2
        assert len(aws.client("kms").list_keys()["Keys"]) == 3
    assert [each["Name"] for each in aws.client("s3").list_buckets()["Buckets"]] == ["same"]


def test_starting_again_starts_afresh(aws: Emulator) -> None:
    aws.client("dlm")
    aws.client("backup").create_backup_vault(BackupVaultName="vault")
    aws.interference.deny("kms:*")
    aws.start()
    assert aws.client("backup").list_backup_vaults()["BackupVaultList"] == []
    assert aws.client("kms").list_keys()["Keys"] == []


def test_what_is_made_yesterday_was_made_yesterday(aws: Emulator) -> None:
    yesterday = AT - timedelta(days=1)
    aws.set_clock(lambda: yesterday)
    aws.client("efs").create_file_system(CreationToken="t")
    aws.client("secretsmanager").create_secret(Name="s", SecretString="x")
    aws.client("ec2").create_volume(AvailabilityZone="eu-west-1a", Size=1)
    aws.client("backup").create_backup_vault(BackupVaultName="vault")
    aws.set_clock(lambda: AT)
    assert aws.client("efs").describe_file_systems()["FileSystems"][0]["CreationTime"] == yesterday
    assert aws.client("secretsmanager").list_secrets()["SecretList"][0]["CreatedDate"] == yesterday
    assert aws.client("ec2").describe_volumes()["Volumes"][0]["CreateTime"] == yesterday
    assert aws.client("backup").describe_backup_vault(BackupVaultName="vault")["CreationDate"] == yesterday


def test_what_moto_does_not_know_is_said_in_the_protocol(aws: Emulator) -> None:
    for service, operation in (
        ("ec2", "describe_fast_snapshot_restores"),
        ("codecommit", "list_approval_rule_templates"),
        ("backup", "list_scan_jobs"),
        ("rds", "describe_pending_maintenance_actions"),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(aws.client(service), operation)()
        assert refused.value.response["Error"]["Code"] == "NotImplemented", service
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_the_wall_clock_is_untouched_outside() -> None:
    from moto.core.utils import utcnow

    from scanner.emulation import ground

    assert ground.World is not None
    assert abs(utcnow().replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=1)
