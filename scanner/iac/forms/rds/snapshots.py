"""Snapshots of databases that code takes, and copies of snapshots that it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scanner.iac.block import ABSENT, Block
from scanner.iac.convert import CLOUDFORMATION_TAGS, TERRAFORM_TAGS, each, tags
from scanner.iac.form import ARN, NAME, Form, Origin, always, at, joined, made
from scanner.iac.forms.rds import engines, storage
from scanner.iac.forms.rds.words import settled
from scanner.iac.surroundings import Surroundings
from scanner.model.arn import is_arn, place_of
from scanner.model.convert import text
from scanner.model.unresolved import Unresolved
from scanner.resources.rds.arns import beside
from scanner.resources.rds.snapshots import ClusterSnapshot, DatabaseSnapshot, Snapshot

_RUNTIME: Mapping[str, str] = {
    "status": "whether it is complete shows at run time",
    "usable": "whether it is complete shows at run time",
    "made_at": "it is taken when the code is applied",
    "begun_at": "it is taken when the code is applied",
}
_OF_INSTANCE = {**_RUNTIME, "size": "how large it is shows at run time"}
#: What a snapshot can be taken of: the noun in its ARN, and the types of block.
_INSTANCES = ("db", ("aws_db_instance", "AWS::RDS::DBInstance"))
_CLUSTERS = ("cluster", ("aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"))
#: The attributes that name a snapshot, and what it was taken or copied of.
_NAMES: Mapping[str, tuple[str, str]] = {
    "aws_db_snapshot": ("db_snapshot_identifier", "db_instance_identifier"),
    "aws_db_cluster_snapshot": ("db_cluster_snapshot_identifier", "db_cluster_identifier"),
    "aws_docdb_cluster_snapshot": ("db_cluster_snapshot_identifier", "db_cluster_identifier"),
    "aws_neptune_cluster_snapshot": ("db_cluster_snapshot_identifier", "db_cluster_identifier"),
    "AWS::RDS::DBSnapshot": ("DBSnapshotIdentifier", "DBInstanceIdentifier"),
    "aws_db_snapshot_copy": ("target_db_snapshot_identifier", "source_db_snapshot_identifier"),
    "aws_rds_cluster_snapshot_copy": ("target_db_cluster_snapshot_identifier", "source_db_cluster_snapshot_identifier"),
}
_COPIES: Mapping[str, tuple[str, ...]] = {
    "aws_db_snapshot_copy": ("aws_db_snapshot", "aws_db_snapshot_copy"),
    "aws_rds_cluster_snapshot_copy": (
        "aws_db_cluster_snapshot", "aws_docdb_cluster_snapshot", "aws_neptune_cluster_snapshot",
        "aws_rds_cluster_snapshot_copy",
    ),
}  # fmt: skip
_MOST_COPIES = 10


def arn_of(block: Block) -> str:
    """Give the ARN of a snapshot."""
    name = block.known_name or block.find(_NAMES[block.type][0]).value
    noun = "cluster-snapshot" if "cluster" in block.type else "snapshot"
    text_ = name if isinstance(name, str) and name else block.address
    return f"arn:{block.partition}:rds:{block.region}:{block.account}:{noun}:{text_}"


def source_of(block: Block, around: Surroundings) -> str:
    """Give the ARN of the database that a snapshot was taken of, where that one is, also of a copy."""
    original = _original(block, around)
    noun, _ = _CLUSTERS if "cluster" in block.type else _INSTANCES
    name = text(settled(original, _NAMES[original.type][1]))
    return beside(arn_of(original), noun, name.lower() if "::" in original.type else name)


def _original(block: Block, around: Surroundings) -> Block:
    """Follow a copy to the snapshot that was taken; raise where that is not in the code."""
    for _ in range(_MOST_COPIES):
        if block.type not in _COPIES:
            return block
        block = _copied(block, around)
    return Unresolved(f"{block.address} is a copy of a copy without end").stop()


def _copied(block: Block, around: Surroundings) -> Block:
    name = text(settled(block, _NAMES[block.type][1]))
    found = around.named(_COPIES[block.type], name, block)
    if found is None:
        Unresolved(f"{block.address} copies {name}, which is not in the code that was given").stop()
    return found


def _database(block: Block, around: Surroundings) -> Block:
    original = _original(block, around)
    _, types = _CLUSTERS if "cluster" in block.type else _INSTANCES
    name = text(settled(original, _NAMES[original.type][1]))
    found = around.named(types, name, original)
    if found is None:
        Unresolved(f"{original.address} is of {name}, which is not in the code that was given").stop()
    return found


def encrypted(block: Block, around: Surroundings) -> bool:
    """Say whether a snapshot is encrypted: as its database, and a copy also where it names a key (CopyDBSnapshot)."""
    if block.type in _COPIES:
        if settled(block, "kms_key_id") is not ABSENT:
            return True
        _original(block, around)  # none is a copy of itself
        return encrypted(_copied(block, around), around)
    return storage.encrypted(_database(block, around), around)


def key(block: Block, around: Surroundings) -> str | None:
    """Give the key of a snapshot: that of its database, or the one that a copy names."""
    if block.type in _COPIES:
        named = settled(block, "kms_key_id")
        if named is not ABSENT:
            return text(named)
        _original(block, around)
        return key(_copied(block, around), around)
    return storage.key(_database(block, around), around)


def engine(block: Block, around: Surroundings) -> str:
    """Give the engine of the database that a snapshot was taken of."""
    return engines.engine(_database(block, around))


def copied_from(block: Block) -> str | None:
    """Give the ARN of the original of a copy; RDS tells that of an instance's only from another region or account."""
    named = text(settled(block, _NAMES[block.type][1]))
    if block.type == "aws_rds_cluster_snapshot_copy":
        return beside(arn_of(block), "cluster-snapshot", named)
    return named if is_arn(named) and place_of(named) != place_of(arn_of(block)) else None


