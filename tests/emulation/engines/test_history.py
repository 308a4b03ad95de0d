"""What can be restored is reckoned from what is in S3, by the second and without a gap."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.emulation.engines.configuration import applicable, settings
from scanner.emulation.engines.history import Base, History, whole_second_after
from scanner.emulation.engines.lifecycle import Delays, Lifecycle

pytestmark = pytest.mark.xdist_group("history-of-engines")

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
instants = st.integers(0, 10_000_000).map(lambda each: AT + timedelta(microseconds=each))


class Shelf:
    """As S3, in memory."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, key: str, body: bytes) -> None:
        self.held[key] = body

    def get(self, key: str) -> bytes | None:
        return self.held.get(key)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.held if key.startswith(prefix))

    def delete(self, prefix: str) -> None:
        for key in self.keys(prefix):
            del self.held[key]


def name(number: int) -> str:
    return f"{1:08X}{0:08X}{number:08X}"


@pytest.fixture
def history() -> Any:
    shelf: Any = Shelf()
    return History("h", shelf)


@given(newest=instants)
def test_a_commit_lies_beyond_the_newest_restorable_time(newest: datetime) -> None:
    shelf: Any = Shelf()
    history = History("h", shelf)
    history.ship(name(1), b"x", newest)
    latest = history.latest()
    assert latest is not None
    assert latest.microsecond == 0
    assert timedelta(0) < newest - latest <= timedelta(seconds=1)


@given(ended=instants)
def test_a_base_serves_from_the_first_whole_second_after_it(ended: datetime) -> None:
    first = whole_second_after(ended)
    assert first.microsecond == 0
    assert timedelta(0) <= first - ended < timedelta(seconds=1)


def test_without_a_base_or_a_log_there_is_no_window(history: History) -> None:
    assert (history.latest(), history.earliest(AT, 7), history.oldest(), history.base_for(AT)) == (None,) * 4


def test_the_window_moves_with_the_retention(history: History) -> None:
    history.bases += [Base("b/1", AT, name(1)), Base("b/2", AT + timedelta(days=9), name(5))]
    assert history.earliest(AT + timedelta(days=1), 7) == AT
    assert history.earliest(AT + timedelta(days=10), 7) == AT + timedelta(days=3)
    chosen = [history.base_for(AT + timedelta(days=days)) for days in (-1, 0, 8, 9)]
    assert [each and each.prefix for each in chosen] == [None, "b/1", "b/1", "b/2"]


def test_the_log_is_fetched_from_the_base_to_the_first_commit_beyond(history: History) -> None:
    base = Base("b/1", AT, name(2))
    for number in range(1, 7):
        history.ship(name(number), b"x", AT + timedelta(seconds=number) if number != 4 else None)
    needed = [segment.name for segment in history.needed(base, AT + timedelta(seconds=4, microseconds=1))]
    assert needed == [name(3), name(4), name(5)]


def test_a_full_segment_replaces_its_beginning_and_never_the_other_way(history: History) -> None:
    history.ship(name(1), b"beg\0\0", AT, partial=True)
    (segment,) = history.segments
    assert (segment.partial, (history.fetch(segment) or b"").rstrip(b"\0")) == (True, b"beg")
    history.ship(name(1), b"begun\0", AT)
    history.ship(name(1), b"beg", AT, partial=True)
    (segment,) = history.segments
    assert (segment.partial, (history.fetch(segment) or b"").rstrip(b"\0")) == (False, b"begun")
    assert history.storage.keys("h/") == [f"h/wal/{name(1)}"]
    history.ship("00000002.history", b"1\t0/1\tbranched\n", None)
    assert history.timelines() == {"00000002.history": b"1\t0/1\tbranched\n"}
    history.storage.delete(f"h/wal/{name(1)}")
    assert history.fetch(segment) is None
    history.forget()
    assert (history.segments, history.storage.keys("")) == ([], [])


def test_a_group_says_what_the_server_knows_and_nothing_of_the_services() -> None:
    known = {"work_mem": "user", "fsync": "sighup", "port": "postmaster", "listen_addresses": "postmaster"}
    said = {
        "work_mem": "8192", "fsync": "off", "port": "1", "shared_buffers": "{DBInstanceClassMemory/32768}",
        "autovacuum_freeze_max_age": "7", "rds.force_ssl": "1",
    }  # fmt: skip
    assert applicable(said, known) == {"work_mem": "8192", "rds.force_ssl": "1"}
    from pathlib import Path

    written = settings(port=5, spool=Path("/s"), known=known, parameters={"work_mem": "a'b\nport = 1"}, recovery={})
    assert written.splitlines() == [
        "listen_addresses = '127.0.0.1'", "port = '5'", "fsync = 'off'", "work_mem = 'a''b port = 1'",
    ]  # fmt: skip


def test_a_state_ends_when_its_time_and_its_work_are_over() -> None:
    now = [AT]
    hour = timedelta(hours=1)
    life = Lifecycle(lambda: now[0], "creating")
    creating, backing = life.enter("creating", hour), life.enter("backing-up", hour)
    now[0] = AT + 2 * hour
    assert life.status == "creating"
    life.finish(creating)
    assert life.status == "backing-up"
    life.finish(backing)
    now[0] = AT + 2.5 * hour
    assert life.status == "backing-up"
    now[0] = AT + 3 * hour
    assert life.status == "available"


def test_what_fails_stays_so_and_what_was_to_come_does_not() -> None:
    life = Lifecycle(lambda: AT, "creating")
    creating = life.enter("creating", Delays().creating)
    life.enter("backing-up", Delays().backing_up)
    life.fail(creating, "incompatible-restore")
    assert life.status == "incompatible-restore"
    life.finish(life.enter("deleting", Delays().deleting, "deleted"))
    assert life.status == "deleted"
    life.lose("failed")
    assert life.status == "failed"
