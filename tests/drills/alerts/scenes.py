"""Scenes of drills on an emulation, without a database and without a company."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from drills.kinds import drills
from drills.measuring.clock import Clock, MachineClock, Timeline
from drills.plan.model import Entry, Login, Subject
from drills.scene import Demanded, Measured, Scene
from drills.stage.journal import Journal, traces
from drills.stage.port import Calls
from drills.stage.run import Run
from drills.stage.stage import Stage
from drills.targets.target import Opened
from scanner.collect.aws import Boto
from scanner.collect.port import Port
from scanner.emulation import Emulator
from tests.drills.stand_ins import AT

ACCOUNT, REGION = "123456789012", "eu-west-1"


class Bare(Opened):
    """A target that is nothing but a port."""

    name: ClassVar[str] = "emulator"

    def __init__(self, port: Port, endpoint: str = "", passwords: Mapping[str, str] | None = None) -> None:
        self.account, self.endpoint = ACCOUNT, endpoint
        self._port, self._passwords = port, passwords or {}

    @property
    def port(self) -> Port:
        return self._port

    def evidence(self, subject: Subject) -> str:
        return "simulated"

    def password(self, login: Login) -> str:
        return self._passwords[login.secret]


def of(emulator: Emulator) -> Bare:
    return Bare(Boto(emulator.session(REGION), endpoint=emulator.endpoint), emulator.endpoint)


@contextmanager
def on_scene(
    target: Opened,
    folder: Path,
    subject: Subject,
    drill: str,
    *,
    clock: Clock | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Scene]:
    """A scene of one drill on one subject; all that it makes is gone at the end, or the test fails."""
    run = Run.begin(AT, "tests", timedelta(hours=1))
    at_last = clock or MachineClock()
    with Journal(folder, run.id, AT, run.expires_at) as journal:
        stage = Stage(Calls(target.port, target.account, subject.region), run, journal, lambda: None, at_last)
        measured = Measured("a test", drill, subject.system, drills()[drill].tests, "simulated", Timeline(at_last))
        entry = Entry("a test", drill, (subject.name,), settings or {})
        yield Scene(entry, subject, stage, target, measured, Demanded(None, None))
        assert stage.leave(every=timedelta(seconds=1)) == ()
    assert not any(trace.left for trace in traces(folder))


def performed(
    target: Opened,
    folder: Path,
    subject: Subject,
    drill: str,
    *,
    clock: Clock | None = None,
    settings: Mapping[str, Any] | None = None,
    before: Callable[[Scene], None] = lambda _: None,
) -> Measured:
    """Perform a drill, clean up, and give what it measured."""
    with on_scene(target, folder, subject, drill, clock=clock, settings=settings) as scene:
        before(scene)
        drills()[drill].perform([scene])
    return scene.measured


def policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
