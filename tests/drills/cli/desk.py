"""A desk to call the commands from: a configuration, targets that stand still, and what a run may come to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from click.testing import CliRunner, Result

from drills.cli import main
from drills.measuring.clock import MachineClock, Mark, Timeline
from drills.plan.model import DrillPlan
from drills.scene import Measured
from drills.stage.refusals import DrillRefused
from drills.targets.target import Opened, Target
from scanner.resources.rehearsals import Check
from tests.drills.stand_ins import AT, ToldPort

CONFIG = {
    "schema": "backup-scan/config/1",
    "accounts": {"play": {"id": "111122223333", "regions": ["us-east-1"]}},
    "systems": [
        {"name": "shop", "tier": "production-database", "depends_on": ["ledger"], "select": [{"name": "shop"}]},
        {"name": "ledger", "tier": "transaction-log", "select": [{"name": "ledger"}]},
    ],
}


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


class Standing(Opened):
    """A target that answers nothing."""

    name: ClassVar[str] = "emulator"
    account = "432109876543"
    endpoint = "http://127.0.0.1:9"

    @property
    def port(self) -> Any:
        return ToldPort()

    def evidence(self, subject: Any) -> str:
        return "engine"

    def password(self, login: Any) -> str:
        raise NotImplementedError


class StandingTarget(Target):
    name: ClassVar[str] = "emulator"

    @contextmanager
    def open(self, plan: DrillPlan) -> Iterator[Standing]:
        yield Standing()


class Refusing(Target):
    name: ClassVar[str] = "sandbox"

    def open(self, plan: DrillPlan) -> AbstractContextManager[Opened]:
        raise DrillRefused("the credentials belong to account 999", hint="use those of the sandbox")


class RealStanding(Standing):
    name: ClassVar[str] = "sandbox"
    real: ClassVar[bool] = True
    account = "111122223333"
    endpoint = ""


class RealTarget(Target):
    name: ClassVar[str] = "sandbox"

    @contextmanager
    def open(self, plan: DrillPlan) -> Iterator[Opened]:
        yield RealStanding()


def measured(name: str, system: str, **changes: Any) -> Measured:
    timeline = Timeline(MachineClock())
    for mark in (Mark.LOST, Mark.REQUESTED, Mark.AVAILABLE, Mark.REACHABLE, Mark.VALIDATED, Mark.CLEANED):
        timeline.mark(mark)
    checks = [
        Check("integrity", "every table is there", held=True),
        Check("configuration", "it is as it was", held=True),
    ]
    told = {"came_back": True, "checks": checks, "left_behind": (), "ended_at": AT, "entry": name, **changes}
    return Measured(name, "database-point-in-time", system, ("database",), "engine", timeline, ("users-db",), **told)


def run(home: Path, *arguments: str) -> Result:
    return call("run", "--output", str(home / "out"), "--state", str(home / "state"), *arguments)


def real(home: Path, *arguments: str) -> Result:
    return run(home, "--plan", "plan.yaml", "--target", "sandbox", *arguments)
