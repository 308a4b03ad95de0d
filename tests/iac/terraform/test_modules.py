"""Module calls are followed as Terraform follows them, and never without end."""

from __future__ import annotations

import json

import pytest

from scanner.iac.terraform import loader
from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Read, Repository


def test_addresses_and_trails(repository: Repository) -> None:
    read = repository.read({
        "main.tf": 'module "a" {\n  source   = "./a"\n  for_each = toset(["k"])\n}\n',
        "a/main.tf": '\nmodule "b" {\n  source = "../b"\n  count  = 2\n}\n',
        "b/main.tf": 'resource "aws_x" "a" {\n  count = 1\n}\n',
    })  # fmt: skip
    assert read.addresses == [f'module.a["k"].module.b[{at}].aws_x.a[0]' for at in range(2)]
    block = read.code.blocks[0]
    assert [one.said for one in block.trail] == ["main.tf:1", "a/main.tf:2"]
    assert block.spot
    assert block.spot.said == "b/main.tf:1"
    assert read.code.files == ["main.tf", "a/main.tf", "b/main.tf"]
    assert read.code.root == "."


def test_outputs(repository: Repository) -> None:
    read = repository.read({
        "main.tf": """
            module "m" {
              source = "./m"
            }
            module "none" {
              source = "./m"
              count  = 0
            }
            resource "aws_x" "a" {
              known  = module.m.name
              whole  = module.m
              later  = module.m.later
              secret = module.m.secret
              lost   = module.m.nothing
              none   = module.none[*].name
              else   = try(module.none[0].name, "else")
            }
        """,
        "m/main.tf": """
            resource "aws_y" "y" {}
            output "name" {
              value = "n"
            }
            output "later" {
              value = aws_y.y.endpoint
            }
            output "secret" {
              value     = "hunter2"
              sensitive = true
            }
        """,
    })  # fmt: skip
    assert (read.value("known"), read.value("none"), read.value("else")) == ("n", [], "else")
    assert read.why("later") == "module.m.aws_y.y.endpoint is known after apply"
    assert read.why("secret") == "module.m.secret is sensitive (m/main.tf:9)"
    assert read.why("lost") == "module.m.nothing: module.m.nothing is not declared"
    assert read.value("whole")["name"] == "n"
    assert "hunter2" not in repr(read.value("whole"))


def test_paths(repository: Repository) -> None:
    read = repository.read(
        {
            "live/main.tf": 'module "m" {\n  source = "../modules/m"\n}\n',
            "modules/m/main.tf": 'resource "aws_x" "a" {\n  v = [path.module, path.root, terraform.workspace]\n}\n',
        },
        "live",
        workspace="prod",
    )
    assert read.value("v", "module.m.aws_x.a") == ["../modules/m", ".", "prod"]
    assert read.code.root == "live"


def manifest(*modules: dict[str, str]) -> str:
    return json.dumps({"Modules": [{"Key": "", "Source": "", "Dir": "."}, *modules]})


def test_modules_that_init_has_fetched(repository: Repository) -> None:
    read = repository.read({
        "main.tf": """
            module "net" {
              source  = "terraform-aws-modules/vpc/aws"
              version = "5.0.0"
            }
        """,
        ".terraform/modules/modules.json": manifest(
            {"Key": "net", "Source": "registry/x", "Version": "5.0.0", "Dir": ".terraform/modules/net"},
            {"Key": "net.deep", "Source": "git::x", "Dir": ".terraform/modules/net.deep/sub"},
        ),
        ".terraform/modules/net/main.tf": 'module "deep" {\n  source = "git::https://x/y"\n}\nresource "aws_x" "a" {}\n',
        ".terraform/modules/net.deep/sub/main.tf": 'resource "aws_x" "b" {}',
    })  # fmt: skip
    assert read.addresses == ["module.net.aws_x.a", "module.net.module.deep.aws_x.b"]
    assert read.problems == []


