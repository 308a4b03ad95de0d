"""Amazon ElastiCache in code: replication groups, clusters of their own, serverless caches and subnet groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, Form, Origin, always, at, joined, made
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import days, flag, text, whole
from scanner.model.unresolved import Unresolved
from scanner.resources.elasticache.caches import CacheCluster, ReplicationGroup, ServerlessCache, SubnetGroup

Facts = dict[str, Origin | tuple[Origin, ...]]

_SUBNET_GROUPS = {"aws_elasticache_subnet_group": "subnet_ids", "AWS::ElastiCache::SubnetGroup": "SubnetIds"}
_CREATED = {"created_at": "a cache is created when the code is applied"}
_NAMES: Mapping[str, str] = {
    "aws_elasticache_replication_group": "replication_group_id",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "aws_elasticache_cluster": "cluster_id",
    "AWS::ElastiCache::CacheCluster": "ClusterName",
    "aws_elasticache_serverless_cache": "name",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "aws_elasticache_subnet_group": "name",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
}
#: "Default: 0 (i.e., automatic backups are disabled ...)" (SnapshotRetentionLimit, API reference).
_NO_SNAPSHOTS = "SnapshotRetentionLimit, API reference: default 0"
_WINDOW = "ElastiCache chooses a time"
_GUARDS = "AWS takes the default group of the VPC"


def _whole_days(value: timedelta) -> int:
    return value // timedelta(days=1)


def _is_template(block: Block) -> bool:
    return "::" in block.type


def _said(block: Block, terraform: str, template: str) -> Any:
    """Give what a setting is, by its name in either source; raise where the code leaves it open."""
    value = block.find(template if _is_template(block) else terraform).value
    if isinstance(value, Unresolved):
        value.stop()
    return value


def _arn(noun: str) -> Callable[[Block], str]:
    """Make the ARN of a thing of ElastiCache, which keeps names in lower case."""
    return lambda block: f"arn:{block.partition}:elasticache:{block.region}:{block.account}:{noun}:{_own_name(block)}"


def _own_name(block: Block) -> str:
    name = block.known_name or block.find(_NAMES[block.type]).value
    return (name if isinstance(name, str) and name else block.address).lower()


def _lower(raw: Any) -> str:
    return text(raw).lower()


def _guards(raw: Any) -> Any:
    """Read the security groups; an empty list names none, and AWS then takes the default one."""
    if not raw:
        return Unresolved(f"no security group is named: {_GUARDS}")
    return each(text)(raw)


def _subnets(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the subnets of the subnet group that is named."""
    value = _said(block, "subnet_group_name", "CacheSubnetGroupName")
    if value is ABSENT:
        Unresolved(f"{block.address} names no subnet group: AWS takes the default one").stop()
    group = around.named(_SUBNET_GROUPS, text(value), block)
    if group is None:
        Unresolved(f"the subnet group {value} of {block.address} is not in the code that was given").stop()
    return each(text)(_said(group, _SUBNET_GROUPS[group.type], _SUBNET_GROUPS[group.type]))


def _engine(block: Block) -> str:
    """Read the engine of a replication group: Redis where Terraform does not say (r/elasticache_replication_group)."""
    value = _said(block, "engine", "Engine")
    if value is not ABSENT:
        return _lower(value)
    _not_of_global(block, "its engine")
    if _is_template(block):
        Unresolved(f"{block.address} does not set Engine, and the default is not documented").stop()
    return "redis"


def _not_of_global(block: Block, what: str) -> None:
    """Raise where a replication group joins a global datastore, which then decides."""
    if _said(block, "global_replication_group_id", "GlobalReplicationGroupId") is not ABSENT:
        Unresolved(f"{block.address} does not set {what}: its global datastore decides").stop()


def _encrypted(block: Block) -> bool:
    """Read whether data at rest are encrypted: by default those of Valkey are, those of Redis not (API reference).

    What is tiered to disks is encrypted whatever the flag says, and so may be what is durable.
    """
    value = _said(block, "at_rest_encryption_enabled", "AtRestEncryptionEnabled")
    if value is not ABSENT and flag(value):
        return True
    if value is ABSENT:
        _not_of_global(block, "whether it is encrypted")
        if _engine(block) == "valkey":
            return True
    tiered = _said(block, "data_tiering_enabled", "DataTieringEnabled")
    if (tiered is not ABSENT and flag(tiered)) or _said(block, "durability", "Durability") is not ABSENT:
        Unresolved(f"{block.address}: data on disks may be encrypted though at-rest encryption is off").stop()
    return False


