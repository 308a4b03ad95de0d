"""The commands: what they print, what they refuse, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rules import catalogue
from scanner.cli.main import main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


CONFIG = """schema: backup-scan/config/1
accounts:
  prod: {id: "111111111111", regions: [eu-west-1]}
systems:
  - name: orders
    tier: production-database
    covers: [production-databases]
    select: [{tag: {System: orders}}]
"""


def test_without_arguments_it_says_how_and_fails_as_usage() -> None:
    result = run()
    assert result.exit_code == 2
    assert "backup-scan --account demo" in result.output


def test_rules_lists_every_rule() -> None:
    result = run("rules")
    assert result.exit_code == 0
    assert all(rule.id in result.output and rule.promise in result.output for rule in catalogue().rules.values())
    assert [one["id"] for one in json.loads(run("rules", "--format", "json").output)] == list(catalogue().rules)


@pytest.mark.parametrize("rule", catalogue().rules)
def test_explain_tells_all_of_every_rule(rule: str) -> None:
    result = run("explain", rule.lower())
    assert result.exit_code == 0, result.output
    for word in ("Why", "Fix", "Clauses", "Controls", "Judges", "Reads"):
        assert word in result.output


def test_explain_of_an_unknown_rule_names_the_nearest() -> None:
    result = run("explain", "BK10")
    assert result.exit_code == 2
    assert "did you mean BK10" in result.output


def test_permissions_are_a_policy_of_reads() -> None:
    policy = json.loads(run("permissions").output)
    actions = policy["Statement"][0]["Action"]
    assert "rds:DescribeDBInstances" in actions
    assert all(":" in action and "*" not in action for action in actions)
    few = json.loads(run("permissions", "--rule", "BK106").output)["Statement"][0]["Action"]
    assert few == [
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:ListTables",
        "sts:GetCallerIdentity",
        "tag:GetResources",
    ]
    assert "aws_iam_policy_document" in run("permissions", "--format", "terraform").output


def test_matrix_shows_controls_clauses_and_rules() -> None:
    result = run("matrix")
    assert result.exit_code == 0
    assert "SOC2 A1.2" in result.output
    rows = json.loads(run("matrix", "--format", "json").output)
    assert any("BK201" in clause["rules"] for row in rows for clause in row["clauses"])


@pytest.mark.parametrize("name", ["policy", "config", "findings", "estate"])
def test_schemas_are_published(name: str) -> None:
    assert json.loads(run("schema", name).output)["$schema"].endswith("2020-12/schema")


def test_the_policy_can_be_copied_changed_and_used(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(run("policy").output.replace("name: 5X backup policy", "name: Mine"), encoding="utf-8")
    assert run("explain", "BK201", "--policy", mine).exit_code == 0


def test_init_writes_once(tmp_path: Path) -> None:
    target = tmp_path / "backup-scan.yaml"
    assert run("init", "--output", target, "--account-id", "111111111111").exit_code == 0
    again = run("init", "--output", target)
    assert again.exit_code == 2
    assert "--force" in again.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--account", "prod", "--from", "x"], "exclude each other"),
        (["--account", "prod", "--format", "json", "--format", "csv"], "--output"),
        (["--account", "prod", "--rule", "BK999"], "no rule is called"),
        (["--account", "prod", "--clause", "9.9"], "no clause"),
        (["--account", "prod", "--tier", "golden"], "no tier"),
        (["--account", "prod", "--region", "us-east-1"], "no region"),
        (["--account", "staging"], "has no account"),
        (["--account", "prod", "--at", "yesterday"], "no instant"),
        (["--account", "prod", "--policy", "absent.yaml"], "absent.yaml"),
    ],
)
def test_mistakes_are_one_message_and_exit_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    result = run("--config", config, *arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_missing_configuration_names_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--account", "prod")
    assert result.exit_code == 2
    assert "backup-scan init" in result.output


def test_a_broken_configuration_names_file_and_line(tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text(CONFIG.replace("production-database", "prodaction-database"), encoding="utf-8")
    result = run("--config", config, "--account", "prod")
    assert result.exit_code == 2
    assert f"{config}:6:" in result.output
    assert "production-database" in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "not JSON"), ("[]", "schema"), ('{"schema": "backup-scan/estate/9"}', "estate/9"),
     ('{"schema": "backup-scan/estate/1"}', "damaged"), ("\xff", "not")],
)  # fmt: skip
def test_a_broken_estate_is_refused(tmp_path: Path, text: str, said: str) -> None:
    kept = tmp_path / "estate.json"
    kept.write_text(text, encoding="latin-1")
    result = run("--from", kept)
    assert result.exit_code == 2, result.output
    assert said in result.output


def test_a_directory_that_cannot_be_written_is_found_before_the_scan(tmp_path: Path) -> None:
    config, blocked = tmp_path / "mine.yaml", tmp_path / "file"
    config.write_text(CONFIG, encoding="utf-8")
    blocked.write_text("", encoding="utf-8")
    result = run("--config", config, "--account", "prod", "--output", blocked / "out")
    assert result.exit_code == 74
    assert "choose another directory" in result.output


def test_start_up_loads_nothing_heavy() -> None:
    code = (
        "import sys; from scanner.cli.main import main; main(['rules'], standalone_mode=False); "
        "heavy = {'boto3', 'botocore', 'moto', 'jinja2', 'jsonschema', 'rich', 'yaml', 'junit_xml'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("door", ["reports.cli"])
def test_commands_that_are_not_here_yet_say_so(door: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", f"from {door} import main; main()", "run"], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert "not part of this version" in result.stderr


def test_no_help_shows_marks_of_the_writing() -> None:
    for command in ([], *([name] for name in main.commands)):
        assert "\\b" not in CliRunner().invoke(main, [*command, "--help"]).output, command


@pytest.mark.parametrize("command", [["--account", "prod"], ["attest", "3.2-head", "--statement", "s", "--by", "a"]])
def test_what_may_not_be_looked_at_is_named(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", denied)
    result = run(*command, "--config", "locked/backup-scan.yaml")
    assert result.exit_code == 2, result.output
    assert "backup-scan: locked/backup-scan.yaml: Permission denied\n  what to do: see to its" in result.output
