"""Relations: members of clusters, replicas and their sources, global clusters, and replicated backups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.forms.rds.words import arn_of, cased, first_set, settled, words
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text
from scanner.model.unresolved import Unresolved
from scanner.resources.rds.arns import beside

_REPLICAS: Mapping[str, Mapping[str, str]] = {
    "aws_db_instance": {"aws_db_instance": "replicate_source_db", "aws_rds_cluster": "replication_source_identifier"},
    "AWS::RDS::DBInstance": {
        "AWS::RDS::DBInstance": "SourceDBInstanceIdentifier", "AWS::RDS::DBCluster": "ReplicationSourceIdentifier",
    },
    "aws_rds_cluster": {"aws_rds_cluster": "replication_source_identifier", "aws_db_instance": "replicate_source_db"},
    "aws_neptune_cluster": {"aws_neptune_cluster": "replication_source_identifier"},
    "AWS::RDS::DBCluster": {
        "AWS::RDS::DBCluster": "ReplicationSourceIdentifier", "AWS::RDS::DBInstance": "SourceDBClusterIdentifier",
    },
}  # fmt: skip
_MEMBERS: Mapping[str, Mapping[str, str]] = {
    "aws_rds_cluster": {"aws_rds_cluster_instance": "cluster_identifier"},
    "aws_docdb_cluster": {"aws_docdb_cluster_instance": "cluster_identifier"},
    "aws_neptune_cluster": {"aws_neptune_cluster_instance": "cluster_identifier"},
    "AWS::RDS::DBCluster": {"AWS::RDS::DBInstance": "DBClusterIdentifier"},
    "AWS::DocDB::DBCluster": {"AWS::DocDB::DBInstance": "DBClusterIdentifier"},
    "AWS::Neptune::DBCluster": {"AWS::Neptune::DBInstance": "DBClusterIdentifier"},
}
#: The blocks that make a global cluster of a cluster, and the attribute by which they name it.
_GLOBAL: Mapping[str, Mapping[str, str]] = {
    "aws_rds_cluster": {"aws_rds_global_cluster": "source_db_cluster_identifier"},
    "aws_docdb_cluster": {"aws_docdb_global_cluster": "source_db_cluster_identifier"},
    "aws_neptune_cluster": {"aws_neptune_global_cluster": "source_db_cluster_identifier"},
    "AWS::RDS::DBCluster": {"AWS::RDS::GlobalCluster": "SourceDBClusterIdentifier"},
    "AWS::DocDB::DBCluster": {"AWS::DocDB::GlobalCluster": "SourceDBClusterIdentifier"},
    "AWS::Neptune::DBCluster": {"AWS::Neptune::GlobalCluster": "SourceDBClusterIdentifier"},
}
_MULTI_AZ = ("db_cluster_instance_class", "DBClusterInstanceClass")


def cluster_of(block: Block) -> str | None:
    """Give the ARN of the cluster that an instance is a member of; none where it stands alone."""
    value = settled(block, words(block).cluster)
    return None if value is ABSENT else beside(arn_of(block), "cluster", cased(block, text(value)))


def source_of(block: Block) -> str | None:
    """Give the ARN of what an instance replicates; none for no replica, and none for one restored from another."""
    mine = words(block)
    source = first_set(block, mine.source)
    if source is None:
        return None
    if first_set(block, mine.restored) is not None:
        return None
    noun = "cluster" if source.attribute == "SourceDBClusterIdentifier" else "db"
    return beside(arn_of(block), noun, cased(block, text(source.value)))


def replicas_of(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the ARNs of the replicas that the code declares; that there are none only the whole code can say."""
    if block.type not in _REPLICAS:
        return ()  # its service has none but the members of global clusters
    found, doubt = around.naming(_REPLICAS[block.type], block)
    # What names a source and a time is no replica of it: it is restored from its backups.
    replicas = [one for one in found if first_set(one, words(one).restored) is None]
    return _closed(sorted(arn_of(one) for one in replicas), doubt, around)


