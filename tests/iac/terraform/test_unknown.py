"""What other engines were measured to get wrong of unknown values, row by row; and the limits of the first prototype."""

from __future__ import annotations

import pytest

from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository

UNKNOWN = 'variable "u" {}\nvariable "list" {\n  type = list(string)\n}\n'


def test_both_branches_of_an_unknown_condition_are_choices(repository: Repository) -> None:
    found = repository.read(UNKNOWN + 'resource "aws_x" "a" {\n  v = var.u > 5 ? 30 : 7\n}\n').value("v")
    assert isinstance(found, Unresolved)
    assert sorted(found.choices) == [7, 30]


@pytest.mark.parametrize("expression", ["var.u + 1", "max(var.u, 30)", "tonumber(data.aws_ssm_parameter.p.value)"])
def test_what_hangs_on_an_unknown_is_unknown(repository: Repository, expression: str) -> None:
    text = UNKNOWN + 'data "aws_ssm_parameter" "p" {\n  name = "/kept"\n}\n'
    found = repository.read(text + f'resource "aws_x" "a" {{\n  v = {expression}\n}}\n').why("v")
    assert found.startswith(
        ("var.u has no value (main.tf:1)", "data.aws_ssm_parameter.p.value is read from AWS, of /kept")
    )


def test_results_of_other_providers_are_known_after_apply(repository: Repository) -> None:
    text = 'resource "random_integer" "r" {\n  min = 1\n  max = 9\n}\nresource "aws_x" "a" {\n'
    read = repository.read(text + "  v = random_integer.r.result\n  w = random_integer.r.max\n}\n")
    assert read.why("v") == "random_integer.r.result is known after apply"
    assert read.value("w") == 9
    assert read.addresses == ["aws_x.a"]


def test_unknown_keys_make_one_doubtful_instance(repository: Repository) -> None:
    read = repository.read({
        "variables.tf": UNKNOWN,
        "main.tf": """
            resource "aws_x" "a" {
              for_each = toset(var.list)
              name     = each.key
              kept     = 7
            }
            resource "aws_x" "b" {
              count = var.u
              name  = "n${count.index}"
            }
            module "m" {
              source   = "./m"
              for_each = var.u
            }
        """,
        "m/main.tf": 'resource "aws_x" "c" {}',
    })  # fmt: skip
    assert read.addresses == ['aws_x.a["?"]', "aws_x.b[?]", 'module.m["?"].aws_x.c']
    assert all(block.doubt is not None for block in read.code.blocks)
    assert read.value("kept", 'aws_x.a["?"]') == 7
    assert read.why("name", 'aws_x.a["?"]') == (
        "each.key is not settled: the for_each of aws_x.a is not settled: var.list has no value (variables.tf:2)"
    )
    assert "count.index is not settled" in read.why("name", "aws_x.b[?]")


def test_unknown_dynamic_blocks_are_not_gone(repository: Repository) -> None:
    read = repository.read(
        UNKNOWN
        + """
        resource "aws_x" "a" {
          dynamic "rule" {
            for_each = var.u
            content {
              kept = rule.value
            }
          }
          copy {
            days = 1
          }
          dynamic "copy" {
            for_each = var.u
            content {}
          }
        }
        """
    )
    assert read.why("rule") == "whether there are rule blocks is not settled: var.u has no value (main.tf:1)"
    assert isinstance(read.value("rule.kept"), Unresolved)
    first, second = read.value("copy")
    assert first == {"days": 1}
    assert isinstance(second, Unresolved)


def test_a_module_that_is_not_on_disk_is_reported(repository: Repository) -> None:
    read = repository.read(
        """
        module "net" {
          source  = "terraform-aws-modules/vpc/aws"
          version = "5.0.0"
        }
        resource "aws_x" "a" {
          subnets = module.net.private_subnets
          first   = module.net.private_subnets[0]
          kept    = 7
        }
        """
    )
    (problem,) = read.code.problems
    assert problem.message == "module.net is not on disk: registry module terraform-aws-modules/vpc/aws"
    assert problem.hint == "run terraform init, or judge the plan"
    assert (problem.address, problem.spot.line) == ("module.net", 2)
    assert read.why("subnets") == problem.message
    assert read.why("first") == problem.message
    assert read.value("kept") == 7


# --- limits of the first prototype


def test_sets_are_sets(repository: Repository) -> None:
    read = repository.read('resource "aws_x" "a" {\n  v = toset(["b", "a", "b"])\n  n = length(toset(["x", "x"]))\n}\n')
    assert read.value("v") == ["a", "b"]
    assert read.value("n") == 1


def test_half_written_code_loses_nothing_else(repository: Repository) -> None:
    read = repository.read({
        "main.tf": """
            resource "aws_x" "a" {
              kept = 7
            }
            resource "aws_x" "broken" {
              name = "x"
              kept =
            }
            resource "aws_x" "c" {
              kept = 9
            }
        """,
        "other.tf": 'resource "aws_x" "d" {\n  v = local.lost\n}\n',
    })  # fmt: skip
    assert (read.value("kept"), read.value("kept", "aws_x.c")) == (7, 9)
    assert isinstance(read.value("kept", "aws_x.broken"), Unresolved)
    assert isinstance(read.value("other", "aws_x.broken"), Unresolved), "it may have been lost"
    assert "not declared in what could be read" in read.why("v", "aws_x.d")
    assert any(one.spot.line == 7 and one.broken for one in read.code.problems)
