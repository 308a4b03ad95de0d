"""ElastiCache and MemoryDB: the same truth as Terraform writes it, as a template does, and as AWS answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scanner.iac.block import Block
from scanner.model.resource import Resource
from scanner.resources import memorydb
from scanner.resources.elasticache.caches import CacheCluster, ReplicationGroup, ServerlessCache, SubnetGroup
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
    verdicts,
)

RULES = ("BK108", "BK211", "BK401", "BK506", "BK511")
_TAGS = {"System": "sessions"}
_TAG_LIST = [{"Key": "System", "Value": "sessions"}]
_SUBNETS = terraform("aws_elasticache_subnet_group", "g", {"name": "Private", "subnet_ids": ["subnet-a"]})
_SUBNETS_CFN = template("ElastiCache::SubnetGroup", "G", {"CacheSubnetGroupName": "Private", "SubnetIds": ["subnet-a"]})

TOLD: dict[str, tuple[type[Resource], tuple[Block, ...], dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "group": (
        ReplicationGroup,
        (
            terraform(
                "aws_elasticache_replication_group", "s",
                {
                    "replication_group_id": "Sessions", "engine": "valkey", "at_rest_encryption_enabled": "true",
                    "kms_key_id": KEY, "transit_encryption_enabled": True, "transit_encryption_mode": "required",
                    "snapshot_retention_limit": 35, "snapshot_window": "02:00-03:00", "subnet_group_name": "Private",
                    "security_group_ids": ["sg-1"], "num_cache_clusters": 2, "port": 6380, "multi_az_enabled": True,
                    "automatic_failover_enabled": True, "tags": _TAGS,
                },
            ),
            _SUBNETS,
        ),
        {
            "ARN": f"arn:aws:elasticache:{PLACE}:replicationgroup:sessions", "ReplicationGroupId": "sessions",
            "Engine": "valkey", "AtRestEncryptionEnabled": True, "StorageEncryptionType": "sse-kms", "KmsKeyId": KEY,
            "TransitEncryptionEnabled": True, "TransitEncryptionMode": "required", "SnapshotRetentionLimit": 35,
            "SnapshotWindow": "02:00-03:00", "MultiAZ": "enabled", "AutomaticFailover": "enabled",
            "MemberClusters": ["sessions-001", "sessions-002"],
            "NodeGroups": [{"PrimaryEndpoint": {"Address": "x", "Port": 6380}}],
        },
        {"subnet_group": "private", "security_groups": ["sg-1"]},
        (),
    ),
    "group template": (
        ReplicationGroup,
        (
            template(
                "ElastiCache::ReplicationGroup", "S",
                {
                    "ReplicationGroupId": "Sessions", "Engine": "Valkey", "AtRestEncryptionEnabled": True,
                    "KmsKeyId": KEY, "TransitEncryptionEnabled": True, "TransitEncryptionMode": "required",
                    "SnapshotRetentionLimit": 35, "SnapshotWindow": "02:00-03:00", "CacheSubnetGroupName": "Private",
                    "SecurityGroupIds": ["sg-1"], "NumCacheClusters": 2, "Port": 6380, "MultiAZEnabled": True,
                    "AutomaticFailoverEnabled": True, "Tags": _TAG_LIST,
                },
            ),
            _SUBNETS_CFN,
        ),
        {},
        {},
        (),
    ),
    "cluster": (
        CacheCluster,
        (
            terraform(
                "aws_elasticache_cluster", "m",
                {
                    "cluster_id": "Pages", "engine": "memcached", "transit_encryption_enabled": True, "port": 11212,
                    "subnet_group_name": "Private", "security_group_ids": ["sg-1"], "snapshot_retention_limit": 0,
                    "snapshot_window": "02:00-03:00", "tags": _TAGS,
                },
            ),
            _SUBNETS,
        ),
        {
            "ARN": f"arn:aws:elasticache:{PLACE}:cluster:pages", "CacheClusterId": "pages", "Engine": "memcached",
            "TransitEncryptionEnabled": True, "AtRestEncryptionEnabled": False, "SnapshotRetentionLimit": 0,
            "SnapshotWindow": "02:00-03:00", "SecurityGroups": [{"SecurityGroupId": "sg-1"}],
            "ConfigurationEndpoint": {"Port": 11212},
        },
        {"subnets": ["subnet-a"]},
        ("cluster_id",),
    ),
    "cluster template": (
        CacheCluster,
        (
            template(
                "ElastiCache::CacheCluster", "M",
                {
                    "ClusterName": "Pages", "Engine": "memcached", "TransitEncryptionEnabled": "true", "Port": 11212,
                    "CacheSubnetGroupName": "Private", "VpcSecurityGroupIds": ["sg-1"], "SnapshotRetentionLimit": 0,
                    "SnapshotWindow": "02:00-03:00", "Tags": _TAG_LIST,
                },
            ),
            _SUBNETS_CFN,
        ),
        {},
        {},
        ("ClusterName",),
    ),
    "serverless": (
        ServerlessCache,
        (
            terraform(
                "aws_elasticache_serverless_cache", "s",
                {
                    "name": "baskets", "engine": "redis", "kms_key_id": KEY, "snapshot_retention_limit": 31,
                    "daily_snapshot_time": "02:00", "subnet_ids": ["subnet-a"], "security_group_ids": ["sg-1"],
                    "tags": _TAGS,
                },
            ),
        ),
        {
            "ARN": f"arn:aws:elasticache:{PLACE}:serverlesscache:baskets", "ServerlessCacheName": "baskets",
            "Engine": "redis", "KmsKeyId": KEY, "SnapshotRetentionLimit": 31, "DailySnapshotTime": "02:00",
            "SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-1"],
        },
        {},
        ("name",),
    ),
    "serverless template": (
        ServerlessCache,
        (
            template(
                "ElastiCache::ServerlessCache", "S",
                {
                    "ServerlessCacheName": "baskets", "Engine": "redis", "KmsKeyId": KEY, "SnapshotRetentionLimit": 31,
                    "DailySnapshotTime": "02:00", "SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-1"],
                    "Tags": _TAG_LIST,
                },
            ),
        ),
        {},
        {},
        ("ServerlessCacheName",),
    ),
    "memory": (
        memorydb.Cluster,
        (
            terraform(
                "aws_memorydb_cluster", "m",
                {
                    "name": "ledger", "kms_key_arn": KEY, "tls_enabled": True, "port": 6380, "subnet_group_name": "private",
                    "security_group_ids": ["sg-1"], "snapshot_retention_limit": 31, "snapshot_window": "02:00-03:00",
                    "tags": _TAGS,
                },
            ),
            terraform("aws_memorydb_subnet_group", "g", {"name": "private", "subnet_ids": ["subnet-a"]}),
        ),
        {
            "ARN": f"arn:aws:memorydb:{PLACE}:cluster/ledger", "Name": "ledger", "KmsKeyId": KEY, "TLSEnabled": True,
            "ClusterEndpoint": {"Port": 6380}, "SecurityGroups": [{"SecurityGroupId": "sg-1"}],
            "SubnetGroupName": "private", "SnapshotRetentionLimit": 31, "SnapshotWindow": "02:00-03:00",
        },
        {"subnets": ["subnet-a"]},
        ("name",),
    ),
    "memory template": (
        memorydb.Cluster,
        (
            template(
                "MemoryDB::Cluster", "M",
                {
                    "ClusterName": "ledger", "KmsKeyId": KEY, "TLSEnabled": True, "Port": 6380, "SubnetGroupName": "private",
                    "SecurityGroupIds": ["sg-1"], "SnapshotRetentionLimit": 31, "SnapshotWindow": "02:00-03:00",
                    "Tags": _TAG_LIST,
                },
            ),
            template("MemoryDB::SubnetGroup", "G", {"SubnetGroupName": "private", "SubnetIds": ["subnet-a"]}),
        ),
        {},
        {},
        ("ClusterName",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("told_by", TOLD)
def test_a_cache_is_the_same_in_code_and_in_aws(told_by: str) -> None:
    kind, blocks, _, _, idle = TOLD[told_by]
    _, _, item, asked, _ = TOLD[told_by.partition(" ")[0]]
    live = answered(kind, item, tags=_TAG_LIST, **asked)
    if kind is ReplicationGroup:
        live.pop("global_group")  # a global datastore may name it, in other code
    known = told(kind, *blocks)
    assert known == {name: live[name] for name in said(blocks[0], kind) if name in live}
    assert identity(blocks[0], kind) == item["ARN"]
    hold_facts(kind, blocks, *idle)


@pytest.mark.parametrize("told_by", TOLD)
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_lost_from_sight_turns_no_verdict(told_by: str, whole: bool) -> None:
    assert hold_the_law(TOLD[told_by][1], whole=whole, only=RULES) >= 1


def test_subnet_groups() -> None:
    for block in (_SUBNETS, _SUBNETS_CFN):
        assert told(SubnetGroup, block) == {"short": "private", "subnets": ("subnet-a",)}
        assert identity(block, SubnetGroup) == f"arn:aws:elasticache:{PLACE}:subnetgroup:private"


def _group(**values: Any) -> Block:
    return terraform("aws_elasticache_replication_group", "g", {"replication_group_id": "g", **values})


def test_what_holds_where_nothing_is_said() -> None:
    known = told(ReplicationGroup, _group())
    assert (known["engine"], known["encrypted"], known["traffic_encrypted"], known["key"]) == (
        "redis",
        False,
        False,
        None,
    )
    assert (known["retention"], known["ports"], known["members"]) == (timedelta(), (6379,), ("g-001",))
    known = told(ReplicationGroup, _group(engine="valkey"))
    assert known["encrypted"] is True
    assert "traffic_encrypted" not in known
    joined = left_open(ReplicationGroup, _group(global_replication_group_id="world"))
    assert {"engine", "encrypted", "traffic_encrypted", "members"} <= set(joined)
    written = template("ElastiCache::ReplicationGroup", "G", {})
    assert {"engine", "ports", "multi_az"} <= set(left_open(ReplicationGroup, written))
    known = told(memorydb.Cluster, terraform("aws_memorydb_cluster", "m", {}))
    assert (known["tls"], known["retention"], known["ports"]) == (True, timedelta(), (6379,))
    assert {"tls", "retention", "ports"} <= set(left_open(memorydb.Cluster, template("MemoryDB::Cluster", "M", {})))
    assert told(ServerlessCache, template("ElastiCache::ServerlessCache", "S", {}))["retention"] == timedelta()
    assert told(CacheCluster, terraform("aws_elasticache_cluster", "c", {"engine": "redis"}))["ports"] == (6379,)


def test_what_is_on_disks_may_be_encrypted_all_the_same() -> None:
    assert "encrypted" in left_open(
        ReplicationGroup, _group(at_rest_encryption_enabled="false", data_tiering_enabled=True)
    )


@pytest.mark.parametrize(
    "values",
    [{"num_node_groups": 2}, {"parameter_group_name": "default.redis7.cluster.on"}, {"cluster_mode": "enabled"}],
)
def test_the_members_of_shards_are_named_by_aws(values: dict[str, Any]) -> None:
    assert "members" in left_open(ReplicationGroup, _group(**values))


def test_a_member_of_a_group_is_no_cache_of_its_own() -> None:
    member = terraform("aws_elasticache_cluster", "m", {"cluster_id": "g-002", "replication_group_id": "g"})
    judged = verdicts([_group(), member], only=["BK108"])
    assert ("BK108", "aws_elasticache_cluster.m") not in judged
    lost = terraform("aws_elasticache_cluster", "m", {"engine": "redis", "replication_group_id": OPEN})
    assert outcome("BK108", lost, _group()) == "unknown"


@pytest.mark.parametrize(
    ("rule", "block", "wanted"),
    [
        ("BK108", _group(snapshot_retention_limit=7), "passed"),
        ("BK108", _group(), "failed"),
        ("BK108", _group(snapshot_retention_limit=OPEN), "unknown"),
        ("BK108", terraform("aws_elasticache_cluster", "c", {"engine": "memcached"}), "exempt"),
        ("BK211", _group(snapshot_retention_limit=30), "passed"),
        ("BK211", _group(snapshot_retention_limit=7), "failed"),
        ("BK401", _group(), "failed"),
        ("BK401", _group(at_rest_encryption_enabled="true", kms_key_id=KEY), "passed"),
        ("BK506", _group(transit_encryption_enabled=True), "passed"),
        ("BK506", _group(transit_encryption_enabled=True, transit_encryption_mode="preferred"), "failed"),
        ("BK506", _group(), "failed"),
        ("BK506", _group(engine=OPEN), "unknown"),
        ("BK506", terraform("aws_memorydb_cluster", "m", {"tls_enabled": False}), "failed"),
        ("BK506", terraform("aws_memorydb_cluster", "m", {}), "passed"),
        ("BK506", terraform("aws_elasticache_serverless_cache", "s", {"engine": "redis"}), "passed"),
        ("BK108", terraform("aws_elasticache_serverless_cache", "s", {"engine": "redis"}), "failed"),
        ("BK108", template("MemoryDB::Cluster", "M", {"SnapshotRetentionLimit": 3}), "passed"),
        ("BK108", template("MemoryDB::Cluster", "M", {}), "unknown"),
    ],
)
def test_code_is_judged(rule: str, block: Block, wanted: str) -> None:
    assert outcome(rule, block) == wanted


def test_a_snapshot_of_memory() -> None:
    block = terraform("aws_memorydb_snapshot", "s", {"name": "first", "cluster_name": "ledger", "kms_key_arn": KEY})
    live = {
        "ARN": f"arn:aws:memorydb:{PLACE}:snapshot/first", "Name": "first", "ClusterConfiguration": {"Name": "ledger"},
        "Source": "manual", "KmsKeyId": KEY,
    }  # fmt: skip
    wanted = answered(memorydb.Snapshot, live, tags=[])
    assert told(memorydb.Snapshot, block) == {name: wanted[name] for name in said(block, memorydb.Snapshot)}
    assert identity(block, memorydb.Snapshot) == live["ARN"]
    assert outcome("BK402", block) == "passed"
