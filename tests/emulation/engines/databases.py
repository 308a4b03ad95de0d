"""What the tests do with databases: create, wait, log in, write, read."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg

from scanner.emulation import Emulator

MASTER, PASSWORD, DATABASE = "clerk", "not-a-secret-1", "shop"
UNDER_WAY = {
    "creating", "backing-up", "rebooting", "starting", "stopping", "modifying", "resetting-master-credentials",
}  # fmt: skip


def create(aws: Emulator, name: str, **told: Any) -> Any:
    return aws.client("rds").create_db_instance(
        **{
            "DBInstanceIdentifier": name, "Engine": "postgres", "DBName": DATABASE, "MasterUsername": MASTER,
            "MasterUserPassword": PASSWORD, "DBInstanceClass": "db.m7g.large", "AllocatedStorage": 20,
            "BackupRetentionPeriod": 7, **told,
        }
    )["DBInstance"]  # fmt: skip


def described(aws: Emulator, name: str) -> Any:
    return aws.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def eventually(look: Callable[[], Any]) -> Any:
    """What is so in the end; it may take as long as a loaded machine needs."""
    deadline = time.monotonic() + 90
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.03)
    return found


def settled(aws: Emulator, name: str) -> Any:
    """Its description once nothing is under way."""

    def look() -> Any:
        said = described(aws, name)
        return None if said["DBInstanceStatus"] in UNDER_WAY else said

    return eventually(look)


def login(said: Any, *, user: str = MASTER, password: str = PASSWORD, database: str = DATABASE) -> Any:
    return psycopg.connect(
        host=said["Endpoint"]["Address"], port=said["Endpoint"]["Port"], user=user, password=password, dbname=database,
        autocommit=True, connect_timeout=10,
    )  # fmt: skip


def prepare(said: Any) -> None:
    with login(said) as link:
        link.execute(
            "CREATE TABLE canaries (seq int PRIMARY KEY, written_at timestamptz NOT NULL, nonce text NOT NULL)"
        )


def write(said: Any, *numbers: int) -> datetime:
    """Write canaries, each a transaction of its own; returns when the last one was durable."""
    with login(said) as link:
        for number in numbers:
            link.execute("INSERT INTO canaries VALUES (%s, clock_timestamp(), %s)", (number, f"nonce-{number}"))
    return datetime.now(UTC)


def read(said: Any) -> dict[int, str]:
    with login(said) as link:
        return dict(link.execute("SELECT seq, nonce FROM canaries ORDER BY seq").fetchall())


def reached(aws: Emulator, name: str, at: datetime) -> Any:
    """The newest restorable time, as soon as it is not before a time."""

    def look() -> datetime | None:
        newest: datetime = described(aws, name)["LatestRestorableTime"]
        return newest if newest >= at else None

    return eventually(look)


def answers(said: Any) -> bool:
    """Whether one can log in and ask something."""
    with login(said) as link:
        return bool(link.execute("SELECT 1").fetchone() == (1,))
