"""Each way in which a restore goes wrong has a result of its own, and none of them looks like a recovery.

This is what keeps drills honest: a check that cannot fail shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from drills.cli.planning import judged_by
from drills.judging import judge_record
from drills.measuring.clock import Mark
from drills.results.record import record_of
from drills.scene import Measured
from scanner.collect.port import CallFailed, Page, Port
from scanner.emulation import Emulator
from scanner.emulation.engines import Engines, Fault
from scanner.model.reading import Reason
from tests.drills.databases.world import REGION, Target, drilled, failed, login, settle, subject

DRILL = "database-point-in-time"


@pytest.fixture(scope="module", autouse=True)
def source(aws: Emulator) -> str:
    settle(aws, "orders")
    return "orders"


@pytest.fixture(autouse=True)
def nothing_wrong_yet(engines: Engines) -> Iterator[None]:
    engines.faults.clear()
    yield
    engines.faults.clear()


def went(target: Target, **told: Any) -> tuple[Measured, str]:
    """Give what was measured, and what the rules of the policy say of it."""
    ran = drilled(target, DRILL, subject("orders"), **{"keeps_source": True, "linger": "0s", **told})
    (found,) = ran.measured
    judgement = judge_record(record_of(ran), *judged_by(None, None, "emulator"))
    assert judgement.crashes == ()
    return found, judgement.outcome


def came_back_whole(found: Measured) -> bool:
    """What no restore that went wrong may look like."""
    return (
        not found.why
        and not found.not_tested
        and found.came_back is True
        and Mark.VALIDATED in found.timeline.stamps
        and not failed(found)
        and found.left_behind == ()
        and found.freshness is not None
        and found.freshness.loss is not None
    )


def test_a_restore_that_goes_well_does_look_like_one(target: Target) -> None:
    # Without this, all the others could be right for the wrong reason.
    found, verdict = went(target)
    assert came_back_whole(found)
    assert verdict == "passed"
    assert not found.freshness.trouble if found.freshness else False
    assert all(check.held for check in found.checks)


def test_a_stale_base_backup_loses_what_was_written(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.STALE_BASE)
    found, verdict = went(target)
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert found.came_back is False
    assert failed(found)[0] == "the canaries came back without a gap"
    assert found.freshness is not None
    assert found.freshness.nothing_came_back
    assert found.freshness.loss is None


def test_a_gap_in_the_log_brings_nothing_back(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.WAL_GAP)
    found, verdict = went(target)
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert failed(found) == ["the restore brings something back"]
    assert "incompatible-restore" in found.checks[-1].detail
    assert found.timeline.recovery_time is None


def test_canaries_that_were_lost_in_between_are_a_hole(target: Target, aws: Emulator) -> None:
    with trigger(aws, "if new.number = 2 then return null; end if; return new;"):
        found, verdict = went(target, linger="3s")
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert failed(found) == ["the canaries came back without a gap"]
    assert found.freshness is not None
    assert found.freshness.holes == (2,)


def test_canaries_that_somebody_else_wrote_are_strangers(target: Target, aws: Emulator) -> None:
    with trigger(aws, "if new.number = 2 then new.nonce := 'forged'; end if; return new;"):
        found, verdict = went(target, linger="3s")
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert failed(found) == ["the canaries came back without a gap"]
    assert found.freshness is not None
    assert found.freshness.strangers == 1


def test_tables_that_say_something_else_are_noticed(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.REWRITE)
    found, verdict = went(target)
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert "tables that nobody writes to hold the same rows" in failed(found)


def test_a_table_that_is_missing_is_noticed(target: Target, aws: Emulator, engines: Engines) -> None:
    # A restore of the oldest backup, in which the table was not yet: every other table is there.
    with login(aws, "orders") as link:
        link.execute("create table lately as select 1 as id")
    try:
        engines.faults.add(Fault.STALE_BASE)
        found, verdict = went(target)
    finally:
        with login(aws, "orders") as link:
            link.execute("drop table lately")
    assert verdict == "failed"
    missing = next(check for check in found.checks if check.name == "every table came back")
    assert missing.held is False
    assert "public.lately" in missing.detail


def test_the_default_parameter_group_is_not_what_was_lost(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.DEFAULT_PARAMETERS)
    found, verdict = went(target)
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert failed(found) == ["the parameter group is as it was"]


def test_without_its_key_nothing_comes_back(target: Target, aws: Emulator) -> None:
    kms = aws.client("kms", REGION)
    kms.disable_key(KeyId=vars(aws)["key"])
    try:
        found, verdict = went(target)
    finally:
        kms.enable_key(KeyId=vars(aws)["key"])
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert found.came_back is False
    assert failed(found) == ["the restore brings something back"]
    assert "KMSKeyNotAccessible" in found.checks[-1].detail


def test_a_restore_that_hangs_is_inconclusive(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.HANG)
    found, verdict = went(target, longest="2s")
    assert not came_back_whole(found)
    assert verdict == "unknown"
    assert "not within 2 seconds" in found.why
    assert found.came_back is None
    assert Mark.AVAILABLE not in found.timeline.stamps


def test_a_restore_that_completes_without_data_is_noticed(target: Target, engines: Engines) -> None:
    engines.faults.add(Fault.EMPTY)
    found, verdict = went(target)
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert Mark.AVAILABLE in found.timeline.stamps  # the service is content
    assert found.came_back is False
    assert {"every table came back", "the canaries came back without a gap"} <= set(failed(found))


def test_a_copy_that_cannot_be_removed_is_told(aws: Emulator, engines: Engines) -> None:
    found, verdict = went(Target(aws, engines, Unremovable))
    assert not came_back_whole(found)
    assert verdict == "failed"
    assert found.left_behind is not None
    assert len(found.left_behind) == 1
    assert "AccessDenied" in found.left_behind[0]
    assert Mark.CLEANED not in found.timeline.stamps


class Unremovable:
    """A port of which the role may restore and not delete."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def pages(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Iterator[Page]:
        if operation == "DeleteDBInstance":
            raise CallFailed(Reason.DENIED, "AccessDenied", "told so")
        return iter(self._port.pages(service, operation, region, parameters))


class trigger:  # read as a word of the test
    """Something on the source that changes canaries on their way in, as a faulty replica or a restore would."""

    def __init__(self, aws: Emulator, does: str) -> None:
        self._aws, self._does = aws, does

    def __enter__(self) -> None:
        with login(self._aws, "orders") as link:
            link.execute("create schema backup_drill")
            link.execute(
                "create table backup_drill.canary (number bigint primary key, written_at timestamptz not null, "
                "nonce text not null, seal text not null)"
            )
            link.execute(
                f"create function backup_drill.meddle() returns trigger language plpgsql as $$ begin {self._does} end $$".encode()
            )
            link.execute(
                "create trigger meddle before insert on backup_drill.canary for each row execute function backup_drill.meddle()"
            )

    def __exit__(self, *_: object) -> None:
        with login(self._aws, "orders") as link:
            link.execute("drop schema if exists backup_drill cascade")
