"""Every resource is where its provider configuration is; what nothing distinguishes has one stand-in."""

from __future__ import annotations

import pytest

from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Read, Repository

TWO = """
resource "aws_x" "a" {}
resource "aws_x" "b" {
  provider = aws.dr
}
"""


def places(read: Read, *addresses: str) -> list[tuple[str, str]]:
    return [(read[one].region, read[one].account) for one in addresses or ("aws_x.a", "aws_x.b")]


def test_regions_and_accounts_that_are_written(repository: Repository) -> None:
    read = repository.read(
        """
        variable "region" {
          default = "eu-west-1"
        }
        provider "aws" {
          region              = var.region
          allowed_account_ids = ["111111111111"]
        }
        provider "aws" {
          alias  = "dr"
          region = "cn-north-1"
          assume_role {
            role_arn = "arn:aws-cn:iam::222222222222:role/deploy"
          }
        }
        """
        + TWO
    )
    assert places(read) == [("eu-west-1", "111111111111"), ("cn-north-1", "222222222222")]
    assert (read["aws_x.a"].partition, read["aws_x.b"].partition) == ("aws", "aws-cn")


def test_nothing_is_written(repository: Repository) -> None:
    read = repository.read('resource "aws_x" "a" {}')
    assert places(read, "aws_x.a") == [("?aws", "?account")]
    read = repository.read('resource "aws_x" "a" {}', region="eu-west-1", account="111111111111")
    assert places(read, "aws_x.a") == [("eu-west-1", "111111111111")]


def test_an_alias_that_differs_in_nothing_is_the_same_place(repository: Repository) -> None:
    read = repository.read('provider "aws" {\n  alias = "dr"\n}\n' + TWO)
    assert places(read) == [("?aws", "?account")] * 2


def test_an_alias_with_a_region_of_its_own_is_in_the_same_account(repository: Repository) -> None:
    read = repository.read('provider "aws" {\n  alias  = "dr"\n  region = "eu-central-1"\n}\n' + TWO)
    assert places(read) == [("?aws", "?account"), ("eu-central-1", "?account")]


def test_an_alias_with_credentials_of_its_own_is_another_account(repository: Repository) -> None:
    read = repository.read(
        """
        provider "aws" {
          profile = "main"
          region  = "eu-west-1"
        }
        provider "aws" {
          alias   = "dr"
          profile = "dr"
        }
        provider "aws" {
          alias   = "dr_too"
          profile = "dr"
        }
        provider "aws" {
          alias   = "same"
          profile = "main"
        }
        resource "aws_x" "c" {
          provider = aws.dr_too
        }
        resource "aws_x" "d" {
          provider = aws.same
        }
        """
        + TWO,
        account="111111111111",
    )
    assert places(read, "aws_x.a", "aws_x.b", "aws_x.c", "aws_x.d") == [
        ("eu-west-1", "111111111111"),
        ("?aws.dr", "?account.aws.dr"),
        ("?aws.dr", "?account.aws.dr"),
        ("?aws.same", "111111111111"),
    ]


def test_the_main_configuration_with_a_role_is_not_where_the_others_are(repository: Repository) -> None:
    read = repository.read(
        """
        variable "role" {}
        provider "aws" {
          assume_role {
            role_arn = var.role
          }
        }
        provider "aws" {
          alias = "dr"
        }
        """
        + TWO
    )
    (_, main), (_, other) = places(read)
    assert (main, other) == ("?account", "?account.aws.dr")


def test_regions_that_hang_on_one_unknown_are_one_region(repository: Repository) -> None:
    text = """
        variable "region" {}
        variable "other" {}
        provider "aws" {
          region = var.region
        }
        provider "aws" {
          alias  = "dr"
          region = var.%s
        }
    """
    assert [one for one, _ in places(repository.read(text % "region" + TWO))] == ["?aws", "?aws"]
    assert [one for one, _ in places(repository.read(text % "other" + TWO))] == ["?aws", "?aws.dr"]
    read = repository.read(text % "other" + TWO, region="eu-west-1")
    assert [one for one, _ in places(read)] == ["eu-west-1", "?aws.dr"]


def test_a_resource_with_a_region_of_its_own(repository: Repository) -> None:
    read = repository.read(
        """
        variable "region" {}
        resource "aws_x" "a" {
          region = "eu-central-1"
        }
        resource "aws_x" "b" {
          region = var.region
        }
        resource "aws_config_aggregate_authorization" "c" {
          region = "us-east-1"
        }
        """
    )
    regions = [one.region for one in read.code.blocks]
    assert regions == ["eu-central-1", "?var.region", "?aws"]


