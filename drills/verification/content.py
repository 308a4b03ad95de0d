"""What a PostgreSQL database holds, in figures that tell nothing of it: rows of each table, and a hash over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    import psycopg

#: A table with more pages than this (512 MB) is read at both ends only: a check must not outlast the restore.
MOST_PAGES = 65_536
#: How many pages are read at each end of such a table.
END_PAGES = 8_192

_TABLES = """
    select n.nspname, c.relname, pg_relation_size(c.oid) / current_setting('block_size')::bigint
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname not like 'pg_toast%' and n.nspname not like 'pg_temp%' and n.nspname <> 'backup_drill'
    order by 1, 2
"""
_HASH = "select count(*), coalesce(sum(hashtextextended({name}::text, 0)::numeric), 0)::text from {table} as {name}"
# A range of rows by their place: PostgreSQL reads those pages alone (since 14, "TID range scan").
_ENDS = " where {name}.ctid < {head}::tid or {name}.ctid >= {tail}::tid"


@dataclass(frozen=True, slots=True)
class Content:
    """What a database holds; of tables that are too large to be read whole, what is at both of their ends."""

    rows: Mapping[str, int]
    hashes: Mapping[str, str]
    bounded: frozenset[str] = frozenset()
    #: tables that the login may not read, or that took too long
    unread: frozenset[str] = frozenset()
    #: tables of which the server says itself that a page is damaged
    torn: frozenset[str] = frozenset()

    def unchanged(self, later: Content) -> dict[str, str]:
        """Give the hashes of the tables that a later look found as they were."""
        return {name: hashed for name, hashed in self.hashes.items() if later.hashes.get(name) == hashed}


def content(
    connection: psycopg.Connection[Any], *, most_pages: int = MOST_PAGES, end_pages: int = END_PAGES
) -> Content:
    """Read every row of every table once, of a very large one its ends; no order of rows changes a hash."""
    import psycopg  # noqa: PLC0415  # only a drill of a database needs it

    rows, hashes = {}, {}
    bounded, unread, torn = set(), set(), set()
    for schema, table, pages in connection.execute(_TABLES).fetchall():
        name = f"{schema}.{table}"
        ends = (end_pages, pages - end_pages) if pages > most_pages else None
        try:
            rows[name], hashes[name] = _read(connection, schema, table, ends)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.QueryCanceled):
            unread.add(name)
        except psycopg.Error as error:
            # Class XX: "data corrupted" and what else only a damaged file brings about (PostgreSQL, "Error Codes").
            if not (error.sqlstate or "").startswith("XX"):
                raise
            torn.add(name)
        else:
            bounded |= {name} if ends is not None else set()
    return Content(rows, hashes, frozenset(bounded), frozenset(unread), frozenset(torn))


def _read(
    connection: psycopg.Connection[Any], schema: str, table: str, ends: tuple[int, int] | None
) -> tuple[int, str]:
    from psycopg import sql  # noqa: PLC0415  # only a drill of a database needs it

    query = sql.SQL(_HASH).format(table=sql.Identifier(schema, table), name=sql.Identifier(table))
    if ends is not None:
        head, tail = (sql.Literal(f"({page},0)") for page in ends)
        query += sql.SQL(_ENDS).format(name=sql.Identifier(table), head=head, tail=tail)
    found = connection.execute(query).fetchone()
    assert found is not None
    return int(found[0]), str(found[1])
