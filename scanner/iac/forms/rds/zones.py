"""Zones: whether an instance has a standby where the code does not say."""

from __future__ import annotations

from scanner.iac.block import ABSENT, Block
from scanner.iac.forms.rds.engines import engine
from scanner.iac.forms.rds.words import first_set, settled, words
from scanner.model.unresolved import Unresolved


def standby(block: Block) -> bool:
    """Say that an instance has no standby where none is asked for.

    A new instance is in one zone, and so is a restored one unless it is a mirrored SQL Server
    (RestoreDBInstanceFromDBSnapshot, API reference); one whose zone is named can have none (MultiAZ).
    """
    mine = words(block)
    if mine.cluster and settled(block, mine.cluster) is not ABSENT:
        Unresolved(f"{block.address} is a member: the zones of its cluster are those of the members").stop()
    if settled(block, mine.zone) is not ABSENT:
        return False
    if first_set(block, mine.restored) is not None and engine(block).startswith("sqlserver"):
        Unresolved(f"{block.address} is restored: a mirrored SQL Server has a standby").stop()
    return False
