"""CloudFormation's functions end too: what grows without end is open, and what is beside it is not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scanner.iac.block import Code
from scanner.iac.cloudformation.run import Run
from scanner.iac.sources import Inputs, load
from scanner.model.unresolved import Unresolved, unresolved_in
from tests.iac.cloudformation.written import block, read, values

OPEN: dict[str, Any] = {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}


def of(value: Any, **sections: Any) -> str:
    properties = {"V": value, "W": 7}
    return json.dumps({"Resources": {"It": {"Type": "AWS::X::Y", "Properties": properties}}, **sections})


def nested(times: int, write: Any, first: Any = "0123456789") -> Any:
    value = first
    for _ in range(times):
        value = write(value)
    return value


def twice(value: Any) -> Any:
    return {"Fn::Sub": ["${a}${a}", {"a": value}]}


GROWS: dict[str, str] = {
    "Fn::Sub": of(nested(33, twice)),
    "Fn::Sub, too deep": of(nested(60, twice)),
    "Fn::Join": of(
        nested(30, lambda one: {"Fn::Join": [one, ["a", "b", "c"]]}, {"Fn::Join": ["", ["x" * 1000] * 900]})
    ),
    "Fn::Base64": of({"Fn::Base64": "x" * 9_000_000}),
    "parameters": of({"Fn::Sub": "${P}" * 3000}, Parameters={"P": {"Type": "String", "Default": "x" * 1_000_000}}),
    "mappings": of(
        {"Fn::Join": ["", [{"Fn::FindInMap": ["M", "a", "b"]}] * 3000]}, Mappings={"M": {"a": {"b": "x" * 100_000}}}
    ),
    "exports": of(
        {"Fn::ImportValue": "e0"},
        Outputs={
            f"O{at}": {
                "Value": {"Fn::Join": ["", [{"Fn::ImportValue": f"e{at + 1}"}] * 3]},
                "Export": {"Name": f"e{at}"},
            }
            for at in range(60)
        },
    ),
    "conditions": of(
        {"Fn::If": ["C59", 1, 2]},
        Conditions={"C0": OPEN}
        | {f"C{at + 1}": {"Fn::And": [{"Condition": f"C{at}"}, {"Condition": f"C{at}"}]} for at in range(59)},
    ),
    "choices": of(
        {"Fn::Join": ["", [{"Fn::If": [f"C{at}", "a", "b"]} for at in range(40)]]},
        Conditions={f"C{at}": {"Fn::Equals": [{"Ref": "AWS::Region"}, str(at)]} for at in range(40)},
    ),
}


@pytest.mark.parametrize("name", GROWS)
def test_what_grows_without_end_is_open(tmp_path: Path, name: str) -> None:
    found = values(read(tmp_path, GROWS[name], "t.json"))
    assert unresolved_in(found["V"]) is not None
    assert found["W"] == 7


def test_what_is_nested_but_small_is_worked_out(tmp_path: Path) -> None:
    found = values(read(tmp_path, of(nested(10, twice, "ab")), "t.json"))
    assert found["V"] == "ab" * 1024


def test_all_of_a_run_costs_no_more_than_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "PURSE", 10_000)
    made = {f"P{at}": ["x"] * 5_000 + [{"Fn::Join": ["-", [1, 2]]}] * 3000 for at in range(20)}
    text = json.dumps({"Resources": {"It": {"Type": "AWS::X::Y", "Properties": {**made, "Last": "x"}}}})
    found = values(read(tmp_path, text, "t.json"))
    assert unresolved_in(found["P0"]) is None
    doubt = unresolved_in(found["P19"])
    assert doubt is not None
    assert doubt.why == "it takes too long to work out"
    assert found["Last"] == "x"


def test_numbers_that_are_none(tmp_path: Path) -> None:
    text = '{"Resources": {"It": {"Type": "AWS::X::Y", "Properties": {"A": 1e999, "B": NaN, "C": ' + "9" * 5000 + "}}}}"
    code = read(tmp_path, text, "t.json")
    assert len(values(code)) == 3


def codes(directory: Path) -> list[Code]:
    return list(load([directory], directory, Inputs()))


def test_pipes_and_endless_files_are_not_waited_for(tmp_path: Path) -> None:
    for name in ("t.yaml", "t.json", "t.template", "t.tf", "terraform.tfvars", "manifest.json"):
        os.mkfifo(tmp_path / name)
    for name in ("zero.yaml", "zero.json", "zero.tf"):
        (tmp_path / name).symlink_to("/dev/zero")
    modules = tmp_path / ".terraform" / "modules"
    modules.mkdir(parents=True)
    os.mkfifo(modules / "modules.json")
    (tmp_path / "good.tf").write_text('resource "aws_x" "a" {\n}\nmodule "m" {\n  source = "a/b/aws"\n}\n')
    (tmp_path / "good.yaml").write_text("Resources:\n  T:\n    Type: AWS::X::Y\n")
    found = codes(tmp_path)
    assert {one.address for code in found for one in code.blocks} == {"aws_x.a", "T"}


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text("Resources:\n  T:\n    Type: AWS::X::Y\n")
    for name in ("self", "self.yaml", "self.tf", "self.json"):
        (tmp_path / name).symlink_to(name)
    (tmp_path / "down").symlink_to(".")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "up").symlink_to("..")
    assert [one.address for code in codes(tmp_path) for one in code.blocks] == ["T"]


def test_aliases_that_multiply(tmp_path: Path) -> None:
    rows = "".join(f"a{at + 1}: &a{at + 1} [*a{at}, *a{at}, *a{at}, *a{at}]\n" for at in range(30))
    text = f"a0: &a0 [x, x]\n{rows}Resources:\n  It:\n    Type: AWS::X::Y\n    Properties:\n      V: *a30\n"
    code = read(tmp_path, text)
    (problem,) = code.problems
    assert problem.broken
    assert problem.spot.line > 1
    small = text.replace("*a30", "*a4")
    code = read(tmp_path, small.replace(rows, "\n".join(rows.splitlines()[:4]) + "\n"))
    assert not isinstance(block(code, "It").find("V").value, Unresolved)
