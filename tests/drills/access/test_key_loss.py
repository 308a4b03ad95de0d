"""Without its key a copy is refused in clear words; a restore that needs no key is told."""

from __future__ import annotations

from typing import Any

import pytest

from drills.kinds.key_loss import REFUSED
from tests.drills.databases.world import REGION, Target, measured, subject


def snapshot(target: Target) -> None:
    rds = target.emulator.client("rds", REGION)
    if not rds.describe_db_snapshots(DBInstanceIdentifier="shop", SnapshotType="manual")["DBSnapshots"]:
        rds.create_db_snapshot(DBInstanceIdentifier="shop", DBSnapshotIdentifier="by-hand")
        rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="by-hand", WaiterConfig={"Delay": 1})


def keys(target: Target) -> dict[str, str]:
    kms = target.emulator.client("kms", REGION)
    told = [kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"] for one in kms.list_keys()["Keys"]]
    return {one["KeyId"]: one["KeyState"] for one in told}


def test_without_the_key_it_is_refused_and_with_it_it_comes_back(target: Target) -> None:
    snapshot(target)
    before = keys(target)
    found = measured(target, "key-loss", subject("shop"))
    assert found.why == ""
    assert {one.name: one.held for one in found.checks} == {
        REFUSED: True,
        "with its key every table can be read": True,
    }
    assert found.came_back is True
    assert found.timeline.recovery_time is not None
    after = keys(target)
    assert {key: after[key] for key in before} == before
    assert [state for key, state in after.items() if key not in before] == ["PendingDeletion"]
    rds = target.emulator.client("rds", REGION)
    assert [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]] == ["shop"]


def test_a_restore_that_needs_no_key_is_told(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.emulation.services.rds import real

    snapshot(target)
    monkeypatch.setattr(real, "check_key", lambda *_: None)
    found = measured(target, "key-loss", subject("shop"))
    assert {one.name: one.held for one in found.checks if one.about == "must-deny"} == {REFUSED: False}


def test_a_refusal_about_something_else_says_nothing_of_the_key(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner.emulation.services.rds import real
    from scanner.emulation.wire import Refusal

    snapshot(target)
    tried: list[Any] = []

    def refuse(call: Any) -> None:
        tried.append(call)
        if len(tried) == 1:
            raise Refusal("InstanceQuotaExceeded", "too many")

    monkeypatch.setattr(real, "check_quota", refuse)
    found = measured(target, "key-loss", subject("shop"))
    assert {one.name: one.held for one in found.checks if one.about == "must-deny"} == {REFUSED: None}


def test_a_database_without_a_snapshot_is_inconclusive(target: Target) -> None:
    found = measured(target, "key-loss", subject("nowhere"))
    assert "there is no database instance nowhere" in found.why
