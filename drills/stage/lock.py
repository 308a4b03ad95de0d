"""The lock: one drill per account and region, on this machine by a file, in a real account by a parameter as well.

The file is locked by the operating system for as long as the process lives, so a killed one leaves a lock that tells
that nobody holds it any more. It names process and host, because the folder may be shared by machines.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from drills.stage.refusals import DrillRefused
from scanner.collect.port import CallFailed
from scanner.model.late_dataclass import dataclass

if TYPE_CHECKING:
    from drills.stage.run import Run
    from drills.stage.stage import Stage

_SUFFIX = ".lock"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock; `stale` where that process, on this machine, is known to have ended."""

    file: Path
    run: str
    pid: int
    host: str
    since: str
    stale: bool
    #: when what the run makes expires; from then on the lock of another machine is worth nothing
    until: datetime | None = None
    here: bool = True

    def over(self, now: datetime) -> bool:
        """Tell whether nobody can be at work under it any more."""
        return self.stale or (not self.here and self.until is not None and now >= self.until)

    @property
    def says(self) -> str:
        """Say who it is, and whether anybody still is."""
        who = f"run {self.run} (process {self.pid} on {self.host}, since {self.since})"
        return f"{who} has ended without giving back its lock" if self.stale else f"{who} holds the lock"


def held(folder: Path, account: str, region: str, endpoint: str = "") -> Holder | None:
    """Tell who holds the lock of an account and region; None where nobody does."""
    return _holder(_file(folder, account, region, endpoint))


def holders(folder: Path) -> list[Holder]:
    """Give whoever holds any lock of a folder."""
    found = (_holder(file) for file in sorted(folder.glob(f"*{_SUFFIX}")))
    return [one for one in found if one is not None]


@contextmanager
def locked(folder: Path, account: str, regions: Sequence[str], run: Run, endpoint: str = "") -> Iterator[None]:
    """Hold the locks of some regions; raise `DrillRefused` where one is held, also by a process that has ended.

    What a process that was killed has left must be swept before the next run, and the sweep takes away its lock.
    """
    with ExitStack() as stack:
        for region in sorted(set(regions)):
            stack.enter_context(_one(_file(folder, account, region, endpoint), run))
        yield


@contextmanager
def _one(file: Path, run: Run) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "run": run.id,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": run.began_at.isoformat(timespec="seconds"),
        "until": run.expires_at.isoformat(timespec="seconds"),
    }
    # Written aside, locked, and only then given its name: nobody ever sees one that is not locked, or half written.
    aside = file.with_suffix(f".{run.id}")
    with aside.open("w", encoding="utf-8") as stream:
        _seize(stream.fileno())
        json.dump(told, stream)
        stream.flush()
        try:
            os.link(aside, file)
        except FileExistsError:
            holder = _holder(file)
            says = holder.says if holder else "another run was quicker"
            hint = "backup-drill sweep --execute" if holder and holder.stale else "wait for it, or stop it"
            raise DrillRefused(f"nothing was done: {says}", hint=hint) from None
        finally:
            aside.unlink()
        try:
            yield
        finally:
            file.unlink(missing_ok=True)


def _file(folder: Path, account: str, region: str, endpoint: str) -> Path:
    # Two emulations may have the same account: their endpoints tell them apart.
    at = f"-{hashlib.sha256(endpoint.encode()).hexdigest()[:8]}" if endpoint else ""
    return folder / f"{account}-{region}{at}{_SUFFIX}"


def _holder(file: Path) -> Holder | None:
    try:
        with file.open("r+", encoding="utf-8") as stream:
            told = json.load(stream)
            here = told["host"] == socket.gethostname()
            # What another machine holds cannot be told from here: it counts as held.
            stale, until = here and _free(stream.fileno()), datetime.fromisoformat(told["until"])
            return Holder(file, told["run"], told["pid"], told["host"], told["since"], stale, until, here)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Holder(file, "unknown", 0, "unknown", "unknown", stale=False)


def _seize(descriptor: int) -> None:
    """Lock a file for as long as this process lives; where the system has no such locks, it stays until swept."""
    with suppress(ImportError, OSError):
        import fcntl  # noqa: PLC0415  # not on Windows

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _free(descriptor: int) -> bool:
    """Tell whether nobody holds a file any more; where that cannot be told, it counts as held."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except (ImportError, OSError):
        return False
    return True


def lock_account(stage: Stage) -> None:
    """Take the lock of a real account and region, which other machines see; raise `DrillRefused` where it is taken.

    It is a parameter that is made without Overwrite, so one of two that try at once is refused. It is made like all
    that a drill makes: journalled first, and removed at the end, or by a sweep.
    """
    from drills.stage.makeable.account_lock import NAME, value_of  # noqa: PLC0415

    run = stage.run
    try:
        stage.make(
            "ssm:lock",
            run.name("lock"),
            "ssm:PutParameter",
            Name=NAME,
            Value=value_of(run.id, run.owner),
            Type="String",
            Overwrite=False,
            Tags=[{"Key": key, "Value": value} for key, value in run.tags.items()],
        )
    except CallFailed as failed:
        if failed.code != "ParameterAlreadyExists":
            raise DrillRefused(
                f"nothing was done: the lock {NAME} in {stage.region} could not be taken: {failed.code}",
                hint="let the drill's role write it",
            ) from None
        raise DrillRefused(
            f"nothing was done: another run holds the lock {NAME} in {stage.account}/{stage.region}",
            hint="read the parameter: it names the run; wait for it, or sweep what it left",
        ) from None
