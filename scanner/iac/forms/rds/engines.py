"""Engines: what RDS takes where the code says no more than the engine and its version."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.iac.block import ABSENT, Block
from scanner.iac.forms.rds.words import first_set, settled, words
from scanner.iac.surroundings import Surroundings
from scanner.model.unresolved import Unresolved
from scanner.resources.rds.parameters import Setting

#: The port of each engine (Port of CreateDBInstance and CreateDBCluster, API reference).
_PORTS: Mapping[str, int] = {
    "db2": 50000, "mariadb": 3306, "mysql": 3306, "aurora-mysql": 3306, "sqlserver": 1433, "oracle": 1521,
    "postgres": 5432, "aurora-postgresql": 5432, "docdb": 27017, "neptune": 8182,
}  # fmt: skip

#: How a family's name follows from an engine and the first numbers of its version.
_FAMILIES = (
    (re.compile(r"postgres|aurora-postgresql"), re.compile(r"(9\.\d+|\d{2,})(?:\.|$)"), "{engine}{number}"),
    (re.compile(r"mysql|mariadb|docdb"), re.compile(r"(\d+\.\d+)(?:\.|$)"), "{engine}{number}"),
    (re.compile(r"aurora-mysql"), re.compile(r"(5\.7|8\.\d+)(?:\.|$)"), "{engine}{number}"),
    (re.compile(r"sqlserver-\w+"), re.compile(r"(\d+)\."), "{engine}-{number}.0"),
    (re.compile(r"db2-\w+"), re.compile(r"(\d+\.\d+)(?:\.|$)"), "{engine}-{number}"),
    (re.compile(r"oracle-(?:ee|se2)(?:-cdb)?"), re.compile(r"(19|21)(?:\.|$)"), "{engine}-{number}"),
)

#: The parameters of each family that decide how clients connect ("Securing connections ..." of the user guides): one
#: that a group does not set stands at its family's default.
_PARAMETERS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"postgres1[2-9]|aurora-postgresql1[1-9]"), ("rds.force_ssl", "ssl_min_protocol_version")),
    (re.compile(r"postgres(?:9\.|1[01])"), ("rds.force_ssl",)),
    (re.compile(r"mysql(?:5\.7|8\.|9\.)"), ("require_secure_transport", "tls_version")),
    (re.compile(r"aurora-mysql(?:5\.7|8\.)"), ("require_secure_transport", "tls_version")),
    (re.compile(r"mariadb(?:10\.(?:5|6|11)|11\.)"), ("require_secure_transport", "tls_version")),
    (re.compile(r"sqlserver-"), ("rds.force_ssl", "rds.tls10", "rds.tls11")),
    (re.compile(r"db2-"), ("db2comm",)),
    (re.compile(r"docdb"), ("tls",)),
    (re.compile(r"neptune"), ("neptune_enforce_ssl",)),
)


def engine(block: Block) -> str:
    """Read the engine, in lower case as AWS keeps it."""
    mine = words(block)
    if mine.sole:
        return mine.sole
    value = settled(block, mine.engine)
    if isinstance(value, str):
        return value.lower()
    return _open(block, mine.engine, "it has the engine of what it was made from").stop()


def version(block: Block, around: Surroundings) -> str:
    """Read the version as far as the code tells it, of a member its cluster's: AWS may take a newer minor one."""
    mine = words(block)
    if mine.cluster and settled(block, mine.version) is ABSENT:
        cluster = cluster_block(block, around)
        if cluster is not None:
            return version(cluster, around)
    return own_version(block)


def own_version(block: Block) -> str:
    """Read the version that a block names itself."""
    value = settled(block, words(block).version)
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    return _open(block, words(block).version, "AWS chooses the version").stop()


def port(block: Block, around: Surroundings) -> int:
    """Give the port that an engine answers at by default; replicas and restored ones have that of their origin."""
    mine = words(block)
    if mine.cluster:
        cluster = cluster_block(block, around)
        if cluster is not None:
            value = settled(cluster, words(cluster).port)
            return int(str(value)) if value is not ABSENT else port(cluster, around)
    if first_set(block, (*mine.source, *mine.restored)) is None:
        told = engine(block)
        # The page of AWS::RDS::DBCluster tells another default for Aurora PostgreSQL than the API reference, that of
        # AWS::DocDB::DBCluster tells none.
        if not (block.type.startswith("AWS::") and told in ("aurora-postgresql", "docdb")):
            for name in sorted(_PORTS, key=len, reverse=True):
                if told.startswith(name):
                    return _PORTS[name]
    return _open(block, mine.port, "AWS takes that of its origin, or of its engine").stop()


def default_group(block: Block) -> str:
    """Give the name of the parameter group that RDS takes by itself: `default.` and the family."""
    mine = words(block)
    if first_set(block, mine.source) is not None:
        _open(block, mine.parameters, "a replica takes the group of its source").stop()
    family = family_of(engine(block), own_version(block))
    if family is None:
        _open(block, mine.parameters, "AWS takes the default group of the engine's version").stop()
    return f"default.{family}"


def family_of(engine: str, version: str) -> str | None:
    """Give the family of an engine's version; None where the version is not told far enough, or the name not known."""
    for engines, versions, family in _FAMILIES:
        if engines.fullmatch(engine) and (found := versions.match(version)):
            return family.format(engine=engine, number=found[1])
    return None


def names_of(family: str) -> tuple[str, ...] | None:
    """Give the parameters of a family that decide how clients connect; None of a family that is not known."""
    return next((names for pattern, names in _PARAMETERS if pattern.match(family)), None)


def defaults_of(family: str) -> tuple[Setting, ...]:
    """Give the settings of a family's default group: none has a value of its own."""
    names = names_of(family)
    if names is None:
        Unresolved(f"the parameters of {family} are not known").stop()
    return tuple(Setting(name) for name in sorted(names))


def cluster_block(block: Block, around: Surroundings) -> Block | None:
    """Give the block of the cluster that an instance is a member of; None of one that is in none."""
    value = settled(block, words(block).cluster)
    if not isinstance(value, str):
        return None
    cluster = around.named(CLUSTER_OF[block.type], value, block)
    if cluster is None:
        Unresolved(f"the cluster {value} of {block.address} decides, and it is not in the code that was given").stop()
    return cluster


#: The types of the clusters that each type of instance may be a member of.
CLUSTER_OF: Mapping[str, tuple[str, ...]] = {
    "aws_rds_cluster_instance": ("aws_rds_cluster",),
    "aws_docdb_cluster_instance": ("aws_docdb_cluster",),
    "aws_neptune_cluster_instance": ("aws_neptune_cluster",),
    "AWS::RDS::DBInstance": ("AWS::RDS::DBCluster",),
    "AWS::DocDB::DBInstance": ("AWS::DocDB::DBCluster",),
    "AWS::Neptune::DBInstance": ("AWS::Neptune::DBCluster",),
}


def _open(block: Block, attribute: str, why: str) -> Unresolved:
    return Unresolved(f"{block.address} does not set {attribute}: {why}", spot=block.spot)
