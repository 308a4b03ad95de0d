"""What a database holds is read whole, or at both ends where it is very large; nothing can be written in passing."""

from __future__ import annotations

import psycopg
import pytest

from drills.databases.postgres import Address, connected
from drills.verification.content import content
from scanner.emulation import Emulator
from tests.drills.databases.world import PASSWORD, REGION, login, settle


@pytest.fixture(scope="module")
def address(aws: Emulator) -> Address:
    settle(aws, "orders", BackupRetentionPeriod=0)
    with login(aws, "orders") as link:
        link.execute("create table event (id bigint primary key, said text)")
        link.execute("insert into event select n, repeat('x', 100) from generate_series(1, 5000) n")
    endpoint = aws.client("rds", REGION).describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0][
        "Endpoint"
    ]
    return Address(endpoint["Address"], endpoint["Port"], "keeper", "shop", "prefer")


def test_a_change_anywhere_changes_the_hash(aws: Emulator, address: Address) -> None:
    with connected(address, PASSWORD) as link:
        before = content(link)
        assert before.rows == {"public.customer": 50, "public.event": 5000, "public.purchase": 500, "public.refund": 0}
        assert content(link) == before
        with login(aws, "orders") as writing:
            writing.execute("update event set said = 'y' where id = 2500")
        after = content(link)
    assert set(before.unchanged(after)) == {"public.customer", "public.purchase", "public.refund"}


def test_a_large_table_is_read_at_both_ends(aws: Emulator, address: Address) -> None:
    with connected(address, PASSWORD) as link:
        before = content(link, most_pages=20, end_pages=5)
        assert before.bounded == {"public.event"}
        assert 0 < before.rows["public.event"] < 5000
        with login(aws, "orders") as writing:
            writing.execute("update event set said = 'z' where id = 1")
        assert "public.event" not in before.unchanged(content(link, most_pages=20, end_pages=5))


def test_a_login_that_reads_writes_nothing(address: Address) -> None:
    with connected(address, PASSWORD) as link, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        link.execute("delete from refund")
    with connected(address, PASSWORD, writes=True) as link:
        link.execute("delete from refund")
