"""The waiters are botocore's format, speak of operations and members that exist, and know every end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import botocore.session
import jmespath
import pytest
from botocore.model import ListShape, StringShape, StructureShape

from drills.stage import waiters
from drills.stage.journal import Journal
from drills.stage.port import Calls
from drills.stage.refusals import Inconclusive, Stopped
from drills.stage.stage import Stage
from scanner.collect.port import CallFailed
from scanner.model.reading import Reason
from tests.collect.recorded import Recorded
from tests.drills.guards.disk_account import ACCOUNT, REGION, RUN
from tests.drills.stand_ins import AT, DrivenClock

SESSION = botocore.session.get_session()
ALL = [(service, name) for service in waiters.SERVICES for name in waiters.model(service)]


@pytest.mark.parametrize(("service", "name"), ALL, ids=[".".join(one) for one in ALL])
def test_a_waiter_speaks_of_what_exists(service: str, name: str) -> None:
    waiter = waiters.model(service)[name]
    model = SESSION.get_service_model(service).operation_model(waiter.operation)
    errors = {shape.metadata.get("error", {}).get("code") or shape.name for shape in model.error_shapes}
    assert waiter.acceptors
    for acceptor in waiter.acceptors:
        if acceptor.matcher == "error":
            assert acceptor.expected in errors
            continue
        assert jmespath.compile(acceptor.argument)
        shape: Any = model.output_shape
        for step in acceptor.argument.replace("[]", ".[]").split("."):
            if step == "[]":
                assert isinstance(shape, ListShape)
                shape = shape.member
            else:
                assert isinstance(shape, StructureShape)
                shape = shape.members[step]
        assert isinstance(shape, StringShape)
        assert acceptor.expected in shape.enum, f"{name}: {shape.name} has no {acceptor.expected}"


#: Words of a job from which it may still go on (AWS Backup API reference).
GOES_ON = {"CREATED", "PENDING", "RUNNING", "ABORTING", "AGGREGATE_ALL", "ANY"}


@pytest.mark.parametrize(("name", "path", "shape"), [
    ("BackupJobCompleted", "State", "BackupJobState"), ("RestoreJobCompleted", "Status", "RestoreJobStatus"),
    ("CopyJobCompleted", "CopyJob.State", "CopyJobState"),
])  # fmt: skip
def test_every_state_of_a_job_is_success_failure_or_on_its_way(name: str, path: str, shape: str) -> None:
    for word in SESSION.get_service_model("backup").shape_for(shape).enum:
        answer: Mapping[str, Any] = {path.rpartition(".")[2]: word}
        found = waiters.state("backup", name, {"CopyJob": answer} if "." in path else answer)
        assert found == ("success" if word == "COMPLETED" else "retry" if word in GOES_ON else "failure"), word


def staged(tmp_path: Path, answers: list[Any], guard: Any = lambda: None) -> Any:
    left = iter(answers)
    port = Recorded({"backup:DescribeRestoreJob": lambda *_: next(left),
                     "backup:DescribeRecoveryPoint": lambda *_: next(left)})  # fmt: skip
    journal = Journal(tmp_path, RUN.id, AT, RUN.expires_at)
    journal.close()
    return Stage(Calls(port, ACCOUNT, REGION), RUN, journal, guard, DrivenClock())


ASKED: dict[str, Any] = {"longest": timedelta(hours=1), "RestoreJobId": "j"}


def test_it_waits_for_the_end_and_gives_it(tmp_path: Path) -> None:
    done = {"Status": "COMPLETED", "CreatedResourceArn": "arn"}
    stage = staged(tmp_path, [{"Status": "PENDING"}, {"Status": "RUNNING"}, done])
    assert waiters.wait(stage, "backup", "RestoreJobCompleted", **ASKED) == done
    assert stage.clock.slept == [timedelta(seconds=15)] * 2


def test_another_end_is_told(tmp_path: Path) -> None:
    failed = {"Status": "FAILED", "StatusMessage": "no key"}
    with pytest.raises(waiters.Failed) as told:
        waiters.wait(staged(tmp_path, [failed]), "backup", "RestoreJobCompleted", **ASKED)
    assert told.value.answer == failed
    (tmp_path / "b").mkdir()
    assert waiters.ended(staged(tmp_path / "b", [failed]), "backup", "RestoreJobCompleted", **ASKED) == failed


def test_it_ends_in_time_and_by_the_kill_switch(tmp_path: Path) -> None:
    with pytest.raises(Inconclusive, match="RestoreJobCompleted of backup: not within 1 hour"):
        waiters.wait(staged(tmp_path, [{"Status": "RUNNING"}] * 999), "backup", "RestoreJobCompleted", **ASKED)

    def thrown() -> None:
        raise Stopped("thrown")

    (tmp_path / "b").mkdir()
    with pytest.raises(Stopped):
        waiters.wait(staged(tmp_path / "b", [], thrown), "backup", "RestoreJobCompleted", **ASKED)


def test_an_error_is_an_end_where_the_waiter_says_so_and_raised_where_not(tmp_path: Path) -> None:
    gone = CallFailed(Reason.FAILED, "ResourceNotFoundException", "gone")
    asked: dict[str, Any] = {"longest": timedelta(hours=1), "BackupVaultName": "v", "RecoveryPointArn": "a"}
    waiters.wait(staged(tmp_path, [{"Status": "DELETING"}, gone]), "backup", "RecoveryPointDeleted", **asked)
    (tmp_path / "b").mkdir()
    denied = CallFailed(Reason.DENIED, "AccessDenied", "no")
    with pytest.raises(CallFailed, match="AccessDenied"):
        waiters.wait(staged(tmp_path / "b", [denied]), "backup", "RecoveryPointDeleted", **asked)
