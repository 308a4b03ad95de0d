"""Redshift: the same truth as Terraform writes it, as a template does, and as AWS answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.resources.redshift import Cluster, Parameters, Snapshot
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

RULES = ("BK103", "BK108", "BK211", "BK309", "BK401", "BK504", "BK510", "BK511", "BK801", "BK802")
_TF = (
    terraform(
        "aws_redshift_cluster", "w",
        {
            "cluster_identifier": "facts", "encrypted": True, "kms_key_id": KEY, "publicly_accessible": False,
            "automated_snapshot_retention_period": 30, "manual_snapshot_retention_period": 90, "port": 5440,
            "cluster_subnet_group_name": "private", "vpc_security_group_ids": ["sg-1"],
            "cluster_parameter_group_name": "tuned", "tags": {"System": "facts"},
        },
    ),
    terraform("aws_redshift_subnet_group", "g", {"name": "private", "subnet_ids": ["subnet-a"]}),
    terraform(
        "aws_redshift_parameter_group", "p",
        {"name": "tuned", "family": "redshift-1.0", "parameter": [{"name": "require_ssl", "value": "true"}]},
    ),
    terraform(
        "aws_redshift_snapshot_copy", "c",
        {"cluster_identifier": "facts", "destination_region": "eu-central-1", "retention_period": 14},
    ),
    terraform("aws_redshift_snapshot_schedule", "s", {"identifier": "often", "definitions": ["rate(4 hours)"]}),
    terraform(
        "aws_redshift_snapshot_schedule_association", "a",
        {"cluster_identifier": "facts", "schedule_identifier": "often"},
    ),
)  # fmt: skip
_CFN = (
    template(
        "Redshift::Cluster", "W",
        {
            "ClusterIdentifier": "Facts", "Encrypted": "true", "KmsKeyId": KEY, "PubliclyAccessible": False,
            "AutomatedSnapshotRetentionPeriod": 30, "ManualSnapshotRetentionPeriod": 90, "Port": 5440,
            "ClusterSubnetGroupName": "Subnets", "VpcSecurityGroupIds": ["sg-1"], "ClusterParameterGroupName": "Tuned",
            "DestinationRegion": "eu-central-1", "SnapshotCopyRetentionPeriod": 14,
            "Tags": [{"Key": "System", "Value": "facts"}],
        },
    ),
    template("Redshift::ClusterSubnetGroup", "Subnets", {"SubnetIds": ["subnet-a"]}),
    template(
        "Redshift::ClusterParameterGroup", "Tuned",
        {
            "ParameterGroupFamily": "redshift-1.0",
            "Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "true"}],
        },
    ),
)  # fmt: skip
_LIVE = {
    "ClusterIdentifier": "facts", "Encrypted": True, "KmsKeyId": KEY, "PubliclyAccessible": False,
    "AutomatedSnapshotRetentionPeriod": 30, "ManualSnapshotRetentionPeriod": 90, "Endpoint": {"Port": 5440},
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}], "Tags": [{"Key": "System", "Value": "facts"}],
    "ClusterParameterGroups": [{"ParameterGroupName": "tuned", "ParameterApplyStatus": "in-sync"}],
    "ClusterSnapshotCopyStatus": {"DestinationRegion": "eu-central-1", "RetentionPeriod": 14},
}  # fmt: skip
TOLD = {"terraform": _TF, "template": _CFN}


@pytest.mark.parametrize("told_by", TOLD)
def test_a_cluster_is_the_same_in_code_and_in_aws(told_by: str) -> None:
    blocks = TOLD[told_by]
    schedule = ["rate(4 hours)"] if told_by == "terraform" else []
    group = "private" if told_by == "terraform" else "Subnets"
    live = answered(Cluster, {**_LIVE, "ClusterSubnetGroupName": group}, subnets=["subnet-a"], schedule=schedule)
    assert told(Cluster, *blocks) == {name: live[name] for name in said(blocks[0], Cluster)}
    assert identity(blocks[0], Cluster) == f"arn:aws:redshift:{PLACE}:cluster:facts"
    hold_facts(Cluster, blocks, *(["ClusterIdentifier"] if told_by == "template" else []))
    assert told(Parameters, blocks[2]) == {"requires_tls": True}


@pytest.mark.parametrize("told_by", TOLD)
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_lost_from_sight_turns_no_verdict(told_by: str, whole: bool) -> None:
    assert hold_the_law(TOLD[told_by], whole=whole, only=RULES) > 4


def test_what_holds_where_nothing_is_said() -> None:
    for block in (terraform("aws_redshift_cluster", "w", {}), template("Redshift::Cluster", "W", {})):
        known = told(Cluster, block)
        assert (known["retention"], known["ports"]) == (timedelta(days=1), (5439,))
        assert (known["copies_to"], known["copies_kept"], known["manual_retention"]) == (None, None, None)
        assert known["schedule"] == ()
        # Versions of the provider, pages and the API do not agree on what holds.
        assert {"encrypted", "key", "public", "parameter_groups", "subnets", "security_groups"} <= set(
            left_open(Cluster, block)
        )
    restored = template("Redshift::Cluster", "W", {"SnapshotIdentifier": "s"})
    assert {"retention", "ports"} <= set(left_open(Cluster, restored))


def test_encryption_without_a_key_is_that_of_the_service() -> None:
    block = terraform("aws_redshift_cluster", "w", {"encrypted": True})
    assert told(Cluster, block)["key"] == "alias/aws/redshift"
    assert outcome("BK401", block) == "failed"
    assert "key" in left_open(
        Cluster, terraform("aws_redshift_cluster", "w", {"encrypted": True, "snapshot_identifier": "s"})
    )


def test_copies_were_an_argument_of_the_cluster() -> None:
    old = {"snapshot_copy": [{"destination_region": "eu-central-1"}]}
    known = told(Cluster, terraform("aws_redshift_cluster", "w", old))
    assert (known["copies_to"], known["copies_kept"]) == ("eu-central-1", timedelta(days=7))
    manual = {"DestinationRegion": "eu-central-1", "SnapshotCopyManual": True, "SnapshotCopyRetentionPeriod": -1}
    assert told(Cluster, template("Redshift::Cluster", "W", manual))["copies_kept"] == timedelta(days=7)


def test_a_copy_that_names_an_open_name_may_be_anyones() -> None:
    unnamed = terraform("aws_redshift_cluster", "w", {"cluster_identifier": OPEN})
    assert "copies_to" in left_open(Cluster, unnamed, _TF[3])
    other = terraform("aws_redshift_cluster", "x", {"cluster_identifier": "facts"})
    assert told(Cluster, unnamed, _TF[3], other)["copies_to"] is None  # it is that of the other


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"family": "redshift-1.0"}, False),
        ({"family": "redshift-1.0", "parameter": [{"name": "require_ssl", "value": "false"}]}, False),
        ({"family": "redshift-2.0"}, None),
        ({"family": OPEN}, None),
        ({"family": "redshift-1.0", "parameter": OPEN}, None),
        ({"family": "redshift-1.0", "parameter": [OPEN]}, None),
        ({"family": "redshift-1.0", "parameter": [{"name": OPEN, "value": "x"}]}, None),
        ({"family": OPEN, "parameter": [OPEN, {"name": "require_ssl", "value": "true"}]}, True),
    ],
)
def test_parameters(values: dict[str, Any], wanted: bool | None) -> None:
    block = terraform("aws_redshift_parameter_group", "p", {"name": "p", **values})
    assert told(Parameters, block).get("requires_tls") is wanted


@pytest.mark.parametrize(
    ("rule", "values", "wanted"),
    [
        ("BK108", {"automated_snapshot_retention_period": 0}, "failed"),
        ("BK108", {}, "passed"),
        ("BK211", {"automated_snapshot_retention_period": 35}, "passed"),
        ("BK211", {}, "failed"),
        ("BK401", {"encrypted": False}, "failed"),
        ("BK504", {"cluster_parameter_group_name": "default.redshift-1.0"}, "failed"),
        ("BK504", {"cluster_parameter_group_name": "elsewhere"}, "unknown"),
        ("BK510", {"publicly_accessible": True}, "failed"),
        ("BK510", {"publicly_accessible": False}, "passed"),
        ("BK510", {}, "unknown"),
    ],
)
def test_code_is_judged(rule: str, values: dict[str, Any], wanted: str) -> None:
    assert outcome(rule, terraform("aws_redshift_cluster", "w", values)) == wanted


def test_copies_elsewhere_are_judged() -> None:
    assert outcome("BK504", *_TF) == "passed"
    assert outcome("BK801", *_TF) == "passed"
    assert outcome("BK802", *_TF) == "failed"


def test_a_snapshot_is_of_its_cluster() -> None:
    values = {"cluster_identifier": "facts", "snapshot_identifier": "first", "manual_snapshot_retention_period": 10}
    block = terraform("aws_redshift_cluster_snapshot", "s", values)
    known = told(Snapshot, block, *_TF)
    live = {
        "SnapshotArn": f"arn:aws:redshift:{PLACE}:snapshot:facts/first", "ClusterIdentifier": "facts", "Encrypted": True,
        "SnapshotType": "manual", "KmsKeyId": KEY, "ManualSnapshotRetentionPeriod": 10,
    }  # fmt: skip
    assert known == {name: answered(Snapshot, live)[name] for name in said(block, Snapshot)}
    assert identity(block, Snapshot) == live["SnapshotArn"]
    hold_facts(Snapshot, [block, *_TF], "snapshot_identifier")
    assert {"encrypted", "key"} <= set(left_open(Snapshot, block))
    everlasting = terraform("aws_redshift_cluster_snapshot", "s", {**values, "manual_snapshot_retention_period": -1})
    assert told(Snapshot, everlasting)["kept"] is None


def _names() -> list[Block]:
    return [one for blocks in TOLD.values() for one in blocks]


def test_every_block_is_known() -> None:
    from scanner.iac.forms import known

    assert all(known(one.type) for one in _names())
