"""One instance and one cluster of each service, as Terraform writes them, as templates do, and as AWS answers."""

from __future__ import annotations

from typing import Any

from scanner.iac.block import Block
from scanner.model.resource import Resource
from scanner.resources.rds.clusters import Cluster, DocumentCluster, GraphCluster
from tests.iac.forms.databases import (
    KEY,
    PLACE,
    template,
    terraform,
)

RULES = (
    "BK103", "BK104", "BK105", "BK201", "BK205", "BK212", "BK306", "BK309", "BK312", "BK401", "BK504", "BK510", "BK511",
    "BK704", "BK801", "BK802", "BK804", "BK807",
)  # fmt: skip

_INSTANCE_TF = {
    "identifier": "orders", "engine": "postgres", "engine_version": "15.4", "allocated_storage": 20,
    "max_allocated_storage": 100, "storage_encrypted": True, "kms_key_id": KEY, "backup_retention_period": 35,
    "backup_window": "02:00-03:00", "db_subnet_group_name": "private", "multi_az": True, "port": 5433,
    "vpc_security_group_ids": ["sg-1"], "parameter_group_name": "tuned", "copy_tags_to_snapshot": True,
    "deletion_protection": True, "publicly_accessible": False, "availability_zone": "eu-west-1a",
    "backup_target": "region", "tags": {"System": "orders"},
}  # fmt: skip
_INSTANCE_CFN = {
    "DBInstanceIdentifier": "Orders", "Engine": "Postgres", "EngineVersion": "15.4", "AllocatedStorage": "20",
    "MaxAllocatedStorage": 100, "StorageEncrypted": "true", "KmsKeyId": KEY, "BackupRetentionPeriod": 35,
    "PreferredBackupWindow": "02:00-03:00", "DBSubnetGroupName": "Private", "MultiAZ": True, "Port": "5433",
    "VPCSecurityGroups": ["sg-1"], "DBParameterGroupName": "Tuned", "CopyTagsToSnapshot": True,
    "DeletionProtection": True, "PubliclyAccessible": False, "AvailabilityZone": "eu-west-1a",
    "BackupTarget": "region", "Tags": [{"Key": "System", "Value": "orders"}],
}  # fmt: skip
INSTANCE_LIVE = {
    "DBInstanceArn": f"arn:aws:rds:{PLACE}:db:orders", "DBInstanceIdentifier": "orders", "Engine": "postgres",
    "EngineVersion": "15.4", "AllocatedStorage": 20, "MaxAllocatedStorage": 100, "StorageEncrypted": True,
    "KmsKeyId": KEY, "BackupRetentionPeriod": 35, "PreferredBackupWindow": "02:00-03:00", "MultiAZ": True,
    "DBSubnetGroup": {
        "DBSubnetGroupName": "private",
        "Subnets": [{"SubnetIdentifier": "subnet-a"}, {"SubnetIdentifier": "subnet-b"}],
    },
    "Endpoint": {"Port": 5433}, "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
    "DBParameterGroups": [{"DBParameterGroupName": "tuned", "ParameterApplyStatus": "in-sync"}],
    "CopyTagsToSnapshot": True, "DeletionProtection": True, "PubliclyAccessible": False,
    "AvailabilityZone": "eu-west-1a", "BackupTarget": "region", "TagList": [{"Key": "System", "Value": "orders"}],
}  # fmt: skip
PARAMETERS = {"name": "tuned", "family": "postgres15", "parameter": [{"name": "rds.force_ssl", "value": "1"}]}
GROUPS_TF = (
    terraform("aws_db_subnet_group", "private", {"name": "private", "subnet_ids": ["subnet-a", "subnet-b"]}),
    terraform("aws_db_parameter_group", "tuned", PARAMETERS),
)
GROUPS_CFN = (
    template("RDS::DBSubnetGroup", "Subnets", {"DBSubnetGroupName": "Private", "SubnetIds": ["subnet-a", "subnet-b"]}),
    template(
        "RDS::DBParameterGroup", "Parameters",
        {"DBParameterGroupName": "Tuned", "Family": "postgres15", "Parameters": {"rds.force_ssl": 1}},
    ),
)  # fmt: skip
INSTANCES = {
    "terraform": (terraform("aws_db_instance", "orders", _INSTANCE_TF), *GROUPS_TF),
    "template": (template("RDS::DBInstance", "Orders", _INSTANCE_CFN), *GROUPS_CFN),
}


