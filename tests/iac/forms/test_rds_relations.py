"""Databases that hang on others: replicas, members, global clusters, and what is restored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.resources.rds.clusters import Cluster, GraphCluster
from scanner.resources.rds.instances import Instance
from tests.iac.forms.databases import (
    KEY,
    OPEN,
    PLACE,
    REGION,
    left_open,
    outcome,
    template,
    terraform,
    told,
)
from tests.iac.forms.told_databases import (
    CLUSTERS,
)


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
    assert outcome("BK212", source) == "failed"
    assert outcome("BK212", source, whole=False) == "unknown"
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
    assert outcome("BK401", member, *blocks[:-1], whole=False) == "unknown"  # its key may be in other code


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