@pytest.mark.parametrize("directory", ["/etc", "../../outside", "modules/m", ".terraform/../../outside"])
def test_a_manifest_leads_nowhere_else(repository: Repository, directory: str) -> None:
    repository.write({"../outside/main.tf": 'resource "aws_x" "o" {}', "modules/m/main.tf": 'resource "aws_x" "o" {}'})
    read = repository.read({
        "main.tf": 'module "net" {\n  source = "a/b/c"\n}\n',
        ".terraform/modules/modules.json": manifest({"Key": "net", "Source": "x", "Dir": directory}),
    })  # fmt: skip
    assert read.addresses == []
    assert read.problems == ["module.net is not on disk: registry module a/b/c"]


@pytest.mark.parametrize("text", ["{", "[]", '{"Modules": 3}', '{"Modules": [{}]}', "\xff"])
def test_a_manifest_that_cannot_be_read(repository: Repository, text: str) -> None:
    read = repository.read({
        "main.tf": 'module "net" {\n  source = "a/b/c"\n}\n',
        ".terraform/modules/modules.json": text.encode("latin-1"),
    })  # fmt: skip
    assert read.problems[0].startswith(".terraform/modules/modules.json cannot be read: ")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("./nowhere", "./nowhere"),
        ("terraform-aws-modules/rds/aws", "registry module terraform-aws-modules/rds/aws"),
        ("app.terraform.io/us/rds/aws", "registry module app.terraform.io/us/rds/aws"),
        ("git::https://example.com/a.git?ref=v1", "git::https://example.com/a.git?ref=v1"),
        ("github.com/us/a", "github.com/us/a"),
        ("s3::https://s3.amazonaws.com/b/a.zip", "s3::https://s3.amazonaws.com/b/a.zip"),
    ],
)
def test_sources_that_are_not_there(repository: Repository, source: str, said: str) -> None:
    read = repository.read(f'module "m" {{\n  source = "{source}"\n}}\n')
    assert read.problems == [f"module.m is not on disk: {said}"]


def test_a_source_may_be_a_variable_in_opentofu(repository: Repository) -> None:
    files = {
        "m/main.tf": 'resource "aws_x" "a" {}',
        "main.tofu": 'variable "v" {\n%s}\nmodule "m" {\n  source = var.v\n}\n',
    }
    read = repository.read({**files, "main.tofu": files["main.tofu"] % 'default = "./m"\n'})
    assert read.addresses == ["module.m.aws_x.a"]
    read = repository.read({**files, "main.tofu": files["main.tofu"] % ""})
    assert read.problems == ["module.m is not on disk: its source is not settled"]


def test_what_is_not_on_disk_is_said_once(repository: Repository) -> None:
    read = repository.read({
        "main.tf": 'module "a" {\n  source = "./a"\n  count  = 9\n}\n',
        "a/main.tf": 'module "b" {\n  source = "./b"\n}\n',
    })  # fmt: skip
    assert len(read.problems) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"main.tf": 'module "m" {\n  source = "./"\n}\n'},
        {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": 'module "m" {\n  source = "../"\n}\n'},
        {
            "main.tf": 'module "m" {\n  source = "./a"\n}\n',
            "a/main.tf": 'module "m" {\n  source = "../b"\n}\n',
            "b/main.tf": 'module "m" {\n  source = "../a"\n}\n',
        },
    ],
)
def test_modules_in_a_circle(repository: Repository, files: dict[str, str | bytes]) -> None:
    files["main.tf"] = str(files["main.tf"]) + 'resource "aws_x" "a" {\n  v = module.m.x\n}\n'
    read = repository.read(files)
    (problem,) = read.code.problems
    assert "calls a module that it is part of" in problem.message
    assert problem.broken
    assert isinstance(read.value("v"), Unresolved)


def test_a_link_that_leads_into_itself(repository: Repository) -> None:
    repository.write({"m/main.tf": 'module "again" {\n  source = "./again"\n}\nresource "aws_x" "a" {}\n'})
    (repository.path / "m" / "again").symlink_to(repository.path / "m", target_is_directory=True)
    read = repository.read('module "m" {\n  source = "./m"\n}\n')
    assert read.addresses == ["module.m.aws_x.a"]
    assert len(read.problems) == 1


