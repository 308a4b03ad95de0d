"""File systems of EFS and FSx, and FSx backups, told in Terraform and in templates."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.unresolved import Unresolved
from scanner.resources.efs import FileSystem, Replica
from scanner.resources.fsx import FileSystem as Share
from scanner.resources.fsx import FSxBackup
from scanner.resources.vpc.interfaces import Interface
from tests.iac.forms.telling import (
    ACCOUNT,
    OPEN,
    cloudformation,
    estate_of,
    live,
    loses_only_it,
    never_flips,
    outcomes,
    terraform,
    values,
)

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
_FILES = "aws_efs_file_system.f"


def _policy(**condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", **condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


_TLS_ONLY = _policy(Condition={"Bool": {"aws:SecureTransport": "false"}})


def files(**more: Any) -> Block:
    return terraform("aws_efs_file_system", "f", creation_token="f", **more)


def satellites(*, status: Any = "ENABLED", policy: Any = None, region: Any = "eu-central-1") -> list[Block]:
    return [
        terraform("aws_efs_backup_policy", "b", file_system_id=_FILES, backup_policy=[{"status": status}]),
        terraform(
            "aws_efs_file_system_policy",
            "p",
            file_system_id=_FILES,
            policy=json.dumps(_TLS_ONLY) if policy is None else policy,
        ),
        terraform(
            "aws_efs_replication_configuration", "r", source_file_system_id=_FILES, destination=[{"region": region}]
        ),
        terraform("aws_efs_mount_target", "m", file_system_id=_FILES, subnet_id="subnet-1", security_groups=["sg-1"]),
    ]


def template(**more: Any) -> list[Block]:
    return [
        cloudformation(
            "AWS::EFS::FileSystem", _FILES, Encrypted=True, KmsKeyId=KEY, FileSystemTags=[{"Key": "a", "Value": "b"}],
            BackupPolicy={"Status": "ENABLED"}, FileSystemPolicy=_TLS_ONLY,
            ReplicationConfiguration={"Destinations": [{"Region": "eu-central-1"}]}, **more,
        ),
        cloudformation(
            "AWS::EFS::MountTarget", "aws_efs_mount_target.m", FileSystemId=_FILES, SubnetId="subnet-1", SecurityGroups=["sg-1"]
        ),
    ]  # fmt: skip


def test_file_systems_are_told_as_aws_tells_them() -> None:
    item = {
        "FileSystemId": _FILES,
        "Encrypted": True,
        "KmsKeyId": KEY,
        "Tags": [{"Key": "a", "Value": "b"}],
        "CreationTime": 1,
    }
    answers: dict[str, Any] = {
        "DescribeMountTargets": {
            "MountTargets": [{"SubnetId": "subnet-1", "NetworkInterfaceId": "eni-aws_efs_mount_target.m"}]
        },
        "DescribeBackupPolicy": {"BackupPolicy": {"Status": "ENABLED"}},
        "DescribeFileSystemPolicy": {"Policy": json.dumps(_TLS_ONLY)},
    }
    expected = live(FileSystem, item, **answers)
    del expected["created_at"]
    expected["replicas"] = (Replica("eu-central-1", ACCOUNT, "ENABLED"),)
    told = [files(encrypted=True, kms_key_id=KEY, tags={"a": "b"}), *satellites()]
    assert values(FileSystem, *told) == expected
    assert values(FileSystem, *template()) == expected
    but = ("creation_token", "file_system_id", "source_file_system_id", "security_groups", 0, "policy")
    loses_only_it(FileSystem, *told, but=but)
    loses_only_it(FileSystem, *template(), but=("FileSystemId", "SecurityGroups", 0, "Version", "BackupPolicy"))
    assert values(Interface, *told, terraform("aws_subnet", "subnet-1", vpc_id="v"))["groups"] == ("sg-1",)


def test_what_a_file_system_does_not_say() -> None:
    found = values(FileSystem, files())
    assert found == {
        "tags": {}, "encrypted": False, "key": None, "replica_target": False, "replicas": (), "subnets": (),
        "interfaces": (), "backed_up": False, "policy": None,
    }  # fmt: skip
    assert values(FileSystem, files(encrypted=True))["key"] == "alias/aws/elasticfilesystem"
    assert "backed_up" not in values(FileSystem, files(availability_zone_name="eu-west-1a"))
    (narrow,) = estate_of(files(), whole=False).resources[FileSystem.kind]
    assert {name for name, one in narrow.readings.items() if hasattr(one, "value")} >= {
        "encrypted",
        "key",
        "backed_up",
        "policy",
    }
    assert not hasattr(narrow.readings["replica_target"], "value")


@pytest.mark.parametrize(
    ("destination", "region"),
    [
        ({"region": "us-east-1"}, "us-east-1"),
        ({"availability_zone_name": "eu-west-3b"}, "eu-west-3"),
        ({"file_system_id": "aws_efs_file_system.other"}, ""),
        ({"file_system_id": "arn:aws:elasticfilesystem:ap-south-1:111122223333:file-system/fs-1"}, "ap-south-1"),
    ],
)
def test_a_replica_is_where_its_destination_says(destination: dict[str, Any], region: str) -> None:
    other = terraform("aws_efs_file_system", "other", at="eu-north-1")
    named = terraform("aws_efs_replication_configuration", "r", source_file_system_id=_FILES, destination=[destination])
    found = {one.id: one for one in estate_of(files(), other, named).resources[FileSystem.kind]}
    source = found[f"arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/{_FILES}"]
    (replica,) = source.readings["replicas"].value  # type: ignore[union-attr]
    assert replica == Replica(region, ACCOUNT, "ENABLED") if region else isinstance(replica, Unresolved)
    target = found["arn:aws:elasticfilesystem:eu-north-1:111122223333:file-system/aws_efs_file_system.other"]
    said = getattr(target.readings["replica_target"], "value", None)
    assert said is (destination.get("file_system_id") == "aws_efs_file_system.other")


@pytest.mark.parametrize(
    ("rule", "blocks", "said"),
    [
        ("BK401", [files(encrypted=True, kms_key_id="arn:aws:kms:eu-west-1:222222222222:key/1")], "passed"),
        ("BK401", [files(encrypted=True)], "failed"),
        ("BK401", [files()], "failed"),
        ("BK401", [files(encrypted=OPEN)], "unknown"),
        ("BK506", [files(), *satellites()], "passed"),
        ("BK506", [files()], "failed"),
        ("BK506", [files(), *satellites(policy=json.dumps(_policy()))], "passed"),
        ("BK506", [files(), *satellites(policy=OPEN)], "unknown"),
        ("BK506", template(), "passed"),
        ("BK511", [files()], "exempt"),
    ],
)
def test_file_systems_are_judged(rule: str, blocks: list[Block], said: str) -> None:
    found = outcomes(*blocks, rule=rule)[_FILES]
    assert found.outcome.value == said, found.verdict
    never_flips(blocks, [rule])


_TYPES = {
    "aws_fsx_windows_file_system": ("WINDOWS", "WindowsConfiguration", 7, 30),
    "aws_fsx_lustre_file_system": ("LUSTRE", "LustreConfiguration", 0, 0),
    "aws_fsx_ontap_file_system": ("ONTAP", "OntapConfiguration", 0, 30),
    "aws_fsx_openzfs_file_system": ("OPENZFS", "OpenZFSConfiguration", 0, 30),
}


@pytest.mark.parametrize("kind", _TYPES)
def test_shares_are_told_as_aws_tells_them(kind: str) -> None:
    type_, configuration, days, template_days = _TYPES[kind]
    deployment = "PERSISTENT_1" if type_ == "LUSTRE" else "SINGLE_AZ_1"
    settings = {
        "DeploymentType": deployment,
        "AutomaticBackupRetentionDays": 14,
        "DailyAutomaticBackupStartTime": "05:00",
    }
    item = {
        "FileSystemId": "x", "FileSystemType": type_, "KmsKeyId": KEY, "SubnetIds": ["subnet-1"], "CreationTime": 1,
        "NetworkInterfaceIds": [f"eni-{kind}.f"], "Tags": [{"Key": "a", "Value": "b"}], configuration: settings,
    }  # fmt: skip
    expected = live(Share, item)
    del expected["created_at"]
    own = terraform(
        kind, "f", subnet_ids=["subnet-1"], kms_key_id=KEY, deployment_type=deployment, automatic_backup_retention_days=14,
        daily_automatic_backup_start_time="05:00", security_group_ids=["sg-1"], tags={"a": "b"},
    )  # fmt: skip
    assert values(Share, own) == expected
    loses_only_it(Share, own, but=("security_group_ids", 0, "deployment_type"))
    own_settings: dict[str, Any] = {configuration: settings}
    same = cloudformation(
        "AWS::FSx::FileSystem", f"{kind}.f", FileSystemType=type_, SubnetIds=["subnet-1"], KmsKeyId=KEY,
        SecurityGroupIds=["sg-1"], Tags=[{"Key": "a", "Value": "b"}], **own_settings,
    )  # fmt: skip
    assert values(Share, same) == expected
    bare = values(Share, terraform(kind, "f", subnet_ids=["s"], deployment_type=deployment))
    assert bare["automatic"] == timedelta(days=days)
    assert bare["key"] == "alias/aws/fsx"
    assert ("starts" in bare) is (days == 0)
    least: dict[str, Any] = {configuration: {"DeploymentType": deployment}}
    unset = cloudformation("AWS::FSx::FileSystem", "F", FileSystemType=type_, SubnetIds=["s"], **least)
    assert values(Share, unset)["automatic"] == timedelta(days=template_days)
    interface = values(Interface, own, terraform("aws_subnet", "subnet-1", vpc_id="v"))
    assert (interface["short"], interface["groups"]) == (f"eni-{kind}.f", ("sg-1",))


def test_lustre_is_scratch_storage_unless_it_says_otherwise() -> None:
    for block in (
        terraform("aws_fsx_lustre_file_system", "f", subnet_ids=["s"]),
        terraform("aws_fsx_lustre_file_system", "f", subnet_ids=["s"], deployment_type="SCRATCH_2"),
        cloudformation("AWS::FSx::FileSystem", "F", FileSystemType="LUSTRE", SubnetIds=["s"]),
    ):
        found = values(Share, block)
        assert (found["scratch"], found["automatic"], found["key"]) == (True, None, None)
    open_ = values(Share, terraform("aws_fsx_lustre_file_system", "f", subnet_ids=["s"], deployment_type=OPEN))
    assert not {"scratch", "automatic", "key"} & open_.keys()


def test_fsx_backups_are_told_as_aws_tells_them() -> None:
    system = terraform("aws_fsx_windows_file_system", "f", subnet_ids=["s"], kms_key_id=KEY)
    own = terraform("aws_fsx_backup", "b", file_system_id="aws_fsx_windows_file_system.f", tags={"a": "b"})
    item = {
        "BackupId": "b", "FileSystem": {"FileSystemId": "aws_fsx_windows_file_system.f"}, "Tags": [{"Key": "a", "Value": "b"}],
        "Type": "USER_INITIATED", "KmsKeyId": KEY, "CreationTime": 1, "Lifecycle": "AVAILABLE",
    }  # fmt: skip
    expected = live(FSxBackup, item)
    found = values(FSxBackup, own, system)
    assert found == {name: expected[name] for name in found}
    assert len(found) == 7
    assert outcomes(own, system, rule="BK402")["aws_fsx_backup.b"].outcome.value == "passed"
    volume = values(FSxBackup, terraform("aws_fsx_backup", "b", volume_id="fsvol-1"))
    assert "made_from" not in volume
    assert volume["volume"] == "fsvol-1"
    never_flips([own, system], ["BK402", "BK401"])
