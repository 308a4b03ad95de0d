"""Integrity of a restored PostgreSQL: every page of every table and index is read, and none of the tables is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    import psycopg

    from drills.scene import Scene

_TABLES = """
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname not like 'pg_toast%' and n.nspname not like 'pg_temp%' and n.nspname <> 'backup_drill'
    order by 1, 2
"""
_INDEXES = """
    select c.oid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_am a on a.oid = c.relam join pg_namespace n on n.oid = c.relnamespace
    where a.amname = 'btree' and i.indisvalid and c.relpersistence = 'p' and n.nspname not like 'pg_toast%'
"""
_HASH = "select count(*), coalesce(sum(hashtextextended({name}::text, 0)::numeric), 0)::text from {table} as {name}"


@dataclass(frozen=True, slots=True)
class Content:
    """What a database holds, in figures that tell nothing of it: rows of each table and a hash over them."""

    rows: Mapping[str, int]
    hashes: Mapping[str, str]


def content(connection: psycopg.Connection[Any]) -> Content:
    """Read every row of every table once, and give how many there are and a hash that no order changes."""
    from psycopg import sql  # noqa: PLC0415

    rows, hashes = {}, {}
    for schema, table in connection.execute(_TABLES).fetchall():
        name = f"{schema}.{table}"
        query = sql.SQL(_HASH).format(table=sql.Identifier(schema, table), name=sql.Identifier(table))
        found = connection.execute(query).fetchone()
        assert found is not None
        rows[name], hashes[name] = int(found[0]), str(found[1])
    return Content(rows, hashes)


def check_integrity(
    scene: Scene, connection: psycopg.Connection[Any], wanted: Collection[str], unchanged: Mapping[str, str]
) -> None:
    """Check the copy: nothing is torn, each table of the source is there, and none is empty that may not be.

    `wanted` are the tables of the source before the loss; `unchanged` the hashes of those to which nobody writes.
    """
    there = content(connection)
    missing = sorted(set(wanted) - set(there.rows))
    scene.check(
        "integrity",
        "every table came back",
        held=not missing,
        detail=f"missing: {', '.join(missing[:5])}" if missing else "",
    )
    empty = sorted(name for name in wanted if there.rows.get(name) == 0 and name not in scene.subject.may_be_empty)
    detail = (
        f"without a row: {', '.join(empty[:5])}" if empty else f"{sum(there.rows.values())} rows in {len(there.rows)}"
    )
    scene.check("integrity", "no table came back empty", held=not empty, detail=detail)
    if unchanged:
        other = sorted(name for name, hashed in unchanged.items() if there.hashes.get(name) != hashed)
        detail = f"other rows: {', '.join(other[:5])}" if other else f"{len(unchanged)} tables"
        scene.check("integrity", "tables that nobody writes to hold the same rows", held=not other, detail=detail)
    _check_indexes(scene, connection)


def _check_indexes(scene: Scene, connection: psycopg.Connection[Any]) -> None:
    import psycopg  # noqa: PLC0415

    name = "every index agrees with its table"
    try:
        connection.read_only = False  # the copy is ours, and a check may need its extension
        connection.execute("create extension if not exists amcheck")
    except psycopg.Error as error:
        scene.check("integrity", name, held=None, detail=f"amcheck cannot be used: {type(error).__name__}")
        return
    finally:
        connection.read_only = True
    broken, indexes = [], [row[0] for row in connection.execute(_INDEXES).fetchall()]
    for index in indexes:
        try:
            connection.execute("select bt_index_check(%s::regclass, heapallindexed => true)", (index,))
        except psycopg.Error:
            broken.append(index)
    detail = f"broken: {', '.join(broken[:5])}" if broken else f"{len(indexes)} indexes"
    scene.check("integrity", name, held=not broken, detail=detail)
