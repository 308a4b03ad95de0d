"""What other engines were measured to get wrong of modules and variables, row by row."""

from __future__ import annotations

import json

import pytest

from scanner.iac.hcl.values import JsonText
from tests.iac.terraform.repository import Repository, why

# --- modules and variables


def test_literals_indexes_and_keys(repository: Repository) -> None:
    read = repository.read(
        """
        resource "aws_x" "a" {
          kept = 7
        }
        resource "aws_x" "numbered" {
          count = 2
          name  = "db-${count.index}"
        }
        resource "aws_x" "keyed" {
          for_each = { gold = 35, "a.b" = 7 }
          kept     = each.value
          name     = each.key
        }
        """
    )
    numbered = ["aws_x.numbered[0]", "aws_x.numbered[1]"]
    assert read.addresses == ["aws_x.a", *numbered, 'aws_x.keyed["gold"]', 'aws_x.keyed["a.b"]']
    assert read.value("kept") == 7
    assert read.value("name", "aws_x.numbered[1]") == "db-1"
    assert read.value("kept", 'aws_x.keyed["gold"]') == 35
    assert read.value("name", 'aws_x.keyed["a.b"]') == "a.b"


def test_a_module_for_each_reaches_the_locals_of_the_child(repository: Repository) -> None:
    read = repository.read({
        "main.tf": """
            module "db" {
              source   = "./db"
              for_each = { gold = 35, iron = 3 }
              days     = each.value
            }
        """,
        "db/main.tf": """
            variable "days" {
              type = number
            }
            locals {
              kept = max(var.days, 7)
            }
            resource "aws_x" "a" {
              kept = local.kept
            }
        """,
    })  # fmt: skip
    assert read.value("kept", 'module.db["gold"].aws_x.a') == 35
    assert read.value("kept", 'module.db["iron"].aws_x.a') == 7


def test_merged_tags(repository: Repository) -> None:
    read = repository.read(
        """
        locals {
          common = { team = "a", tier = "gold" }
        }
        resource "aws_x" "a" {
          tags = merge(local.common, { tier = "iron" })
        }
        """
    )
    assert read.value("tags") == {"team": "a", "tier": "iron"}


def test_tfvars_are_loaded_by_themselves(repository: Repository) -> None:
    read = repository.read({
        "main.tf": 'variable "days" {\n  default = 7\n}\nresource "aws_x" "a" {\n  kept = var.days\n}\n',
        "terraform.tfvars": "days = 31\n",
    })  # fmt: skip
    assert read.value("kept") == 31


def test_a_condition_in_a_local_and_as_an_argument(repository: Repository) -> None:
    read = repository.read({
        "main.tf": """
            variable "prod" {
              default = true
            }
            variable "days" {
              default = 20
            }
            locals {
              kept = var.prod ? max(var.days, 30) : 7
            }
            resource "aws_x" "a" {
              kept = local.kept
            }
            module "m" {
              source = "./m"
              days   = local.kept
            }
        """,
        "m/main.tf": 'variable "days" {}\nresource "aws_x" "a" {\n  kept = var.days\n}\n',
    })  # fmt: skip
    assert read.value("kept") == 30
    assert read.value("kept", "module.m.aws_x.a") == 30


def test_defaults_of_optional_attributes(repository: Repository) -> None:
    read = repository.read(
        """
        variable "backup" {
          type = object({
            days   = number
            window = optional(string, "02:00-03:00")
            more   = optional(object({ copy = optional(bool, true) }), {})
            none   = optional(string)
          })
          default = { days = "30" }
        }
        resource "aws_x" "a" {
          kept   = var.backup.days
          window = var.backup.window
          copy   = var.backup.more.copy
          none   = var.backup.none
        }
        """
    )
    assert (read.value("kept"), read.value("window"), read.value("copy")) == (30, "02:00-03:00", True)
    assert not read.value("none")  # not set


def test_no_instances_are_no_resources(repository: Repository) -> None:
    read = repository.read(
        """
        variable "create" {
          default = false
        }
        resource "aws_x" "a" {
          count = var.create ? 1 : 0
        }
        resource "aws_x" "b" {
          for_each = var.create ? toset(["a"]) : toset([])
        }
        """
    )
    assert read.addresses == []
    assert read.problems == []


