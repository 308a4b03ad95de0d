"""What is a mistake of the code itself fails; what is only not at hand does not: the readers tell them apart."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.iac.block import Problem
from scanner.iac.sources import Inputs, load

GOOD = 'resource "aws_x" "good" {\n  v = 7\n}\n'
TABLE = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n"
PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "resource_changes": [],
    "configuration": {"root_module": {"variables": {}}},
}
STATE: dict[str, Any] = {"version": 4, "terraform_version": "1.9.0", "lineage": "x", "serial": 1, "resources": []}


def change(**more: Any) -> dict[str, Any]:
    """Write a plan whose one change has no more than this."""
    return {**PLAN, "resource_changes": [more]}


def kept(*instances: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {**STATE, "resources": [{"mode": "managed", "type": "aws_x", "name": "a", "instances": instances, **more}]}


def problems(directory: Path, files: Mapping[str, Any], named: str = ".") -> list[Problem]:
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, (str, bytes)) else json.dumps(content)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    codes = list(load([directory / named], directory, Inputs()))
    return [one for code in codes for one in code.problems]


def told(found: Iterable[Problem]) -> list[tuple[str, int, bool]]:
    return [(one.spot.file, one.spot.line, one.broken) for one in found]


BROKEN: dict[str, tuple[dict[str, Any], str, int]] = {
    "HCL: syntax": ({"main.tf": f"{GOOD}x = [\n"}, ".", 4),
    "HCL: an expression that nobody reads": ({"main.tf": f"{GOOD}locals {{\n  a = 1 2\n}}\n"}, ".", 5),
    "HCL: an attribute twice": ({"main.tf": 'resource "aws_x" "a" {\n  v = 1\n  v = 2\n}\n'}, ".", 3),
    "HCL: a block twice": ({"main.tf": GOOD + GOOD}, ".", 4),
    "HCL: a local twice": ({"main.tf": "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n"}, ".", 5),
    "HCL: no text": ({"main.tf": b"a = 1\n\xff\n"}, ".", 2),
    "HCL: a binary file": ({"main.tf": GOOD, "x.tf": b"a = \x00"}, ".", 1),
    "HCL: a module that is not in the directory it names": (
        {"main.tf": f'{GOOD}module "m" {{\n  source = "./nowhere"\n}}\n'}, ".", 4,
    ),
    "HCL: modules in a circle": ({"main.tf": f'{GOOD}module "m" {{\n  source = "./"\n}}\n'}, ".", 4),
    "HCL: tfvars": ({"main.tf": GOOD, "terraform.tfvars": "a = 1\nb = [\n"}, ".", 2),
    "JSON: syntax": ({"main.tf.json": '{"resource": {"aws_x": {"a": {}}},\n'}, ".", 2),
    "JSON: a name twice": ({"main.tf.json": '{"locals": {"a": 1,\n"a": 2}}'}, ".", 2),
    "JSON: a template": ({"main.tf.json": '{"locals": {\n"a": "${"}}'}, ".", 2),
    "plan: no JSON": ({"plan.json": '{"format_version": "1.2",\n"resource_changes": [}'}, "plan.json", 2),
    "plan: of another format": ({"plan.json": {**PLAN, "format_version": "9.0"}}, "plan.json", 1),
    "plan: a change that is none": ({"plan.json": {**PLAN, "resource_changes": [7]}}, "plan.json", 1),
    "plan: a change without address": ({"plan.json": change(change={"actions": ["create"]})}, "plan.json", 1),
    "plan: binary": ({"plan.json": b"PK\x03\x04"}, "plan.json", 1),
    "state: no JSON": ({"x.tfstate": '{"version": 4,\n"lineage": "x", "serial": 1'}, "x.tfstate", 2),
    "state: of another version": ({"x.tfstate": {**STATE, "version": 3}}, "x.tfstate", 1),
    "state: an entry that is none": ({"x.tfstate": {**STATE, "resources": [7]}}, "x.tfstate", 1),
    "state: an address twice": ({"x.tfstate": kept({"attributes": {}}, {"attributes": {}})}, "x.tfstate", 1),
    "YAML: syntax": ({"t.yaml": f"{TABLE}    Properties: [\n"}, "t.yaml", 5),
    "YAML: an indentation": ({"t.yaml": f"{TABLE}   Properties: x\n"}, "t.yaml", 4),
    "YAML: a tab": ({"t.yaml": f"{TABLE}\tX: y\n"}, "t.yaml", 4),
    "YAML: a name twice": ({"t.yaml": f"{TABLE}    Type: AWS::S3::Bucket\n"}, "t.yaml", 4),
    "YAML: an alias without anchor": ({"t.yaml": f"{TABLE}    Properties: *x\n"}, "t.yaml", 4),
    "YAML: no text": ({"t.yaml": f"{TABLE}#".encode() + b"\xff"}, "t.yaml", 4),
    "template: syntax in JSON": ({"t.json": '{"Resources": {"T": {\n"Type": "AWS::X::Y",}}}'}, "t.json", 2),
    "template: a resource without type": ({"t.yaml": f"{TABLE}  U: {{}}\n"}, "t.yaml", 4),
    "template: resources that are none": ({"t.yaml": "AWSTemplateFormatVersion: x\nResources: []\n"}, "t.yaml", 2),
    "template: none at all": ({"t.yaml": "a: b\n"}, "t.yaml", 1),
    "change set: a change that is none": ({"c.json": {"ChangeSetName": "c", "Changes": [7]}}, "c.json", 1),
}  # fmt: skip

NOT_AT_HAND: dict[str, tuple[dict[str, Any], str, int]] = {
    "HCL: a module of a registry": (
        {"main.tf": f'{GOOD}module "m" {{\n  source  = "a/b/aws"\n  version = "1.0"\n}}\n'}, ".", 4,
    ),
    "HCL: more instances than are told apart": (
        {"main.tf": f'{GOOD}resource "aws_x" "b" {{\n  count = 1000000\n}}\n'}, ".", 5,
    ),
    "plan: it ended with an error": ({"plan.json": {**PLAN, "errored": True}}, "plan.json", 1),
    "plan: of a part": ({"plan.json": {**PLAN, "complete": False}}, "plan.json", 1),
    "plan: without configuration": ({"plan.json": {**PLAN, "configuration": {}}}, "plan.json", 1),
    "state: of an old instance": ({"x.tfstate": kept({"attributes_flat": {"id": "x"}})}, "x.tfstate", 1),
    "template: nested, and not on disk": (
        {"t.yaml": f"{TABLE}  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: n.yaml\n"},
        "t.yaml", 7,
    ),
    "template: nested, and in a bucket": (
        {"t.yaml": f"{TABLE}  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: https://x/n\n"},
        "t.yaml", 7,
    ),
    "template: a macro": ({"t.yaml": f"Transform: Mine\n{TABLE}"}, "t.yaml", 1),
    "change set: more pages": (
        {"c.json": '{"ChangeSetName": "c", "Changes": [],\n"NextToken": "n"}'}, "c.json", 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_of_the_code_is_broken_and_has_its_line(tmp_path: Path, name: str) -> None:
    files, named, line = BROKEN[name]
    found = told(problems(tmp_path, files, named))
    assert found
    assert (found[0][1], found[0][2]) == (line, True)
    assert found[0][0] in files


@pytest.mark.parametrize("name", NOT_AT_HAND)
def test_what_is_not_at_hand_is_not_broken(tmp_path: Path, name: str) -> None:
    files, named, line = NOT_AT_HAND[name]
    found = told(problems(tmp_path, files, named))
    assert [(one[1], one[2]) for one in found] == [(line, False)]


def test_a_link_that_leads_out_is_not_at_hand(tmp_path: Path) -> None:
    (tmp_path / "outside.tf").write_text(GOOD)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.tf").symlink_to(tmp_path / "outside.tf")
    found = told(problems(tmp_path / "in", {"main.tf": GOOD}))
    assert found == [("link.tf", 1, False)]


@pytest.mark.parametrize("name", ["main.tf", "t.yaml", "t.json"])
def test_a_file_that_may_not_be_read_is_broken(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins
    import io

    def refuse(file: Any, *rest: Any, **more: Any) -> Any:
        if isinstance(file, (str, Path)) and os.fspath(file).endswith(f"closed/{name}"):
            raise PermissionError(13, "Permission denied", os.fspath(file))
        return opened(file, *rest, **more)

    opened = io.open
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / name).write_text(TABLE)
    (tmp_path / "good.tf").write_text(GOOD)
    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(io, "open", refuse)
    found = problems(tmp_path, {})
    assert told(found) == [(f"closed/{name}", 1, True)]
    assert "Permission denied" in found[0].message


def test_a_directory_that_may_not_be_listed_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Any = ".") -> Any:
        if os.fspath(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scan(path)

    scan = os.scandir
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(os, "scandir", refuse)
    found = problems(tmp_path, {"main.tf": GOOD})
    assert [(one.spot.file, one.broken) for one in found] == [("closed", True)]
