"""The one law: who sees less may say less, but never something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.iac.block import Code, plain
from scanner.iac.hcl.values import JsonText
from scanner.iac.terraform.loader import load
from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository

VALUES = {
    "create": "true",
    "days": "35",
    "names": '["a", "b"]',
    "tiers": '{ gold = { days = 35, copies = ["x"] }, iron = { days = 3, copies = [] } }',
    "region": '"eu-west-1"',
    "tags": '{ team = "t" }',
    "prefix": '"p"',
    "actions": '["backup:DeleteRecoveryPoint"]',
    "nothing": "null",
}
MAIN = """
provider "aws" {
  region = var.region
  default_tags {
    tags = { owner = var.prefix }
  }
}
provider "aws" {
  alias  = "dr"
  region = var.days > 30 ? "eu-central-1" : "eu-west-3"
}
locals {
  kept  = var.create ? max(var.days, 30) : 7
  plans = { for k, t in var.tiers : k => merge(t, { name = "${var.prefix}-${k}" }) if t.days > 5 }
  first = try(local.plans["gold"].name, "none")
}
resource "aws_x" "one" {
  count  = var.create ? 1 : 0
  kept   = local.kept
  first  = local.first
  either = var.nothing == null ? 1 : 2
  same   = var.create ? "x" : "x"
  tags   = merge(var.tags, { days = var.days })
  rule {
    days = var.days
  }
  dynamic "rule" {
    for_each = var.names
    content {
      name = rule.value
      at   = rule.key
    }
  }
}
resource "aws_x" "tier" {
  for_each = var.tiers
  provider = aws.dr
  kept     = each.value.days
  dynamic "copy" {
    for_each = each.value.copies
    content {
      to = copy.value
    }
  }
}
resource "aws_x" "name" {
  for_each = toset(var.names)
  name     = each.key
  of       = length(aws_x.one) > 0 ? aws_x.one[0].kept : null
  all      = [for t in aws_x.tier : t.kept]
  policy   = data.aws_iam_policy_document.p.json
  inline   = jsonencode({ Days = var.days, Fixed = 1, Names = var.names })
  module   = module.m[*].kept
}
data "aws_iam_policy_document" "p" {
  statement {
    sid       = "Deny"
    effect    = "Deny"
    actions   = var.actions
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = var.names
    content {
      sid     = statement.value
      actions = ["a:B"]
    }
  }
}
module "m" {
  source = "./m"
  count  = length(var.names)
  days   = var.nothing == null ? var.days : 1
  tags   = var.tags
}
"""
MODULE = """
variable "days" {
  type = number
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "more" {
  type    = object({ a = optional(number, 7) })
  default = {}
}
resource "aws_x" "a" {
  kept = var.days + var.more.a
  tags = var.tags
}
output "kept" {
  value = aws_x.a.kept
}
"""


def contradictions(less: Any, more: Any, path: str = "") -> list[str]:
    """Give the places where the one who sees less says something else."""
    if isinstance(less, JsonText) and isinstance(more, str):
        import json

        return contradictions(less.document, json.loads(more), path)
    if isinstance(less, Unresolved):
        choices = less.choices
        wrong = choices and not any(not contradictions(one, more) for one in choices)
        return [f"{path}: not among the choices"] if wrong else []
    if isinstance(less, dict) and isinstance(more, dict):
        keys = less.keys() | more.keys()
        return [found for key in keys for found in contradictions(less.get(key), more.get(key), f"{path}.{key}")]
    if isinstance(less, list) and isinstance(more, list):
        if any(isinstance(one, Unresolved) for one in less):
            return []  # one of them may stand for any number
        if len(less) != len(more):
            return [f"{path}: {len(less)} instead of {len(more)}"]
        return [
            found
            for at, (one, other) in enumerate(zip(less, more, strict=True))
            for found in contradictions(one, other, f"{path}[{at}]")
        ]
    return (
        [] if less == more and isinstance(less, bool) == isinstance(more, bool) else [f"{path}: {less!r}, not {more!r}"]
    )


def read(path: Path, hidden: set[str]) -> Code:
    given_ = "".join(f"{name} = {value}\n" for name, value in VALUES.items() if name not in hidden)
    (path / "terraform.tfvars").write_text(given_)
    return load(path, path)


@pytest.fixture
def written(repository: Repository) -> Path:
    variables = "".join(f'variable "{name}" {{}}\n' for name in VALUES)
    repository.write({"main.tf": MAIN, "variables.tf": variables, "m/main.tf": MODULE})
    return repository.path


def bare(address: str) -> str:
    """Give an address without its keys."""
    return "".join(part.split("]")[-1] for part in address.split("["))


def test_everything_is_seen(written: Path) -> None:
    code = read(written, set())
    assert code.problems == []
    assert len(code.blocks) == 7
    assert not [one for block in code.blocks for one in plain(block.values).values() if isinstance(one, Unresolved)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hidden=st.sets(st.sampled_from(sorted(VALUES)), min_size=1))
def test_who_sees_less_says_nothing_else(written: Path, hidden: set[str]) -> None:
    whole = {block.address: block for block in read(written, set()).blocks}
    less = read(written, hidden).blocks
    for block in less:
        other = whole.get(block.address)
        if other is None:
            assert block.doubt is not None, f"{block.address} appears, and nothing says that it may not exist"
            continue
        assert contradictions(plain(block.values), plain(other.values), block.address) == []
        assert block.region.startswith("?") or block.region == other.region
    for address in whole.keys() - {one.address for one in less}:
        assert any(bare(one.address) == bare(address) and one.doubt is not None for one in less), f"{address} is gone"
