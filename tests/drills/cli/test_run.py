"""Runs: what they write and say, how they end, and that nothing is done where nothing should be."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from drills.scene import Demanded
from drills.stage.journal import traces
from scanner.documents.schema import load_schema
from scanner.emulation.rehearsed import PLAN
from scanner.resources.rehearsals import Check
from tests.drills.cli.desk import RealTarget, Refusing, call, measured, real, run


def test_a_run_writes_its_record_and_reports_and_says_how_it_stands(home: Path, came: dict[str, Any]) -> None:
    came["measured"] = [measured("one", "authentication")]
    found = run(home)
    assert {"drill.json", "junit.xml", "report.html"} <= {one.name for one in (home / "out").iterdir()}
    record = json.loads((home / "out" / "drill.json").read_text(encoding="utf-8"))
    Draft202012Validator(load_schema("drill")).validate(record)
    assert "authentication" in found.output
    assert "digest " in found.output
    assert "for people: " in found.output
    assert came["demanded"]["authentication"] == Demanded(timedelta(hours=1), timedelta(minutes=5))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"came_back": False, "checks": [Check("integrity", "it comes back", held=False)]}, 1),
        ({"why": "nobody could tell"}, 4),
        ({"not_tested": "the target has no such service"}, 3),
        ({"left_behind": ("rds:db bkpdrill-x in 1/eu-west-1: Denied",)}, 1),
    ],
)
def test_the_exit_code_is_that_of_a_scan(home: Path, came: dict[str, Any], changes: dict[str, Any], code: int) -> None:
    came["measured"] = [measured("one", "authentication", **changes)]
    assert run(home).exit_code == code


@pytest.mark.parametrize(
    ("changes", "stopped", "fail_on", "code"),
    [
        ({"why": "nobody could tell"}, "", "failed", 0),
        ({"why": "nobody could tell"}, "the time is over", "failed", 4),
        ({"came_back": False}, "", "failed", 1),
        ({"came_back": False}, "", "never", 0),
        ({"not_tested": "the target has no such service"}, "", "never", 3),
    ],
)
def test_what_counts_is_chosen_but_nothing_makes_a_success_of_a_run_that_was_not(
    home: Path, came: dict[str, Any], changes: dict[str, Any], stopped: str, fail_on: str, code: int
) -> None:
    came |= {"measured": [measured("one", "authentication", **changes)], "stopped": stopped}
    assert run(home, "--fail-on", fail_on).exit_code == code


def test_what_is_left_behind_is_told(home: Path, came: dict[str, Any]) -> None:
    came["measured"] = [measured("one", "authentication", left_behind=("rds:db bkpdrill-x in 1/eu-west-1: Denied",))]
    assert "left behind: rds:db bkpdrill-x" in run(home).output


def test_an_interrupted_run_is_written_and_says_what_is_left(home: Path, came: dict[str, Any]) -> None:
    came |= {"measured": [measured("one", "authentication", why="stopped before its end")], "stopped": "interrupted"}
    found = run(home)
    assert found.exit_code == 130
    assert "interrupted; nothing is left behind" in found.stderr
    assert (home / "out" / "drill.json").exists()


def test_only_what_is_chosen_is_run(home: Path, came: dict[str, Any]) -> None:
    plan = yaml.safe_load(PLAN.read_text(encoding="utf-8"))
    run(home, "--only", plan["drills"][0]["of"])
    assert came["asked"]
    assert len(came["asked"]) < len(plan["drills"])


def test_a_run_leaves_no_lock_and_a_journal(home: Path, came: dict[str, Any]) -> None:
    came["measured"] = [measured("one", "authentication")]
    run(home)
    assert not list((home / "state").glob("*.lock"))
    assert len(list(traces(home / "state"))) == 1


def test_quiet_prints_nothing(home: Path, came: dict[str, Any]) -> None:
    came["measured"] = [measured("one", "authentication")]
    assert run(home, "--quiet").output == ""


def test_the_kill_switch_refuses_a_run(home: Path, came: dict[str, Any]) -> None:
    (home / "state").mkdir()
    (home / "state" / "stop").touch()
    found = run(home)
    assert found.exit_code == 3
    assert "the kill switch is thrown" in found.stderr
    assert came["asked"] == []


def test_an_output_that_cannot_be_written_is_told_before_anything_is_done(home: Path, came: dict[str, Any]) -> None:
    found = call("run", "--output", str(home / "plan.yaml" / "out"), "--state", str(home / "state"))
    assert found.exit_code == 74
    assert came["asked"] == []


# -- a real account


def test_a_real_account_is_only_shown_the_plan_and_its_guards(
    home: Path, came: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drills.cli.run.target_of", lambda *_: RealTarget())
    found = real(home)
    assert found.exit_code == 0
    assert "G2        confirmed: does not hold" in found.output
    assert "nothing was done: this was a dry run" in found.output
    assert came["asked"] == []
    assert not list((home / "state").glob("*"))
    assert not (home / "out").exists()


def test_a_real_account_without_a_terminal_needs_an_approval(
    home: Path, came: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drills.cli.run.target_of", lambda *_: RealTarget())
    found = real(home, "--execute")
    assert found.exit_code == 3
    assert "nobody is there to confirm it, and no approval is valid for this plan" in found.stderr
    assert came["asked"] == []


def test_a_target_that_refuses_is_one_message(
    home: Path, came: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drills.cli.run.target_of", lambda *_: Refusing())
    found = real(home)
    assert found.exit_code == 3
    assert "backup-drill: the credentials belong to account 999" in found.stderr
    assert "what to do: use those of the sandbox" in found.stderr


# -- kept records


def test_a_kept_record_is_judged_and_reported_again(home: Path, came: dict[str, Any]) -> None:
    came["measured"] = [measured("one", "authentication")]
    first = run(home)
    record = home / "out" / "drill.json"
    again = call("report", str(record), "--output", str(home / "again"))
    assert again.exit_code == first.exit_code
    assert (home / "again" / "drill.json").read_bytes() == record.read_bytes()
    assert (home / "again" / "junit.xml").read_bytes() == (home / "out" / "junit.xml").read_bytes()


def test_a_runbook_is_printed(home: Path, came: dict[str, Any]) -> None:
    came["measured"] = [measured("one", "authentication")]
    run(home)
    found = call("runbook", str(home / "out" / "drill.json"))
    assert found.exit_code == 0
    assert found.output.startswith("# Runbook of quarterly")


@pytest.mark.parametrize("command", ["runbook", "report"])
def test_what_is_no_record_is_told(home: Path, command: str) -> None:
    (home / "other.json").write_text("{}", encoding="utf-8")
    found = call(command, "other.json")
    assert found.exit_code == 2
    assert "other.json" in found.stderr
    assert call(command, "missing.json").exit_code == 2
