"""A kept estate is judged by the configuration of its own account, and by no other."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rules import catalogue
from scanner.cli.main import main
from scanner.collect.snapshot import dump
from scanner.model.estate import Estate
from scanner.model.reading import Source

TAKEN = datetime(2026, 11, 24, 6, tzinfo=UTC)
CONFIG = """schema: backup-scan/config/1
accounts:
  prod: {id: "111111111111", regions: [eu-west-1]}
"""


def keep(directory: Path, account: str = "111111111111", name: str = "prod") -> Path:
    """Keep an estate for which nothing was collected."""
    file = directory / "estate.json"
    estate = Estate(Source.LIVE, account, "caller", ("eu-west-1",), TAKEN, {}, {}, account_name=name)
    file.write_text(dump(estate), encoding="utf-8")
    return file


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def states(result: Result) -> set[str]:
    return {one["outcome"] for one in json.loads(result.stdout)["findings"]}


def test_what_was_not_collected_is_unknown_for_every_rule(tmp_path: Path) -> None:
    result = run("--from", keep(tmp_path), "--format", "json")
    assert result.exit_code == 4
    assert states(result) == {"unknown"}
    judged = {one["rule"] for one in json.loads(result.stdout)["findings"]}
    assert judged == set(catalogue().rules) - {"BK118"}  # no account has code


def test_without_a_configuration_it_says_so_and_prints_nothing_else_to_standard_output(tmp_path: Path) -> None:
    result = run("--from", keep(tmp_path), "--format", "json")
    assert json.loads(result.stdout)
    assert "judged without a configuration" in result.stderr


@pytest.mark.parametrize("explicit", [True, False])
def test_another_account_s_configuration_does_not_judge_it(tmp_path: Path, explicit: bool) -> None:
    config = tmp_path / "backup-scan.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    extra: Sequence[str | Path] = ["--config", config] if explicit else []
    result = run("--from", keep(tmp_path, "222222222222"), *extra)
    assert result.exit_code == 3
    assert "has no account 222222222222" in result.output
    assert "--config" in result.output


def test_the_demo_s_estate_brings_its_configuration_even_beside_an_unfinished_one(tmp_path: Path) -> None:
    assert run("init").exit_code == 0
    result = run("--from", keep(tmp_path, "123456789012", "demo"), "--format", "json")
    assert result.stderr == ""
    # Nothing of the account was kept, but what its people wrote is judged as it stands.
    assert {one["rule"] for one in json.loads(result.stdout)["findings"] if one["outcome"] == "failed"} >= {
        "BK910",
        "BK911",
    }
    assert result.exit_code == 1, result.output


def test_a_time_before_it_was_read_is_pointed_out(tmp_path: Path) -> None:
    file = keep(tmp_path)
    assert "before the account was read" in run("--from", file, "--at", "2026-11-23", "-q").output
    assert "before the account was read" not in run("--from", file, "--at", "2026-11-25", "-q").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--region", "us-east-1"], "has no region 'us-east-1'"),
        (["--dry-run"], "exclude each other"),
        (["--rule", ""], "no rule is called ''"),
        (["--rule", "BK201", "--clause", "6.1"], "after the filters: --rule BK201, --clause 6.1"),
        (["--at", "0001-01-01T00:00+05:00"], "no instant"),
        (["--at", "9999-12-31"], "2000 to 2999"),
        (["rules"], "--from before `rules` would be lost"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    result = run("--from", keep(tmp_path), *arguments)
    assert result.exit_code == 2, result.output
    assert re.sub(r"\s+", " ", said) in re.sub(r"\s+", " ", result.output)


def test_a_clause_can_be_named_by_its_chapter(tmp_path: Path) -> None:
    result = run("--from", keep(tmp_path), "--clause", "5", "--format", "json")
    rules = {one["rule"] for one in json.loads(result.stdout)["findings"]}
    assert rules == {
        name for name, rule in catalogue().rules.items() if any(one.startswith("5.") for one in rule.enforces)
    }


def test_a_tier_never_hides_what_may_belong_to_it(tmp_path: Path) -> None:
    result = run("--from", keep(tmp_path), "--tier", "analytics", "--format", "json")
    assert result.exit_code == 4
    assert states(result) == {"unknown"}


def test_a_waiver_for_a_rule_that_does_not_exist_is_refused_with_its_line(tmp_path: Path) -> None:
    config = tmp_path / "backup-scan.yaml"
    config.write_text(
        CONFIG + "waivers:\n"
        "  - {rule: BK999, resource: 'arn:*', reason: accepted for a while, owner: a team, approved_by: b team,\n"
        "     expires: 2026-12-01}\n",
        encoding="utf-8",
    )
    result = run("--from", keep(tmp_path))
    assert result.exit_code == 2
    assert "backup-scan.yaml:5: found unknown rule 'BK999' in waivers[0]" in result.output


def test_a_written_configuration_is_one_step_from_a_scan(tmp_path: Path) -> None:
    said = run("init", "--account-id", "111111111111", "--region", "eu-west-1").output
    assert "`backup-scan --account prod --output out`" in said
    result = run("--account", "prod", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "to prod (111111111111) in eu-west-1; none was made" in result.output


@pytest.mark.parametrize(("option", "value"), [("--account-id", "12"), ("--region", "Frankfurt"), ("--region", "a]")])
def test_init_refuses_what_a_scan_would_refuse(tmp_path: Path, option: str, value: str) -> None:
    result = run("init", option, value)
    assert result.exit_code == 2
    assert value in result.output
    assert not (tmp_path / "backup-scan.yaml").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-11-24T06:00:00+00:00", "2026-11-24T06:00:00", "taken_at has no time zone"),
        ('"evidence": []', '"evidence": ' + "[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ("backup-scan/estate/1", "backup-scan/estate/2", "this version reads 'backup-scan/estate/1'"),
        ('"gaps": []', '"gaps": null', "damaged"),
    ],
)
def test_a_damaged_or_newer_estate_is_one_message(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = keep(tmp_path)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    result = run("--from", file)
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert "what to do: " in result.output
