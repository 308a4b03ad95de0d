"""What is named on the command line: paths of all kinds, plans and states, and where there is nothing to check."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path
from typing import Any

import pytest

from scanner.iac.sources import Inputs, base_of, load
from tests.iac.gate.desk import PROVIDER, Desk, pitr, table

BAD = PROVIDER + table("bad", pitr("false"))
TEMPLATE = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: t\n"
ADDRESS = "aws_dynamodb_table.bad"


def plan(name: str = "bad") -> str:
    after = {"name": name, "hash_key": "id", "point_in_time_recovery": [{"enabled": False}]}
    where = {"address": f"aws_dynamodb_table.{name}", "mode": "managed", "type": "aws_dynamodb_table", "name": name,
             "provider_name": "registry.terraform.io/hashicorp/aws"}  # fmt: skip
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {}, "after_sensitive": {}}
    configured = {"address": where["address"], "mode": "managed", "type": "aws_dynamodb_table", "name": name,
                  "provider_config_key": "aws", "expressions": {"name": {"constant_value": name}}}  # fmt: skip
    provider = {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}}
    return json.dumps({
        "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [{**where, "change": change}],
        "planned_values": {}, "configuration": {"provider_config": provider, "root_module": {"resources": [configured]}},
    })  # fmt: skip


def state(arn: str) -> str:
    attributes = {"arn": arn, "name": "bad", "hash_key": "id", "point_in_time_recovery": [{"enabled": False}]}
    resource = {"mode": "managed", "type": "aws_dynamodb_table", "name": "bad",
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [{"attributes": attributes, "schema_version": 1}]}  # fmt: skip
    return json.dumps(
        {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": [resource]}
    )


def roots(desk: Desk, *words: str) -> list[str]:
    said = desk.run(*words, "--rule", "BK106", "--format", "json")
    return sorted(one["declaration"]["root"] for one in said.report["findings"])


def test_each_root_is_read_once(desk: Desk) -> None:
    desk.file("infra/a/main.tf", BAD)
    desk.file("infra/b/t.yaml", TEMPLATE)
    (desk.path / "link").symlink_to("infra")
    (desk.path / ".git").mkdir()
    both = ["infra/a", "infra/b/t.yaml"]
    assert roots(desk, "--iac", "infra") == both
    for again in ("infra", "infra/a", "infra/a/main.tf", "./infra/../infra", "link", "infra/b/t.yaml", "."):
        assert roots(desk, "--iac", "infra", "--iac", again) == both, again
        assert roots(desk, "--iac", again, "--iac", "infra") == both, again


def test_a_module_inside_is_a_root_where_it_is_named(desk: Desk) -> None:
    desk.file("infra/main.tf", PROVIDER + 'module "m" {\n  source = "./m"\n}\n')
    desk.file("infra/m/main.tf", table("bad", pitr("false")))
    (desk.path / ".git").mkdir()
    assert roots(desk, "--iac", "infra") == ["infra"]
    assert roots(desk, "--iac", "infra", "--iac", "infra/m") == ["infra", "infra/m"]


@pytest.mark.parametrize("content", ["", "# nothing\n"])
def test_nothing_there_is_nothing_checked(desk: Desk, content: str) -> None:
    (desk.path / "infra").mkdir()
    if content:
        desk.file("infra/README.md", content)
        desk.file("infra/values.yaml", "a: 1\n")
    said = desk.judge()
    assert (said.code, said.out) == (3, "")
    assert "nothing was checked: there is no Terraform, CloudFormation, plan or state in infra" in said.err
    assert "what to do" in said.err


@pytest.mark.parametrize("name", ["nowhere", "main.py"])
def test_what_is_no_code(desk: Desk, name: str) -> None:
    if name == "main.py":
        desk.file(name, "print(1)\n")
    said = desk.judge(iac=name)
    assert said.code in (1, 2)
    assert "Traceback" not in said.err + said.out
    assert "internal error" not in said.err


def test_a_pipe_is_not_waited_for(desk: Desk) -> None:
    os.mkfifo(desk.path / "pipe.json")
    said = desk.judge(iac="pipe.json")
    assert said.code == 2
    assert "neither a file nor a directory" in said.err


def test_what_cdk_writes_is_code(desk: Desk) -> None:
    template = {"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "t"}}}}
    desk.file("cdk.out/App.template.json", json.dumps(template))
    artifact = {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1",
                "properties": {"templateFile": "App.template.json"}}  # fmt: skip
    desk.file("cdk.out/manifest.json", json.dumps({"version": "36.0.0", "artifacts": {"App": artifact}}))
    said = desk.judge(iac=".")
    assert (said.code, [one["resource"]["account"] for one in said.findings()]) == (1, ["123456789012"])


def test_a_directory_that_may_not_be_listed_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refuse(path: Any = ".") -> Any:
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    (desk.path / "infra/secret").mkdir(parents=True)
    monkeypatch.setattr(os, "scandir", refuse)
    said = desk.judge(rules="BK106 BK118")
    assert said.code in (1, 4)
    assert "secret cannot be listed: Permission denied" in said.out
    desk.file("infra/main.tf", PROVIDER)
    said = desk.judge(rules="BK106 BK118")
    assert said.code in (1, 4)
    assert "secret cannot be listed" in said.out


def test_names_of_any_bytes(desk: Desk) -> None:
    name = os.fsdecode(b"caf\xe9")
    desk.file(f"infra/{name}/main.tf", BAD)
    (desk.path / ".git").mkdir()
    for words in (["--format", "json"], ["--format", "github"], ["--format", "sarif"], ["--output", "out"], []):
        said = desk.run("--iac", "infra", "--rule", "BK106", *words)
        assert said.code == 1, said.err


def test_a_plan_points_to_the_code_it_was_made_of(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    desk.file("infra/plan.json", plan())
    desk.file("build/plan.json", plan())
    desk.file("empty/x", "")
    (desk.path / ".git").mkdir()

    def place(*words: str) -> str:
        said = desk.run(*words, "--rule", "BK106", "--format", "json")
        (one,) = said.findings()
        return f"{one['declaration']['root']} {one['declaration']['file']}"

    assert place("--iac", "infra/plan.json") == "infra/plan.json infra/main.tf"
    assert place("--iac", "build/plan.json") == "build/plan.json build/plan.json"
    assert place("--iac", "build/plan.json", "--source", "infra") == "build/plan.json infra/main.tf"
    said = desk.run("--iac", "build/plan.json", "--source", "empty")
    assert said.code == 2
    assert "--source empty holds no Terraform configuration" in said.err


def test_a_waiver_beside_the_code_of_a_plan(desk: Desk) -> None:
    waiver = '# backup-scan:waive BK106 reason="x" owner="ann" approved_by="bea" until=2027-03-31\n'
    desk.file("infra/main.tf", BAD.replace("resource", f"{waiver}resource"))
    desk.file("infra/plan.json", plan())
    said = desk.judge(iac="infra/plan.json")
    assert [one["state"] for one in said.findings()] == ["waived"]


def test_a_plan_is_not_edited_through(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    desk.file("infra/plan.json", plan())
    said = desk.judge("--fix", iac="infra/plan.json")
    assert "nothing can be mended for certain" in said.err
    assert desk.text() == BAD


def test_a_state_takes_the_place_it_is_told(desk: Desk) -> None:
    desk.file("terraform.tfstate", state(""))
    said = desk.judge("--deploy-region", "eu-west-1", "--deploy-account", "123456789012", iac="terraform.tfstate")
    (one,) = said.findings()
    assert (one["resource"]["region"], one["resource"]["account"]) == ("eu-west-1", "123456789012")


def test_the_base_is_the_repository_of_all_paths(tmp_path: Path) -> None:
    for name in ("r/.git", "r/a", "r/sub/b", "o/c", "r/sub/.git"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "r/a/main.tf").write_text("")
    assert base_of([tmp_path / "r/a"]) == tmp_path / "r"
    assert base_of([tmp_path / "r/a/main.tf"]) == tmp_path / "r"
    assert base_of([tmp_path / "r/sub/b"]) == tmp_path / "r/sub"
    assert base_of([tmp_path / "r/sub/b", tmp_path / "r/a"]) == tmp_path / "r"
    assert base_of([tmp_path / "r/a", tmp_path / "o/c"]) == tmp_path
    assert base_of([tmp_path / "o/c"]) == tmp_path / "o/c"


def test_the_root_of_a_file_outside_of_any_repository(desk: Desk) -> None:
    path = desk.file("main.tf", BAD)
    (code,) = load([path], base_of([path]), Inputs())
    assert (code.root, code.files) == (".", ["main.tf"])


def test_the_collector_is_back_afterwards(desk: Desk) -> None:
    desk.file("infra/main.tf", BAD)
    assert desk.judge().code == 1
    assert gc.isenabled()
    desk.judge(iac="nowhere")
    assert gc.isenabled()


def test_what_cannot_be_read_is_told_whatever_was_asked(desk: Desk) -> None:
    desk.file("infra/main.tf", PROVIDER + table("good", pitr("true")) + "resource {{{\n")
    said = desk.judge()
    assert said.code == 1
    assert {one["rule"] for one in said.findings()} == {"BK118"}
    shown = desk.run("--iac", "infra", "--rule", "BK106").out
    assert "Could not be read" in shown
    assert "main.tf:10" in shown