@pytest.mark.parametrize("quoted", [False, True])
def test_providers_are_passed_to_modules(repository: Repository, quoted: bool) -> None:
    passed = '"aws" = "aws.dr", "aws.copy" = "aws.west"' if quoted else "aws = aws.dr\n aws.copy = aws.west # as ever"
    read = repository.read({
        "main.tf": f"""
            provider "aws" {{
              region = "eu-west-1"
            }}
            provider "aws" {{
              alias  = "dr"
              region = "eu-central-1"
            }}
            provider "aws" {{
              alias  = "west"
              region = "us-west-2"
            }}
            module "m" {{
              source    = "./m"
              providers = {{ {passed}
              }}
            }}
            module "n" {{
              source = "./m"
            }}
        """,
        "m/main.tf": """
            terraform {
              required_providers {
                aws = {
                  source                = "hashicorp/aws"
                  configuration_aliases = [aws.copy]
                }
              }
            }
            resource "aws_x" "a" {}
            resource "aws_x" "b" {
              provider = aws.copy
            }
            module "deep" {
              source    = "./deep"
            }
        """,
        "m/deep/main.tf": 'resource "aws_x" "c" {}',
    })  # fmt: skip
    assert {one.address: one.region for one in read.code.blocks} == {
        "module.m.aws_x.a": "eu-central-1",
        "module.m.aws_x.b": "us-west-2",
        "module.m.module.deep.aws_x.c": "eu-central-1",
        "module.n.aws_x.a": "eu-west-1",
        "module.n.aws_x.b": "?module.n.aws.copy",
        "module.n.module.deep.aws_x.c": "eu-west-1",
    }


def test_a_module_with_a_provider_of_its_own(repository: Repository) -> None:
    read = repository.read({
        "main.tf": 'module "m" {\n  source = "./m"\n}\n',
        "m/main.tf": 'variable "r" {}\nprovider "aws" {\n  region = var.r\n}\nresource "aws_x" "a" {}\n',
    })  # fmt: skip
    assert read["module.m.aws_x.a"].region == "?module.m.aws"


def test_a_provider_under_another_name(repository: Repository) -> None:
    read = repository.read(
        """
        provider "amazon" {
          region = "eu-west-1"
        }
        resource "aws_x" "a" {
          provider = amazon
        }
        """
    )
    assert read["aws_x.a"].region == "eu-west-1"


def test_a_provider_that_depends_on_itself(repository: Repository) -> None:
    read = repository.read('provider "aws" {\n  region = aws_x.a.arn\n}\nresource "aws_x" "a" {}\n')
    assert read["aws_x.a"].region.startswith("?")


def test_default_tags_are_added(repository: Repository) -> None:
    read = repository.read(
        """
        variable "u" {}
        provider "aws" {
          default_tags {
            tags = { team = "a", tier = "gold" }
          }
        }
        provider "aws" {
          alias = "dr"
          default_tags {
            tags = var.u
          }
        }
        resource "aws_x" "a" {
          tags = { tier = var.u, name = "n" }
        }
        resource "aws_x" "b" {}
        resource "aws_x" "c" {
          tags = var.u
        }
        resource "aws_x" "d" {
          provider = aws.dr
          tags     = { name = "n" }
        }
        resource "aws_autoscaling_group" "e" {}
        """
    )
    tags = read.value("tags_all")
    assert (tags["team"], tags["name"]) == ("a", "n")
    assert isinstance(tags["tier"], Unresolved)
    assert read.value("tags_all", "aws_x.b") == {"team": "a", "tier": "gold"}
    assert read.why("tags_all", "aws_x.c") == "var.u has no value (main.tf:2)"
    assert read.why("tags_all", "aws_x.d") == (
        "the default tags of the provider are not settled: var.u has no value (main.tf:2)"
    )
    assert not read.value("tags_all", "aws_autoscaling_group.e")


def test_the_instances_of_a_configuration_are_places_of_their_own(repository: Repository) -> None:
    """OpenTofu gives a provider configuration instances, and resources and modules name one of them by its key."""
    read = repository.read({
        "main.tf": """
            locals {
              regions = ["eu-west-1", "eu-central-1"]
            }
            provider "aws" {
              region              = "us-east-1"
              allowed_account_ids = ["111111111111"]
            }
            provider "aws" {
              alias               = "each"
              for_each            = toset(local.regions)
              region              = each.value
              allowed_account_ids = ["111111111111"]
            }
            resource "aws_x" "a" {
              for_each = toset(local.regions)
              provider = aws.each[each.key]
            }
            resource "aws_x" "one" {
              provider = aws.each["eu-central-1"]
            }
            resource "aws_x" "lost" {
              provider = aws.each["eu-north-1"]
            }
            module "m" {
              source    = "./m"
              for_each  = toset(local.regions)
              providers = { aws = aws.each[each.value] }
            }
        """,
        "m/main.tf": 'resource "aws_x" "a" {}\n',
    })  # fmt: skip
    for start, end in (("aws_x.a", ""), ("module.m", ".aws_x.a")):
        found = [f'{start}["{region}"]{end}' for region in ("eu-west-1", "eu-central-1")]
        assert places(read, *found) == [("eu-west-1", "111111111111"), ("eu-central-1", "111111111111")]
    assert places(read, "aws_x.one") == [("eu-central-1", "111111111111")]
    assert read["aws_x.lost"].region.startswith("?")
