"""Where terraform is present, its own plan of modules, variables and instances agrees with what is read here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scanner.iac.hcl.evaluate import settle
from scanner.iac.terraform.discover import Configurations
from scanner.iac.terraform.loader import Run
from scanner.iac.terraform.module import Module
from scanner.iac.terraform.providers import Places
from scanner.iac.terraform.variables import given
from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository

FILES: dict[str, str | bytes] = {
    "main.tf": """
        variable "types" {
          type = object({
            number  = number
            text    = string
            flag    = optional(bool, true)
            list    = optional(list(number), ["1", 2])
            set     = optional(set(string), ["b", "a", "b"])
            map     = optional(map(string), { b = 1, a = true })
            inner   = optional(object({ a = optional(string, "x"), b = optional(number) }), {})
            nothing = optional(string)
            many    = optional(list(object({ name = string, days = optional(number, 7) })), [])
            tuple   = optional(tuple([string, number]), [1, "2"])
          })
          default = { number = "30", text = 7, more = 1, many = [{ name = "n" }, { name = "m", days = "9" }] }
        }
        variable "untyped" {
          default = { a = [1, "b"] }
        }
        variable "any_list" {
          type    = list(any)
          default = [1, "b", true]
        }
        variable "any_map" {
          type    = map(any)
          default = { a = 1, b = "x" }
        }
        variable "null_default" {
          type    = string
          default = null
        }
        variable "not_null" {
          type     = string
          default  = "d"
          nullable = false
        }
        variable "from_file" {
          type = number
        }
        locals {
          each = { gold = { days = 35 }, iron = { days = 3 } }
          sum  = local.base + var.from_file
          base = 1
        }
        resource "terraform_data" "one" {
          input = "one"
        }
        resource "terraform_data" "some" {
          count = 3
          input = "n${count.index}"
        }
        resource "terraform_data" "each" {
          for_each = local.each
          input    = "${each.key}-${each.value.days}"
        }
        resource "terraform_data" "set" {
          for_each = toset(["b", "a"])
          input    = each.value
        }
        resource "terraform_data" "none" {
          count = var.null_default == null ? 0 : 1
          input = "x"
        }
        module "one" {
          source = "./m"
          name   = "one"
        }
        module "each" {
          source   = "./m"
          for_each = local.each
          name     = each.key
          days     = each.value.days
        }
        module "some" {
          source = "./m"
          count  = 2
          name   = "s${count.index}"
          days   = null
        }
        module "none" {
          source = "./m"
          count  = 0
          name   = "none"
        }
    """,
    "m/main.tf": """
        variable "name" {
          type = string
        }
        variable "days" {
          type     = number
          default  = 7
          nullable = false
        }
        resource "terraform_data" "d" {
          count = var.days > 5 ? 1 : 0
          input = var.days
        }
        module "deep" {
          source = "./deep"
          tags   = { name = var.name, days = var.days }
        }
        output "name" {
          value = upper(var.name)
        }
        output "kept" {
          value = one(terraform_data.d[*].input)
        }
        output "tags" {
          value = module.deep.tags
        }
        output "path" {
          value = path.module
        }
    """,
    "m/deep/main.tf": """
        variable "tags" {
          type = map(string)
        }
        output "tags" {
          value = merge(var.tags, { deep = "yes" })
        }
    """,
    "terraform.tfvars": "from_file = 1\n",
    "z.auto.tfvars": 'from_file = "41"\n',
    "override.tf": "locals {\n  base = 1.5\n}\n",
}  # fmt: skip
EXPRESSIONS = [
    "var.types",
    "var.types.set",
    "var.untyped",
    "var.any_list",
    "var.any_map",
    "var.null_default",
    "var.not_null",
    "local.sum",
    "terraform_data.one.input",
    "terraform_data.some[*].input",
    "terraform_data.some[1].input",
    "terraform_data.some.*.input",
    "length(terraform_data.some)",
    'terraform_data.each["gold"].input',
    "[for k, v in terraform_data.each : v.input]",
    "{ for k, v in terraform_data.each : v.input => k }",
    "keys(terraform_data.each)",
    "values(terraform_data.each)[*].input",
    '[for k, v in terraform_data.set : "${k}${v.input}"]',
    "terraform_data.none[*].input",
    "length(terraform_data.none)",
    "one(terraform_data.none[*].input)",
    'try(terraform_data.none[0].input, "else")',
    'can(terraform_data.each["lead"].input)',
    "concat(terraform_data.some[*].input, terraform_data.none[*].input)",
    "module.one.name",
    "module.one",
    "module.each",
    'module.each["iron"].kept',
    "{ for k, m in module.each : k => m.tags }",
    "module.some[*].kept",
    "module.some[1].tags.name",
    "module.none[*].name",
    'try(module.none[0].name, "else")',
    "length(module.each)",
    "path.module",
    "module.one.path",
    "terraform.workspace",
    "terraform_data.one.id",
    "terraform_data.one.id == null",
    "[terraform_data.one.id, 7]",
    'length("${terraform_data.one.id}") > 0 ? 1 : 1',
    "{ a = terraform_data.one.id, b = 2 }.b",
    "element([1, 2, 3], 4)",
    'flatten([for k, v in local.each : [for d in range(2) : "${k}${d}"]])',
    "jsondecode(jsonencode(var.types)).inner",
    'lookup(local.each, "lead", { days = 1 }).days',
    "coalesce(var.null_default, var.not_null)",
    "sum([for m in module.each : m.kept if m.kept != null])",
    "merge([for k, v in local.each : { (k) = v.days }]...)",
]  # fmt: skip


def planned(path: Path) -> dict[str, Any]:
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["terraform", f"-chdir={path}", *arguments], capture_output=True, text=True, env=environment, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("init", "-input=false")
    run("plan", "-input=false", "-out=out.plan")
    plan: dict[str, Any] = json.loads(run("show", "-json", "out.plan"))
    return plan["planned_values"]["outputs"]  # type: ignore[no-any-return]


def read(path: Path) -> Module:
    configurations = Configurations(path)
    values = given(str(path), configurations.documents, [], {})
    run = Run(configurations, str(path), "default", Places("", ""), values)
    return Module(run, run.enter(str(path)))


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and ours.keys() == theirs.keys() and all(same(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list):
        return isinstance(theirs, list) and len(ours) == len(theirs) and all(map(same, ours, theirs))
    return isinstance(ours, bool) == isinstance(theirs, bool) and bool(ours == theirs)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on this machine")
def test_terraform_says_the_same(repository: Repository) -> None:
    outputs = "".join(f'output "o{at}" {{\n  value = {one}\n}}\n' for at, one in enumerate(EXPRESSIONS))
    repository.write({**FILES, "outputs.tf": outputs})
    module = read(repository.path)
    theirs = planned(repository.path)
    wrong, open_ = [], 0
    for at, expression in enumerate(EXPRESSIONS):
        found = settle(module.output(f"o{at}", None), None)
        known = "value" in theirs[f"o{at}"]
        expected = theirs[f"o{at}"].get("value")
        if isinstance(found, Unresolved):
            open_ += known
        elif known and not same(found, expected):
            wrong.append((expression, found, expected))
    assert wrong == []
    assert open_ <= 1, "that an id of a resource is not null is known to Terraform alone"
