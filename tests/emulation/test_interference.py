"""Denials, throttling and latency in every protocol, and the log."""

import time

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from scanner.emulation import Emulator

# A call in each protocol, and what AWS answers when it is denied.
PROTOCOLS = {
    "query": ("rds", "describe_db_instances", "AccessDenied", 403),
    "ec2": ("ec2", "describe_volumes", "UnauthorizedOperation", 403),
    "json": ("kms", "list_keys", "AccessDeniedException", 400),
    "rest-json": ("backup", "list_backup_vaults", "AccessDeniedException", 403),
    "rest-xml": ("s3", "list_buckets", "AccessDenied", 403),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_denial_speaks_the_services_protocol(aws: Emulator, protocol: str) -> None:
    service, operation, code, status = PROTOCOLS[protocol]
    aws.interference.deny(f"{service}:*")
    with pytest.raises(ClientError) as denied:
        getattr(aws.client(service), operation)()
    response = denied.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert "not authorized to perform" in response["Error"]["Message"]
    assert len(response["ResponseMetadata"]["RequestId"]) == 36


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_throttling_is_an_error_that_botocore_retries(aws: Emulator, protocol: str) -> None:
    service, operation, *_ = PROTOCOLS[protocol]
    aws.interference.throttle(1.0, seed=1)
    with pytest.raises(ClientError, match="reached max retries"):
        getattr(aws.client(service), operation)()


def test_a_denial_can_be_narrowed(aws: Emulator) -> None:
    for region in ("eu-west-1", "eu-central-1"):
        for name in ("open", "sealed"):
            aws.client("backup", region).create_backup_vault(BackupVaultName=name)
    aws.interference.deny("backup:ListRecoveryPointsByBackupVault", "sealed", "eu-west-1")
    aws.client("backup").list_recovery_points_by_backup_vault(BackupVaultName="open")
    aws.client("backup", "eu-central-1").list_recovery_points_by_backup_vault(BackupVaultName="sealed")
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.client("backup").list_recovery_points_by_backup_vault(BackupVaultName="sealed")


def test_the_same_seed_throttles_the_same_calls(aws: Emulator) -> None:
    client = aws.session().client("sts", endpoint_url=aws.endpoint, config=Config(retries={"total_max_attempts": 1}))

    def outcomes() -> list[bool]:
        aws.interference.throttle(0.5, seed=7)
        found = []
        for _ in range(20):
            try:
                client.get_caller_identity()
                found.append(False)
            except ClientError:
                found.append(True)
        return found

    first = outcomes()
    assert first == outcomes()
    assert 3 < sum(first) < 17


def test_latency_and_the_log(aws: Emulator) -> None:
    aws.interference.latency(0.05)
    began = time.monotonic()
    aws.client("dynamodb").list_tables(Limit=5)
    assert time.monotonic() - began >= 0.05
    aws.client("opensearch", "eu-central-1").list_domain_names()
    heard = aws.interference.calls
    assert [(each.name, each.region) for each in heard] == [
        ("dynamodb:ListTables", "eu-west-1"),
        ("opensearch:ListDomainNames", "eu-central-1"),
    ]
    assert heard[0].params == {"Limit": 5}
