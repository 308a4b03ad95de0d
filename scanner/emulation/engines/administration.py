"""What the service does inside a server: roles, databases, the master's password, and the heartbeat.

As at RDS: `rdsadmin` alone is a superuser, the master is a member of `rds_superuser`, and what the service needs for
itself is in a database called rdsadmin that nobody else may enter.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.emulation.engines.server import ADMINISTRATOR, Server

if TYPE_CHECKING:
    from psycopg import Connection

_PREPARED = """\
CREATE ROLE rds_superuser NOLOGIN;
GRANT pg_monitor, pg_signal_backend TO rds_superuser WITH ADMIN OPTION;
CREATE DATABASE rdsadmin;
REVOKE CONNECT ON DATABASE rdsadmin FROM PUBLIC;
"""
# Offered where it is installed: whoever restores wants to check his indexes.
_CHECKS = "CREATE EXTENSION amcheck; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO rds_superuser;"


def prepare(server: Server, master: str, password: str, database: str | None) -> None:
    """Make a fresh server what RDS hands over."""
    from psycopg import Error, sql

    with server.connect() as link:
        for statement in _PREPARED.splitlines():
            link.execute(statement)
    # Before any database of the customer's: what is in the template is in every one of them.
    with server.connect("template1") as link:
        try:
            link.execute(_CHECKS)
        except Error:
            link.execute("DROP EXTENSION IF EXISTS amcheck")
    with server.connect() as link:
        role = sql.Identifier(master)
        link.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser").format(role))
        link.execute(sql.SQL("ALTER DATABASE postgres OWNER TO {}").format(role))
        _set_password(link, master, password)
        if database and database != "postgres":
            link.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), role))
    with server.connect("rdsadmin") as link:
        link.execute("CREATE TABLE rds_heartbeat2 (id int PRIMARY KEY, value timestamptz NOT NULL)")


def change_password(server: Server, master: str, password: str) -> None:
    """Give the master another password."""
    with server.connect() as link:
        _set_password(link, master, password)


def _set_password(link: "Connection[tuple[object, ...]]", role: str, password: str) -> None:
    """Only the verifier travels: statements may end up in logs, passwords must not."""
    from psycopg import sql

    verifier = link.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    link.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))


def beat(server: Server, *, switch: bool) -> datetime:
    """Commit something, so that time passes in the log; on demand close the segment, so that it is archived."""
    with server.connect("rdsadmin") as link:
        at = datetime.now(UTC)
        link.execute(
            "INSERT INTO rds_heartbeat2 VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET value = excluded.value", (at,)
        )
        if switch:
            # A transaction of its own: in one with the insert, the commit would lie in the segment after.
            link.execute("SELECT pg_switch_wal()")
    return at


__all__ = ["ADMINISTRATOR", "beat", "change_password", "prepare"]
