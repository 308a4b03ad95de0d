"""Data sources say what the code says of them; what only AWS knows is open."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.iac.hcl.values import JsonText
from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository, why

PLACE = """
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
  default_tags {
    tags = { team = "a" }
  }
}
"""
DATA = """
data "aws_region" "r" {}
data "aws_region" "other" {
  name = "us-east-1"
}
data "aws_caller_identity" "c" {}
data "aws_partition" "p" {}
data "aws_service_principal" "rds" {
  service_name = "monitoring.rds"
}
data "aws_service_principal" "china" {
  service_name = "ec2"
  region       = "cn-north-1"
}
data "aws_default_tags" "t" {}
data "aws_kms_alias" "rds" {
  name = "alias/aws/rds"
}
data "aws_kms_key" "k" {
  key_id = "alias/own"
}
data "aws_vpc" "v" {
  tags = { Name = "main" }
}
data "aws_availability_zones" "z" {}
data "aws_arn" "a" {
  arn = "arn:aws:backup:eu-west-1:222222222222:backup-vault:dr:x"
}
data "aws_arn" "b" {
  arn = "arn:aws:backup:eu-west-1:?account:backup-vault:dr"
}
data "terraform_remote_state" "net" {
  backend = "s3"
}
data "http" "h" {
  url = "https://example.com"
}
data "aws_region" "many" {
  count = 2
}
"""


def value(repository: Repository, expression: str, place: str = PLACE) -> Any:
    return repository.read(place + DATA + f'resource "aws_x" "a" {{\n  v = {expression}\n}}\n').value("v")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("data.aws_region.r.name", "eu-west-1"),
        ("data.aws_region.r.region", "eu-west-1"),
        ("data.aws_region.r.id", "eu-west-1"),
        ("data.aws_region.other.id", "us-east-1"),
        ("data.aws_region.many[1].name", "eu-west-1"),
        ("data.aws_caller_identity.c.account_id", "111111111111"),
        ("data.aws_partition.p.partition", "aws"),
        ("data.aws_service_principal.rds.name", "monitoring.rds.amazonaws.com"),
        ("data.aws_partition.p.dns_suffix", "amazonaws.com"),
        ("data.aws_default_tags.t.tags", {"team": "a"}),
        ("data.aws_kms_alias.rds.name", "alias/aws/rds"),
        ("data.aws_arn.a.account", "222222222222"),
        ("data.aws_arn.a.resource", "backup-vault:dr:x"),
    ],
)
def test_what_the_code_knows(repository: Repository, expression: str, expected: Any) -> None:
    assert value(repository, expression) == expected


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("data.aws_caller_identity.c.arn", "data.aws_caller_identity.c.arn is read from AWS"),
        (
            "data.aws_kms_alias.rds.target_key_arn",
            "data.aws_kms_alias.rds.target_key_arn is read from AWS, of alias/aws/rds",
        ),
        ("data.aws_kms_key.k.arn", "data.aws_kms_key.k.arn is read from AWS, of alias/own"),
        ("data.aws_arn.b.account", "data.aws_arn.b.account is read from AWS"),
        ("data.aws_vpc.v.tags", "data.aws_vpc.v.tags is read from AWS"),
        ("data.aws_availability_zones.z.names[0]", "data.aws_availability_zones.z.names is read from AWS"),
        (
            "data.terraform_remote_state.net.outputs.vpc",
            "data.terraform_remote_state.net.outputs is read from the state of another root",
        ),
        ("data.http.h.response_body", "data.http.h.response_body is fetched when Terraform runs"),
    ],
)
def test_what_it_does_not(repository: Repository, expression: str, reason: str) -> None:
    assert why(value(repository, expression)) == reason


@pytest.mark.parametrize(
    ("expression", "stands"),
    [
        ("data.aws_region.r.name", "?aws"),
        ("data.aws_caller_identity.c.account_id", "?account"),
        ('"arn:aws:iam::${data.aws_caller_identity.c.account_id}:root"', "arn:aws:iam::?account:root"),
    ],
)
def test_a_place_that_is_not_settled_is_what_stands_for_it(
    repository: Repository, expression: str, stands: str
) -> None:
    assert value(repository, expression, "") == stands
    for test in (
        "length({})",
        'can(regex("^eu", {}))',
        '{} == "arn:aws:iam::123456789012:root" || {} == "123456789012" || {} == "eu-west-1"',
    ):
        assert isinstance(value(repository, test.replace("{}", expression), ""), Unresolved)


def document(repository: Repository, text: str, name: str = "json") -> Any:
    read = repository.read(text + f'resource "aws_x" "a" {{\n  v = data.aws_iam_policy_document.p.{name}\n}}\n')
    found = read.value("v")
    return found.document if isinstance(found, JsonText) else json.loads(found)


ALL = """
variable "u" {}
data "aws_iam_policy_document" "p" {
  policy_id = "vault"
  version   = "2008-10-17"
  dynamic "statement" {
    for_each = { One = ["a:B"], Two = ["c:D", "e:F"] }
    content {
      sid           = statement.key
      actions       = statement.value
      not_resources = ["arn:aws:s3:::b", "arn:aws:s3:::c"]
    }
  }
  statement {
    effect      = "Deny"
    not_actions = ["x:Y"]
    resources   = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["111111111111"]
    }
    principals {
      type        = "AWS"
      identifiers = ["222222222222"]
    }
    not_principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["1", "2"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:Region"
      values   = ["r"]
    }
  }
}
"""


def test_every_part_of_a_policy_document(repository: Repository) -> None:
    expected = {
        "Version": "2008-10-17",
        "Id": "vault",
        "Statement": [
            {"Sid": "One", "Effect": "Allow", "Action": "a:B", "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::c"]},
            {
                "Sid": "Two",
                "Effect": "Allow",
                "Action": ["c:D", "e:F"],
                "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::c"],
            },
            {
                "Effect": "Deny",
                "NotAction": "x:Y",
                "Resource": "*",
                "Principal": {"AWS": ["111111111111", "222222222222"]},
                "NotPrincipal": "*",
                "Condition": {"StringEquals": {"aws:SourceAccount": ["1", "2"], "aws:Region": "r"}},
            },
        ],
    }
    assert document(repository, ALL) == expected
    assert document(repository, ALL, "minified_json") == expected


MERGED = """
variable "u" {}
data "aws_iam_policy_document" "s" {
  statement {
    sid     = "One"
    actions = ["source:One"]
  }
  statement {
    sid     = "Kept"
    actions = ["source:Kept"]
  }
}
data "aws_iam_policy_document" "o" {
  statement {
    sid     = "Two"
    effect  = "Deny"
    actions = ["override:Two"]
  }
  statement {
    actions = ["override:Nameless"]
  }
}
data "aws_iam_policy_document" "p" {
  source_policy_documents   = [%s]
  override_policy_documents = [%s]
  statement {
    sid     = "One"
    actions = ["own:One"]
  }
  statement {
    sid     = "Two"
    actions = ["own:Two"]
  }
}
"""
SOURCE, OVERRIDE = "data.aws_iam_policy_document.s.json", "data.aws_iam_policy_document.o.json"


def actions(made: Any) -> list[Any]:
    return ["?" if isinstance(one, Unresolved) else one["Action"] for one in made["Statement"]]


def test_documents_are_merged_by_name(repository: Repository) -> None:
    assert actions(document(repository, MERGED % (SOURCE, OVERRIDE))) == [
        "own:One",
        "source:Kept",
        "override:Two",
        "override:Nameless",
    ]


def test_a_source_that_is_open_takes_nothing_away(repository: Repository) -> None:
    assert actions(document(repository, MERGED % ("var.u", ""))) == ["?", "own:One", "own:Two"]


def test_an_override_that_is_open_may_replace_what_has_a_name(repository: Repository) -> None:
    assert actions(document(repository, MERGED % ("", f"{OVERRIDE}, var.u"))) == ["?", "?", "override:Nameless", "?"]


def test_one_open_leaf_is_one_open_leaf(repository: Repository) -> None:
    made = document(
        repository,
        """
        variable "u" {}
        data "aws_iam_policy_document" "p" {
          statement {
            actions   = ["backup:Delete*", var.u]
            effect    = "Deny"
            resources = [aws_y.b.endpoint]
          }
        }
        resource "aws_y" "b" {}
        """,
    )
    (statement,) = made["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Action"][0] == "backup:Delete*"
    assert why(statement["Action"][1]) == "var.u has no value (main.tf:2)"
    assert why(statement["Resource"]) == "aws_y.b.endpoint is known after apply"


def test_statements_of_an_open_number(repository: Repository) -> None:
    made = document(
        repository,
        """
        variable "u" {}
        data "aws_iam_policy_document" "p" {
          dynamic "statement" {
            for_each = var.u
            content {
              actions = ["a:B"]
            }
          }
        }
        """,
    )
    (statement,) = made["Statement"]
    assert why(statement) == "whether there are statement blocks is not settled: var.u has no value (main.tf:2)"


def test_a_document_of_itself(repository: Repository) -> None:
    read = repository.read(
        """
        data "aws_iam_policy_document" "p" {
          source_policy_documents = [data.aws_iam_policy_document.p.json]
        }
        resource "aws_x" "a" {
          v = data.aws_iam_policy_document.p.json
        }
        """
    )
    assert isinstance(read.value("v"), Unresolved)
