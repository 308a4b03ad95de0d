"""Roots are the directories that no other calls, and nothing is passed over."""

from __future__ import annotations

import os
from typing import Any

import pytest

from scanner.iac.hcl import syntax
from scanner.iac.hcl.tree import Document
from scanner.iac.terraform.discover import Configurations, roots
from scanner.iac.terraform.loader import load_all
from tests.iac.terraform.repository import Repository


def found(repository: Repository, given: str = ".") -> list[str]:
    path = repository.path / given
    base = path if path.is_dir() else path.parent
    return [os.path.relpath(one, repository.path) for one in roots(path, Configurations(base))]


def test_a_called_directory_is_no_root(repository: Repository) -> None:
    repository.write({
        "prod/main.tf": 'module "n" {\n  source = "../modules/n"\n}',
        "modules/n/main.tf": 'module "deep" {\n  source = "./deep"\n}',
        "modules/n/deep/main.tf": "",
        "test/main.tofu": "",
        "json/main.tf.json": "{}",
    })  # fmt: skip
    assert found(repository) == ["json", "prod", "test"]


def test_what_the_user_names_is_a_root_even_if_its_examples_call_it(repository: Repository) -> None:
    repository.write({"main.tf": "", "examples/all/main.tf": 'module "it" {\n  source = "../../"\n}'})
    assert found(repository) == [".", "examples/all"]
    assert found(repository, "examples") == ["examples/all"]


def test_a_file_stands_for_its_directory(repository: Repository) -> None:
    repository.write({"a/main.tf": "", "a/x.tfvars": ""})
    assert found(repository, "a/main.tf") == ["a"]
    assert found(repository, "a/x.tfvars") == []


def test_modules_in_a_circle_are_judged_all_the_same(repository: Repository) -> None:
    repository.write({
        "a/main.tf": 'module "b" {\n  source = "../b"\n}',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}',
        "c/main.tf": 'module "c" {\n  source = "../c"\n}',
    })  # fmt: skip
    assert found(repository) == ["a", "c"]


@pytest.mark.parametrize("name", [".terraform/modules/x", ".git", "node_modules/p", ".hidden"])
def test_what_is_not_the_users_own_is_skipped(repository: Repository, name: str) -> None:
    repository.write({f"{name}/main.tf": "", "main.tf": ""})
    assert found(repository) == ["."]


@pytest.mark.parametrize(
    "name", ["a.tfvars", "a.tftest.hcl", "a.hcl", ".tf", ".x.tf", "x.tf~", "#x.tf", "tf", "x.tf.bak"]
)
def test_what_is_no_configuration_makes_no_root(repository: Repository, name: str) -> None:
    repository.write({f"a/{name}": "", "b/main.tf": ""})
    assert found(repository) == ["b"]


def test_links_to_directories_are_not_followed(repository: Repository) -> None:
    repository.write({"a/main.tf": "", "../outside/main.tf": ""})
    (repository.path / "a" / "loop").symlink_to(repository.path, target_is_directory=True)
    (repository.path / "out").symlink_to(repository.path / ".." / "outside", target_is_directory=True)
    assert found(repository) == ["a"]


def test_a_directory_named_like_a_file_is_a_directory(repository: Repository) -> None:
    repository.write({"x.tf/main.tf": "", "y/z.tf/readme.md": ""})
    assert found(repository) == ["x.tf"]


def test_a_directory_that_cannot_be_listed_is_reported(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write({"main.tf": "", "closed/main.tf": "", "open/main.tf": ""})
    real = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    one, other = load_all(repository.path)
    assert [problem.message for problem in one.problems] == ["closed cannot be listed: Permission denied"]
    assert other.problems == []


def test_each_file_is_parsed_once(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write({
        "modules/m/main.tf": "",
        **{f"r{number}/main.tf": 'module "m" {\n  source = "../modules/m"\n}' for number in range(5)},
    })  # fmt: skip
    read: list[str] = []
    real = syntax.parse

    def parse(text: str, file: str) -> Document:
        read.append(file)
        return real(text, file)

    monkeypatch.setattr(syntax, "parse", parse)
    assert len(load_all(repository.path)) == 5
    assert sorted(read) == sorted(["modules/m/main.tf", *(f"r{number}/main.tf" for number in range(5))])
