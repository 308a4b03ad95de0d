"""From a run on a told port to its reports: what was said and measured arrives, and no password does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from drills import running
from drills.judging import exit_of, judge_record
from drills.kinds.drill import Drill, SingleDrill
from drills.measuring.clock import Mark
from drills.plan.document import plan_of
from drills.plan.model import Entry, Login, Subject
from drills.results.record import Record, record_of
from drills.results.record_file import load
from drills.results.writing import write_results
from drills.running import Running
from drills.scene import Demanded, Scene
from drills.stage.journal import Journal
from drills.stage.refusals import Inconclusive, Stopped
from drills.stage.run import Run
from drills.targets.target import Opened
from scanner.collect.port import Port
from scanner.door.exits import Exit
from tests.drills.results.sample import configuration, policy
from tests.drills.stand_ins import AT, DrivenClock, ToldPort, refused

RUN = Run("261124-abc234", AT, AT + timedelta(days=1), "operations")
PASSWORD = "correct horse battery staple"
PLAN = plan_of({
    "name": "quarterly",
    "subjects": {
        name: {"system": system, "kind": "database", "resource": name, "region": "eu-west-1"}
        for name, system in (("users", "authentication"), ("orders", "orders"))
    },
    "drills": [{"drill": "told", "of": "users"}, {"drill": "told", "of": ["users", "orders"], "name": "both"}],
    "limits": {"longest": "1h"},
})  # fmt: skip


class Told(Opened):
    name: ClassVar[str] = "emulator"
    account = "111122223333"

    def __init__(self, port: Port) -> None:
        self._port = port

    @property
    def port(self) -> Port:
        return self._port

    def evidence(self, subject: Subject) -> str:
        return "engine"

    def password(self, login: Login) -> str:
        return PASSWORD


def restored(scene: Scene) -> None:
    scene.mark(Mark.LOST)
    made = scene.restore("rds:db", scene.stage.run.name(scene.measured.name), "rds:RestoreDBInstanceToPointInTime",
                         source=scene.subject.resource, SourceDBInstanceIdentifier=scene.subject.resource)  # fmt: skip
    scene.stage.change(made, "rds:ModifyDBInstance", DBInstanceIdentifier=made.id, MasterUserPassword=PASSWORD)
    scene.clock.sleep(timedelta(seconds=30))
    scene.mark(Mark.VALIDATED)
    scene.measured.came_back = True


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, act: Any) -> Record:
    # Made here, so that no other test finds it among the drills that there are.
    told = type("ToldDrill", (_Acting,), {"act": staticmethod(act), "__doc__": "It does as it is told."})()
    monkeypatch.setattr(running, "drills", lambda: {"told": told})
    ok: dict[str, Any] = {"RestoreDBInstanceToPointInTime": lambda **_: {}, "ModifyDBInstance": lambda **_: {},
                          "DeleteDBInstance": lambda **_: {}, "DescribeDBInstances": refused("DBInstanceNotFound")}  # fmt: skip
    demanded = {"authentication": Demanded(timedelta(hours=1), timedelta(minutes=5))}
    with Journal(folder, RUN.id, AT, RUN.expires_at) as journal:
        ran = Running(PLAN, Told(ToldPort(**ok)), RUN, journal, lambda: None, DrivenClock(), demanded).go()
    return record_of(ran)


class _Acting(SingleDrill):
    tests: ClassVar[tuple[str, ...]] = ("database",)
    on: ClassVar[tuple[str, ...]] = ("database",)
    act: Any

    def steps(self, entry: Entry, subjects: Sequence[Subject]) -> tuple[str, ...]:
        return ()

    def run(self, scene: Scene) -> None:
        self.act(scene)


def test_what_was_said_and_measured_arrives_in_every_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record = run(monkeypatch, tmp_path / "state", restored)
    alone, users, orders = record.measured
    assert [one.entry for one in record.measured] == ["told of users", "both", "both"]
    assert alone.rto == timedelta(hours=1)
    assert orders.rto is None
    assert alone.recovery_time == timedelta(seconds=30)
    assert [call.operation for call in users.calls] == [
        "rds:RestoreDBInstanceToPointInTime", "rds:ModifyDBInstance", "rds:DeleteDBInstance", "rds:DescribeDBInstances",
    ]  # fmt: skip
    assert all(one.left_behind == () for one in record.measured)
    files = write_results(record, judge_record(record, policy(), configuration()), tmp_path / "out")
    assert load(tmp_path / "out" / "drill.json") == record
    for file in files:
        assert PASSWORD not in file.read_text(encoding="utf-8"), file


def test_a_drill_without_canaries_has_not_passed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record = run(monkeypatch, tmp_path, restored)
    judgement = judge_record(record, policy(), configuration())
    assert exit_of(record, judgement) is Exit.UNKNOWN
    assert all("without canaries" in " ".join(one.because) for one in judgement.systems)


@pytest.mark.parametrize("raised", [Inconclusive("it hung"), OSError("no route"), ValueError(PASSWORD)])
def test_what_ends_a_drill_early_leaves_a_reason_and_no_secret(
    raised: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def act(scene: Scene) -> None:
        raise raised

    record = run(monkeypatch, tmp_path, act)
    assert {one.state for one in record.measured} == {"inconclusive"}
    assert all(one.why and PASSWORD not in one.why for one in record.measured)
    assert exit_of(record, judge_record(record, policy(), configuration())) is Exit.UNKNOWN


def test_a_run_that_is_stopped_is_recorded_as_far_as_it_came(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def act(scene: Scene) -> None:
        raise Stopped("the kill switch was thrown")

    record = run(monkeypatch, tmp_path, act)
    assert record.stopped == "the kill switch was thrown"
    (only,) = record.measured
    assert only.why == "stopped before its end"
    assert exit_of(record, judge_record(record, policy(), configuration())) is Exit.UNKNOWN


def test_the_stand_in_is_no_drill_of_the_product() -> None:
    from drills.kinds import drills

    known: Mapping[str, Drill] = drills()
    assert "told" not in known
