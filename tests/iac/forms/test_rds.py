"""Databases of RDS: the same truth as Terraform writes it, as a template does, and as AWS answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.resource import Resource
from scanner.resources.rds.clusters import Cluster, DocumentCluster, GraphCluster
from scanner.resources.rds.instances import Instance
from scanner.resources.rds.parameters import ClusterParameters, InstanceParameters, Setting
from scanner.resources.rds.settings import ClusterParameterGroup, ParameterGroup, SubnetGroup
from tests.iac.forms.databases import (
    KEY,
    OPEN,
    PLACE,
    REGION,
    answered,
    hold_facts,
    hold_the_law,
    identity,
    left_open,
    outcome,
    said,
    template,
    terraform,
    told,
    verdicts,
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
_INSTANCE_LIVE = {
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
_PARAMETERS = {"name": "tuned", "family": "postgres15", "parameter": [{"name": "rds.force_ssl", "value": "1"}]}
_GROUPS_TF = (
    terraform("aws_db_subnet_group", "private", {"name": "private", "subnet_ids": ["subnet-a", "subnet-b"]}),
    terraform("aws_db_parameter_group", "tuned", _PARAMETERS),
)
_GROUPS_CFN = (
    template("RDS::DBSubnetGroup", "Subnets", {"DBSubnetGroupName": "Private", "SubnetIds": ["subnet-a", "subnet-b"]}),
    template(
        "RDS::DBParameterGroup", "Parameters",
        {"DBParameterGroupName": "Tuned", "Family": "postgres15", "Parameters": {"rds.force_ssl": 1}},
    ),
)  # fmt: skip
INSTANCES = {
    "terraform": (terraform("aws_db_instance", "orders", _INSTANCE_TF), *_GROUPS_TF),
    "template": (template("RDS::DBInstance", "Orders", _INSTANCE_CFN), *_GROUPS_CFN),
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


def _cluster_live(engine: str) -> dict[str, Any]:
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
            *_GROUPS_TF, *_members("rds"),
        ),
    ),
    "aurora template": (
        Cluster, "aurora-postgresql",
        (
            template("RDS::DBCluster", "Orders", _cluster_cfn(Engine="aurora-postgresql", Port=5433, MasterUsername="x")),
            *_GROUPS_CFN, *_members_cfn("RDS"),
        ),
    ),
    "documents": (
        DocumentCluster, "docdb",
        (
            terraform("aws_docdb_cluster", "orders", _cluster_tf("docdb", master_username="x")),
            terraform("aws_docdb_subnet_group", "g", _GROUPS_TF[0].values), *_members("docdb"),
        ),
    ),
    "documents template": (
        DocumentCluster, "docdb",
        (
            template("DocDB::DBCluster", "Orders", _cluster_cfn(Port=5433, MasterUsername="x")),
            template("DocDB::DBSubnetGroup", "Subnets", _GROUPS_CFN[0].values), *_members_cfn("DocDB"),
        ),
    ),
    "graphs": (
        GraphCluster, "neptune",
        (
            terraform("aws_neptune_cluster", "orders", _cluster_tf("neptune")),
            terraform("aws_neptune_subnet_group", "g", _GROUPS_TF[0].values), *_members("neptune"),
        ),
    ),
    "graphs template": (
        GraphCluster, "neptune",
        (
            template("Neptune::DBCluster", "Orders", _cluster_cfn(DBPort=5433)),
            template("Neptune::DBSubnetGroup", "Subnets", _GROUPS_CFN[0].values), *_members_cfn("Neptune"),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("told_by", INSTANCES)
def test_an_instance_is_the_same_in_code_and_in_aws(told_by: str) -> None:
    blocks = INSTANCES[told_by]
    live = answered(Instance, _INSTANCE_LIVE, native_encryption=[])
    names = said(blocks[0], Instance)
    assert told(Instance, *blocks) == {name: live[name] for name in names}
    assert identity(blocks[0], Instance) == _INSTANCE_LIVE["DBInstanceArn"]
    hold_facts(Instance, blocks)


@pytest.mark.parametrize("told_by", CLUSTERS)
def test_a_cluster_is_the_same_in_code_and_in_aws(told_by: str) -> None:
    kind, engine, blocks = CLUSTERS[told_by]
    live = answered(kind, _cluster_live(engine), subnets=["subnet-a", "subnet-b"])
    names = said(blocks[0], kind) - {"global_readers"}
    known = told(kind, *blocks)
    assert known.pop("global_readers") == ()
    assert known == {name: live[name] for name in names}
    assert identity(blocks[0], kind) == f"arn:aws:rds:{PLACE}:cluster:orders"
    hold_facts(kind, blocks)


@pytest.mark.parametrize("told_by", [*INSTANCES, *CLUSTERS])
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_lost_from_sight_turns_no_verdict(told_by: str, whole: bool) -> None:  # noqa: FBT001
    blocks = INSTANCES[told_by] if told_by in INSTANCES else CLUSTERS[told_by][2]
    assert hold_the_law(blocks, whole=whole, only=RULES) > 4


def test_what_holds_where_terraform_says_nothing() -> None:
    known = told(
        Instance,
        terraform("aws_db_instance", "a", {"engine": "mysql", "engine_version": "8.0", "allocated_storage": 5}),
    )
    assert known["retention"] == timedelta()
    assert known["parameter_group"] == "default.mysql8.0"
    assert (known["encrypted"], known["key"], known["public"], known["multi_az"]) == (False, None, False, False)
    assert (known["deletion_protected"], known["copy_tags"], known["port"]) == (False, False, 3306)
    assert (known["storage_most"], known["backup_target"], known["native_encryption"]) == (None, "region", "")
    assert (known["replicas"], known["replicated"], known["replica_of"], known["cluster"]) == ((), (), None, None)
    for kind, name in ((Cluster, "rds"), (DocumentCluster, "docdb"), (GraphCluster, "neptune")):
        known = told(kind, terraform(f"aws_{name}_cluster", "a", {"engine": "aurora-mysql", "engine_version": "8.0.x"}))
        assert known["retention"] == timedelta(days=1)
        assert (known["encrypted"], known["deletion_protected"], known["copy_tags"]) == (False, False, False)
        assert (known["multi_az"], known["members"]) == (False, ())


def test_what_holds_where_a_template_says_nothing() -> None:
    block = template("RDS::DBInstance", "A", {"Engine": "MySQL", "EngineVersion": "8.0", "AllocatedStorage": "5"})
    known = told(Instance, block)
    assert known["retention"] == timedelta(days=1)
    assert (known["encrypted"], known["deletion_protected"], known["copy_tags"]) == (False, False, False)
    assert known["public"] is True  # no subnet group, and no Aurora
    grouped = template("RDS::DBInstance", "A", {"Engine": "MySQL", "DBSubnetGroupName": "private"})
    assert told(Instance, grouped)["public"] is False
    # What the pages do not document is not guessed.
    assert {"deletion_protected", "copy_tags", "port"} <= set(
        left_open(DocumentCluster, template("DocDB::DBCluster", "A"))
    )
    lost = left_open(GraphCluster, template("Neptune::DBCluster", "A"))
    assert {"encrypted", "key", "deletion_protected"} <= set(lost)
    assert "port" in left_open(Cluster, template("RDS::DBCluster", "A", {"Engine": "aurora-postgresql"}))


def test_what_aws_chooses_is_open() -> None:
    lost = left_open(Instance, terraform("aws_db_instance", "a", {"engine": "postgres"}))
    assert lost["window"].startswith("aws_db_instance.a does not set backup_window: AWS picks thirty minutes")
    assert {"version", "zone", "security_groups", "subnets", "storage"} <= set(lost)
    assert "only a running account tells" in lost["status"]
    empty = terraform("aws_db_instance", "a", {"engine": "postgres", "vpc_security_group_ids": []})
    assert "security_groups" in left_open(Instance, empty)


def test_encryption_without_a_key_is_that_of_the_service() -> None:
    for block in (
        terraform("aws_db_instance", "a", {"storage_encrypted": True}),
        template("RDS::DBInstance", "A", {"StorageEncrypted": True}),
    ):
        assert told(Instance, block)["key"] == "alias/aws/rds"
        assert outcome("BK401", block) == "failed"
        # Nobody can delete the key of a service, so none is gone because no code declares it.
        assert "gone" not in verdicts([block], only=["BK312"])["BK312", block.address][1]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("aws_db_instance", {"snapshot_identifier": "s"}),
        ("aws_db_instance", {"restore_to_point_in_time": [{"source_db_instance_identifier": "x"}]}),
        ("aws_db_instance", {"replicate_source_db": "elsewhere"}),
        ("aws_db_instance", {"snapshot_identifier": OPEN}),
        ("RDS::DBInstance", {"DBSnapshotIdentifier": "s"}),
        ("RDS::DBInstance", {"SourceDBInstanceIdentifier": "elsewhere"}),
        ("RDS::DBInstance", {"StorageEncrypted": OPEN}),
    ],
)
def test_what_is_made_of_something_else_has_its_encryption(kind: str, values: dict[str, Any]) -> None:
    make = template if "::" in kind else terraform
    assert {"encrypted", "key"} <= set(left_open(Instance, make(kind, "a", values)))


def test_a_restored_instance_keeps_what_its_origin_had() -> None:
    assert "retention" in left_open(Instance, terraform("aws_db_instance", "a", {"snapshot_identifier": "s"}))
    assert "retention" in left_open(Instance, template("RDS::DBInstance", "A", {"DBSnapshotIdentifier": "s"}))
    restored = {"engine": "sqlserver-se", "snapshot_identifier": "s"}
    assert "multi_az" in left_open(Instance, terraform("aws_db_instance", "a", restored))
    assert told(Instance, terraform("aws_db_instance", "a", {**restored, "engine": "mysql"}))["multi_az"] is False
    # With a moment it is a restored one, and no replica of what it names.
    moment = {"SourceDBInstanceIdentifier": "orders", "UseLatestRestorableTime": True}
    assert told(Instance, template("RDS::DBInstance", "A", moment))["replica_of"] is None


def test_a_replica_follows_its_source() -> None:
    source = terraform("aws_db_instance", "a", {"identifier": "orders", "storage_encrypted": True, "kms_key_id": KEY})
    replica = terraform("aws_db_instance", "b", {"identifier": "copy", "replicate_source_db": "orders"})
    assert told(Instance, source, replica)["replicas"] == (f"arn:aws:rds:{PLACE}:db:copy",)
    known = told(Instance, replica, source)
    assert known["replica_of"] == f"arn:aws:rds:{PLACE}:db:orders"
    assert (known["encrypted"], known["key"], known["retention"]) == (True, KEY, timedelta())
    far = {"identifier": "far", "replicate_source_db": f"arn:aws:rds:{PLACE}:db:orders", "kms_key_id": "k"}
    known = told(Instance, terraform("aws_db_instance", "c", far, region="us-east-1"), source)
    assert (known["encrypted"], known["key"]) == (True, "k")
    loop = terraform("aws_db_instance", "a", {"identifier": "a", "replicate_source_db": "a"})
    assert "encrypted" in left_open(Instance, loop)


def test_an_instance_of_the_same_name_in_another_region_is_no_source() -> None:
    source = terraform("aws_db_instance", "a", {"identifier": "orders"})
    other = terraform(
        "aws_db_instance", "b", {"identifier": "copy", "replicate_source_db": "orders"}, region="us-east-1"
    )
    assert told(Instance, source, other)["replicas"] == ()
    open_place = terraform("aws_db_instance", "b", {"replicate_source_db": "orders"}, region="?region of aws.far")
    assert "the code does not settle the place" in left_open(Instance, source, open_place)["replicas"]


def test_that_there_are_no_replicas_only_the_whole_code_can_say() -> None:
    alone = terraform("aws_db_instance", "a", {"identifier": "orders", "multi_az": False})
    assert "--whole-estate" in left_open(Instance, alone, whole=False)["replicas"]
    assert outcome("BK804", alone, whole=False) == "unknown"
    assert outcome("BK804", alone) == "failed"
    replica = terraform("aws_db_instance", "b", {"replicate_source_db": "orders"})
    assert outcome("BK804", alone, replica, whole=False) == "passed"
    lost = terraform("aws_db_instance", "b", {"replicate_source_db": OPEN})
    assert outcome("BK804", alone, lost) == "unknown"


def test_replicated_backups_outlive_their_instance() -> None:
    source = terraform("aws_db_instance", "a", {"identifier": "orders"})
    arn = f"arn:aws:rds:{PLACE}:db:orders"
    replication = terraform(
        "aws_db_instance_automated_backups_replication", "r", {"source_db_instance_arn": arn}, region="us-east-1"
    )
    (copy,) = told(Instance, source, replication)["replicated"]
    assert copy.startswith("arn:aws:rds:us-east-1:111111111111:auto-backup:")
    assert outcome("BK212", source, replication) == "passed"
    assert outcome("BK212", source) == "unknown"  # the plans of other accounts' AWS Backup are out of sight
    (copy,) = told(Instance, template("RDS::DBInstance", "A", {"AutomaticBackupReplicationRegion": "us-east-1"}))[
        "replicated"
    ]
    assert copy == "arn:aws:rds:us-east-1:111111111111:auto-backup:A"


def test_a_member_is_its_clusters() -> None:
    _, _, blocks = CLUSTERS["aurora"]
    member = blocks[-1]
    known = told(Instance, member, *blocks[:-1])
    assert known["cluster"] == f"arn:aws:rds:{PLACE}:cluster:orders"
    assert (known["encrypted"], known["key"], known["port"]) == (True, KEY, 5433)
    assert (known["retention"], known["subnets"]) == (timedelta(days=35), ("subnet-a", "subnet-b"))
    assert "not in the code that was given" in left_open(Instance, member)["encrypted"]
    assert outcome("BK104", member, *blocks[:-1]) == "exempt"
    assert outcome("BK401", member, *blocks[:-1]) == "unknown"  # its key is in no code


def test_zones_of_a_cluster_are_those_of_its_members() -> None:
    cluster = terraform("aws_rds_cluster", "c", {"cluster_identifier": "c", "engine": "aurora-mysql"})

    def member(name: str, zone: Any = None) -> Block:
        return terraform("aws_rds_cluster_instance", name, {"cluster_identifier": "c", "availability_zone": zone})

    assert told(Cluster, cluster, member("a", "x"), member("b", "y"))["multi_az"] is True
    assert told(Cluster, cluster, member("a", "x"), member("b", "x"))["multi_az"] is False
    assert told(Cluster, cluster, member("a"))["multi_az"] is False
    assert "AWS chooses one" in left_open(Cluster, cluster, member("a"), member("b"))["multi_az"]
    assert "multi_az" in left_open(Cluster, cluster, whole=False)
    several = terraform("aws_rds_cluster", "c", {"engine": "mysql", "db_cluster_instance_class": "db.x"})
    assert told(Cluster, several)["multi_az"] is True
    assert "RDS itself creates" in left_open(Cluster, several)["members"]
    assert told(Cluster, several)["public"] is True  # no subnet group of its own


def test_a_global_cluster_is_read_from_its_primary() -> None:
    values = {"cluster_identifier": "first", "engine": "aurora-mysql", "global_cluster_identifier": "world"}
    primary = terraform("aws_rds_cluster", "a", {**values, "master_username": "x"})
    second = terraform("aws_rds_cluster", "b", {**values, "cluster_identifier": "second"}, region="us-east-1")
    readers = ("arn:aws:rds:us-east-1:111111111111:cluster:second",)
    known = told(Cluster, primary, second)
    assert (known["global_readers"], known["replica_of"]) == (readers, None)
    known = told(Cluster, second, primary)
    assert (known["global_readers"], known["replica_of"]) == ((), f"arn:aws:rds:{PLACE}:cluster:first")
    made = terraform("aws_rds_cluster", "a", {"cluster_identifier": "first", "snapshot_identifier": "s"})
    arn = f"arn:aws:rds:{PLACE}:cluster:first"
    maker = {"global_cluster_identifier": "world", "source_db_cluster_identifier": arn}
    assert told(Cluster, made, second, terraform("aws_rds_global_cluster", "w", maker))["global_readers"] == readers
    unsure = terraform("aws_rds_cluster", "a", {**values, "master_username": OPEN})
    assert {"global_readers", "replica_of"} <= set(left_open(Cluster, unsure, second))
    graph = {"global_cluster_identifier": "world"}
    assert "which cluster" in left_open(
        GraphCluster, terraform("aws_neptune_cluster", "a", graph), terraform("aws_neptune_cluster", "b", graph)
    )["global_readers"]  # fmt: skip


def _settings(kind: type[Resource], block: Block) -> tuple[Setting, ...]:
    found: tuple[Setting, ...] = told(kind, block)["settings"]
    return found


def test_the_settings_of_a_group_are_what_it_sets_and_defaults() -> None:
    live = [
        {"ParameterName": "rds.force_ssl", "ParameterValue": "1"}, {"ParameterName": "ssl_min_protocol_version"},
    ]  # fmt: skip
    wanted = answered(InstanceParameters, {}, settings=live)["settings"]
    assert _settings(InstanceParameters, _GROUPS_TF[1]) == wanted
    assert _settings(InstanceParameters, _GROUPS_CFN[1]) == wanted
    document = {"Name": "x", "Family": "docdb5.0", "Parameters": {"tls": "disabled", "audit_logs": "enabled"}}
    assert _settings(ClusterParameters, template("DocDB::DBClusterParameterGroup", "A", document)) == (
        Setting("tls", "disabled"),
    )
    assert told(ParameterGroup, _GROUPS_TF[1]) == {"family": "postgres15"}
    group = terraform("aws_neptune_cluster_parameter_group", "n", {"name": "n", "family": "neptune1.3"})
    assert told(ClusterParameterGroup, group) == {"family": "neptune1.3"}
    assert _settings(ClusterParameters, group) == (Setting("neptune_enforce_ssl"),)


def test_a_parameter_that_is_open_may_be_any() -> None:
    open_value = terraform(
        "aws_db_parameter_group", "a", {**_PARAMETERS, "parameter": [{"name": "rds.force_ssl", "value": OPEN}]}
    )
    (forced, least) = _settings(InstanceParameters, open_value)
    assert forced.value is OPEN
    assert least == Setting("ssl_min_protocol_version")
    told_and_open = [{"name": "rds.force_ssl", "value": "1"}, OPEN]
    found = _settings(
        InstanceParameters, terraform("aws_db_parameter_group", "a", {**_PARAMETERS, "parameter": told_and_open})
    )
    assert {one.name: one.value for one in found}["rds.force_ssl"] == "1"
    assert {one.name: one.value for one in found}["ssl_min_protocol_version"] is OPEN
    unknown = terraform("aws_db_parameter_group", "a", {"name": "a", "family": "postgres99"})
    assert all(one.value is not None for one in _settings(InstanceParameters, unknown))


@pytest.mark.parametrize(
    ("values", "parameters", "wanted"),
    [
        ({"engine": "postgres", "engine_version": "14"}, None, "failed"),
        ({"engine": "postgres", "engine_version": "16.3"}, None, "failed"),  # 1.2 by default, and 1.3 is demanded
        ({"engine": "mysql", "engine_version": "8.0"}, None, "failed"),
        ({"engine": "mysql"}, None, "unknown"),
        (
            {"engine": "postgres", "engine_version": "16.3"},
            {"rds.force_ssl": "1", "ssl_min_protocol_version": "TLSv1.3"},
            "passed",
        ),
        ({"engine": "postgres"}, {"rds.force_ssl": "0"}, "failed"),  # whatever the version
        ({"engine": "postgres"}, {"rds.force_ssl": "1"}, "unknown"),
        ({"engine": "postgres", "engine_version": "16.3"}, {"rds.force_ssl": OPEN}, "unknown"),
        ({"engine": OPEN}, {"rds.force_ssl": "0"}, "unknown"),
    ],
)
def test_connections_are_judged_by_the_group(
    values: dict[str, Any], parameters: dict[str, Any] | None, wanted: str
) -> None:
    others: tuple[Block, ...] = ()
    if parameters is not None:
        told_by = [{"name": name, "value": value} for name, value in parameters.items()]
        others = (
            terraform("aws_db_parameter_group", "g", {"name": "g", "family": "postgres16", "parameter": told_by}),
        )
        values = {**values, "parameter_group_name": "g"}
    assert outcome("BK504", terraform("aws_db_instance", "a", values), *others) == wanted


def test_a_new_neptune_takes_encrypted_connections_only() -> None:
    assert outcome("BK504", terraform("aws_neptune_cluster", "a", {"engine_version": "1.3.0.0"})) == "passed"
    assert outcome("BK504", terraform("aws_neptune_cluster", "a", {})) == "unknown"
    document = {"engine_version": "5.0.0", "db_cluster_parameter_group_name": "g"}
    group = {"name": "g", "family": "docdb5.0", "parameter": [{"name": "tls", "value": "disabled"}]}
    group_block = terraform("aws_docdb_cluster_parameter_group", "g", group)
    assert outcome("BK504", terraform("aws_docdb_cluster", "a", document), group_block) == "failed"


def test_an_option_group_decides_for_oracle() -> None:
    oracle = {"engine": "oracle-ee", "engine_version": "19", "option_group_name": "o"}
    setting = [{"name": "SQLNET.ENCRYPTION_SERVER", "value": "REQUIRED"}]
    options = [{"option_name": "NATIVE_NETWORK_ENCRYPTION", "option_settings": setting}]
    group = terraform("aws_db_option_group", "o", {"name": "o", "option": options})
    assert told(Instance, terraform("aws_db_instance", "a", oracle), group)["native_encryption"] == "REQUIRED"
    assert outcome("BK504", terraform("aws_db_instance", "a", oracle), group) == "passed"
    assert outcome("BK504", terraform("aws_db_instance", "a", {**oracle, "option_group_name": None})) == "failed"
    assert outcome("BK504", terraform("aws_db_instance", "a", oracle)) == "unknown"
    named = template("RDS::DBInstance", "A", {"Engine": "oracle-ee", "OptionGroupName": "o"})
    config = [{"OptionName": "NATIVE_NETWORK_ENCRYPTION", "OptionSettings": [{"Name": "x", "Value": "y"}]}]
    group = template("RDS::OptionGroup", "O", {"OptionGroupName": "o", "OptionConfigurations": config})
    assert told(Instance, named, group)["native_encryption"] == "REQUESTED"


def test_subnet_groups() -> None:
    for block in (_GROUPS_TF[0], _GROUPS_CFN[0]):
        assert told(SubnetGroup, block) == {"status": "Complete", "subnets": ("subnet-a", "subnet-b")}
        assert identity(block, SubnetGroup) == f"arn:aws:rds:{PLACE}:subgrp:private"
    part = terraform("aws_db_subnet_group", "g", {"name": "private", "subnet_ids": ["subnet-a", OPEN]})
    assert told(Instance, INSTANCES["terraform"][0], part)["subnets"] == ("subnet-a", OPEN)
    assert "is not in the code" in left_open(Instance, INSTANCES["terraform"][0])["subnets"]


@pytest.mark.parametrize(
    ("rule", "block", "wanted"),
    [
        ("BK104", terraform("aws_db_instance", "a", {"backup_retention_period": 7}), "passed"),
        ("BK104", terraform("aws_db_instance", "a", {"backup_retention_period": 0}), "failed"),
        ("BK104", terraform("aws_db_instance", "a", {}), "failed"),
        ("BK104", template("RDS::DBInstance", "A", {}), "passed"),
        ("BK104", terraform("aws_db_instance", "a", {"backup_retention_period": OPEN}), "unknown"),
        ("BK105", terraform("aws_rds_cluster", "a", {}), "passed"),
        ("BK201", terraform("aws_db_instance", "a", {"backup_retention_period": 30}), "passed"),
        (
            "BK205",
            terraform("aws_db_instance", "a", {"backup_retention_period": 1, "backup_window": "02:10-02:40"}),
            "passed",
        ),
        ("BK205", template("RDS::DBInstance", "A", {"PreferredBackupWindow": "05:00-05:30"}), "failed"),
        ("BK205", template("RDS::DBInstance", "A", {}), "unknown"),
        (
            "BK306",
            terraform("aws_db_instance", "a", {"copy_tags_to_snapshot": True, "tags": {"System": "x"}}),
            "passed",
        ),
        ("BK306", terraform("aws_db_instance", "a", {"copy_tags_to_snapshot": True}), "failed"),
        ("BK401", terraform("aws_db_instance", "a", {}), "failed"),
        ("BK510", terraform("aws_db_instance", "a", {"publicly_accessible": True}), "failed"),
        ("BK510", terraform("aws_db_instance", "a", {}), "passed"),
        ("BK804", terraform("aws_db_instance", "a", {"multi_az": True}), "passed"),
        ("BK807", template("RDS::DBCluster", "A", {"DeletionProtection": True}), "passed"),
        ("BK807", template("RDS::DBCluster", "A", {}), "failed"),
        ("BK807", template("DocDB::DBCluster", "A", {}), "unknown"),
    ],
)
def test_code_is_judged(rule: str, block: Block, wanted: str) -> None:
    assert outcome(rule, block) == wanted


def test_a_public_member_fails_its_cluster_whatever_else_is_open() -> None:
    cluster = terraform("aws_rds_cluster", "c", {"cluster_identifier": "c"})
    values = {"cluster_identifier": "c", "publicly_accessible": True}
    public = terraform("aws_rds_cluster_instance", "a", values)
    lost = terraform("aws_rds_cluster_instance", "b", {"cluster_identifier": OPEN})
    assert outcome("BK510", cluster, public, lost, whole=False) == "failed"
    quiet = terraform("aws_rds_cluster_instance", "a", {"cluster_identifier": "c"})
    assert outcome("BK510", cluster, quiet, whole=False) == "passed"
    assert outcome("BK510", cluster, quiet, lost) == "unknown"
    unnamed = terraform("aws_rds_cluster", "c", {"cluster_identifier": OPEN})
    assert outcome("BK510", unnamed, public) == "unknown"  # it may be the one that the member names


def test_a_copy_in_another_region_keeps_a_database() -> None:
    source = terraform("aws_db_instance", "a", {"identifier": "orders"})
    far = {"identifier": "copy", "replicate_source_db": f"arn:aws:rds:{PLACE}:db:orders"}
    assert outcome("BK801", source, terraform("aws_db_instance", "b", far, region="us-east-1")) == "passed"
    assert outcome("BK802", source, terraform("aws_db_instance", "b", far, region="us-east-1")) == "failed"
    assert outcome("BK801", source, terraform("aws_db_instance", "b", far, region="?region")) == "unknown"
    assert outcome("BK801", source, terraform("aws_db_instance", "b", far, region=REGION)) != "passed"
