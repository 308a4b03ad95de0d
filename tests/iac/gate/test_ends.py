"""How a run on code ends: exit codes, formats, what is said and where."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli.look import harmless
from scanner.cli.main import EPILOG, main
from scanner.door.exits import Exit, exit_of
from scanner.model.finding import Findings
from tests.iac.gate.desk import PROVIDER, Desk, pitr, table

GOOD = PROVIDER + table("good", pitr("true"))
BAD = PROVIDER + table("bad", pitr("false"))
UNKNOWN = 'variable "on" {}\n' + PROVIDER + table("t", pitr("var.on"))


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (GOOD, [], 0),
        (BAD, [], 1),
        (BAD, ["--fail-on", "critical"], 0),
        (BAD, ["--fail-on", "high"], 1),
        (BAD, ["--fail-on", "never"], 0),
        (UNKNOWN, [], 4),
        (UNKNOWN, ["--fail-on", "critical"], 0),
        (UNKNOWN, ["--var", "on=true"], 0),
        (UNKNOWN, ["--var", "on=false"], 1),
        (UNKNOWN, ["--var", "on"], 2),
        (UNKNOWN, ["--var-file", "none.tfvars"], 1),
        (BAD + UNKNOWN.replace(PROVIDER, ""), [], 1),
        (BAD, ["--fix", "--diff"], 2),
        (BAD, ["--deploy-account", "12"], 2),
        (BAD, ["--deploy-region", "Ireland"], 2),
        (BAD, ["--source", "none"], 2),
        (BAD, ["--dry-run"], 2),
        (BAD, ["--probe"], 2),
        (BAD, ["--with-checkov", "--checkov-results", "x"], 2),
        (BAD, ["--checkov-results", "none.json"], 2),
        (BAD, ["--format", "json", "--format", "sarif"], 2),
    ],
)
def test_exit_codes(desk: Desk, text: str, words: list[str], code: int) -> None:
    desk.file("infra/main.tf", text)
    said = desk.run("--iac", "infra", "--rule", "BK106", *words)
    assert said.code == code, said.err
    assert "internal error" not in said.err


def test_what_is_left_open_does_not_count_and_says_so(desk: Desk) -> None:
    desk.file("infra/main.tf", PROVIDER + table("t"))
    said = desk.run("--iac", "infra", "--rule", "BK103")
    assert said.code == 0
    assert "Left open (1), which fails nothing" in said.out
    assert "of the unknown, 1 are left open and do not count" in said.out
    assert desk.run("--iac", "infra", "--rule", "BK103", "--whole-estate").code == 1


def test_what_only_an_account_tells(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    said = desk.run("--iac", "infra", "--rule", "BK301")
    if said.code == Exit.NOTHING:
        assert "only a scan of the account tells" in said.err


def test_a_rule_that_crashed() -> None:
    found = Findings(datetime(2026, 11, 24, tzinfo=UTC), (), ("BK106 on x: ZeroDivisionError",))
    assert exit_of(found, None) is Exit.INTERNAL


def test_the_epilog_tells_the_codes() -> None:
    for code in Exit:
        assert f"\n  {code.value} " in EPILOG
    assert "left open" in EPILOG


@pytest.mark.parametrize(
    "form", ["json", "sarif", "junit", "csv", "html", "markdown", "github", "step-summary", "comment", "gitlab"]
)
def test_nothing_else_on_standard_output(desk: Desk, form: str) -> None:
    waiver = "# backup-scan:waive BK106 until=soon\n"
    desk.file("infra/main.tf", BAD.replace("resource", f"{waiver}resource"))
    said = desk.run("--iac", "infra", "--rule", "BK106", "--format", form)
    assert said.code == 1
    assert "it waives nothing" in said.err
    assert "it waives nothing" not in said.out
    if form in ("json", "sarif", "gitlab"):
        json.loads(said.out)
    if form == "github":
        assert all(line.startswith("::") for line in said.out.splitlines())
    again = desk.run("--iac", "infra", "--rule", "BK106", "--output", "out", "--format", form, "-q")
    assert (again.code, again.out) == (1, "")
    assert len(list((desk.path / "out").iterdir())) == 1


def test_all_formats_but_no_estate(desk: Desk) -> None:
    desk.file("infra/a/main.tf", BAD)
    desk.file("infra/b/main.tf", GOOD)
    said = desk.run("--iac", "infra", "--output", "out")
    assert said.code == 1
    names = {one.name for one in (desk.path / "out").iterdir()}
    assert {"findings.json", "findings.sarif", "junit.xml", "report.html", "report.md", "findings.csv"} == names
    assert "--fix mends" in said.out
    sarif = json.loads(desk.text("out/findings.sarif"))
    assert [one for run in sarif["runs"] for one in run["results"] if "fixes" in one]


def test_paths_are_told_from_the_root_of_the_repository(desk: Desk) -> None:
    desk.file("live/infra/main.tf", BAD)
    (desk.path / ".git").mkdir()
    env = {"GITHUB_WORKSPACE": str(desk.path.parent), "GITHUB_SERVER_URL": "https://example.com",
           "GITHUB_REPOSITORY": "a/b", "GITHUB_SHA": "0" * 40}  # fmt: skip
    said = desk.run("--iac", "live/infra", "--rule", "BK106", "--format", "github", env=env)
    assert "file=live/infra/main.tf,line=8" in said.out
    summary = desk.run("--iac", "live/infra", "--rule", "BK106", "--format", "step-summary", env=env).out
    assert f"https://example.com/a/b/blob/{'0' * 40}/live/infra/main.tf#L8" in summary
    # Without .git (a tree that was copied) the workspace tells where it lies.
    (desk.path / ".git").rmdir()
    said = desk.run("--iac", "live/infra", "--rule", "BK106", "--format", "github", env=env)
    assert "file=repository/live/infra/main.tf" in said.out


def test_the_summary_names_places_and_the_next_step(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD + UNKNOWN.replace(PROVIDER, ""))
    (desk.path / ".git").mkdir()
    out = desk.run("--iac", "infra", "--rule", "BK106").out
    assert "\n    infra/main.tf:8  aws_dynamodb_table.bad\n" in out
    assert "Fix: turn on point-in-time recovery" in out
    assert "var.on has no value (infra/main.tf:10): give it a value, or judge the plan" in " ".join(out.split())
    assert "\n    infra/main.tf:14  aws_dynamodb_table.t  BK106\n" in out
    assert out.count("aws_dynamodb_table.bad") == 1


def test_a_long_address_is_not_broken(desk: Desk) -> None:
    name = "a" * 150
    desk.file("infra/main.tf", PROVIDER + table(name, pitr("false")))
    (desk.path / ".git").mkdir()
    assert f"\n    infra/main.tf:8  aws_dynamodb_table.{name}\n" in desk.run("--iac", "infra", "--rule", "BK106").out


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("::error::x", ": :error::x"),
        ("a\n  ::add-mask::x\n", "a\n  : :add-mask::x\n"),
        ("AWS::RDS::DBInstance", "AWS::RDS::DBInstance"),
        ("x ##[error]y", "x # #[error]y"),
        ("## Title", "## Title"),
    ],
)
def test_no_name_is_a_command_of_a_workflow(text: str, after: str) -> None:
    assert harmless(text) == after


def test_a_hostile_file_name(desk: Desk) -> None:
    desk.file("infra/::error::x/main.tf", BAD)
    desk.file("infra/##[add-mask]x/main.tf", BAD)
    out = desk.run("--iac", "infra").out
    assert not [line for line in out.splitlines() if line.strip().startswith("::") or "##[" in line]


def test_progress_is_for_terminals(desk: Desk) -> None:
    desk.file("infra/main.tf", GOOD)
    said = desk.run("--iac", "infra", "--rule", "BK106", "-q")
    assert (said.code, said.out, said.err) == (0, "", "")


def test_checkov_is_asked_and_trouble_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.file("infra/main.tf", BAD)
    program = desk.file("bin/checkov", "#!/bin/sh\nexit 9\n")
    program.chmod(0o755)
    monkeypatch.setenv("BACKUP_SCAN_CHECKOV", str(program))
    said = desk.run("--iac", "infra", "--rule", "BK106", "--with-checkov")
    assert said.code == 1
    assert "Second opinion: checkov" in said.out
    assert "no whole answer" in said.out
    check = {"check_id": "CKV_AWS_28", "resource": "aws_dynamodb_table.bad", "file_path": "/main.tf",
             "file_line_range": [5, 9], "check_result": {"result": "PASSED"}}  # fmt: skip
    results = {"check_type": "terraform", "results": {"passed_checks": [check], "failed_checks": []}, "summary": {}}
    desk.file("theirs.json", json.dumps(results))
    said = desk.run("--iac", "infra", "--rule", "BK106", "--checkov-results", "theirs.json")
    assert "checkov passes what we fail (1)" in said.out
    assert said.code == 1


def test_checks_for_checkov_are_written(desk: Desk) -> None:
    said = CliRunner().invoke(main, ["checkov-checks", "--output", str(desk.path / "checks")])
    assert said.exit_code == 0, said.output
    assert "BaseResourceCheck" in (desk.path / "checks/backup_scan_checks.py").read_text()
    assert "--external-checks-dir" in said.output


def test_an_interrupt_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.file("infra/main.tf", BAD)
    program = (
        "import os, signal, sys\nimport scanner.iac.terraform.loader as loader\n"
        "loader.load = lambda *a, **k: os.kill(os.getpid(), signal.SIGINT)\n"
        "from scanner.cli.main import main\nsys.argv = ['backup-scan', '--iac', 'infra', '--output', 'out']\nmain()\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", program), cwd=desk.path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert done.returncode == 128 + signal.SIGINT, done.stderr
    assert "interrupted" in done.stderr
    assert list((desk.path / "out").iterdir()) == []
