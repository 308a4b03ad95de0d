"""Variables get their values in Terraform's order, and the types that they are declared with."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.iac.hcl.values import EvaluationError, ListValue, MapValue, SetValue
from scanner.iac.terraform.types import NotAType, convert, parse_type
from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository

ASKED = 'resource "aws_x" "a" {\n  v = var.v\n}\n'


def test_what_comes_later_holds(repository: Repository) -> None:
    files: dict[str, str | bytes] = {"main.tf": 'variable "v" {\n  default = 0\n}\n' + ASKED}
    found = [repository.read(files).value("v")]
    for number, name in enumerate(
        ["terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json", "c.auto.tfvars"], 1
    ):
        files[name] = f'{{"v": {number}}}' if name.endswith("json") else f"v = {number}\n"
        found.append(repository.read(files).value("v"))
    repository.write({"../given.tfvars": "v = 6", "../real.tfvars.json": '{"v": 7}'})
    (repository.path / "more.tfvars.json").symlink_to(repository.path.parent / "real.tfvars.json")
    more = [repository.path / ".." / "given.tfvars", repository.path / "more.tfvars.json"]
    found.append(repository.read(files, var_files=more[:1]).value("v"))
    found.append(repository.read(files, var_files=more).value("v"))
    found.append(repository.read(files, var_files=more, variables={"v": 8}).value("v"))
    assert found == list(range(9))


def test_files_of_values_are_files_of_the_root(repository: Repository) -> None:
    read = repository.read({"main.tf": ASKED, "terraform.tfvars": "v = 1\nlost = 2\n"})
    assert read.code.files == ["terraform.tfvars", "main.tf"]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("", "7", "7"),
        ("string", "true", "true"),
        ("number", "7", 7),
        ("number", "1.5", 1.5),
        ("bool", "true", True),
        ("list(number)", '["1", 2]', [1, 2]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("map(string)", "{ a = 1 }", {"a": "1"}),
        ("object({ a = bool })", '{"a": "true"}', {"a": True}),
        ("any", "[1]", "[1]"),
    ],
)
def test_values_from_the_command_line(repository: Repository, type_: str, text: str, value: Any) -> None:
    constraint = f"type = {type_}\n" if type_ else ""
    found = repository.read(f'variable "v" {{\n{constraint}}}\n' + ASKED, variables={"v": text}).value("v")
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ("", "var.v has no value (main.tf:1)"),
        ("sensitive = true\ndefault = 7", "var.v is sensitive (main.tf:1)"),
        ("type = number\ndefault = []", "var.v: a number is needed, and this is a list"),
        ("type = list(string)\ndefault = 7", "var.v: a list is required, and this is a number"),
        ("type = object({ a = string })\ndefault = {}", "var.v: the attribute a is required"),
        ("type = strong\ndefault = 7", "the type of var.v cannot be read: strong is not a type"),
        ("nullable = false\ndefault = null", ""),
        ("sensitive = true\ndefault = null", ""),
    ],
)
def test_why_there_is_no_value(repository: Repository, declared: str, why: str) -> None:
    found = repository.read(f'variable "v" {{\n{declared}\n}}\n' + ASKED).value("v")
    assert found.why == why if why else not isinstance(found, Unresolved)


def test_a_secret_shows_nowhere(repository: Repository) -> None:
    read = repository.read(
        """
        variable "v" {
          sensitive = true
          type      = number
          default   = "hunter2"
        }
        variable "w" {
          type    = number
          default = "hunter2"
        }
        resource "aws_x" "a" {
          v = ["${var.v}!", var.w]
        }
        """
    )
    assert "hunter2" not in repr([one.why for one in read.value("v")])


def test_null_asks_for_the_default_only_where_null_is_refused(repository: Repository) -> None:
    read = repository.read({
        "main.tf": 'module "m" {\n  source = "./m"\n  a = null\n  b = null\n}\n',
        "m/main.tf": """
            variable "a" {
              default = 1
            }
            variable "b" {
              default  = 2
              nullable = false
            }
            resource "aws_x" "a" {
              v = [var.a, var.b]
            }
        """,
    })  # fmt: skip
    assert read.value("v", "module.m.aws_x.a") == [None, 2]


def test_an_argument_that_nobody_gives(repository: Repository) -> None:
    read = repository.read({"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": 'variable "v" {}\n' + ASKED})
    assert read.why("v", "module.m.aws_x.a") == "module.m.var.v has no value (m/main.tf:1)"


def test_the_environment_is_not_asked(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_v", "7")
    assert isinstance(repository.read('variable "v" {}\n' + ASKED).value("v"), Unresolved)


# --- types


def made(value: Any, type_: str) -> Any:
    return convert(value, parse_type(type_), lambda text: {"1": 1, "{}": {}, '"x"': "x"}[text], "v")


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (30, "string", "30"),
        ("30", "number", 30),
        ("true", "bool", True),
        (True, "string", "true"),
        (None, "number", None),
        ([1, "a"], "list(any)", ["1", "a"]),
        ([1, "a"], "list", ["1", "a"]),
        ({"a": 1, "b": True}, "map(string)", {"a": "1", "b": "true"}),
        (["1", True], "tuple([number, string])", [1, "true"]),
        ({"a": 1, "more": 2}, "object({ a = string })", {"a": "1"}),
        ({"a": None}, "object({ a = optional(number, 1) })", {"a": 1}),
        ({}, "object({ a = optional(object({ b = optional(number, 1) }), {}) })", {"a": {"b": 1}}),
        ({}, "object({ a = optional(string) })", {"a": None}),
        ([{}], 'list(object({\n  a = optional(string, "x") # why\n}))', [{"a": "x"}]),
        ([[1]], '"list(list(string))"', [["1"]]),
        ([], "tuple([])", []),
    ],
)
def test_values_of_types(value: Any, type_: str, expected: Any) -> None:
    assert made(value, type_) == expected


def test_collections_know_what_they_are() -> None:
    assert isinstance(made([1], "list(number)"), ListValue)
    assert isinstance(made([1], "set(number)"), SetValue)
    assert isinstance(made({"a": 1}, "map(number)"), MapValue)


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("x", "number"),
        ("yes", "bool"),
        ([], "string"),
        ({}, "list(string)"),
        ([], "map(string)"),
        ([], "object({})"),
        ({}, "object({ a = string })"),
        ([1], "tuple([])"),
        ([1, []], "list(any)"),
    ],
)
def test_values_that_do_not_fit(value: Any, type_: str) -> None:
    with pytest.raises(EvaluationError, match=r"^v"):
        made(value, type_)


def test_what_is_open_stays_open() -> None:
    open_ = Unresolved("later")
    found = made({"a": open_, "b": "7"}, "map(number)")
    assert found["a"] is open_
    assert found["b"] == 7
    assert made(Unresolved("later", choices=("7", "8")), "number").choices == (7, 8)


@pytest.mark.parametrize(
    "type_", ["", "strin", "list(", "list(string", "object({ a })", "tuple(string)", "string string", "map()", "7", "list[string]"]
)  # fmt: skip
def test_what_is_no_type(type_: str) -> None:
    with pytest.raises(NotAType):
        parse_type(type_)


def test_a_type_without_bottom() -> None:
    with pytest.raises(NotAType, match="nested too deeply"):
        parse_type("list(" * 5000)


@given(st.text(alphabet='abjectlistmpsrng(){}[]=,:"# \n/*', max_size=60))
def test_any_text_is_a_type_or_none(text: str) -> None:
    with contextlib.suppress(NotAType):
        parse_type(text)
