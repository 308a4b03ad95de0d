"""Nothing is made that the journal does not name first, and nothing changed that the run has not made."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from drills.measuring.clock import Clock
from drills.stage.journal import Journal, traces
from drills.stage.port import Calls
from drills.stage.refusals import Inconclusive, Stopped
from drills.stage.run import Run
from drills.stage.stage import Stage
from scanner.collect.port import CallFailed, Port
from scanner.model.reading import Reason
from tests.drills.stand_ins import AT, DrivenClock, ToldPort, refused

RUN = Run("261124-abc234", AT, AT + timedelta(days=1), "operations")
NAME = RUN.name("orders")
RESTORE = "rds:RestoreDBInstanceToPointInTime"


def nothing() -> None:
    """No guard objects."""


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    with Journal(tmp_path, RUN.id, AT, RUN.expires_at) as journal:

        def stage(port: Port, guard: Callable[[], None] = nothing, clock: Clock | None = None) -> Stage:
            return Stage(Calls(port, "111111111111", "eu-west-1"), RUN, journal, guard, clock or DrivenClock())

        yield stage


def left(folder: Path) -> list[str]:
    return [made.id for trace in traces(folder) for made in trace.left]


def test_the_journal_names_it_before_the_call(tmp_path: Path, staged: Callable[..., Stage]) -> None:
    seen: list[list[str]] = []

    def restore(**_: Any) -> dict[str, Any]:
        seen.append(left(tmp_path))
        return {}

    port = ToldPort(RestoreDBInstanceToPointInTime=restore)
    staged(port).make("rds:db", NAME, RESTORE, source="orders", SourceDBInstanceIdentifier="orders")
    assert seen == [[NAME]]
    assert port.asked == [(RESTORE, {"TargetDBInstanceIdentifier": NAME, "SourceDBInstanceIdentifier": "orders"})]


def test_what_was_refused_may_be_there_all_the_same(tmp_path: Path, staged: Callable[..., Stage]) -> None:
    # An answer that is lost on its way looks like a refusal.
    with pytest.raises(CallFailed):
        staged(ToldPort(RestoreDBInstanceToPointInTime=refused("Timeout"))).make("rds:db", NAME, RESTORE)
    assert left(tmp_path) == [NAME]


@pytest.mark.parametrize("name", ["orders", "bkpdrill-other-orders", ""])
def test_nothing_is_made_under_a_name_that_is_not_the_runs(name: str, staged: Callable[..., Stage]) -> None:
    port = ToldPort()
    with pytest.raises(ValueError, match="is not a name of run"):
        staged(port).make("rds:db", name, RESTORE)
    assert port.asked == []


def test_nothing_is_restored_in_place(staged: Callable[..., Stage]) -> None:
    port = ToldPort()
    with pytest.raises(ValueError, match="is not a name of run"):
        staged(port).make("rds:db", NAME, RESTORE, source=NAME)
    assert port.asked == []


def test_a_guard_that_does_not_hold_comes_before_everything(tmp_path: Path, staged: Callable[..., Stage]) -> None:
    def thrown() -> None:
        raise Stopped("the kill switch is thrown")

    port = ToldPort()
    with pytest.raises(Stopped):
        staged(port, thrown).make("rds:db", NAME, RESTORE)
    assert port.asked == []
    assert left(tmp_path) == []


def test_only_reading_calls_are_free(staged: Callable[..., Stage]) -> None:
    port = ToldPort()
    with pytest.raises(ValueError, match="rds:DeleteDBInstance changes something"):
        staged(port).calls.one("rds:DeleteDBInstance", DBInstanceIdentifier="orders")
    assert port.asked == []


def test_only_what_the_run_made_is_changed(staged: Callable[..., Stage]) -> None:
    port = ToldPort(RestoreDBInstanceToPointInTime=lambda **_: {}, ModifyDBInstance=lambda **_: {})
    stage, other = staged(port), staged(port)
    made = stage.make("rds:db", NAME, RESTORE)
    stage.change(made, "rds:ModifyDBInstance", DBInstanceIdentifier=NAME)
    with pytest.raises(ValueError, match="was not made by run"):
        other.change(made, "rds:ModifyDBInstance", DBInstanceIdentifier=NAME)
    with pytest.raises(ValueError, match="is not declared to change"):
        stage.change(made, "rds:DeleteDBInstance", DBInstanceIdentifier=NAME)


def test_it_is_gone_when_nobody_finds_it_any_more(tmp_path: Path, staged: Callable[..., Stage]) -> None:
    looks = iter(["deleting", "deleting", None])

    def describe(**_: Any) -> dict[str, Any]:
        state = next(looks)
        if state is None:
            raise CallFailed(Reason.FAILED, "DBInstanceNotFound", "told so")
        one = {"DBInstanceIdentifier": NAME, "DBInstanceArn": "arn", "DBInstanceStatus": state}
        return {"DBInstances": [one]}

    clock = DrivenClock()
    port = ToldPort(
        RestoreDBInstanceToPointInTime=lambda **_: {}, DeleteDBInstance=lambda **_: {}, DescribeDBInstances=describe
    )
    stage = staged(port, clock=clock)
    stage.make("rds:db", NAME, RESTORE)
    assert stage.leave() == ()
    assert len(clock.slept) == 2
    assert left(tmp_path) == []


def test_what_cannot_be_removed_is_told_and_stays_in_the_journal(tmp_path: Path, staged: Callable[..., Stage]) -> None:
    port = ToldPort(
        RestoreDBInstanceToPointInTime=lambda **_: {},
        DeleteDBInstance=refused("AccessDenied"),
        DescribeDBInstances=refused("AccessDenied"),
    )
    stage = staged(port)
    stage.make("rds:db", NAME, RESTORE)
    assert stage.leave() == (f"rds:db {NAME} in 111111111111/eu-west-1: AccessDenied",)
    assert left(tmp_path) == [NAME]


def test_a_wait_ends(staged: Callable[..., Stage]) -> None:
    clock = DrivenClock()
    with pytest.raises(Inconclusive, match="the restore: not within 1 minute"):
        staged(ToldPort(), clock=clock).wait(
            "the restore", lambda: None, every=timedelta(seconds=20), longest=timedelta(minutes=1)
        )
    assert clock.passed <= timedelta(minutes=1)


def test_the_kill_switch_ends_a_wait(staged: Callable[..., Stage]) -> None:
    looks = 0

    def guard() -> None:
        if looks == 3:
            raise Stopped("the kill switch is thrown")

    def look() -> None:
        nonlocal looks
        looks += 1

    with pytest.raises(Stopped):
        staged(ToldPort(), guard).wait("it", look, every=timedelta(seconds=1), longest=timedelta(days=1))
    assert looks == 3
