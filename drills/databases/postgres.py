"""PostgreSQL: a login to the source or to the restored copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from drills.measuring.canaries import Canary
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    import psycopg

ENGINES = ("postgres", "aurora-postgresql")
#: How long one connection attempt, and one statement of a check, may take.
CONNECT, STATEMENT = timedelta(seconds=5), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is, and who logs in to which database of it. The password is no part of it."""

    host: str
    port: int
    user: str
    database: str
    #: as libpq spells it: `require` where TLS must be spoken, `prefer` where an emulation speaks none
    tls: str = "require"


@contextmanager
def connected(address: Address, password: str, *, writes: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """Log in; each statement is its own transaction, and none may write unless `writes`. Raise `psycopg.Error`."""
    import psycopg  # noqa: PLC0415  # only a drill of a database needs it

    milliseconds = int(STATEMENT / timedelta(milliseconds=1))
    # Told to the server: what psycopg calls read_only begins transactions so, and there are none with autocommit.
    reading = "off" if writes else "on"
    with psycopg.connect(
        host=address.host,
        port=address.port,
        user=address.user,
        dbname=address.database,
        password=password,
        sslmode=address.tls,
        connect_timeout=int(CONNECT.total_seconds()),
        application_name="backup-drill",
        options=f"-c statement_timeout={milliseconds} -c default_transaction_read_only={reading}",
        autocommit=True,
    ) as connection:
        yield connection


SCHEMA = "backup_drill"


class PostgresWell:
    """Canaries as rows of a table in a schema of its own."""

    def __init__(self, address: Address, password: str) -> None:
        self._address, self._password = address, password

    def prepare(self) -> None:
        """Make the schema and the table."""
        with connected(self._address, self._password, writes=True) as connection:
            connection.execute(f"create schema if not exists {SCHEMA}")
            connection.execute(
                f"create table if not exists {SCHEMA}.canary ("
                "number bigint primary key, written_at timestamptz not null, nonce text not null, seal text not null)"
            )
            connection.execute(f"truncate {SCHEMA}.canary")

    def write(self, canary: Canary) -> None:
        """Write one; its commit has been acknowledged when this returns."""
        with connected(self._address, self._password, writes=True) as connection:
            connection.execute(
                f"insert into {SCHEMA}.canary values (%s, %s, %s, %s) on conflict (number) do update "  # noqa: S608  # a constant
                "set written_at = excluded.written_at, nonce = excluded.nonce, seal = excluded.seal",
                (canary.number, canary.written_at, canary.nonce, canary.seal),
            )

    def read(self) -> Iterable[Canary]:
        """Give all that are there; none where the table itself did not come back."""
        with connected(self._address, self._password) as connection:
            there = connection.execute("select to_regclass(%s)", (f"{SCHEMA}.canary",)).fetchone()
            if there is None or there[0] is None:
                return []
            rows = connection.execute(f"select number, written_at, nonce, seal from {SCHEMA}.canary order by number")  # noqa: S608
            return [Canary(*row) for row in rows]

    def forget(self) -> None:
        """Drop the table, and the schema where nobody else put anything into it."""
        with connected(self._address, self._password, writes=True) as connection:
            connection.execute(f"drop table if exists {SCHEMA}.canary")
            connection.execute(f"drop schema if exists {SCHEMA} restrict")