def _cluster_tf(kind: str, **more: Any) -> dict[str, Any]:
    words = {"kms_key_id": KEY, "db_subnet_group_name": "private", "db_cluster_parameter_group_name": "tuned"}
    if kind == "neptune":
        words = {
            "kms_key_arn": KEY,
            "neptune_subnet_group_name": "private",
            "neptune_cluster_parameter_group_name": "tuned",
        }
    return {
        "cluster_identifier": "orders", "engine_version": "9.9", "storage_encrypted": True, "port": 5433,
        "backup_retention_period": 35, "preferred_backup_window": "02:00-03:00", "vpc_security_group_ids": ["sg-1"],
        "copy_tags_to_snapshot": True, "deletion_protection": True, "tags": {"System": "orders"}, **words, **more,
    }  # fmt: skip


def _cluster_cfn(**more: Any) -> dict[str, Any]:
    return {
        "DBClusterIdentifier": "Orders", "EngineVersion": "9.9", "StorageEncrypted": True, "KmsKeyId": KEY,
        "BackupRetentionPeriod": 35, "PreferredBackupWindow": "02:00-03:00", "VpcSecurityGroupIds": ["sg-1"],
        "DBSubnetGroupName": "Private", "DBClusterParameterGroupName": "Tuned", "CopyTagsToSnapshot": True,
        "DeletionProtection": True, "Tags": [{"Key": "System", "Value": "orders"}], **more,
    }  # fmt: skip


def cluster_live(engine: str) -> dict[str, Any]:
    return {
        "DBClusterArn": f"arn:aws:rds:{PLACE}:cluster:orders", "DBClusterIdentifier": "orders", "Engine": engine,
        "EngineVersion": "9.9", "StorageEncrypted": True, "KmsKeyId": KEY, "BackupRetentionPeriod": 35, "Port": 5433,
        "PreferredBackupWindow": "02:00-03:00", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
        "DBSubnetGroup": "private", "DBClusterParameterGroup": "tuned", "CopyTagsToSnapshot": True, "MultiAZ": True,
        "DeletionProtection": True, "TagList": [{"Key": "System", "Value": "orders"}],
        "DBClusterMembers": [
            {"DBInstanceIdentifier": one, "DBClusterParameterGroupStatus": "in-sync"} for one in ("first", "second")
        ],
    }  # fmt: skip


def _members(kind: str) -> tuple[Block, ...]:
    values = [
        {"cluster_identifier": "orders", "identifier": one, "availability_zone": one} for one in ("first", "second")
    ]
    return tuple(terraform(f"aws_{kind}_cluster_instance", one["identifier"], one) for one in values)


def _members_cfn(service: str) -> tuple[Block, ...]:
    values = [
        {"DBClusterIdentifier": "Orders", "DBInstanceIdentifier": one, "AvailabilityZone": one, "DBInstanceClass": "x"}
        for one in ("first", "second")
    ]
    return tuple(template(f"{service}::DBInstance", one["DBInstanceIdentifier"], one) for one in values)


CLUSTERS: dict[str, tuple[type[Resource], str, tuple[Block, ...]]] = {
    "aurora": (
        Cluster, "aurora-postgresql",
        (
            terraform("aws_rds_cluster", "orders", _cluster_tf("rds", engine="aurora-postgresql", master_username="x")),
            *GROUPS_TF, *_members("rds"),
        ),
    ),
    "aurora template": (
        Cluster, "aurora-postgresql",
        (
            template("RDS::DBCluster", "Orders", _cluster_cfn(Engine="aurora-postgresql", Port=5433, MasterUsername="x")),
            *GROUPS_CFN, *_members_cfn("RDS"),
        ),
    ),
    "documents": (
        DocumentCluster, "docdb",
        (
            terraform("aws_docdb_cluster", "orders", _cluster_tf("docdb", master_username="x")),
            terraform("aws_docdb_subnet_group", "g", GROUPS_TF[0].values), *_members("docdb"),
        ),
    ),
    "documents template": (
        DocumentCluster, "docdb",
        (
            template("DocDB::DBCluster", "Orders", _cluster_cfn(Port=5433, MasterUsername="x")),
            template("DocDB::DBSubnetGroup", "Subnets", GROUPS_CFN[0].values), *_members_cfn("DocDB"),
        ),
    ),
    "graphs": (
        GraphCluster, "neptune",
        (
            terraform("aws_neptune_cluster", "orders", _cluster_tf("neptune")),
            terraform("aws_neptune_subnet_group", "g", GROUPS_TF[0].values), *_members("neptune"),
        ),
    ),
    "graphs template": (
        GraphCluster, "neptune",
        (
            template("Neptune::DBCluster", "Orders", _cluster_cfn(DBPort=5433)),
            template("Neptune::DBSubnetGroup", "Subnets", GROUPS_CFN[0].values), *_members_cfn("Neptune"),
        ),
    ),
}  # fmt: skip
