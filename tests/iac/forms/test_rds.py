"""Databases of RDS: the same truth as Terraform writes it, as a template does, and as AWS answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.iac.block import Block
from scanner.resources.rds.clusters import Cluster, DocumentCluster, GraphCluster
from scanner.resources.rds.instances import Instance
from tests.iac.forms.databases import (
    OPEN,
    PLACE,
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
from tests.iac.forms.told_databases import (
    CLUSTERS,
    INSTANCE_LIVE,
    INSTANCES,
    RULES,
    cluster_live,
)


@pytest.mark.parametrize("told_by", INSTANCES)
def test_an_instance_is_the_same_in_code_and_in_aws(told_by: str) -> None:
    blocks = INSTANCES[told_by]
    live = answered(Instance, INSTANCE_LIVE, native_encryption=[])
    names = said(blocks[0], Instance)
    assert told(Instance, *blocks) == {name: live[name] for name in names}
    assert identity(blocks[0], Instance) == INSTANCE_LIVE["DBInstanceArn"]
    hold_facts(Instance, blocks, "identifier" if told_by == "terraform" else "DBInstanceIdentifier")


@pytest.mark.parametrize("told_by", CLUSTERS)
def test_a_cluster_is_the_same_in_code_and_in_aws(told_by: str) -> None:
    kind, engine, blocks = CLUSTERS[told_by]
    live = answered(kind, cluster_live(engine), subnets=["subnet-a", "subnet-b"])
    names = said(blocks[0], kind) - {"global_readers"}
    known = told(kind, *blocks)
    assert known.pop("global_readers") == ()
    assert known == {name: live[name] for name in names}
    assert identity(blocks[0], kind) == f"arn:aws:rds:{PLACE}:cluster:orders"
    # The template's logical id is the very name that is left open; who the user is matters in a global cluster only.
    hold_facts(kind, blocks, *{"DBClusterIdentifier", "MasterUsername", "master_username"} & set(blocks[0].values))


@pytest.mark.parametrize("told_by", [*INSTANCES, *CLUSTERS])
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_lost_from_sight_turns_no_verdict(told_by: str, whole: bool) -> None:
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
