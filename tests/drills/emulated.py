"""A drill run alone, on an emulation without servers, on a clock that runs faster than time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from drills.measuring.clock import Clock
from drills.plan.model import DrillPlan, Entry, Limits, Subject
from drills.running import Ran, Running
from drills.scene import Demanded, Measured
from drills.stage.journal import Journal, traces
from drills.stage.run import Run
from drills.targets.target import Opened
from scanner.collect.aws import Boto
from scanner.collect.port import Port
from scanner.emulation import Emulator

ACCOUNT, HERE = "123456789012", "eu-west-1"
START = datetime(2026, 11, 24, 6, tzinfo=UTC)
SPEED = 20


class FastClock:
    """Twenty seconds pass in one, for the drill and for the emulation alike."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.skipped = timedelta()

    def elapsed(self) -> timedelta:
        return self.skipped + timedelta(seconds=(time.monotonic() - self._began) * SPEED)

    def now(self) -> datetime:
        return START + self.elapsed()

    def sleep(self, length: timedelta) -> None:
        time.sleep(max(length.total_seconds(), 0) / SPEED)


class Emulated(Opened):
    """An emulation without servers."""

    name: ClassVar[str] = "emulator"

    def __init__(self, emulator: Emulator, port: Port | None = None) -> None:
        self.account, self.endpoint = ACCOUNT, emulator.endpoint
        self._port = port or Boto(emulator.session(HERE), endpoint=emulator.endpoint)

    @property
    def port(self) -> Port:
        return self._port

    def evidence(self, subject: Subject) -> str:
        return "simulated"

    def password(self, login: Any) -> str:
        raise NotImplementedError


class Desk:
    """From here drills are run."""

    def __init__(self, emulator: Emulator, clock: Clock, folder: Path) -> None:
        self.emulator, self.clock, self.folder = emulator, clock, folder
        self.target: Opened = Emulated(emulator)
        self.demanded = Demanded(None, timedelta(minutes=15))

    def client(self, service: str) -> Any:
        return self.emulator.client(service, HERE)

    def subject(self, kind: str, resource: str, **told: Any) -> Subject:
        return Subject("it", "system", kind, resource, HERE, **told)

    def run(self, drill: str, subject: Subject, settings: Mapping[str, Any] | None = None) -> Measured:
        """Run one drill, and give what it measured."""
        (measured,) = self.ran(drill, subject, settings).measured
        return measured

    def ran(self, drill: str, subject: Subject, settings: Mapping[str, Any] | None = None) -> Ran:
        entry = Entry("drilled", drill, ("it",), settings or {})
        plan = DrillPlan("plan", {"it": subject}, (entry,), Limits(timedelta(hours=1)), {}, (), "d" * 64)
        run = Run.begin(self.clock.now(), "tests", timedelta(hours=1))
        with Journal(self.folder, run.id, run.began_at, run.expires_at) as journal:
            return Running(
                plan, self.target, run, journal, lambda: None, self.clock, {"system": self.demanded}
            ).go()  # fmt: skip

    def left(self) -> list[str]:
        """What the journals still name."""
        return [made.place for trace in traces(self.folder) for made in trace.left]


@contextmanager
def desk() -> Iterator[Desk]:
    clock = FastClock()
    with tempfile.TemporaryDirectory() as folder, Emulator(clock=clock.now) as emulator:
        yield Desk(emulator, clock, Path(folder))


def held(measured: Measured, name: str) -> bool | None:
    """Whether a check held; it must have been made exactly once."""
    (found,) = [check.held for check in measured.checks if check.name == name]
    return found


def broken(measured: Measured) -> dict[str, str]:
    """The checks that did not hold, and why."""
    return {check.name: check.detail for check in measured.checks if check.held is False}
