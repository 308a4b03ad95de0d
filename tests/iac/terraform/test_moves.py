"""What was moved keeps the address it had, for whoever compares with before."""

from __future__ import annotations

import pytest

from tests.iac.terraform.repository import Repository


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([("aws_x.old", "aws_x.a")], {'aws_x.a["k"]': 'aws_x.old["k"]'}),
        ([("aws_x.a[0]", 'aws_x.a["k"]')], {'aws_x.a["k"]': "aws_x.a[0]"}),
        ([("module.old", "module.m")], {"module.m[0].aws_x.b": "module.old[0].aws_x.b"}),
        ([("module.m", "module.m[0]")], {"module.m[0].aws_x.b": "module.m.aws_x.b"}),
        ([("module.m[0].aws_x.c", "module.m[0].aws_x.b")], {"module.m[0].aws_x.b": "module.m[0].aws_x.c"}),
        ([("aws_x.b", "module.m[0].aws_x.b")], {"module.m[0].aws_x.b": "aws_x.b"}),
        (
            [("aws_x.first", "aws_x.second"), ("aws_x.second", "aws_x.a")],
            {'aws_x.a["k"]': 'aws_x.second["k"]', 'aws_x.second["k"]': 'aws_x.first["k"]'},
        ),
        ([("aws_x.a", "aws_x.gone")], {}),
        ([("aws_x.old", "aws_x")], {}),
    ],
)  # fmt: skip
def test_moves(repository: Repository, moves: list[tuple[str, str]], expected: dict[str, str]) -> None:
    read = repository.read({
        "main.tf": 'resource "aws_x" "a" {\n  for_each = toset(["k"])\n}\nmodule "m" {\n  source = "./m"\n  count = 1\n}\n'
        + "".join(f"moved {{\n  from = {old}\n  to   = {new}\n}}\n" for old, new in moves),
        "m/main.tf": 'resource "aws_x" "b" {}\n',
    })  # fmt: skip
    assert read.code.moved == expected


def test_moves_inside_a_module(repository: Repository) -> None:
    read = repository.read({
        "main.tf": 'module "m" {\n  source = "./m"\n  for_each = toset(["a.b"])\n}\n',
        "m/main.tf": 'resource "aws_x" "b" {}\nmoved {\n  from = aws_x.c\n  to = aws_x.b\n}\n',
    })  # fmt: skip
    assert read.code.moved == {'module.m["a.b"].aws_x.b': 'module.m["a.b"].aws_x.c'}


def test_moves_in_a_circle_end(repository: Repository) -> None:
    read = repository.read(
        'resource "aws_x" "a" {}\nmoved {\n  from = aws_x.a\n  to = aws_x.b\n}\nmoved {\n  from = aws_x.b\n  to = aws_x.a\n}\n'
    )
    assert read.code.moved["aws_x.a"] == "aws_x.b"


def test_what_is_removed_or_imported_is_no_resource(repository: Repository) -> None:
    read = repository.read(
        """
        removed {
          from = aws_x.gone
          lifecycle {
            destroy = false
          }
        }
        import {
          to = aws_x.a
          id = "x"
        }
        check "c" {
          data "aws_region" "r" {}
          assert {
            condition     = true
            error_message = "x"
          }
        }
        ephemeral "aws_secret" "s" {}
        resource "aws_x" "a" {
          v = ephemeral.aws_secret.s.value
        }
        """
    )
    assert read.addresses == ["aws_x.a"]
    assert read.problems == []
    assert read.why("v") == "ephemeral.aws_secret.s.value is ephemeral: it is never stored"
