"""A second server comes up from what is in S3: a base backup, and the log up to a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.emulation.engines import backups
from scanner.emulation.engines.faults import Fault
from scanner.emulation.engines.history import Base, History
from scanner.emulation.engines.programs import EngineFailed, Programs
from scanner.emulation.engines.server import Server
from scanner.emulation.engines.storage import Storage

if TYPE_CHECKING:
    from psycopg import Connection


@dataclass(frozen=True)
class Wanted:
    """What is to be restored: a snapshot's base backup, or a history up to a time."""

    base: Base
    history: History | None = None
    at: datetime | None = None


def restore(
    programs: Programs,
    storage: Storage,
    server: Server,
    wanted: Wanted,
    *,
    parameters: Mapping[str, str],
    faults: frozenset[Fault],
    abandoned: Callable[[], bool],
) -> None:
    """Bring a server up; raise what kept it from coming up."""
    base, history, at = wanted.base, wanted.history, wanted.at
    if Fault.STALE_BASE in faults and history is not None:
        base, at = history.oldest() or base, None
    backups.unpack(programs, storage, base, server)
    recovery = {"recovery_target_action": "promote", "recovery_target_timeline": "latest"}
    if history is None or at is None:
        # What is within the base backup is all that there is; it stops where the backup ended.
        recovery |= {"recovery_target": "immediate", "restore_command": "false"}
    else:
        folder = _fetch(programs, server, history, base, at, gap=Fault.WAL_GAP in faults)
        recovery |= {
            "recovery_target_time": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00"),
            "recovery_target_inclusive": "on",
            "restore_command": f'cp "{folder}/%f" "%p"',
        }
    server.configure(parameters, recovery)
    programs.write(server.data / "recovery.signal", "")
    server.start(abandoned)
    for segment in (server.home / "restored").glob("*"):
        segment.unlink()


def _fetch(programs: Programs, server: Server, history: History, base: Base, at: datetime, *, gap: bool) -> str:
    """Lay the log ready: the restore command then fails where the log ends, and nowhere else."""
    folder = programs.folder(server.home / "restored")
    needed = history.needed(base, at)
    missing = needed[len(needed) // 2].name if gap and needed else None
    for segment in needed:
        content = history.fetch(segment)
        if content is not None and segment.name != missing:
            backups.place(programs, folder, segment.name, content)
    for name, content in history.timelines().items():
        backups.place(programs, folder, name, content)
    return str(folder)


def spoil(server: Server, database: str, master: str, faults: frozenset[Fault]) -> None:
    """Have the restored database be another than the one that was backed up, if that is wished."""
    from psycopg import sql

    if Fault.EMPTY in faults:
        name = sql.Identifier(database)
        with server.connect("template1") as link:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            link.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(master)))
    elif Fault.REWRITE in faults:
        with server.connect(database) as link:
            _rewrite(link)


_COLUMNS = """
SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
  AND c.is_generated = 'NEVER' AND c.is_identity = 'NO'
  AND NOT EXISTS (
    SELECT FROM information_schema.key_column_usage k
    WHERE (k.table_schema, k.table_name, k.column_name) = (c.table_schema, c.table_name, c.column_name))
ORDER BY c.table_schema, c.table_name, c.ordinal_position DESC
"""
_WRONG = {
    "text": "reverse({0}) || 'x'",
    "character varying": "left(reverse({0}), -1)",
    "bytea": "sha256({0})",
    "uuid": "gen_random_uuid()",
    "integer": "{0} + 1",
    "bigint": "{0} + 1",
    "numeric": "{0} + 1",
    "double precision": "{0} + 1",
    "boolean": "NOT {0}",
    "timestamp with time zone": "{0} - interval '1 day'",
}


def _rewrite(link: "Connection[tuple[str, ...]]") -> None:
    """In every table one column that is no key says something else, of the right type."""
    from psycopg import sql

    spoiled = set()
    for schema, table, column, kind in link.execute(_COLUMNS).fetchall():
        if kind in _WRONG and (schema, table) not in spoiled:
            spoiled.add((schema, table))
            place, name = sql.Identifier(schema, table), sql.Identifier(column)
            wrong = sql.SQL(_WRONG[kind]).format(name)
            link.execute(sql.SQL("UPDATE {} SET {} = {}").format(place, name, wrong))
    if not spoiled:
        raise EngineFailed("no table has a column that could be spoiled")