def _traffic(block: Block) -> bool:
    """Read whether traffic is encrypted: not by default (TransitEncryptionEnabled, API reference)."""
    value = _said(block, "transit_encryption_enabled", "TransitEncryptionEnabled")
    if value is not ABSENT:
        return flag(value)
    _not_of_global(block, "whether its traffic is encrypted")
    if _engine(block) == "valkey":
        Unresolved(
            f"{block.address} does not set whether its traffic is encrypted: Valkey's default is not documented"
        ).stop()
    return False


def _members(block: Block) -> tuple[str, ...]:
    """Give the names of the members, where there are no shards: `group-001` and so on (r/elasticache_replication_group)."""
    name = block.known_name or _said(block, "replication_group_id", "ReplicationGroupId")
    mode = _said(block, "cluster_mode", "ClusterMode")
    parameters = _said(block, "parameter_group_name", "CacheParameterGroupName")
    shards = [
        _said(block, "num_node_groups", "NumNodeGroups"),
        _said(block, "node_group_configuration", "NodeGroupConfiguration"),
        _said(block, "replicas_per_node_group", "ReplicasPerNodeGroup"),
        _said(block, "global_replication_group_id", "GlobalReplicationGroupId"),
    ]
    plain = all(one is ABSENT or one == [] for one in shards) and mode in (ABSENT, "disabled")
    if not (plain and isinstance(name, str) and (parameters is ABSENT or "cluster.on" not in text(parameters))):
        Unresolved(f"ElastiCache itself names the members of {block.address}").stop()
    count = _said(block, "num_cache_clusters", "NumCacheClusters")
    if count is ABSENT:
        count = _said(block, "number_cache_clusters", "NumCacheClusters")
    return tuple(f"{name.lower()}-{number:03}" for number in range(1, (1 if count is ABSENT else whole(count)) + 1))


def _alone(block: Block) -> bool:
    """Say whether a cluster is in no replication group: one that is in one is a member, and no cache of its own."""
    group = block.find("replication_group_id").value
    return group is ABSENT or isinstance(group, Unresolved)


def _cluster_arn(block: Block) -> Any:
    """Give the ARN of a cluster; it may be no cache of its own where the code leaves open whether it is a member."""
    group = block.find("replication_group_id").value
    return group if isinstance(group, Unresolved) else _arn("cluster")(block)


def _port(block: Block) -> tuple[int, ...]:
    """Give the port of a cluster that names none (r/elasticache_cluster: port)."""
    if _is_template(block):
        Unresolved(f"{block.address} does not set Port, and the default is not documented").stop()
    return (11211 if _lower(_said(block, "engine", "Engine")) == "memcached" else 6379,)


def _one_port(raw: Any) -> tuple[int, ...]:
    return (whole(raw),)


def _group(*, template: bool) -> Facts:
    """Give the facts of a replication group."""

    def name(terraform: str, other: str) -> str:
        return other if template else terraform

    undocumented = "the default is not documented"
    failover, zones = (
        name("automatic_failover_enabled", "AutomaticFailoverEnabled"),
        name("multi_az_enabled", "MultiAZEnabled"),
    )
    multi: Origin = (
        at(zones, flag, write=bool, computed=undocumented)
        if template
        else at(zones, flag, absent=False, write=bool, docs="r/elasticache_replication_group: defaults to false")
    )
    ports = name("port", "Port")
    return {
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "engine": made(_engine, name("engine", "Engine")),
        "encrypted": made(_encrypted, name("at_rest_encryption_enabled", "AtRestEncryptionEnabled")),
        "key": at(
            name("kms_key_id", "KmsKeyId"), text, absent=None,
            docs="r/elasticache_replication_group: if not supplied, uses service managed encryption",
        ),
        "subnet_group": at(name("subnet_group_name", "CacheSubnetGroupName"), _lower, computed="AWS takes the default one"),
        "security_groups": at(name("security_group_ids", "SecurityGroupIds"), _guards, computed=_GUARDS),
        "ports": (
            at(ports, _one_port, computed=undocumented)
            if template
            else at(ports, _one_port, absent=(6379,), docs="r/elasticache_replication_group: for Redis the default port is 6379")
        ),
        "members": made(_members, name("num_cache_clusters", "NumCacheClusters"), name("replication_group_id", "ReplicationGroupId")),
        "traffic_encrypted": made(_traffic, name("transit_encryption_enabled", "TransitEncryptionEnabled")),
        "traffic_mode": at(
            name("transit_encryption_mode", "TransitEncryptionMode"), text, absent=None,
            docs="TransitEncryptionMode, API reference: `preferred` must be asked for",
        ),
        "failover": at(failover, flag, absent=False, write=bool, docs="AutomaticFailoverEnabled, API reference: default false"),
        "multi_az": multi,
        "global_group": at(
            name("global_replication_group_id", "GlobalReplicationGroupId"), text,
            computed="a global datastore may have it as its primary",
        ),
        "window": at(name("snapshot_window", "SnapshotWindow"), text, computed=_WINDOW),
        "retention": at(
            name("snapshot_retention_limit", "SnapshotRetentionLimit"), days, absent=timedelta(), write=_whole_days,
            docs=_NO_SNAPSHOTS,
        ),
    }  # fmt: skip


