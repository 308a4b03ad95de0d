"""Amazon MemoryDB in code: clusters, and the snapshots that Terraform takes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each
from scanner.iac.form import ARN, NAME, NOTHING, Form, Origin, always, at, joined, made
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import days, flag, text, whole
from scanner.model.resource import Resource
from scanner.model.unresolved import Unresolved
from scanner.resources.memorydb import Cluster, Snapshot

_SUBNET_GROUPS = {"aws_memorydb_subnet_group": "subnet_ids", "AWS::MemoryDB::SubnetGroup": "SubnetIds"}
_UNDOCUMENTED = "the default is not documented"
_GUARDS = "AWS takes the default group of the VPC"


def _settled(block: Block, path: str) -> Any:
    value = block.find(path).value
    if isinstance(value, Unresolved):
        value.stop()
    return value


def _arn(noun: str, path: str) -> Callable[[Block], str]:
    def by(block: Block) -> str:
        name = block.known_name or block.find(path).value
        own = name if isinstance(name, str) and name else block.address
        return f"arn:{block.partition}:memorydb:{block.region}:{block.account}:{noun}/{own}"

    return by


def _subnets(path: str) -> Callable[[Block, Surroundings], tuple[Any, ...]]:
    """Make the subnets of the subnet group that is named."""

    def by(block: Block, around: Surroundings) -> tuple[Any, ...]:
        value = _settled(block, path)
        if value is ABSENT:
            Unresolved(f"{block.address} names no subnet group: AWS takes the subnets of the default VPC").stop()
        group = around.named(_SUBNET_GROUPS, text(value), block)
        if group is None:
            Unresolved(f"the subnet group {value} of {block.address} is not in the code that was given").stop()
        return each(text)(_settled(group, _SUBNET_GROUPS[group.type]))

    return by


def _guards(raw: Any) -> Any:
    if not raw:
        return Unresolved(f"no security group is named: {_GUARDS}")
    return each(text)(raw)


def _one_port(raw: Any) -> tuple[int, ...]:
    return (whole(raw),)


def _facts(*, template: bool) -> dict[str, Origin | tuple[Origin, ...]]:
    """Give the facts of a cluster; only Terraform's page tells what holds where nothing is said."""

    def name(terraform: str, other: str) -> str:
        return other if template else terraform

    def told(value: Any) -> Any:
        return NOTHING if template else value

    group = name("subnet_group_name", "SubnetGroupName")
    return {
        "tags": CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS,
        "encrypted": always(True, "developer guide, At-rest encryption in MemoryDB: always, only the key differs"),
        "key": at(
            name("kms_key_arn", "KmsKeyId"), text, absent=None,
            docs="developer guide, At-rest encryption in MemoryDB: the service's key unless one is named",
        ),
        "tls": at(
            name("tls_enabled", "TLSEnabled"), flag, absent=told(True), write=bool, computed=_UNDOCUMENTED,
            docs="r/memorydb_cluster: defaults to true",
        ),
        "subnet_group": at(group, text, computed="AWS takes the default one"),
        "subnets": joined(_subnets(group), group),
        "ports": at(
            name("port", "Port"), _one_port, absent=told((6379,)), computed=_UNDOCUMENTED,
            docs="r/memorydb_cluster: defaults to 6379",
        ),
        "security_groups": at(name("security_group_ids", "SecurityGroupIds"), _guards, computed=_GUARDS),
        "retention": at(
            name("snapshot_retention_limit", "SnapshotRetentionLimit"), days, absent=told(timedelta()),
            write=lambda value: value // timedelta(days=1), computed=_UNDOCUMENTED,
            docs="r/memorydb_cluster: defaults to 0",
        ),
        "window": at(name("snapshot_window", "SnapshotWindow"), text, computed="MemoryDB chooses a time"),
    }  # fmt: skip


def _source(block: Block) -> str:
    """Give the ARN of the cluster that a snapshot is taken of."""
    place = f"arn:{block.partition}:memorydb:{block.region}:{block.account}"
    return f"{place}:cluster/{text(_settled(block, 'cluster_name'))}"


_CREATED = {"created_at": "a cluster is created when the code is applied"}

FORMS = (
    Form(
        Cluster, "aws_memorydb_cluster", arn=_arn("cluster", "name"), name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME}, facts=_facts(template=False), beyond=_CREATED,
    ),
    Form(
        Cluster, "AWS::MemoryDB::Cluster", arn=_arn("cluster", "ClusterName"), name="ClusterName",
        gives={"Ref": NAME, "ARN": ARN}, facts=_facts(template=True), beyond=_CREATED,
    ),
    Form(
        Snapshot, "aws_memorydb_snapshot", arn=_arn("snapshot", "name"), name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
        facts={
            "tags": TERRAFORM_TAGS,
            "source": made(_source, "cluster_name"),
            "automated": always(False, "code asks for it"),
            "encrypted": always(True, "MemoryDB encrypts all"),
            "key": at("kms_key_arn", text, computed="which key it then has is not documented"),
        },
        beyond={
            "status": "whether it is complete shows at run time",
            "usable": "whether it is complete shows at run time",
            "made_at": "it is taken when the code is applied",
        },
    ),
    # What a cluster names and is no kind of its own: here are their names alone.
    Form(
        Resource, "aws_memorydb_subnet_group", arn=_arn("subnetgroup", "name"), name="name",
        gives={"arn": ARN, "id": NAME, "name": NAME},
    ),
    Form(
        Resource, "AWS::MemoryDB::SubnetGroup", arn=_arn("subnetgroup", "SubnetGroupName"), name="SubnetGroupName",
        gives={"Ref": NAME, "ARN": ARN},
    ),
)  # fmt: skip
