"""Override files change what others declare, and OpenTofu's files take the place of Terraform's."""

from __future__ import annotations

import pytest

from tests.iac.terraform.repository import Repository


@pytest.mark.parametrize("name", ["override.tf", "x_override.tf", "a_override.tofu"])
def test_attributes_one_by_one_and_blocks_by_type(repository: Repository, name: str) -> None:
    read = repository.read({
        "z.tf": """
            resource "aws_x" "a" {
              name = "a"
              kept = 7
              rule {
                days = 1
              }
              rule {
                days = 2
              }
              copy {
                days = 3
              }
              lifecycle {
                prevent_destroy = true
                ignore_changes  = [name]
              }
            }
            variable "v" {
              type    = number
              default = 1
            }
            locals {
              l = "base"
              m = "base"
            }
        """,
        name: """
            resource "aws_x" "a" {
              kept = var.v
              l    = local.l
              m    = local.m
              dynamic "rule" {
                for_each = [9]
                content {
                  days = rule.value
                }
              }
              lifecycle {
                prevent_destroy = false
              }
            }
            variable "v" {
              default = "30"
            }
            locals {
              l = "override"
            }
        """,
    })  # fmt: skip
    assert read.problems == []
    assert (read.value("name"), read.value("kept")) == ("a", 30)
    assert read.value("rule") == [{"days": 9}]
    assert read.value("copy") == [{"days": 3}]
    assert read.value("lifecycle.prevent_destroy") is False
    assert (read.value("l"), read.value("m")) == ("override", "base")
    spot = read["aws_x.a"].place(("kept",))
    assert spot
    assert spot.file == name
    whole = read["aws_x.a"].spot
    assert whole
    assert whole.file == "z.tf"


def test_the_last_override_holds(repository: Repository) -> None:
    read = repository.read({
        "a.tf": 'resource "aws_x" "a" {\n  v = 0\n}\n',
        "b_override.tf": 'resource "aws_x" "a" {\n  v = 2\n}\n',
        "a_override.tf": 'resource "aws_x" "a" {\n  v = 1\n}\n',
    })  # fmt: skip
    assert read.value("v") == 2


def test_an_override_of_nothing(repository: Repository) -> None:
    read = repository.read({"override.tf": 'resource "aws_x" "a" {}'})
    assert read.problems == ["aws_x.a overrides nothing: no other file of the directory declares it"]
    assert read.addresses == ["aws_x.a"]


def test_opentofu_comes_first(repository: Repository) -> None:
    read = repository.read({
        "a.tf": 'resource "aws_x" "a" {\n  v = "terraform"\n}\n',
        "a.tofu": 'resource "aws_x" "a" {\n  v = "tofu"\n}\n',
        "b.tf": 'resource "aws_x" "b" {}\n',
    })  # fmt: skip
    assert read.value("v") == "tofu"
    assert read.addresses == ["aws_x.a", "aws_x.b"]
    assert read.code.files == ["a.tofu", "b.tf"]


def test_two_of_one_name(repository: Repository) -> None:
    read = repository.read({
        "a.tf": 'resource "aws_x" "a" {\n  v = 1\n}\nlocals {\n  l = 1\n}\n',
        "b.tf": 'resource "aws_x" "a" {\n  v = 2\n}\nlocals {\n  l = 2\n}\nvariable "x" {}\nvariable "x" {}\n',
    })  # fmt: skip
    assert read.value("v") == 1
    assert read.problems == [
        "aws_x.a is declared twice: first in a.tf:1; this one is not read",
        "local.l is declared twice: first in a.tf:5",
        "variable.x is declared twice: first in b.tf:7; this one is not read",
    ]
    assert all(one.broken and one.spot.file == "b.tf" for one in read.code.problems)


@pytest.mark.parametrize("text", ['resource "aws_x" {}', 'resource "aws_x" "a" "b" {}', "variable {}", 'module "" {}'])
def test_labels_that_do_not_fit(repository: Repository, text: str) -> None:
    read = repository.read(text)
    assert len(read.problems) == 1
    assert read.addresses == []
