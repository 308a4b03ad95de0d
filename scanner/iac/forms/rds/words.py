"""Words: what each type of block calls the settings that all databases have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanner.iac.block import ABSENT, Block, Found
from scanner.model.unresolved import Unresolved


class Words(NamedTuple):
    """The attributes of one type of block; "" where it has none such."""

    name: str
    noun: str = "db"
    engine: str = "engine"
    version: str = "engine_version"
    #: the engine of a type that knows only one
    sole: str = ""
    encrypted: str = "storage_encrypted"
    key: str = "kms_key_id"
    port: str = "port"
    subnet_group: str = "db_subnet_group_name"
    security_groups: str = "vpc_security_group_ids"
    parameters: str = "parameter_group_name"
    options: str = ""
    cluster: str = ""
    #: what it replicates, the first that is set
    source: tuple[str, ...] = ()
    #: what makes it a restored one, whose settings are those of what it was restored from
    restored: tuple[str, ...] = ()
    globally: str = ""
    user: tuple[str, ...] = ()
    zone: str = "availability_zone"
    #: names are kept in lower case whatever the code writes
    lower: bool = False


_MEMBER = Words(
    "identifier", encrypted="", key="", port="", security_groups="", parameters="db_parameter_group_name",
    cluster="cluster_identifier",
)  # fmt: skip
_CLUSTER = Words(
    "cluster_identifier", noun="cluster", parameters="db_cluster_parameter_group_name", zone="",
    restored=("snapshot_identifier", "restore_to_point_in_time"), globally="global_cluster_identifier",
    user=("master_username",),
)  # fmt: skip
_TEMPLATE = Words(
    "DBInstanceIdentifier", engine="Engine", version="EngineVersion", encrypted="StorageEncrypted", key="KmsKeyId",
    port="Port", subnet_group="DBSubnetGroupName", security_groups="VPCSecurityGroups",
    parameters="DBParameterGroupName", options="OptionGroupName", cluster="DBClusterIdentifier",
    source=("SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"),
    restored=(
        "DBSnapshotIdentifier", "DBClusterSnapshotIdentifier", "SourceDBInstanceAutomatedBackupsArn",
        "SourceDbiResourceId", "RestoreTime", "UseLatestRestorableTime",
    ),
    zone="AvailabilityZone", lower=True,
)  # fmt: skip
_TEMPLATE_CLUSTER = _TEMPLATE._replace(
    name="DBClusterIdentifier", noun="cluster", security_groups="VpcSecurityGroupIds", options="", cluster="", zone="",
    parameters="DBClusterParameterGroupName", source=("ReplicationSourceIdentifier",),
    restored=("SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId", "RestoreToTime",
              "UseLatestRestorableTime"),
    globally="GlobalClusterIdentifier", user=("MasterUsername",),
)  # fmt: skip

WORDS: Mapping[str, Words] = {
    "aws_db_instance": Words(
        "identifier", options="option_group_name", source=("replicate_source_db",),
        restored=("snapshot_identifier", "restore_to_point_in_time"),
    ),
    "aws_rds_cluster_instance": _MEMBER,
    "aws_docdb_cluster_instance": _MEMBER._replace(sole="docdb", subnet_group="", parameters=""),
    "aws_neptune_cluster_instance": _MEMBER._replace(
        sole="neptune", port="port", subnet_group="neptune_subnet_group_name", parameters="neptune_parameter_group_name"
    ),
    "AWS::RDS::DBInstance": _TEMPLATE,
    "AWS::DocDB::DBInstance": _TEMPLATE._replace(
        sole="docdb", encrypted="", key="", port="", subnet_group="", security_groups="", parameters="", options="",
        source=(), restored=(),
    ),
    "AWS::Neptune::DBInstance": _TEMPLATE._replace(
        sole="neptune", encrypted="", key="", port="", security_groups="", options="", source=(), restored=()
    ),
    "aws_rds_cluster": _CLUSTER._replace(source=("replication_source_identifier",)),
    "aws_docdb_cluster": _CLUSTER._replace(sole="docdb"),
    "aws_neptune_cluster": _CLUSTER._replace(
        sole="neptune", key="kms_key_arn", subnet_group="neptune_subnet_group_name",
        parameters="neptune_cluster_parameter_group_name", source=("replication_source_identifier",), user=(),
    ),
    "AWS::RDS::DBCluster": _TEMPLATE_CLUSTER,
    "AWS::DocDB::DBCluster": _TEMPLATE_CLUSTER._replace(sole="docdb", source=()),
    "AWS::Neptune::DBCluster": _TEMPLATE_CLUSTER._replace(sole="neptune", port="DBPort", source=(), user=()),
}  # fmt: skip


def words(block: Block) -> Words:
    """Give the words of a block's type."""
    return WORDS[block.type]


def settled(block: Block, path: str) -> object:
    """Give what stands at a path, ABSENT where it is not set; raise where the code leaves it open."""
    value = block.find(path).value if path else ABSENT
    if isinstance(value, Unresolved):
        value.stop()
    return value


def first_set(block: Block, paths: tuple[str, ...]) -> Found | None:
    """Give the first of these attributes that is certainly set; None where none is; raise where one may be."""
    doubt: Unresolved | None = None
    for path in paths:
        found = block.find(path)
        value = found.value
        if isinstance(value, Unresolved):
            doubt = value if doubt is None else doubt
        # A block that is not there may be an empty list, and a flag that says no restores nothing.
        elif value is not ABSENT and value not in ([], "", False):
            return found
    if doubt is not None:
        doubt.stop()
    return None


def only(paths: tuple[str, ...], block: Block) -> str:
    """Give the text of the first of these attributes that is set; "" where none is."""
    found = first_set(block, paths)
    return found.value if found is not None and isinstance(found.value, str) else ""


def cased(block: Block, name: str) -> str:
    """Give a name as AWS keeps it."""
    return name.lower() if words(block).lower and not name.startswith("arn:") else name


def arn_of(block: Block) -> str:
    """Give the ARN of a database: of its own name, or of the address where that is made when it is created."""
    mine = words(block)
    name = block.known_name or block.find(mine.name).value
    text = name if isinstance(name, str) and name else block.address
    return f"arn:{block.partition}:rds:{block.region}:{block.account}:{mine.noun}:{cased(block, text)}"
