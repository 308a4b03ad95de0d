"""A home with a configuration and a plan, and runs that come to what a test wants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.measuring.clock import MachineClock
from drills.plan.model import DrillPlan
from drills.running import Ran
from tests.drills.cli.desk import CONFIG, StandingTarget
from tests.drills.plan.plans import document, written


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BACKUP_SCAN_CONFIG", raising=False)
    (tmp_path / "backup-scan.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    written(tmp_path, document())
    return tmp_path


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the run is to come to: drills are not run here."""
    told: dict[str, Any] = {"measured": [], "stopped": "", "asked": []}

    class Running:
        def __init__(self, plan: DrillPlan, target: Any, run: Any, journal: Any, *others: Any, **_: Any) -> None:
            self.plan, self.target, self.run, self.demanded = plan, target, run, others[2]
            told["journal"] = journal

        def go(self, chosen: Any) -> Ran:
            told["asked"] = [entry.name for entry in chosen]
            told["demanded"] = self.demanded
            ran = Ran(self.run, self.plan, self.target.name, self.target.account, told["measured"], told["stopped"])
            ran.ended_at = MachineClock().now()
            for one in ran.measured:
                one.ended_at = ran.ended_at
            return ran

    monkeypatch.setattr("drills.running.Running", Running)
    monkeypatch.setattr("drills.cli.run.target_of", lambda *_: StandingTarget())
    return told
