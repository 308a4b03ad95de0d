"""The commands that run nothing: what they print, and how they end."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from drills.cli.commands import TARGETS
from drills.cli.targets import target_of
from drills.stage.journal import Journal, Made, traces
from scanner.documents.schema import load_schema
from tests.drills.cli.desk import CONFIG, RealTarget, call
from tests.drills.stand_ins import AT


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_there(name: str) -> None:
    assert target_of(name).name == name


# -- list, schema, permissions


def test_list_names_every_drill_with_what_it_makes() -> None:
    found = call("list")
    assert found.exit_code == 0
    assert "database-point-in-time" in found.output
    assert "rds:RestoreDBInstanceToPointInTime" in found.output
    told = json.loads(call("list", "--format", "json").output)
    assert {"name", "promise", "tests", "on", "settings", "makes"} <= set(told[0])


@pytest.mark.parametrize("name", ["drill-plan", "drill-preview", "drill-prices", "drill", "measurements"])
def test_schemas_are_printed(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(call("schema", name).output))


@pytest.mark.parametrize("role", ["drill", "sweeper"])
def test_permissions_are_a_policy(role: str) -> None:
    found = json.loads(call("permissions", "--role", role).output)
    assert found["Version"] == "2012-10-17"
    assert all(one["Action"] for one in found["Statement"])
    assert len({one["Sid"] for one in found["Statement"]}) == len(found["Statement"])


def test_starting_loads_neither_drivers_nor_aws() -> None:
    heavy = "{'boto3', 'botocore', 'psycopg', 'rich', 'moto', 'jinja2', 'yaml', 'jsonschema'}"
    code = f"import sys; from drills.cli import main; main(['list', '-h'], standalone_mode=False); print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"


# -- plan


def test_the_quarterly_plan_is_shown_with_its_digest_and_in_order() -> None:
    found = call("plan")
    assert found.exit_code == 0
    told = json.loads(call("plan", "--format", "json").output)
    Draft202012Validator(load_schema("drill-preview")).validate(told)
    assert f"digest {told['digest']}" in found.output
    places = [found.output.index(f"{number}. {one['name']}") for number, one in enumerate(told["drills"], 1)]
    assert places == sorted(places)


@pytest.mark.parametrize("columns", ["80", "140"])
def test_no_line_is_wider_than_the_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    told = [*call("plan").output.splitlines(), *call("list").output.splitlines()]
    assert max(len(line) for line in told) <= int(columns)


def test_only_chooses_by_drill_system_or_subject(home: Path) -> None:
    def names(*only: str) -> list[str]:
        given = [word for one in only for word in ("--only", one)]
        told = call("plan", "--plan", "plan.yaml", "--target", "localstack", "--format", "json", *given)
        return [one["name"] for one in json.loads(told.output)["drills"]]

    assert names("ledger") == ["both"]
    assert names("several-systems") == ["both"]
    assert names("shop-db") == names("shop") == ["database-point-in-time of shop-db", "both"]


def test_what_nothing_goes_by_is_told_with_the_nearest(home: Path) -> None:
    found = call("plan", "--plan", "plan.yaml", "--target", "localstack", "--only", "shpo")
    assert found.exit_code == 2
    assert "no drill goes by 'shpo'" in found.stderr
    assert "did you mean shop" in found.stderr


def test_a_real_account_is_told_what_it_would_be_refused_for(home: Path) -> None:
    found = call("plan", "--plan", "plan.yaml", "--target", "sandbox")
    assert "It would be refused: the cost is unknown" in " ".join(found.output.split())
    assert "Approvals: none; a real account is refused without one" in found.output


def test_a_ring_of_dependencies_is_told_with_its_path(home: Path) -> None:
    config = json.loads(json.dumps(CONFIG))
    config["systems"][1]["depends_on"] = ["shop"]
    (home / "backup-scan.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    found = call("plan", "--plan", "plan.yaml", "--target", "localstack")
    assert found.exit_code == 2
    assert "shop needs ledger needs shop" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--plan", "missing.yaml"], "missing.yaml: cannot be read"),
        (["--plan", "plan.yaml"], "found unknown system 'shop'"),  # the emulator has a company of its own
        (["--plan", "plan.yaml", "--config", "missing.yaml"], "missing.yaml does not exist"),
        (["--plan", "plan.yaml", "--target", "localstack", "--prices", "plan.yaml"], "plan.yaml"),
    ],
)
def test_what_is_wrong_is_one_message(home: Path, arguments: list[str], says: str) -> None:
    found = call("plan", *arguments)
    assert found.exit_code == 2
    assert says in found.stderr
    assert "Traceback" not in found.output


def test_the_quarterly_plan_is_not_for_a_sandbox(home: Path) -> None:
    found = call("plan", "--target", "sandbox")
    assert found.exit_code == 3
    assert "names no sandbox account" in found.stderr


def journal(state: Path, endpoint: str = "", account: str = "111122223333") -> None:
    with Journal(state, "261124-abcdef", AT, AT, endpoint) as one:
        one.intend(Made("rds:db", "bkpdrill-261124-abcdef-shop", account, "us-east-1"), AT)


def test_journals_alone_tell_what_may_be_left(home: Path) -> None:
    assert call("sweep").output == "nothing is left\n"
    journal(home / ".backup-drill")
    found = call("sweep")
    assert found.exit_code == 4
    assert "rds:db bkpdrill-261124-abcdef-shop in 111122223333/us-east-1" in found.output
    assert "it was made at AWS" in found.output


def test_what_an_emulation_held_is_gone_with_it(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    journal(home / ".backup-drill", endpoint)
    found = call("sweep", "--execute")
    assert found.exit_code == 0
    assert found.output.startswith("gone already")
    assert [trace.open for trace in traces(home / ".backup-drill")] == [False]


@pytest.mark.parametrize(
    ("arguments", "says"), [(["--plan", "plan.yaml"], "belong together"), (["--target", "emulator"], "emulator")]
)
def test_a_sweep_needs_to_know_where(home: Path, arguments: list[str], says: str) -> None:
    found = call("sweep", *arguments)
    assert found.exit_code == 2
    assert says in found.stderr


def test_what_is_in_another_account_is_not_looked_at(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal(home / ".backup-drill", account="999900001111")
    monkeypatch.setattr("drills.cli.sweeping.target_of", lambda *_, **__: RealTarget())
    found = call("sweep", "--plan", "plan.yaml", "--target", "sandbox")
    assert found.exit_code == 4
    assert "not looked at" in found.output
    assert "it is in account 999900001111" in found.output
