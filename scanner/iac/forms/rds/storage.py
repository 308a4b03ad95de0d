"""Storage: how the data of a database are encrypted and how long its backups are kept, of whatever it was made from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.forms.rds.engines import cluster_block
from scanner.iac.forms.rds.words import first_set, only, settled, words
from scanner.iac.surroundings import Surroundings
from scanner.model.convert import flag, text
from scanner.model.unresolved import Unresolved

#: The key that RDS takes where encryption names none; live AWS names the same key by its ARN.
AWS_KEY = "alias/aws/rds"
_SERVERLESS = ("engine_mode", "EngineMode")


def whole_days(value: timedelta) -> int:
    """Give a length of time as code writes it."""
    return value // timedelta(days=1)


def encrypted(block: Block, around: Surroundings) -> bool:
    """Say whether data at rest are encrypted: as it says, as its cluster, as its source, or by default not.

    What is restored or belongs to a global cluster has the encryption of its origin (StorageEncrypted, page of
    AWS::RDS::DBInstance). New Aurora clusters are encrypted under a key that AWS owns even where StorageEncrypted is
    false (DBCluster, API reference); that is no encryption here, nor in what live AWS answers.
    """
    mine = words(block)
    if mine.cluster:
        cluster = cluster_block(block, around)
        if cluster is not None:
            return encrypted(cluster, around)
    if _names_key_of_replica(block):
        return True
    value = settled(block, mine.encrypted)
    if value is not ABSENT:
        return flag(value)
    source = _source(block, around)
    if source is not None:
        return encrypted(source, around)
    if block.type == "AWS::Neptune::DBCluster":
        Unresolved(f"{block.address} does not set {mine.encrypted}, and the default is not documented").stop()
    named = settled(block, mine.key)
    if named is not ABSENT:
        Unresolved(f"{block.address} names a key but does not set {mine.encrypted}").stop()
    return any(block.find(path).value == "serverless" for path in _SERVERLESS if _holds(block, path))


def key(block: Block, around: Surroundings) -> str | None:
    """Give the key of an encrypted database: the one it names, its cluster's or source's, or that of the service."""
    mine = words(block)
    if mine.cluster:
        cluster = cluster_block(block, around)
        if cluster is not None:
            return key(cluster, around)
    if not encrypted(block, around):
        return None
    named = settled(block, mine.key)
    if named is not ABSENT:
        return text(named)
    source_block = _source(block, around, key=True)
    return key(source_block, around) if source_block is not None else AWS_KEY


def _names_key_of_replica(block: Block) -> bool:
    """Say whether it is a replica that names a key: then it is encrypted, whatever else it says (r/db_instance)."""
    mine = words(block)
    replica = first_set(block, mine.source) is not None and first_set(block, mine.restored) is None
    return replica and settled(block, mine.key) is not ABSENT


def _source(block: Block, around: Surroundings, *, key: bool = False) -> Block | None:
    """Give the block that a replica replicates in its own region, for it has its encryption; None for no replica.

    Raise for one that was restored, or whose source is not in the code: then its origin decides.
    """
    mine = words(block)
    what = mine.key if key else mine.encrypted
    origin = first_set(block, (*mine.restored, mine.globally) if mine.globally else mine.restored)
    if origin is not None:
        Unresolved(f"{block.address} does not set {what}: what {origin.attribute} names decides").stop()
    source = first_set(block, mine.source)
    if source is None:
        return None
    found = around.named((block.type,), text(source.value), block)
    if found is None or found.region != block.region or _loops(block, found, around):
        Unresolved(f"{block.address} does not set {what}: its source {source.value} decides").stop()
    return found


def _loops(block: Block, source: Block, around: Surroundings) -> bool:
    """Say whether a source leads back to its replica, as no database can and code may."""
    seen = {id(block)}
    here: Block | None = source
    while here is not None:
        if id(here) in seen:
            return True
        seen.add(id(here))
        named = only(words(here).source, here)
        here = around.named((here.type,), named, here) if named else None
    return False


def _holds(block: Block, path: str) -> bool:
    settled(block, path)
    return block.find(path).value is not ABSENT


def kept_by_default(days: int) -> Any:
    """Make the retention of a database that sets none: so many days, none of a replica, its origin's if restored."""

    def by(block: Block, around: Surroundings) -> timedelta:
        mine = words(block)
        if mine.cluster:
            cluster = cluster_block(block, around)
            if cluster is not None:
                return kept(cluster, around)
        origin = first_set(block, mine.restored)
        if origin is not None and mine.noun == "db":
            Unresolved(
                f"{block.address} does not set how long backups are kept: what {origin.attribute} names decides"
            ).stop()
        if mine.noun == "db" and first_set(block, mine.source) is not None:
            return timedelta()  # backups of replicas are off unless they are turned on (page of AWS::RDS::DBInstance)
        return timedelta(days=days)

    return by


def kept(cluster: Block, around: Surroundings) -> timedelta:  # noqa: ARG001  # the shape of what is joined
    """Read how long a cluster keeps backups: a day where it does not say (BackupRetentionPeriod, API reference)."""
    for path in ("backup_retention_period", "BackupRetentionPeriod"):
        value = settled(cluster, path)
        if value is not ABSENT:
            return timedelta(days=float(str(value)))
    return timedelta(days=1)