def _cluster(*, template: bool) -> Facts:
    """Give the facts of a cluster of its own."""

    def name(terraform: str, other: str) -> str:
        return other if template else terraform

    return {
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "engine": at(name("engine", "Engine"), _lower),
        "encrypted": always(False, "AtRestEncryptionEnabled, API reference: only a replication group can be"),
        "subnets": joined(_subnets, name("subnet_group_name", "CacheSubnetGroupName")),
        "security_groups": at(name("security_group_ids", "VpcSecurityGroupIds"), _guards, computed=_GUARDS),
        "ports": (at(name("port", "Port"), _one_port), made(_port, name("port", "Port"))),
        "traffic_encrypted": at(
            name("transit_encryption_enabled", "TransitEncryptionEnabled"), flag, absent=False, write=bool,
            docs="CacheCluster, API reference: default false",
        ),
        "traffic_mode": always(None, "a cluster of its own has no such setting"),
        "window": at(name("snapshot_window", "SnapshotWindow"), text, computed=_WINDOW),
        "retention": at(
            name("snapshot_retention_limit", "SnapshotRetentionLimit"), days, absent=timedelta(), write=_whole_days,
            docs=_NO_SNAPSHOTS,
        ),
    }  # fmt: skip


def _unless_member(facts: Facts) -> Facts:
    """Leave every fact of a cluster open where it is open whether it is a member: then its group decides."""
    member = at("replication_group_id", text)
    return {name: (member, *(one if isinstance(one, tuple) else (one,))) for name, one in facts.items()}


def _serverless(*, template: bool) -> Facts:
    """Give the facts of a serverless cache."""

    def name(terraform: str, other: str) -> str:
        return other if template else terraform

    return {
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "engine": at(name("engine", "Engine"), _lower),
        "encrypted": always(True, "ServerlessCache, API reference: always encrypted, only the key differs"),
        "snapshots": always(True, "user guide, Snapshot and restore: serverless caches of every engine"),
        "key": at(
            name("kms_key_id", "KmsKeyId"), text, absent=None,
            docs="r/elasticache_serverless_cache: if no KMS key is provided, a default service key is used",
        ),
        "subnets": at(name("subnet_ids", "SubnetIds"), each(text), computed="AWS takes those of the default VPC"),
        "security_groups": at(name("security_group_ids", "SecurityGroupIds"), _guards, computed=_GUARDS),
        "window": at(name("daily_snapshot_time", "DailySnapshotTime"), text, computed=_WINDOW),
        "retention": at(
            name("snapshot_retention_limit", "SnapshotRetentionLimit"), days, absent=timedelta(), write=_whole_days,
            docs="DailySnapshotTime, API reference: by default no snapshots are created",
        ),
    }  # fmt: skip


def _form(kind: str, noun: str, facts: Facts, beyond: Mapping[str, str], **more: Any) -> Form:
    template = "::" in kind
    gives: dict[str, str] = {"Ref": NAME, "ARN": ARN} if template else {"arn": ARN, "id": NAME, _NAMES[kind]: NAME}
    of = {"replicationgroup": ReplicationGroup, "cluster": CacheCluster, "serverlesscache": ServerlessCache}
    found: Any = of.get(noun, SubnetGroup)
    more.setdefault("arn", _arn(noun))
    return Form(found, kind, name=_NAMES[kind], gives=gives, facts=facts, beyond=beyond, **more)


_PORTS = {**_CREATED, "ports": "the ports of its endpoints show when it is created"}

FORMS = (
    _form("aws_elasticache_replication_group", "replicationgroup", _group(template=False), _CREATED),
    _form("AWS::ElastiCache::ReplicationGroup", "replicationgroup", _group(template=True), _CREATED),
    _form(
        "aws_elasticache_cluster",
        "cluster",
        _unless_member(_cluster(template=False)),
        _CREATED,
        arn=_cluster_arn,
        when=_alone,
    ),
    _form("AWS::ElastiCache::CacheCluster", "cluster", _cluster(template=True), _CREATED),
    _form("aws_elasticache_serverless_cache", "serverlesscache", _serverless(template=False), _PORTS),
    _form("AWS::ElastiCache::ServerlessCache", "serverlesscache", _serverless(template=True), _PORTS),
    *(
        _form(kind, "subnetgroup", {"short": made(_own_name, _NAMES[kind]), "subnets": at(path, each(text))}, {})
        for kind, path in _SUBNET_GROUPS.items()
    ),
)
