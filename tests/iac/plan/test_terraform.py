"""Terraform itself, where it is present: its own plans and states of its built-in provider are read as it means them."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import pytest

from scanner.iac.terraform import plan as plans
from scanner.iac.terraform import state as states
from scanner.model.unresolved import Unresolved

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not installed")

MAIN = """\
variable "n" { default = null }
variable "secret" {
  default   = "hunter2"
  sensitive = true
}
resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "b" {
  input = { n = var.n, s = var.secret, id = terraform_data.a.id, ids = [terraform_data.a.id, "x"], t = timestamp() }
}
resource "terraform_data" "c" {
  for_each = toset(["k.1", "q\\"2"])
  input    = terraform_data.a.output
}
module "m" {
  source = "./m"
  count  = 2
  x      = terraform_data.a.id
}
"""
INNER = 'variable "x" {}\nresource "terraform_data" "z" { input = var.x }\n'


@pytest.fixture(scope="module")
def infra(tmp_path_factory: Any) -> Any:
    directory = tmp_path_factory.mktemp("infra")
    (directory / "m").mkdir()
    (directory / "main.tf").write_text(MAIN)
    (directory / "m" / "main.tf").write_text(INNER)

    def run(*arguments: Any) -> Any:
        return subprocess.run(
            ("terraform", *arguments),
            cwd=directory,
            check=True,
            capture_output=True,
            env={**os.environ, "CHECKPOINT_DISABLE": "1"},
            timeout=60,
        ).stdout

    run("init")
    run("plan", "-out", "plan.bin")
    (directory / "plan.json").write_bytes(run("show", "-json", "plan.bin"))
    run("apply", "-auto-approve")
    (directory / "state.json").write_bytes(run("show", "-json"))
    return directory


ADDRESSES = ["module.m[0].terraform_data.z", "module.m[1].terraform_data.z", "terraform_data.a", "terraform_data.b",
             'terraform_data.c["k.1"]', 'terraform_data.c["q\\"2"]']  # fmt: skip


def test_a_plan(infra: Any) -> None:
    code = plans.load(infra, infra / "plan.json", source_dir=infra)
    assert code.problems == []
    blocks = {block.address: block for block in code}
    assert sorted(blocks) == ADDRESSES
    given = blocks["terraform_data.b"].values["input"]
    assert [name for name, value in given.items() if isinstance(value, Unresolved)] == ["s", "id", "t"]
    assert isinstance(given["ids"][0], Unresolved)
    assert given["ids"][1] == "x"
    assert "hunter" not in repr([dict(block.values) for block in code])
    assert all(isinstance(blocks[one].values["input"], Unresolved) for one in ADDRESSES if one.endswith(("]", "z")))
    spot = blocks["module.m[1].terraform_data.z"].spot
    assert spot is not None
    assert spot.said == "m/main.tf:2"


def test_the_binary_plan_is_refused(infra: Any) -> None:
    assert "only Terraform can read" in plans.load(infra, infra / "plan.bin").problems[0].message


@pytest.mark.parametrize("file", ["terraform.tfstate", "state.json"])
def test_a_state(infra: Any, file: Any) -> None:
    code = states.load(infra, infra / file)
    assert code.problems == []
    assert sorted(block.address for block in code) == ADDRESSES
    values = {block.address: block.values for block in code}
    assert values["terraform_data.a"]["input"] == "x"
    assert isinstance(values["terraform_data.b"]["input"]["s"], Unresolved)
    assert values["terraform_data.b"]["input"]["ids"][1] == "x"
