"""Killed at any instant, a drill leaves nothing that a sweep does not take away, and a sweep takes away nothing else."""

import shutil
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from drills.stage.journal import traces
from drills.stage.lock import holders
from drills.stage.port import Calls
from drills.stage.sweeping import Fate, Sweep, sweep
from tests.drills.guards.disk_account import ACCOUNT, OTHERS, REGION, RUN, DiskAccount
from tests.drills.stand_ins import DrivenClock

ROOT = Path(__file__).parents[3]


def killed(what: str, folder: Path) -> list[Path]:
    """Kill it at every point; give the folders that are left."""
    command = [sys.executable, "-m", "tests.drills.guards.victim", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count = int(done.stdout)
    assert count > 10
    return [folder / str(at) for at in range(1, count + 2)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What a drill leaves that is killed at each point."""
    return killed("drill", tmp_path_factory.mktemp("drill"))


@pytest.fixture
def left(walked: list[Path], tmp_path: Path) -> list[Path]:
    return [shutil.copytree(folder, tmp_path / folder.name) for folder in walked]


def swept(folder: Path, *, execute: bool = True, after: timedelta = timedelta(hours=1)) -> Sweep:
    clock = DrivenClock()
    clock.sleep(after)
    account = DiskAccount(folder / "aws.json")
    return sweep(folder, lambda region: Calls(account, ACCOUNT, region), clock, regions=[REGION], execute=execute)


def is_as_before(folder: Path) -> bool:
    return DiskAccount(folder / "aws.json").state == {"instances": OTHERS, "parameters": {}}


def wanted(folder: Path) -> set[str]:
    """Give what is there and nobody has asked to go: what was asked to go goes by itself."""
    state = DiskAccount(folder / "aws.json").state
    return {*state["parameters"], *(name for name, one in state["instances"].items() if not one.get("deleting"))}


def test_a_drill_that_is_killed_at_any_point_is_swept_whole_and_nothing_else_is(left: list[Path]) -> None:
    fates: Counter[Fate] = Counter()
    for folder in left:
        before = wanted(folder)
        swept(folder, execute=False)
        assert wanted(folder) == before, f"{folder.name}: a dry run changed something"
        told = swept(folder)
        fates.update(one.fate for one in told.swept)
        assert told.left == (), folder.name
        assert is_as_before(folder), folder.name
        assert not any(trace.open for trace in traces(folder)), folder.name
        assert holders(folder) == [], folder.name
        assert swept(folder).swept == (), folder.name
        # What nobody's journal knows is shown every time: the one without a tag, the one without an entry, the other run's.
        assert {one.seen.id for one in told.strangers} == OTHERS.keys() - {"orders"}, folder.name
    assert fates[Fate.REMOVED] > 10
    assert fates[Fate.GONE] > 10


def test_a_sweep_that_is_killed_at_any_point_is_finished_by_the_next(walked: list[Path], tmp_path: Path) -> None:
    fullest = max(walked, key=lambda folder: len(DiskAccount(folder / "aws.json").state["instances"]))
    shutil.copytree(fullest, tmp_path / "left")
    for folder in killed("sweep", tmp_path):
        assert swept(folder).left == (), folder.name
        assert is_as_before(folder), folder.name


def test_what_may_yet_appear_is_looked_for_again(left: list[Path]) -> None:
    seen = 0
    for folder in left:
        early = swept(folder, after=timedelta())
        awaited = [one for one in early.left if one.fate is Fate.AWAITED]
        for one in awaited:
            # The call that was on its way when the process was killed arrives only now.
            if one.made.kind == "rds:db":
                account = DiskAccount(folder / "aws.json")
                tags = [{"Key": key, "Value": value} for key, value in RUN.tags.items()]
                list(account.pages("rds", "RestoreDBInstanceFromDBSnapshot", REGION,
                                   {"DBInstanceIdentifier": one.made.id, "Tags": tags}))  # fmt: skip
        seen += len(awaited)
        assert len(early.left) == len(awaited), folder.name
        assert swept(folder).left == ()
        assert is_as_before(folder), folder.name
    assert seen > 5
