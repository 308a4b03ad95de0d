"""An index that does not agree with its table is found; one that could not be checked is not called broken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from drills.databases.postgres import Address, connected
from drills.verification.integrity import check_integrity
from scanner.emulation import Emulator
from scanner.emulation.engines import Engines
from tests.drills.databases.world import PASSWORD, REGION, login, settle

INDEXES = "every index agrees with its table"


@pytest.fixture(scope="module")
def address(aws: Emulator) -> Address:
    settle(aws, "orders", BackupRetentionPeriod=0)
    endpoint = aws.client("rds", REGION).describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0][
        "Endpoint"
    ]
    return Address(endpoint["Address"], endpoint["Port"], "keeper", "shop", "prefer")


def checked(address: Address, *wanted: str, **may_be_empty: str) -> dict[str, tuple[bool | None, str]]:
    noted: dict[str, tuple[bool | None, str]] = {}

    def check(_about: str, name: str, *, held: bool | None, detail: str = "") -> None:
        noted[name] = (held, detail)

    empty = {name.replace("_", "."): why for name, why in may_be_empty.items()}
    scene: Any = SimpleNamespace(check=check, subject=SimpleNamespace(may_be_empty=empty))
    with connected(address, PASSWORD) as link:
        check_integrity(scene, link, wanted, {})
    return noted


def test_what_is_whole_is_whole(address: Address) -> None:
    found = checked(address, "public.purchase", "public.refund", public_refund="nobody sends anything back")
    assert {name: held for name, (held, _) in found.items()} == {
        "every page that is read is whole": True,
        "every table came back": True,
        "no table came back empty": True,
        INDEXES: True,
    }


def test_a_table_that_came_back_empty_is_named(address: Address) -> None:
    assert checked(address, "public.refund")["no table came back empty"] == (False, "without a row: public.refund")


def test_a_table_that_is_missing_is_named(address: Address) -> None:
    assert checked(address, "public.nothing")["every table came back"] == (False, "missing: public.nothing")


def test_a_broken_index_is_found(aws: Emulator, engines: Engines, address: Address) -> None:
    server = engines.named("orders").server
    assert server is not None
    with server.connect("shop") as link:
        # A function that is not what it said it was: what the index holds is not what its table holds now.
        link.execute("create table word (said text)")
        link.execute("insert into word select 'w' || n from generate_series(1, 50) n")
        link.execute("create function bare(text) returns text immutable language sql as 'select $1'")
        link.execute("create index worded on word (bare(said))")
        link.execute(
            "create or replace function bare(text) returns text immutable language sql as 'select reverse($1)'"
        )
    found = checked(address)
    assert found[INDEXES] == (False, "broken: worded")
    # It belongs to somebody else, who lets nobody read it: that is told, and stops nothing.
    assert found["no table came back empty"][1].endswith("; 1 could not be read")
    with server.connect("shop") as link:
        link.execute("drop table word")


def test_a_damaged_page_is_found(engines: Engines, aws: Emulator, address: Address) -> None:
    server = engines.named("orders").server
    assert server is not None
    with login(aws, "orders") as link:
        link.execute("create table torn as select n, repeat('x', 500) as said from generate_series(1, 200) n")
        row = link.execute("select pg_relation_filepath('torn')").fetchone()
    assert row is not None
    # A server that was stopped reads its pages anew: they are not in its memory any more.
    server.stop()
    file = server.data / row[0]
    pages = bytearray(file.read_bytes())
    pages[8192 + 100 : 8192 + 4000] = b"?" * 3900
    file.write_bytes(pages)
    server.start()
    found = checked(address, "public.torn", "public.purchase")
    assert found["every page that is read is whole"] == (False, "damaged: public.torn")
    assert found["every table came back"][0] is True
    with login(aws, "orders") as link:
        link.execute("drop table torn")


def test_who_may_not_check_says_nothing(aws: Emulator, address: Address) -> None:
    with login(aws, "orders") as link:
        link.execute(f"create role stranger login password '{PASSWORD}'")
    stranger = Address(address.host, address.port, "stranger", address.database, address.tls)
    noted: list[tuple[str, bool | None]] = []
    scene: Any = SimpleNamespace(
        check=lambda _about, name, *, held, detail="": noted.append((name, held)),
        subject=SimpleNamespace(may_be_empty={}),
    )
    from drills.verification import integrity

    with connected(stranger, PASSWORD) as link:
        integrity._check_indexes(scene, link)
    assert noted == [(INDEXES, None)]