def replicated(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the ARNs of automated backups that are replicated to other regions, by the name of what declares them."""
    found, doubt = around.naming({"aws_db_instance_automated_backups_replication": "source_db_instance_arn"}, block)
    arns = (f"arn:{one.partition}:rds:{one.region}:{one.account}:auto-backup:{one.address}" for one in found)
    return _closed(sorted(arns), doubt, around)


def replicated_by_itself(block: Block) -> tuple[str, ...]:
    """Give the ARN of automated backups that an instance replicates by its own setting."""
    region = settled(block, "AutomaticBackupReplicationRegion")
    if region is ABSENT:
        return ()
    return (f"arn:{block.partition}:rds:{text(region)}:{block.account}:auto-backup:{block.address}",)


def members_of(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the ARNs of a cluster's members; where the code declares some, they are taken for all."""
    found, doubt = _members(block, around)
    arns: list[Any] = sorted(arn_of(one) for one in found)
    if not arns:
        return _closed(arns, doubt, around)
    return (*arns, doubt) if doubt is not None else tuple(arns)


def several_zones(block: Block, around: Surroundings) -> bool:
    """Say whether a cluster has members in several availability zones."""
    if _is_multi_az(block):
        return True
    found, doubt = _members(block, around)
    zones = {text(zone) for one in found if isinstance(zone := one.find(words(one).zone).value, str)}
    if len(zones) > 1:
        return True
    if doubt is not None:
        doubt.stop()
    if len(found) < 2:  # one alone is in one zone
        if not found and around.open is not None:
            around.open.stop()
        return False
    for one in found:
        settled(one, words(one).zone)
        if one.find(words(one).zone).value is ABSENT:
            Unresolved(f"{one.address} does not say its availability zone: AWS chooses one").stop()
    return False


def _members(block: Block, around: Surroundings) -> tuple[list[Block], Unresolved | None]:
    if _is_multi_az(block):
        Unresolved(f"RDS itself creates and names the members of {block.address}").stop()
    return around.naming(_MEMBERS[block.type], block)


def _is_multi_az(block: Block) -> bool:
    """Say whether it is a Multi-AZ cluster of RDS: only such one names a class of instances itself."""
    return any(settled(block, path) is not ABSENT for path in _MULTI_AZ)


def readers_of(block: Block, around: Surroundings) -> tuple[Any, ...]:
    """Give the ARNs of the clusters that read from the primary of a global cluster; none of any other cluster."""
    mine = words(block)
    group, others, doubt = _global(block, around)
    if group is None:
        # A cluster that says nothing of it may have been made a global one by the block of that.
        return _closed([], doubt, around)
    primary = _is_primary(block, around)
    if primary is False:
        return ()
    if primary is None:
        if others or doubt is not None:
            Unresolved(f"the code does not tell which cluster of {group} is the primary").stop()
        return _closed([], doubt, around)
    arns: list[Any] = sorted(arn_of(one) for one in others)
    if mine.globally and not arns:
        return _closed(arns, doubt, around)
    return (*arns, doubt) if doubt is not None else tuple(arns)


def primary_of(block: Block, around: Surroundings) -> str | None:
    """Give the ARN of what a cluster replicates: the source it names, or the primary of its global cluster."""
    named = source_of(block)
    if named is not None:
        return named
    group, others, doubt = _global(block, around)
    if group is None:
        if doubt is not None:
            doubt.stop()
        return None
    primary = _is_primary(block, around)
    if primary:
        return None
    for one in others:
        if _is_primary(one, around):
            return arn_of(one)
    return Unresolved(f"the code does not tell the primary cluster of {group}").stop()


def _global(block: Block, around: Surroundings) -> tuple[str | None, list[Block], Unresolved | None]:
    """Give the global cluster of a cluster, the other clusters of it, and why there may be more."""
    mine = words(block)
    value = settled(block, mine.globally) if mine.globally else ABSENT
    makers, doubt = around.naming(_GLOBAL[block.type], block)
    if value is ABSENT:
        if not makers:
            return None, [], doubt
        value = settled(makers[0], _IDENTIFIER[makers[0].type])
        if value is ABSENT:
            value = makers[0].address
    name = text(value)
    others, more = around.having((block.type,), mine.globally, name, block)
    return name, [one for one in others if one is not block], (more if doubt is None else doubt)


_IDENTIFIER = {
    "aws_rds_global_cluster": "global_cluster_identifier",
    "aws_docdb_global_cluster": "global_cluster_identifier",
    "aws_neptune_global_cluster": "global_cluster_identifier",
    "AWS::RDS::GlobalCluster": "GlobalClusterIdentifier",
    "AWS::DocDB::GlobalCluster": "GlobalClusterIdentifier",
    "AWS::Neptune::GlobalCluster": "GlobalClusterIdentifier",
}


def _is_primary(block: Block, around: Surroundings) -> bool | None:
    """Say whether a cluster is the primary of its global cluster; None where the code does not tell.

    A secondary one must not name the main user, and any other must (r/rds_cluster: master_username).
    """
    makers, doubt = around.naming(_GLOBAL[block.type], block)
    if makers:
        return True
    mine = words(block)
    if not mine.user or doubt is not None:
        return None
    if first_set(block, mine.restored) is not None:
        return None
    return any(settled(block, path) is not ABSENT for path in mine.user)


def public_cluster(block: Block) -> bool:
    """Say whether a Multi-AZ cluster has a public address; other clusters have none but their members'."""
    if not _is_multi_az(block):
        return False
    value = settled(block, "PubliclyAccessible")
    return flag(value) if value is not ABSENT else public_by_default(block)


def public_by_default(block: Block) -> bool:
    """Say whether AWS gives a public address where nothing is said (PubliclyAccessible, CreateDBInstance).

    Outside Aurora it does, except in a subnet group of one's own.
    """
    mine = words(block)
    if (origin := first_set(block, (*mine.source, *mine.restored))) is not None:
        Unresolved(f"{block.address} does not say whether it is public: what {origin.attribute} names decides").stop()
    group = settled(block, mine.subnet_group)
    if group is ABSENT:
        return mine.cluster == "" or settled(block, mine.cluster) is ABSENT
    return text(group) == "default"


def _closed(arns: list[Any], doubt: Unresolved | None, around: Surroundings) -> tuple[Any, ...]:
    """Give what was found; where that is nothing, only if the code is all there is."""
    if arns:
        return (*arns, doubt) if doubt is not None else tuple(arns)
    if doubt is not None:
        doubt.stop()
    if around.open is not None:
        around.open.stop()
    return ()
