"""The page on drills: its plan is one, its exit codes are those of the program, and its commands are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drills.cli.commands import EPILOG, main
from drills.measuring.clock import MARKS
from drills.plan.document import load_plan
from scanner.resources.rehearsals import EVIDENCE_CLASSES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8")


def test_the_plan_of_the_page_is_a_plan(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "plan.yaml"
    file.write_text(block, encoding="utf-8")
    assert len(load_plan(file, ["orders"]).entries) == 2


def test_exit_codes_marks_and_evidence_are_all_there() -> None:
    codes = re.findall(r"^  (\d+) ", EPILOG, re.MULTILINE)
    assert codes == re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert [mark.value for mark in MARKS] == re.findall(r"^\| (T\d) \|", PAGE, re.MULTILINE)
    assert [one for one in EVIDENCE_CLASSES if f"| {one} |" in PAGE] == list(EVIDENCE_CLASSES)


@pytest.mark.parametrize("page", ["README.md", "docs/drills.md", "docs/first-sandbox-run.md"])
def test_every_command_of_the_pages_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"backup-drill ([a-z]+)\b", text))
    assert named
    assert named <= set(main.commands)
    options = set(re.findall(r"backup-drill [a-z]+[^`\n#]*?(--[a-z-]+)", text))
    known = {option for command in main.commands.values() for each in command.params for option in each.opts}
    assert options <= known
