"""A plan beside its configuration: findings point into that, and what is written there is known for certain."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.block import ABSENT
from scanner.iac.terraform import plan as plans
from scanner.iac.terraform import plan_tree
from scanner.model.unresolved import Unresolved
from tests.iac.plan.plans import change, configured, constant, plan, refers

MAIN = """\
resource "aws_db_instance" "d" {
  for_each   = var.dbs
  kms_key_id = aws_kms_key.k[each.key].arn
  role_arn   = "${aws_kms_key.k["a"].arn}:x"
  tags       = { a = "b" }
}

resource "aws_kms_key" "k" {
  for_each = var.dbs
}

module "local" {
  source = "./inner"
}

module "far" {
  source = "acme/far/aws"
}
"""
INNER = """\
resource "aws_backup_plan" "p" {
  rule {
    rule_name = "one"
  }
  rule {
    rule_name = "two"
    lifecycle { delete_after = 3 }
  }
  dynamic "selection" {
    for_each = []
    content { x = 1 }
  }
}
"""


@pytest.fixture
def read(tmp_path: Any, monkeypatch: Any) -> Any:
    monkeypatch.setattr(
        plan_tree, "export", lambda block, name: f"{name} of {block.address}" if name == "arn" else ABSENT
    )
    infra = tmp_path / "infra"
    for name, text in {
        "main.tf": MAIN,
        "inner/main.tf": INNER,
        ".terraform/modules/far/far.tf": INNER,
        ".terraform/modules/modules.json": json.dumps(
            {"Modules": [{"Key": "far", "Dir": ".terraform/modules/far"}, {"Key": 1}, 2]}
        ),
    }.items():
        (infra / name).parent.mkdir(parents=True, exist_ok=True)
        (infra / name).write_text(text)

    def load(document: Any, source: Any = infra) -> Any:
        (infra / "plan.json").write_text(json.dumps(document))
        return plans.load(tmp_path, infra / "plan.json", source_dir=source)

    return load


def rules(module: Any) -> Any:
    return change(
        f"{module}.aws_backup_plan.p",
        {
            "rule": [{"rule_name": "one"}, {"rule_name": "two", "lifecycle": [{"delete_after": 3}]}],
            "selection": [{"x": 1}],
        },
        module=module,
    )


def test_findings_point_at_the_attribute(read: Any) -> None:
    (block,) = read(
        plan([change('aws_db_instance.d["a"]', {"tags": {"a": "b"}, "tags_all": {"a": "b"}, "kms_key_id": "k"})])
    )
    assert block.spot.said == "infra/main.tf:1"
    assert block.find("kms_key_id").spot.said == "infra/main.tf:3"
    assert block.find("tags_all").spot.said == "infra/main.tf:5"
    assert block.find("not_written").spot.said == "infra/main.tf:1"


@pytest.mark.parametrize(
    ("module", "file"), [("module.local", "infra/inner/main.tf"), ("module.far", "infra/.terraform/modules/far/far.tf")]
)
def test_modules_are_found_with_their_trail(read: Any, module: Any, file: Any) -> None:
    code = read(plan([rules(module)]))
    (block,) = code
    assert [spot.said for spot in block.trail] == [
        "infra/main.tf:12" if module == "module.local" else "infra/main.tf:16"
    ]
    assert block.place(("rule", 0, "rule_name")).said == f"{file}:3"
    assert block.place(("rule", 1, "rule_name")).said == f"{file}:6"
    assert block.place(("rule", 1, "lifecycle", 0, "delete_after")).said == f"{file}:7"
    assert block.place(("rule", 1, "not_written")).said == f"{file}:5"
    assert block.place(("selection", 0, "x")).said == f"{file}:11"
    assert code.files == ["infra/plan.json", "infra/main.tf", file]


def test_what_is_not_at_hand_points_at_the_plan(read: Any, tmp_path: Any) -> None:
    for source in (None, tmp_path / "nowhere"):
        (block,) = read(plan([rules("module.other")]), source)
        assert block.spot.said == "infra/plan.json:1"
        assert block.place(("rule", 0)).said == "infra/plan.json:1"


def test_the_text_of_an_expression_says_which_instance(read: Any) -> None:
    keys = [change(f'aws_kms_key.k["{name}"]', {}, {"arn": True}) for name in "ab"]
    written = {
        "kms_key_id": refers("aws_kms_key.k", "each.key"),
        "role_arn": refers('aws_kms_key.k["a"].arn', 'aws_kms_key.k["a"]', "aws_kms_key.k"),
    }
    document = plan(
        [change('aws_db_instance.d["b"]', {}, {"kms_key_id": True, "role_arn": True}), *keys],
        [configured("aws_db_instance.d", written)],
    )
    block = read(document).blocks[0]
    assert block.values["kms_key_id"] == 'arn of aws_kms_key.k["b"]'
    assert isinstance(block.values["role_arn"], Unresolved)  # a text around it: certainly not the ARN
    assert block.values["role_arn"].unknown.evidence[0].where == "infra/main.tf:4"
    block = read(document, None).blocks[0]
    assert isinstance(block.values["kms_key_id"], Unresolved)


@pytest.mark.parametrize(
    "text",
    [
        "values(aws_kms_key.k)[*].arn",
        "aws_kms_key.k[*].arn",
        "[for one in aws_kms_key.k : one.arn]",
        "[for n, one in aws_kms_key.k: one.arn]",
    ],
)
def test_a_list_of_all_instances_is_that_of_all(read: Any, tmp_path: Any, text: str) -> None:
    (tmp_path / "infra" / "main.tf").write_text(f'resource "aws_db_instance" "d" {{\n  subnet_ids = {text}\n}}\n')
    keys = [change(f'aws_kms_key.k["{name}"]', {}, {"arn": True}) for name in "ab"]
    document = plan(
        [change("aws_db_instance.d", {}, {"subnet_ids": True}), *keys],
        [configured("aws_db_instance.d", {"subnet_ids": refers("aws_kms_key.k")})],
    )
    assert read(document).blocks[0].values["subnet_ids"] == ['arn of aws_kms_key.k["a"]', 'arn of aws_kms_key.k["b"]']
    assert isinstance(read(document, None).blocks[0].values["subnet_ids"], Unresolved)  # there may be an `if` in it


def test_a_configuration_that_changed_since_is_no_trouble(read: Any, tmp_path: Any) -> None:
    (tmp_path / "infra" / "main.tf").write_text('resource "aws_db_instance" "d" {\n  kms_key_id = \n')
    (block,) = read(
        plan(
            [change("aws_db_instance.d", {"kms_key_id": "k"})],
            [configured("aws_db_instance.d", {"kms_key_id": constant("k")})],
        )
    )
    assert block.values["kms_key_id"] == "k"
    assert block.find("kms_key_id").spot.file in ("infra/main.tf", "infra/plan.json")
