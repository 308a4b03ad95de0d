"""The demo company is complete, dated, the same every time, and quick to move in."""

import collections
import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.documents.yaml_file import load_yaml
from scanner.emulation import Emulator
from scanner.emulation.company import CONFIGURATION, seal, settle
from tests.emulation.conftest import AT

HERE, THERE = "eu-west-1", "eu-central-1"
TAGGABLE = {
    "dynamodb:table",
    "kms:key",
    "s3:bucket",
    "elasticfilesystem:file-system",
    "backup:backup-vault",
    "backup:backup-plan",
    "secretsmanager:secret",
    "logs:log-group",
    "es:domain",
    "fsx:file-system",
    "redshift:cluster",
    "elasticache:replicationgroup",
    "elasticache:cluster",
    "memorydb:cluster",
    "cognito-idp:userpool",
    "rds:db",
    "rds:cluster",
    "rds:snapshot",
    "rds:cluster-snapshot",
    "ec2:volume",
    "ec2:instance",
    "ec2:snapshot",
    "ec2:image",
    "dlm:policy",
}


def pages(emulator: Emulator, service: str, operation: str, member: str, region: str = HERE, **told: Any) -> list[Any]:
    client = emulator.client(service, region)
    return [each for page in client.get_paginator(operation).paginate(**told) for each in page[member]]


def test_every_kind_of_resource_can_be_found_by_its_tags(company: Emulator) -> None:
    from scanner.emulation.services.tagging import kind

    found = collections.Counter(
        kind(each["ResourceARN"])
        for each in pages(company, "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList")
    )
    assert TAGGABLE - set(found) == set()
    for wanted in ("rds", "dynamodb:table", "s3:bucket"):
        narrowed = pages(
            company,
            "resourcegroupstaggingapi",
            "get_resources",
            "ResourceTagMappingList",
            ResourceTypeFilters=[wanted],
            PaginationConfig={"PageSize": 7},
        )
        assert narrowed
        assert {kind(each["ResourceARN"]) for each in narrowed} <= (
            {wanted} | ({k for k in found if k.startswith("rds:")} if wanted == "rds" else set())
        )


def test_nothing_is_younger_than_now(company: Emulator) -> None:
    ages = [each["InstanceCreateTime"] for each in pages(company, "rds", "describe_db_instances", "DBInstances")]
    ages += [each["SnapshotCreateTime"] for each in pages(company, "rds", "describe_db_snapshots", "DBSnapshots")]
    ages += [
        each["SnapshotCreateTime"]
        for each in pages(company, "rds", "describe_db_cluster_snapshots", "DBClusterSnapshots")
    ]
    ages += [each["StartTime"] for each in pages(company, "ec2", "describe_snapshots", "Snapshots", OwnerIds=["self"])]
    ages += [each["CreateTime"] for each in pages(company, "ec2", "describe_volumes", "Volumes")]
    ages += [each["CreationDate"] for each in company.client("s3").list_buckets()["Buckets"]]
    ages += [each["CreatedDate"] for each in pages(company, "secretsmanager", "list_secrets", "SecretList")]
    ages += [each["CreationDate"] for each in pages(company, "backup", "list_backup_jobs", "BackupJobs")]
    ages += [each["CreationTime"] for each in pages(company, "fsx", "describe_file_systems", "FileSystems")]
    ages += [each["CreationTime"] for each in pages(company, "efs", "describe_file_systems", "FileSystems")]
    assert max(ages) <= AT
    assert sum(age > AT - timedelta(days=1) for age in ages) > 10