def many(repository: Repository, levels: int, calls: int) -> Read:
    call = "".join(f'module "c{at}" {{\n  source = "../l%d"\n}}\n' for at in range(calls))
    files: dict[str, str | bytes] = {
        f"l{level}/main.tf": call % ((level + 1,) * calls) if level < levels - 1 else 'resource "aws_x" "a" {}'
        for level in range(levels)
    }
    return repository.read(files, "l0")


def test_depth_is_bounded(repository: Repository) -> None:
    read = many(repository, loader.DEEPEST + 5, 1)
    (problem,) = read.problems
    assert problem.endswith(f"is not looked into: modules are nested deeper than {loader.DEEPEST}")
    assert many(repository, 20, 1).problems == []


def test_numbers_are_bounded(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "MODULES", 500)
    read = many(repository, 30, 2)
    assert "is not looked into: there are more than 500 modules" in read.problems[0]


@pytest.mark.parametrize("expression", ["1000000000", "1e9", "range(1)[0] + 10001"])
def test_a_count_without_measure(repository: Repository, expression: str) -> None:
    read = repository.read(f'resource "aws_x" "a" {{\n  count = {expression}\n  name  = "n"\n}}\n')
    assert read.addresses == ["aws_x.a[?]"]
    assert read["aws_x.a[?]"].doubt is not None
    assert read.value("name", "aws_x.a[?]") == "n"
    (problem,) = read.code.problems
    assert problem.message.endswith("and no more than 10000 are told apart")
    assert problem.address == "aws_x.a"


def test_a_hundred_thousand_keys(repository: Repository) -> None:
    keys = ", ".join(f'"k{at}"' for at in range(100_000))
    read = repository.read(f'resource "aws_x" "a" {{\n  for_each = toset([{keys}])\n}}\n')
    assert read.addresses == ['aws_x.a["?"]']
    assert read.problems == ["the for_each of aws_x.a has 100000 keys, and no more than 10000 are told apart"]


def test_all_together_are_bounded(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "INSTANCES", 150)
    read = repository.read({
        "main.tf": 'module "m" {\n  source = "./m"\n  count  = 40\n}\n',
        "m/main.tf": 'resource "aws_x" "a" {\n  count = 30\n}\n',
    })  # fmt: skip
    assert len(read.addresses) < 150
    assert read.problems
    assert "module.m[39].aws_x.a[?]" in read.addresses


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ('["a"]', "is a list; it must be a map or a set of texts"),
        ("null", "for_each needs a collection, not null"),
        ('"a"', "for_each needs a collection, not one value"),
        ("toset([1])", "is not a map or a set of texts"),
        ("aws_x.b", "is used as a whole"),
    ],
)
def test_what_terraform_would_refuse_to_run_through(repository: Repository, expression: str, why: str) -> None:
    read = repository.read(f'resource "aws_x" "b" {{}}\nresource "aws_x" "a" {{\n  for_each = {expression}\n}}\n')
    doubt = read['aws_x.a["?"]'].doubt
    assert doubt is not None
    assert why in doubt.why


def test_a_set_that_is_known_in_part(repository: Repository) -> None:
    read = repository.read('variable "u" {}\nresource "aws_x" "a" {\n  for_each = toset(["k", var.u])\n}\n')
    assert read.addresses == ['aws_x.a["k"]', 'aws_x.a["?"]']
    assert read['aws_x.a["k"]'].doubt is None
    assert read['aws_x.a["?"]'].doubt is not None


def test_keys_are_written_as_terraform_writes_them(repository: Repository) -> None:
    read = repository.read('resource "aws_x" "a" {\n  for_each = { "a\\"b\\\\c\\n$${x}" = 1 }\n}\n')
    assert read.addresses == ['aws_x.a["a\\"b\\\\c\\n$${x}"]']


def test_opentofu_may_disable_a_resource(repository: Repository) -> None:
    text = 'variable "u" {}\nresource "aws_x" "a" {\n  lifecycle {\n    enabled = %s\n  }\n}\n'
    assert repository.read(text % "false").addresses == []
    assert repository.read(text % "true").addresses == ["aws_x.a"]
    assert repository.read(text % "var.u")["aws_x.a"].doubt is not None
