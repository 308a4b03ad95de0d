"""Runs a small drill, or a sweep, again and again, and is killed at the first point, the second, and so on.

`python -m tests.drills.guards.victim drill|sweep FOLDER`: each try has a folder of its own, by its number. It forks
for each, so that only the first pays for the imports, and writes how many tries were killed before one was not.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from drills.stage.journal import Journal
from drills.stage.lock import lock_account, locked
from drills.stage.makeable import makeable
from drills.stage.port import Calls
from drills.stage.stage import Stage
from drills.stage.sweeping import sweep
from tests.drills.guards.disk_account import ACCOUNT, REGION, RUN, DiskAccount, Killer
from tests.drills.stand_ins import DrivenClock

RESTORE = "rds:RestoreDBInstanceFromDBSnapshot"


class Watched(Journal):
    """A journal that is killed before, within and after each of its lines."""

    def __init__(self, folder: Path, killer: Killer) -> None:
        self._killer = killer
        super().__init__(folder, RUN.id, RUN.began_at, RUN.expires_at)

    def _append(self, event: str, **told: Any) -> None:
        self._killer.point()
        # Half a line reaches the disk, and then nothing more: taken back where nobody is killed.
        end = self._stream.tell()
        self._stream.write(json.dumps({"event": event, **told}, sort_keys=True)[:40])
        self._stream.flush()
        self._killer.point()
        self._stream.seek(end)
        self._stream.truncate()
        super()._append(event, **told)
        self._killer.point()


def drill(folder: Path, killer: Killer) -> None:
    clock = DrivenClock()
    calls = Calls(DiskAccount(folder / "aws.json", killer), ACCOUNT, REGION)
    tags = [{"Key": key, "Value": value} for key, value in RUN.tags.items()]
    with locked(folder, ACCOUNT, [REGION], RUN), Watched(folder, killer) as journal:
        stage = Stage(calls, RUN, journal, killer.point, clock)
        lock_account(stage)
        for what in ("orders", "users"):
            made = stage.make("rds:db", RUN.name(what), RESTORE, source="orders", DBSnapshotIdentifier="s", Tags=tags)
            look = lambda: makeable()["rds:db"].look(stage.calls, made.id)
            stage.wait("the restore", look, every=timedelta(seconds=1), longest=timedelta(minutes=1))
        assert stage.leave() == ()
        journal.end(clock.now())


def swept(folder: Path, killer: Killer) -> None:
    clock = DrivenClock()
    clock.sleep(timedelta(hours=1))
    account = DiskAccount(folder / "aws.json", killer)
    sweep(folder, lambda region: Calls(account, ACCOUNT, region), clock, guard=killer.point, execute=True)


def kill_at_every_point(what: str, folder: Path) -> int:
    """Run it until it is not killed; tell how often it was."""
    for at in range(1, 1000):
        here = folder / str(at)
        if what == "sweep":
            shutil.copytree(folder / "left", here)
        else:
            here.mkdir()
        child = os.fork()
        if child == 0:
            try:
                {"drill": drill, "sweep": swept}[what](here, Killer(at))
            except BaseException:  # noqa: BLE001  # the child must not run on as a second parent
                sys.excepthook(*sys.exc_info())
                os._exit(2)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            return at - 1
        assert os.WTERMSIG(status) == signal.SIGKILL
    raise AssertionError("it never came to its end")


if __name__ == "__main__":
    makeable()
    sys.stdout.write(str(kill_at_every_point(sys.argv[1], Path(sys.argv[2]))))