def test_the_lost_night_the_stopped_and_the_failed(company: Emulator) -> None:
    nights: dict[str, list[Any]] = collections.defaultdict(list)
    for each in pages(company, "rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="automated"):
        nights[each["DBInstanceIdentifier"]].append(each["SnapshotCreateTime"].date())
    assert len(set(nights["orders-main"])) == 35
    assert len(set(nights["orders-gap"])) == 34
    assert max(nights["orders-broken"]) == AT.date() - timedelta(days=3)
    failed = pages(company, "backup", "list_backup_jobs", "BackupJobs", ByState="FAILED")
    assert {each["ResourceArn"].rsplit(":", 1)[-1] for each in failed} == {"orders-main", "table/auth-sessions"}
    stuck = [
        each["Status"] for each in pages(company, "rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="manual")
    ]
    assert {"creating", "failed"} <= set(stuck)


def test_keys_good_and_bad(company: Emulator) -> None:
    kms = company.client("kms")
    names = {
        each["TargetKeyId"]: each["AliasName"].removeprefix("alias/fivex-") for each in kms.list_aliases()["Aliases"]
    }
    state, period = {}, {}
    for key, name in names.items():
        described = kms.describe_key(KeyId=key)["KeyMetadata"]
        state[name] = described["KeyState"]
        if name != "sealed":
            period[name] = kms.get_key_rotation_status(KeyId=key).get("RotationPeriodInDays")
    assert (state["analytics"], state["retired"], state["data"]) == ("PendingDeletion", "Disabled", "Enabled")
    assert (period["data"], period["archive"], period["legacy"]) == (90, 365, None)
    assert {"alias/aws/rds", "alias/aws/backup", "alias/aws/ebs"} <= set(names.values())


def test_four_things_are_not_to_be_seen(company: Emulator) -> None:
    sealed = company.client("kms").describe_key(KeyId="alias/fivex-sealed")["KeyMetadata"]["KeyId"]
    for call, told in (
        (company.client("kms").get_key_rotation_status, {"KeyId": sealed}),
        (company.client("dynamodb").describe_continuous_backups, {"TableName": "auth-tokens"}),
        (company.client("s3").get_bucket_versioning, {"Bucket": "fivex-config-exports"}),
        (company.client("memorydb", THERE).describe_clusters, {}),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(**told)


def test_a_vault_can_be_sealed(company: Emulator) -> None:
    look = company.client("backup", THERE).list_recovery_points_by_backup_vault
    assert look(BackupVaultName="sealed-vault")["RecoveryPoints"]
    before = list(company.interference.denials)
    seal(company)
    with pytest.raises(ClientError, match="AccessDenied"):
        look(BackupVaultName="sealed-vault")
    company.interference.denials[:] = before


def test_copies_are_where_they_should_be_and_where_not(company: Emulator) -> None:
    there = {
        each["BackupVaultName"]: each["NumberOfRecoveryPoints"]
        for each in pages(company, "backup", "list_backup_vaults", "BackupVaultList", THERE)
    }
    assert there["recovery-vault"] > 40
    jobs = pages(company, "backup", "list_copy_jobs", "CopyJobs")
    regions = {
        (each["DestinationBackupVaultArn"].split(":")[3], each["DestinationBackupVaultArn"].split(":")[4])
        for each in jobs
    }
    assert {(THERE, "123456789012"), (HERE, "210987654321"), ("us-east-1", "123456789012")} <= regions


def test_the_log_archive_has_one_gap(company: Emulator) -> None:
    names = {
        prefix: [
            each["Key"].split("/")[1]
            for each in pages(company, "s3", "list_objects_v2", "Contents", Bucket="fivex-wal-archive", Prefix=prefix)
        ]
        for prefix in ("wal/", "ledger/")
    }
    segments = {
        prefix: sorted(int(name[8:16], 16) * 256 + int(name[16:24], 16) for name in held if len(name) == 24)
        for prefix, held in names.items()
    }
    missing = {prefix: set(range(held[0], held[-1])) - set(held) for prefix, held in segments.items()}
    assert [len(each) for each in missing.values()] == [1, 0]


def test_the_configuration_fits_its_schema() -> None:
    import jsonschema

    schema = Path(__file__).parents[2] / "scanner" / "documents" / "config.schema.json"
    told = load_yaml(CONFIGURATION).data
    jsonschema.validate(told, json.loads(schema.read_text()))
    assert {each["tier"] for each in told["systems"]} == {
        "production-database",
        "authentication",
        "customer-metadata",
        "transaction-log",
        "monitoring",
        "reporting",
        "analytics",
        "development",
        "historical",
    }


LISTED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("rds", "describe_db_instances", "DBInstances", {}),
    ("rds", "describe_db_snapshots", "DBSnapshots", {}),
    ("ec2", "describe_volumes", "Volumes", {}),
    ("ec2", "describe_instances", "Reservations", {}),
    ("ec2", "describe_snapshots", "Snapshots", {"OwnerIds": ["self"]}),
    ("kms", "list_keys", "Keys", {}),
    ("backup", "list_backup_vaults", "BackupVaultList", {}),
    ("backup", "list_backup_plans", "BackupPlansList", {}),
    ("backup", "list_copy_jobs", "CopyJobs", {}),
    ("fsx", "describe_backups", "Backups", {}),
    ("secretsmanager", "list_secrets", "SecretList", {}),
    ("iam", "list_users", "Users", {}),
    ("cognito-idp", "list_user_pools", "UserPools", {"MaxResults": 10}),
    ("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", {}),
)


def test_the_company_is_the_same_every_time_and_quick(company: Emulator) -> None:
    began = time.process_time()
    with Emulator() as other:
        settle(other, AT)
        assert time.process_time() - began < 8
        for service, operation, member, told in LISTED:
            ours, theirs = (pages(each, service, operation, member, **told) for each in (company, other))
            assert ours == theirs, f"{service}:{operation}"