def carried(block: Block) -> Mapping[str, Any]:
    """Read the tags of a copy; those of the original may come with them."""
    if str(settled(block, "copy_tags")).lower() == "true":
        Unresolved(f"{block.address} carries the tags of its original besides").stop()
    for path in ("tags_all", "tags"):
        value = settled(block, path)
        if value is not ABSENT:
            return tags(value)
    return {}


def shared(raw: Any) -> tuple[str, ...]:
    """Read the accounts that may restore it, in the order that the live reading has."""
    return tuple(sorted(text(one) for one in each(text)(raw)))


def _form(kind: str, of: type[DatabaseSnapshot]) -> Form:
    name, source = _NAMES[kind]
    template, copy = "::" in kind, kind in _COPIES
    arns = "db_cluster_snapshot_arn" if "cluster" in kind else "db_snapshot_arn"
    own: Origin | tuple[Origin, ...] = CLOUDFORMATION_TAGS if template else TERRAFORM_TAGS
    shares: Origin = at("shared_accounts", shared, absent=(), docs="r/db_snapshot: a list of accounts to share with")
    facts: dict[str, Origin | tuple[Origin, ...]] = {
        "tags": made(carried, "tags", "copy_tags") if copy else own,
        "type": always("manual", "a snapshot that is asked for is a manual one (SnapshotType, API reference)"),
        "source": joined(source_of, source),
        "engine": joined(engine, source),
        "encrypted": joined(encrypted, "kms_key_id", source) if copy else joined(encrypted, source),
        "key": joined(key, "kms_key_id", source) if copy else joined(key, source),
        "copied_from": made(copied_from, source) if copy else always(None, "it is taken, not copied"),
        "shared_with": always((), "AWS::RDS::DBSnapshot shares with nobody") if template else shares,
    }
    gives: Mapping[str, str | Callable[[Block], Any]]
    gives = {"Ref": ARN, "DBSnapshotArn": ARN} if template else {arns: ARN, "id": NAME, name: NAME}
    beyond = _OF_INSTANCE if of is Snapshot else _RUNTIME
    return Form(of, kind, arn=arn_of, name=name, gives=gives, facts=facts, beyond=beyond)


FORMS = tuple(_form(kind, ClusterSnapshot if "cluster" in kind else Snapshot) for kind in _NAMES)
