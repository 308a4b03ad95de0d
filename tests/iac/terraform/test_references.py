"""References give what the code sets, what naming knows of the resource, or the reason why neither does."""

from __future__ import annotations

import pytest

from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository, shown

MANY = """
resource "aws_y" "one" {
  name = "one"
  rule {
    days = 7
  }
}
resource "aws_y" "some" {
  count = 2
  name  = "n${count.index}"
}
resource "aws_y" "each" {
  for_each = { b = "bee", a = "ay" }
  name     = each.value
}
resource "aws_y" "none" {
  count = 0
  name  = "none"
}
"""


def value(repository: Repository, expression: str) -> object:
    return repository.read(MANY + f'resource "aws_x" "a" {{\n  v = {expression}\n}}\n').value("v")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("aws_y.one.name", "one"),
        ("aws_y.one.rule[0].days", 7),
        ("aws_y.one[*].name", ["one"]),
        ("aws_y.some[1].name", "n1"),
        ("aws_y.some[*].name", ["n0", "n1"]),
        ("aws_y.some.*.name", ["n0", "n1"]),
        ("aws_y.some.0.name", "n0"),
        ("length(aws_y.some)", 2),
        ("element(aws_y.some[*].name, 3)", "n1"),
        ('aws_y.each["a"].name', "ay"),
        ("[for k, v in aws_y.each : v.name]", ["ay", "bee"]),
        ("{ for k, v in aws_y.each : k => v.name }", {"a": "ay", "b": "bee"}),
        ("values(aws_y.each)[*].name", ["ay", "bee"]),
        ("keys(aws_y.each)", ["a", "b"]),
        ("one(aws_y.none[*].name)", None),
        ('try(aws_y.none[0].name, "else")', "else"),
        ('length(aws_y.none) > 0 ? aws_y.none[0].name : "else"', "else"),
        ("concat(aws_y.some, aws_y.none)[1].name", "n1"),
        ('concat(aws_y.none[*].name, [""])[0]', ""),
    ],
)  # fmt: skip
def test_what_is_known(repository: Repository, expression: str, expected: object) -> None:
    found = value(repository, expression)
    assert (found or None) == (expected or None)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("aws_y.one.endpoint", "aws_y.one.endpoint is known after apply"),
        ("aws_y.some[0].endpoint", "aws_y.some[0].endpoint is known after apply"),
        ("aws_y.some[7].name", "aws_y.some[7].name: aws_y.some[7] does not exist: it has 2 instances"),
        ('aws_y.each["c"].name', 'aws_y.each["c"].name: aws_y.each["c"] does not exist: it has 2 instances'),
        ("aws_y.none[0].name", "aws_y.none[0].name: aws_y.none[0] does not exist: it has no instances"),
        ("aws_y.nowhere.name", "aws_y.nowhere.name: aws_y.nowhere is not declared"),
        ("var.nothing", "var.nothing: var.nothing is not declared"),
        ("local.nothing", "local.nothing: local.nothing is not declared"),
        ("module.nothing.x", "module.nothing.x: module.nothing is not declared"),
        ("each.key", "each.key: each means nothing here"),
        ("path.cwd", "path.cwd depends on where Terraform runs"),
    ],
)
def test_what_is_not(repository: Repository, expression: str, why: str) -> None:
    found = value(repository, expression)
    assert isinstance(found, Unresolved)
    assert found.why == why
    assert found.spot
    assert found.spot.file == "main.tf"


def test_an_unknown_name_keeps_the_reference(repository: Repository) -> None:
    found = value(repository, "aws_y.one.endpoint")
    assert isinstance(found, Unresolved)
    assert found.refs == ("aws_y.one.endpoint",)


def test_null_is_not_set_and_so_known_after_apply(repository: Repository) -> None:
    read = repository.read('resource "aws_y" "b" {\n  name = null\n}\nresource "aws_x" "a" {\n  v = aws_y.b.name\n}\n')
    assert read.why("v") == "aws_y.b.name is known after apply"


def test_names_and_arns_come_from_naming(repository: Repository) -> None:
    read = repository.read(
        """
        provider "aws" {
          region = "eu-west-1"
        }
        resource "aws_dynamodb_table" "t" {
          name = "orders"
        }
        resource "aws_x" "a" {
          arn  = aws_dynamodb_table.t.arn
          list = [for one in [aws_dynamodb_table.t] : one.arn]
        }
        """
    )
    arn = "arn:aws:dynamodb:eu-west-1:?account:table/orders"
    assert read.value("arn") == arn
    assert read.value("list") == [arn]


def test_data_that_never_changes_hands(repository: Repository) -> None:
    read = repository.read(
        'resource "terraform_data" "d" {\n  input = 7\n}\nresource "aws_x" "a" {\n  v = terraform_data.d.output\n}\n'
    )
    assert read.value("v") == 7
    assert read.addresses == ["aws_x.a"]


def test_a_resource_goes_through_variables_whole(repository: Repository) -> None:
    read = repository.read({
        "main.tf": MANY
        + """
            module "m" {
              source = "./m"
              any    = aws_y.one
              typed  = aws_y.one
              map    = aws_y.each
              list   = aws_y.some
            }
        """,
        "m/main.tf": """
            variable "any" {}
            variable "typed" {
              type = object({ name = string, endpoint = string })
            }
            variable "map" {
              type = map(object({ name = string }))
            }
            variable "list" {
              type = list(object({ name = string }))
            }
            resource "aws_x" "a" {
              v = [var.any.name, var.typed.name, var.typed.endpoint, var.map["a"].name, var.list[1].name]
            }
        """,
    })  # fmt: skip
    assert shown(read.value("v", "module.m.aws_x.a")) == ["one", "one", "?", "ay", "n1"]


@pytest.mark.parametrize(
    "text",
    [
        'locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_x" "a" {\n  v = local.a\n}',
        'resource "aws_x" "a" {\n  v = aws_x.a.v\n}',
        'resource "aws_x" "a" {\n  v = aws_x.b.v\n}\nresource "aws_x" "b" {\n  v = aws_x.a.v\n}',
    ],
)  # fmt: skip
def test_circles_are_seen(repository: Repository, text: str) -> None:
    assert repository.read(text).why("v").partition(" ")[2].startswith("refers to itself")


def test_a_count_that_depends_on_itself(repository: Repository) -> None:
    read = repository.read('resource "aws_x" "a" {\n  count = length(aws_x.a)\n}\n')
    assert read.addresses == ["aws_x.a[?]"]
    doubt = read["aws_x.a[?]"].doubt
    assert doubt is not None
    assert "depends on itself" in doubt.why


def test_meta_arguments_are_no_values(repository: Repository) -> None:
    read = repository.read(
        """
        resource "aws_x" "a" {
          count      = 1
          depends_on = [aws_x.b]
          provider   = aws
          name       = "n"
          lifecycle {
            prevent_destroy = true
          }
          timeouts {
            create = "1h"
          }
          provisioner "local-exec" {
            command = "x"
          }
          connection {
            host = self.name
          }
        }
        """
    )
    block = read["aws_x.a[0]"]
    assert set(block.values) == {"name", "lifecycle"}
    assert block.find("lifecycle.prevent_destroy").value is True
