"""Snapshots that code takes of databases, and copies of snapshots."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.iac.naming import export
from scanner.resources.rds.snapshots import ClusterSnapshot, Snapshot
from tests.iac.forms.databases import (
    KEY,
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
)

_SOURCE = {"identifier": "orders", "engine": "mysql", "storage_encrypted": True, "kms_key_id": KEY}
_ORDERS = terraform("aws_db_instance", "orders", _SOURCE)
_TAKEN = {"db_snapshot_identifier": "first", "db_instance_identifier": "orders", "tags": {"System": "orders"}}
_FIRST = terraform("aws_db_snapshot", "first", {**_TAKEN, "shared_accounts": ["333333333333", "222222222222"]})
_FAR = f"arn:aws:rds:{PLACE}:snapshot:first"


def _copy(region: str = "us-east-1", **values: Any) -> Block:
    told_by = {"target_db_snapshot_identifier": "second", "source_db_snapshot_identifier": _FAR, **values}
    return terraform("aws_db_snapshot_copy", "second", told_by, region=region)


def test_a_snapshot_is_the_same_in_code_and_in_aws() -> None:
    live = answered(
        Snapshot,
        {
            "DBSnapshotArn": f"arn:aws:rds:{PLACE}:snapshot:first", "DBSnapshotIdentifier": "first", "Engine": "mysql",
            "DBInstanceIdentifier": "orders", "SnapshotType": "manual", "Encrypted": True, "KmsKeyId": KEY,
            "TagList": [{"Key": "System", "Value": "orders"}], "Status": "available", "SnapshotCreateTime": 0,
        },
        shared_with=[{"AttributeName": "restore", "AttributeValues": ["333333333333", "222222222222"]}],
    )  # fmt: skip
    assert told(Snapshot, _FIRST, _ORDERS) == {name: live[name] for name in said(_FIRST, Snapshot)}
    assert identity(_FIRST, Snapshot) == _FAR
    assert export(_FIRST, "db_snapshot_arn") == _FAR
    hold_facts(Snapshot, [_FIRST, _ORDERS], "db_snapshot_identifier")
    assert hold_the_law([_FIRST, _ORDERS], whole=True, only=["BK204", "BK312", "BK402", "BK513", "BK802"]) > 2
    values = {"DBSnapshotIdentifier": "first", "DBInstanceIdentifier": "Orders"}
    instance = template("RDS::DBInstance", "A", {"DBInstanceIdentifier": "Orders", "Engine": "mysql"})
    known = told(Snapshot, template("RDS::DBSnapshot", "S", values), instance)
    assert known["source"] == f"arn:aws:rds:{PLACE}:db:orders"
    assert (known["encrypted"], known["key"], known["shared_with"]) == (False, None, ())


def test_a_copy_is_of_what_its_original_is_of() -> None:
    known = told(Snapshot, _copy(), _FIRST, _ORDERS)
    assert known["source"] == f"arn:aws:rds:{PLACE}:db:orders"
    assert (known["copied_from"], known["encrypted"], known["key"]) == (_FAR, True, KEY)
    assert told(Snapshot, _copy("eu-west-1"), _FIRST, _ORDERS)["copied_from"] is None  # RDS tells it of far ones only
    assert told(Snapshot, _copy(kms_key_id="k"), _FIRST, _ORDERS)["key"] == "k"
    assert told(Snapshot, _copy(kms_key_id="k"))["encrypted"] is True
    assert "copied_from" in left_open(Snapshot, _copy("?region"), _FIRST, _ORDERS)
    assert {"source", "encrypted", "engine"} <= set(left_open(Snapshot, _copy()))
    assert "tags" in left_open(Snapshot, _copy(copy_tags=True), _FIRST, _ORDERS)
    itself = {"target_db_snapshot_identifier": "a", "source_db_snapshot_identifier": "a"}
    assert "copy of a copy without end" in left_open(Snapshot, terraform("aws_db_snapshot_copy", "a", itself))["source"]


@pytest.mark.parametrize("kind", ["db", "docdb", "neptune"])
def test_a_snapshot_of_a_cluster(kind: str) -> None:
    values = {"db_cluster_snapshot_identifier": "first", "db_cluster_identifier": "orders"}
    block = terraform(f"aws_{kind}_cluster_snapshot", "first", values)
    name = "rds" if kind == "db" else kind
    cluster = {"cluster_identifier": "orders", "engine": kind, "storage_encrypted": True}
    known = told(ClusterSnapshot, block, terraform(f"aws_{name}_cluster", "orders", cluster))
    assert known["source"] == f"arn:aws:rds:{PLACE}:cluster:orders"
    assert (known["encrypted"], known["key"], known["type"]) == (True, "alias/aws/rds", "manual")
    assert identity(block, ClusterSnapshot) == f"arn:aws:rds:{PLACE}:cluster-snapshot:first"


def test_a_copy_of_a_cluster_snapshot_names_its_original() -> None:
    values = {"target_db_cluster_snapshot_identifier": "b", "source_db_cluster_snapshot_identifier": "a"}
    known = told(ClusterSnapshot, terraform("aws_rds_cluster_snapshot_copy", "b", values))
    assert known["copied_from"] == f"arn:aws:rds:{PLACE}:cluster-snapshot:a"


@pytest.mark.parametrize(
    ("shared", "wanted"),
    [
        (["all"], "failed"),
        (["999999999999"], "failed"),
        (["222222222222"], "passed"),
        ([], "passed"),
        (OPEN, "unknown"),
    ],
)
def test_sharing_is_judged(shared: Any, wanted: str) -> None:
    assert outcome("BK513", terraform("aws_db_snapshot", "a", {**_TAKEN, "shared_accounts": shared})) == wanted


def test_encryption_is_judged_by_the_source() -> None:
    assert outcome("BK402", _FIRST, _ORDERS) == "passed"
    plain = terraform("aws_db_instance", "orders", {"identifier": "orders"})
    assert outcome("BK402", _FIRST, plain) == "failed"
    assert outcome("BK402", _FIRST) == "unknown"
