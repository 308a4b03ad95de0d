"""One drill per account and region: what is held is told with who holds it, what is stale is told as such."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from drills.stage.journal import Journal, traces
from drills.stage.lock import held, holders, lock_account, locked
from drills.stage.makeable import makeable
from drills.stage.port import Calls
from drills.stage.refusals import DrillRefused
from drills.stage.run import Run
from drills.stage.stage import Stage
from tests.drills.guards.disk_account import ACCOUNT, LOCK, REGION, RUN, DiskAccount
from tests.drills.stand_ins import AT, DrivenClock

SECOND = Run("261124-def567", AT, AT + timedelta(days=1), "operations")


def test_a_second_run_is_refused_and_told_who_is_drilling(tmp_path: Path) -> None:
    with locked(tmp_path, ACCOUNT, [REGION], RUN):
        holder = held(tmp_path, ACCOUNT, REGION)
        assert holder is not None
        assert (holder.run, holder.stale) == (RUN.id, False)
        assert not holder.over(RUN.expires_at)  # its process lives
        with (
            pytest.raises(DrillRefused, match=f"run {RUN.id} .* holds the lock"),
            locked(tmp_path, ACCOUNT, [REGION], SECOND),
        ):
            pass
        with locked(tmp_path, ACCOUNT, ["eu-central-1"], SECOND):
            assert len(holders(tmp_path)) == 2
    assert list(tmp_path.iterdir()) == []


def test_of_several_regions_all_are_held_or_none(tmp_path: Path) -> None:
    with locked(tmp_path, ACCOUNT, ["eu-west-1"], RUN):
        with pytest.raises(DrillRefused), locked(tmp_path, ACCOUNT, ["eu-central-1", "eu-west-1"], SECOND):
            pass
        assert [one.run for one in holders(tmp_path)] == [RUN.id]


def test_two_emulations_of_one_account_do_not_hinder_each_other(tmp_path: Path) -> None:
    with (
        locked(tmp_path, ACCOUNT, [REGION], RUN, "http://127.0.0.1:1"),
        locked(tmp_path, ACCOUNT, [REGION], SECOND, "http://127.0.0.1:2"),
    ):
        assert len(holders(tmp_path)) == 2


def test_the_lock_of_a_killed_process_is_stale_and_told_so(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from drills.stage.lock import locked;"
        "from tests.drills.guards.disk_account import RUN\n"
        f"with locked(Path(sys.argv[1]), {ACCOUNT!r}, [{REGION!r}], RUN): os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == -9
    holder = held(tmp_path, ACCOUNT, REGION)
    assert holder is not None
    assert holder.stale
    with (
        pytest.raises(DrillRefused, match="has ended without giving back its lock") as refused,
        locked(tmp_path, ACCOUNT, [REGION], SECOND),
    ):
        pass
    assert "sweep" in refused.value.hint


def test_what_another_machine_holds_is_held_until_what_it_made_expires(tmp_path: Path) -> None:
    with locked(tmp_path, ACCOUNT, [REGION], RUN):
        (file,) = tmp_path.iterdir()
        text = file.read_text()
    file.write_text(text.replace(socket.gethostname(), "elsewhere"))
    holder = held(tmp_path, ACCOUNT, REGION)
    assert holder is not None
    assert (holder.host, holder.stale) == ("elsewhere", False)
    assert not holder.over(RUN.expires_at - timedelta(seconds=1))
    assert holder.over(RUN.expires_at)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_lock_that_cannot_be_read_is_held(text: str, tmp_path: Path) -> None:
    with locked(tmp_path, ACCOUNT, [REGION], RUN):
        (file,) = tmp_path.iterdir()
    file.write_text(text)
    holder = held(tmp_path, ACCOUNT, REGION)
    assert holder is not None
    assert not holder.stale


def test_the_lock_of_a_real_account_is_seen_by_other_machines_and_belongs_to_one_run(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    account = DiskAccount(tmp_path / "aws.json")
    calls = Calls(account, ACCOUNT, REGION)
    kind = makeable()["ssm:lock"]

    def stage(run: Run) -> Stage:
        journal = held_open.enter_context(Journal(tmp_path, run.id, AT, run.expires_at))
        return Stage(calls, run, journal, lambda: None, DrivenClock())

    held_open = ExitStack()
    request.addfinalizer(held_open.close)
    first, second = stage(RUN), stage(SECOND)
    lock_account(first)
    with pytest.raises(DrillRefused, match=f"another run holds the lock {LOCK}"):
        lock_account(second)
    # The second run's cleaning up does not take away what is the first's.
    assert second.leave() == ()
    kind.remove(calls, SECOND.name("lock"))
    assert LOCK in account.state["parameters"]
    seen = kind.look(calls, RUN.name("lock"))
    assert seen is not None
    assert seen.tags == dict(RUN.tags)
    assert first.leave() == ()
    assert account.state["parameters"] == {}
    assert not any(trace.left for trace in traces(tmp_path))
