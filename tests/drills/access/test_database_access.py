"""The users of a restored database are tried for what they can do: a real server allows, and denies."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from drills.databases.postgres import Address
from drills.plan.model import Access, Login
from drills.scene import Measured
from drills.verification.access import DENIED, check_access, outcome
from tests.drills.alerts.scenes import on_scene
from tests.drills.databases.world import PASSWORD, REGION, Target, login, measured, subject

READER = Access(
    "who may only read",
    Login("reader", env="UNUSED"),
    allow=("select count(*) from customer",),
    deny=(
        "delete from customer where false",
        "create table public.intruder (id int)",
        "create database intruder",
        "select pg_read_file('PG_VERSION')",
    ),
)


def told(found: Measured) -> dict[str, bool | None]:
    return {one.name: one.held for one in found.checks if one.about.startswith("must-")}


def settled(target: Target) -> None:
    """Wait until what was granted can be restored."""
    with login(target.emulator, "shop") as link:
        link.execute("create table if not exists seen (at timestamptz)")
        at, rds = datetime.now(UTC), target.emulator.client("rds", REGION)
        while not (newest := rds.describe_db_instances()["DBInstances"][0].get("LatestRestorableTime")) or newest < at:
            link.execute("insert into seen values (now())")
            time.sleep(0.2)


@pytest.fixture
def tried(target: Target, tmp_path: Path) -> Callable[[Access], list[bool | None]]:
    """Try a matrix on a server, without a restore before it: what came back is a server like any other."""

    def on_server(matrix: Access) -> list[bool | None]:
        one = subject("shop", access=(matrix,))
        with on_scene(target, tmp_path, one, "database-access") as scene, login(target.emulator, "shop") as link:
            check_access(scene, Address(link.info.host, link.info.port, "keeper", "shop", "prefer"))
        return list(told(scene.measured).values())

    return on_server


def test_what_is_denied_is_denied_by_the_server(target: Target) -> None:
    settled(target)
    found = measured(target, "database-access", subject("shop", access=(READER,)))
    assert found.why == ""
    assert found.tests == ("access",)
    assert found.evidence == "engine"
    assert list(told(found).values()) == [True] * 5
    assert found.came_back is True
    assert found.freshness is None
    with login(target.emulator, "shop") as link:
        assert link.execute("select count(*) from customer").fetchone() == (50,)


def test_what_nobody_denies_is_told_and_undone(target: Target, tried: Callable[[Access], list[bool | None]]) -> None:
    matrix = Access("a clerk", Login("clerk", env="UNUSED"), deny=("insert into purchase values (9999, 1, 1)",))
    assert tried(matrix) == [False]
    with login(target.emulator, "shop") as link:
        assert link.execute("select count(*) from purchase where id = 9999").fetchone() == (0,)


def test_what_must_be_possible_and_is_not_is_told(tried: Callable[[Access], list[bool | None]]) -> None:
    matrix = Access(
        "who may only read",
        Login("reader", env="UNUSED"),
        allow=("insert into purchase values (9999, 1, 1)", "select 1 from no_such_table"),
        deny=("select 1 from no_such_table", "select nonsense from"),
    )
    # That a statement is wrong denies nobody anything.
    assert tried(matrix) == [False, False, None, None]


def test_who_cannot_log_in_shows_no_denial(tried: Callable[[Access], list[bool | None]]) -> None:
    matrix = Access("a stranger", Login("stranger", env="UNUSED"), allow=("select 1",), deny=("select 2",))
    assert tried(matrix) == [False, None]


def test_a_plan_that_denies_nothing_shows_nothing(target: Target) -> None:
    found = measured(target, "database-access", subject("shop"))
    assert "the plan names nothing" in found.why
    assert found.checks == []


def test_every_restore_tries_the_matrix(target: Target) -> None:
    found = measured(target, "database-point-in-time", subject("shop", access=(READER,)), keeps_source=True)
    assert list(told(found).values()) == [True] * 5


def test_each_statement_is_undone(target: Target) -> None:
    with login(target.emulator, "shop") as link:
        assert outcome(link, "insert into customer values (7777, 'nobody')") == ""
        assert link.execute("select count(*) from customer where id = 7777").fetchone() == (0,)
        assert outcome(link, "select 1 / 0") == "22012"
        assert link.execute("select 1").fetchone() == (1,)
        with psycopg.connect(
            host=link.info.host, port=link.info.port, user="reader", password=PASSWORD, dbname="shop", autocommit=True
        ) as reader:
            assert outcome(reader, "update customer set name = ''") == DENIED


def test_no_password_is_part_of_an_address() -> None:
    assert "password" not in Address.__dataclass_fields__
