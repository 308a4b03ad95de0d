"""A service goes on after the loss of its database, by the name that people use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest

from drills.measuring.clock import Mark
from drills.plan.model import OwnCheck, Subject
from drills.scene import Measured
from scanner.emulation import Emulator
from tests.drills.databases.world import PASSWORD, REGION, Target, drilled, failed, settle, subject

POINTS = "import os, sys, pathlib; pathlib.Path(sys.argv[1]).write_text(os.environ['COPY_ORDERS_DB_PORT'])"


@dataclass(frozen=True)
class Shop:
    """A shop that counts its purchases, in the database to which a file points."""

    database: str
    pointer: Path
    url: str


@pytest.fixture
def shop(aws: Emulator, tmp_path: Path) -> Iterator[Shop]:
    rds = aws.client("rds", REGION)
    name = f"shop-{len(rds.describe_db_instances()['DBInstances'])}"
    settle(aws, name)
    found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    pointer = tmp_path / "port"
    pointer.write_text(str(found["Endpoint"]["Port"]))

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                with psycopg.connect(
                    host="127.0.0.1", port=int(pointer.read_text()), user="keeper", password=PASSWORD, dbname="shop",
                    connect_timeout=2,
                ) as link:  # fmt: skip
                    row = link.execute("select count(*) from purchase").fetchone()
            except psycopg.Error:
                self.send_error(503)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(str(row[0] if row else "").encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Shop(name, pointer, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()
    thread.join()


def drill(target: Target, shop: Shop, wanted: int = 500, switch: str = POINTS) -> list[Measured]:
    probe = OwnCheck("the shop knows its purchases", http=shop.url, expect={"equals": wanted})
    service = Subject("shop", "shop", "service", "the shop", REGION, checks=(probe,))
    database = subject("orders-db", resource=shop.database, system="orders")
    before = shop.pointer.read_text()
    back = f"import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('{before}')"
    return drilled(
        target, "continuity", service, database, linger="0s", within="2s",
        switch=[sys.executable, "-c", switch, str(shop.pointer)],
        back=[sys.executable, "-c", back, str(shop.pointer)],
    ).measured  # fmt: skip


def test_the_service_answers_again_by_its_own_name(target: Target, shop: Shop) -> None:
    before = shop.pointer.read_text()
    service, database = drill(target, shop)
    assert (service.why, database.why) == ("", "")
    assert failed(service) == failed(database) == []
    assert service.came_back is True
    assert service.shown["answered_while_lost"] is False
    assert service.timeline.stamps[Mark.LOST] == database.timeline.stamps[Mark.LOST]
    whole, part = service.timeline.recovery_time, database.timeline.recovery_time
    assert whole is not None
    assert part is not None
    assert whole > part
    assert shop.pointer.read_text() == before


def test_a_switch_that_points_nowhere_is_a_service_that_stays_away(target: Target, shop: Shop) -> None:
    service, database = drill(target, shop, switch="pass")
    assert database.came_back is True
    assert service.came_back is False
    assert failed(service) == ["the shop knows its purchases"]
    assert service.timeline.recovery_time is None


def test_a_switch_that_fails_brings_nothing_back(target: Target, shop: Shop) -> None:
    service, _ = drill(target, shop, switch="raise SystemExit(1)")
    assert service.came_back is False
    assert "the service is switched to the copies" in failed(service)


def test_a_service_that_is_ill_before_the_loss_says_nothing(target: Target, shop: Shop) -> None:
    service, database = drill(target, shop, wanted=501)
    assert service.why == "before the loss it did not hold: the shop knows its purchases"
    assert database.why.startswith("not begun")
    assert Mark.LOST not in database.timeline.stamps
    with psycopg.connect(
        host="127.0.0.1", port=int(shop.pointer.read_text()), user="keeper", password=PASSWORD, dbname="shop"
    ) as link:  # it is still there
        assert link.execute("select to_regnamespace('backup_drill')").fetchone() == (None,)
