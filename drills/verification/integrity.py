"""Integrity of a restored PostgreSQL: every page that is read can be read, and none of the tables is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from drills.verification.content import Content, content

if TYPE_CHECKING:
    import psycopg

    from drills.scene import Scene

__all__ = ["Content", "check_integrity", "content"]

_INDEXES = """
    select c.oid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_am a on a.oid = c.relam join pg_namespace n on n.oid = c.relnamespace
    where a.amname = 'btree' and i.indisvalid and c.relpersistence = 'p' and n.nspname not like 'pg_toast%'
"""


def check_integrity(
    scene: Scene,
    connection: psycopg.Connection[Any],
    wanted: Collection[str],
    unchanged: Mapping[str, str] | None,
) -> None:
    """Check the copy: nothing is torn, each table of the source is there, and none is empty that may not be.

    `wanted` are the tables of the source before the loss; `unchanged` the hashes of those to which nobody wrote until
    then, None where that cannot be told.
    """
    there = content(connection)
    scene.check(
        "integrity",
        "every page that is read is whole",
        held=not there.torn,
        detail=f"damaged: {_some(sorted(there.torn))}" if there.torn else "",
    )
    missing = sorted(set(wanted) - set(there.rows) - there.torn)
    scene.check(
        "integrity",
        "every table came back",
        held=not missing,
        detail=f"missing: {_some(missing)}" if missing else f"{len(wanted)} tables",
    )
    empty = sorted(name for name in wanted if there.rows.get(name) == 0 and name not in scene.subject.may_be_empty)
    counted = f"{sum(there.rows.values())} rows in {len(there.rows)} tables"
    if there.bounded:
        counted += f", {len(there.bounded)} of them read at both ends only"
    if there.unread:
        counted += f"; {len(there.unread)} could not be read"
    scene.check(
        "integrity",
        "no table came back empty",
        held=not empty,
        detail=f"without a row: {_some(empty)}" if empty else counted,
    )
    _check_unchanged(scene, there, unchanged)
    _check_indexes(scene, connection)


def _check_unchanged(scene: Scene, there: Content, unchanged: Mapping[str, str] | None) -> None:
    name = "tables that nobody writes to hold the same rows"
    if unchanged is None:
        scene.check(
            "integrity",
            name,
            held=None,
            detail="the source was not looked at both before and after the time restored to",
        )
    elif unchanged:
        other = sorted(table for table, hashed in unchanged.items() if there.hashes.get(table) != hashed)
        detail = f"other rows: {_some(other)}" if other else f"{len(unchanged)} tables"
        scene.check("integrity", name, held=not other, detail=detail)


def _check_indexes(scene: Scene, connection: psycopg.Connection[Any]) -> None:
    """Check every index with amcheck.

    RDS lets a member of rds_superuser create it; the copy is the run's own, so nothing is written to the source.
    """
    import psycopg  # noqa: PLC0415

    name = "every index agrees with its table"
    try:
        connection.execute("set default_transaction_read_only = off")
        connection.execute("create extension if not exists amcheck")
    except psycopg.Error as error:
        scene.check("integrity", name, held=None, detail=f"amcheck cannot be used: {type(error).__name__}")
        return
    finally:
        connection.execute("set default_transaction_read_only = on")
    indexes = [row[0] for row in connection.execute(_INDEXES).fetchall()]
    broken: list[str] = []
    untold: list[str] = []
    for index in indexes:
        try:
            connection.execute("select bt_index_check(%s::regclass, heapallindexed => true)", (index,))
        except psycopg.errors.InsufficientPrivilege:
            scene.check("integrity", name, held=None, detail="the login may not use amcheck")
            return
        except psycopg.Error as error:
            # Class XX is "data corrupted" and "index corrupted"; a check that took too long says nothing.
            (broken if (error.sqlstate or "").startswith("XX") else untold).append(index)
    detail = f"{len(indexes)} indexes"
    if broken:
        detail = f"broken: {_some(broken)}"
    elif untold:
        detail = f"not checked to the end: {_some(untold)}"
    scene.check("integrity", name, held=False if broken else None if untold else True, detail=detail)


def _some(names: Collection[str]) -> str:
    """Name the first of them: a thousand names tell no more."""
    first = list(names)[:5]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")