def test_nested_dynamic_blocks_with_iterators(repository: Repository) -> None:
    read = repository.read(
        """
        locals {
          rules = [
            { name = "daily", copies = [{ to = "a", days = 30 }, { to = "b", days = 90 }] },
            { name = "weekly", copies = [] },
          ]
        }
        resource "aws_x" "a" {
          dynamic "rule" {
            for_each = local.rules
            iterator = each_rule
            content {
              name = each_rule.value.name
              at   = each_rule.key
              dynamic "copy_action" {
                for_each = each_rule.value.copies
                content {
                  to = copy_action.value.to
                  lifecycle {
                    delete_after = copy_action.value.days
                  }
                }
              }
            }
          }
        }
        """
    )
    assert read.value("rule") == [
        {
            "name": "daily",
            "at": 0,
            "copy_action": [
                {"to": "a", "lifecycle": [{"delete_after": 30}]},
                {"to": "b", "lifecycle": [{"delete_after": 90}]},
            ],
        },
        {"name": "weekly", "at": 1, "copy_action": []},
    ]


def test_two_calls_of_one_source_keep_apart(repository: Repository) -> None:
    read = repository.read({
        "main.tf": """
            module "one" {
              source = "./m"
              days   = 31
            }
            module "many" {
              source   = "./m"
              for_each = toset(["x"])
              days     = 7
            }
            resource "aws_x" "a" {
              one  = module.one.days
              many = module.many["x"].days
            }
        """,
        "m/main.tf": 'variable "days" {}\noutput "days" {\n  value = var.days\n}\n',
    })  # fmt: skip
    assert (read.value("one"), read.value("many")) == (31, 7)


def test_json_with_a_reference_keeps_its_other_leaves(repository: Repository) -> None:
    read = repository.read(
        """
        resource "aws_y" "b" {}
        resource "aws_x" "a" {
          policy = jsonencode({ Statement = [{ Effect = "Deny", Resource = aws_y.b.secret_thing }] })
        }
        """
    )
    policy = read.value("policy")
    assert isinstance(policy, JsonText)
    statement = policy.document["Statement"][0]
    assert statement["Effect"] == "Deny"
    assert why(statement["Resource"]) == "aws_y.b.secret_thing is known after apply"


def test_a_policy_document_is_rendered(repository: Repository) -> None:
    read = repository.read(
        """
        data "aws_iam_policy_document" "p" {
          statement {
            actions   = ["backup:DeleteRecoveryPoint"]
            resources = ["*"]
            effect    = "Deny"
          }
        }
        resource "aws_x" "a" {
          policy = data.aws_iam_policy_document.p.json
        }
        """
    )
    assert json.loads(read.value("policy")) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}],
    }


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('contains(["a", "b"], "b")', True),
        ('format("%s-%03d", "a", 7)', "a-007"),
        ("!false", True),
        ("[for x in [1, 2, 3] : x * 2 if x > 1]", [4, 6]),
        ("(1 + 2) * 3", 9),
        ("-7 % 3", -1),
        ("!true", False),
        ('try({}.missing, "f")', "f"),
        ('"true"', "true"),
    ],
)
def test_expressions(repository: Repository, expression: str, value: object) -> None:
    found = repository.read(f'resource "aws_x" "a" {{\n  v = {expression}\n}}\n').value("v")
    assert found == value
    assert type(found) is type(value)


def test_null_is_not_unknown(repository: Repository) -> None:
    read = repository.read({
        "main.tf": """
            variable "nothing" {
              default = null
            }
            variable "unknown" {}
            module "m" {
              source  = "./m"
              nothing = var.nothing
              unknown = var.unknown
            }
        """,
        "m/main.tf": """
            variable "nothing" {}
            variable "unknown" {}
            variable "never" {
              default  = 5
              nullable = false
            }
            resource "aws_x" "a" {
              nothing = var.nothing
              unknown = var.unknown
              never   = var.never
            }
        """,
    })  # fmt: skip
    assert not read.value("nothing", "module.m.aws_x.a")
    assert read.why("unknown", "module.m.aws_x.a") == "var.unknown has no value (main.tf:5)"


def test_every_value_has_its_line(repository: Repository) -> None:
    read = repository.read(
        """\
        resource "aws_x" "a" {
          name = "a"

          rule {
            kept = 7
          }
          tags = {
            a = "b"
          }
        }
        """
    )
    block = read["aws_x.a"]

    def line(*path: str | int) -> int:
        spot = block.place(path)
        assert spot
        return spot.line

    assert block.spot
    assert (block.spot.file, block.spot.line, block.spot.column) == ("main.tf", 1, 1)
    assert (line("name"), line("rule", 0, "kept"), line("tags"), line("missing")) == (2, 5, 7, 1)
    assert line("rule", 0, "missing") == line("rule") == 4
    assert block.find("rule.kept").spot == block.place(("rule", 0, "kept"))
